"""What a reader copies to cite the book and the papers."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from linreg_book.markup import code_block
from linreg_book.project import Project
from linreg_book.records.registry import PAPERS
from linreg_book.yaml_map import read_yaml_map

_KEY = "linear-regions-measured"


def bibtex_markdown(project: Project) -> str:
    """Entries of the book (from ``CITATION.cff``) and of the papers (from the bibliography)."""
    entries = [_book_entry(read_yaml_map(project.root / "CITATION.cff"))]
    entries += _paper_entries(project.pages / "references.bib")
    return code_block("\n\n".join(entries), "bibtex")


def _book_entry(citation: Mapping[str, Any]) -> str:
    authors = " and ".join(_author(author) for author in citation.get("authors", []))
    fields = {
        "author": authors,
        "title": "{" + str(citation.get("title", "")) + "}",
        "year": str(citation.get("date-released", ""))[:4],
        "version": str(citation.get("version", "")),
        "url": str(citation.get("repository-code") or citation.get("url") or ""),
    }
    lines = [_field(name, value) for name, value in fields.items() if value]
    return "\n".join([f"@software{{{_KEY},", *lines, "}"])


def _field(name: str, value: str) -> str:
    indent = " " * 13
    return textwrap.fill(
        f"{{{value}}},",
        width=72,
        initial_indent=f"  {name:<7} = ",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _author(author: Mapping[str, Any]) -> str:
    if "name" in author:  # a group: braces keep it whole
        return "{" + str(author["name"]) + "}"
    return f"{author.get('family-names', '')}, {author.get('given-names', '')}"


def _paper_entries(bibliography: Path) -> list[str]:
    text = bibliography.read_text(encoding="utf-8")
    entries = []
    for paper in PAPERS:
        found = re.search(rf"^@\w+\{{{paper},.*?^\}}$", text, flags=re.MULTILINE | re.DOTALL)
        if found:
            entries.append(found[0])
    return entries
