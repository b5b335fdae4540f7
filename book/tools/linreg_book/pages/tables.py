"""Run times and versions, as tables of a page."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from importlib import metadata

from linreg_book.markup import Html, fill, join, raw_block
from linreg_book.pages.collect import ExecutedChapter
from linreg_book.pages.footer import parameters_html

_PACKAGES = (
    "numpy",
    "scipy",
    "torch",
    "sympy",
    "matplotlib",
    "scikit-learn",
    "jupyter-book",
    "sphinx",
    "myst-nb",
    "papermill",
    "jupytext",
    "nbclient",
    "ipykernel",
)


def run_times_markdown(chapters: Iterable[ExecutedChapter]) -> str:
    """How long each chapter took and how much memory it had."""
    rows, total, memory = [], 0.0, 0
    for chapter in chapters:
        outcome = chapter.outcome
        total += outcome.seconds
        memory = max(memory, outcome.memory)
        rows.append(
            fill(
                '<tr><th scope="row"><a href="../notebooks/{name}.html">{title}</a></th>'
                "<td>{seconds}</td><td>{memory}</td><td>{profile}</td><td>{date}</td>"
                "<td><details><summary>{num}</summary>{parameters}</details></td></tr>",
                name=chapter.name,
                title=chapter.title,
                seconds=f"{outcome.seconds:.1f}{' (failed)' if outcome.failure else ''}",
                memory=mebibytes(outcome.memory),
                profile=outcome.profile,
                date=outcome.provenance.get("date", ""),
                num=len(outcome.parameters),
                parameters=parameters_html(outcome.parameters),
            )
        )
    rows.append(
        fill(
            '<tr><th scope="row">sum; most</th><td>{}</td><td>{}</td>'
            "<td></td><td></td><td></td></tr>",
            f"{total:.1f}",
            mebibytes(memory),
        )
    )
    heads = ["chapter", "seconds", "MiB", "profile", "when", "parameters"]
    return table_html(heads, join(rows), "Run times", "times")


def mebibytes(memory: int) -> str:
    """For instance ``512``; nothing for 0, which stands for memory that nobody looked at."""
    return f"{memory / 2**20:.0f}" if memory else ""


def versions_markdown() -> str:
    """Python and the packages that matter, as installed."""
    rows = [("Python", platform.python_version())]
    for name in _PACKAGES:
        try:
            rows.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    body = join(fill('<tr><th scope="row">{}</th><td>{}</td></tr>', *row) for row in rows)
    return table_html(["package", "version"], body, "Versions", "versions")


def table_html(heads: Sequence[str], rows: Html, label: str, kind: str) -> str:
    """A raw table that scrolls inside itself."""
    return raw_block(
        fill(
            '<div class="linreg-scroll" role="region" aria-label="{label}" '
            'tabindex="0"><table class="linreg-table linreg-{kind}">'
            "<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>",
            label=label,
            kind=kind,
            heads=join(fill('<th scope="col">{}</th>', title) for title in heads),
            rows=join([rows]),
        )
    )
