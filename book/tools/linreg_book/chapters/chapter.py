"""A chapter: one MyST text notebook, read without running it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linreg_book.chapters.parameters import Parameter, read_assignments, read_parameters
from linreg_book.errors import PublishingError
from linreg_book.records.registry import CHAPTER_NAME

if TYPE_CHECKING:
    from nbformat import NotebookNode

NAME = CHAPTER_NAME
PARAMETERS_TAG = "parameters"
INJECTED_TAG = "injected-parameters"


@dataclass(frozen=True)
class Chapter:
    """A text notebook and what can be read off it.

    Attributes:
        path: the ``.md`` file.
    """

    path: Path

    @property
    def name(self) -> str:
        """File name without its ending, for instance ``04_arrangements``."""
        return self.path.stem

    @cached_property
    def source(self) -> str:
        """The text of the file."""
        try:
            return self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PublishingError(f"cannot read the chapter {self.path}: {error}") from error

    def notebook(self) -> NotebookNode:
        """A fresh notebook without outputs, made from the text."""
        return text_to_notebook(self.source, where=str(self.path))

    @cached_property
    def title(self) -> str:
        """The first heading."""
        match = re.search(r"^#\s+(.+)$", self.source, flags=re.MULTILINE)
        return match.group(1).strip() if match else self.name

    @cached_property
    def code_cells(self) -> tuple[str, ...]:
        """Sources of the code cells."""
        return tuple(cell.source for cell in self.notebook().cells if cell.cell_type == "code")

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What the parameters cell declares.

        Raises:
            PublishingError: if there is not exactly one cell tagged ``parameters``.
        """
        return parameters_of(self.notebook(), where=str(self.path))


def text_to_notebook(text: str, *, where: str) -> NotebookNode:
    """Read a text notebook with its kernel and language filled in.

    Cell ids are taken from the position, so that the same text gives the same notebook.
    """
    import jupytext

    try:
        notebook = jupytext.reads(text, fmt="md:myst")
    except Exception as error:  # jupytext lets errors of several libraries through
        raise PublishingError(f"{where}: not a MyST text notebook: {error}") from error
    metadata: Any = notebook.metadata
    metadata.setdefault(
        "kernelspec", {"display_name": "Python 3", "language": "python", "name": "python3"}
    )
    metadata.setdefault("language_info", {"name": "python"})
    for index, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{index:03d}"
    notebook["nbformat"], notebook["nbformat_minor"] = 4, max(5, notebook.get("nbformat_minor", 5))
    return notebook


def parameters_of(notebook: NotebookNode, *, where: str) -> tuple[Parameter, ...]:
    """The parameters that a notebook's one tagged cell declares."""
    tagged = [cell for cell in notebook.cells if has_tag(cell, PARAMETERS_TAG)]
    if len(tagged) != 1:
        raise PublishingError(
            f"{where}: {len(tagged)} cells are tagged {PARAMETERS_TAG!r}; exactly one must be"
        )
    return read_parameters(tagged[0].source, where=where)


def is_chapter(notebook: NotebookNode) -> bool:
    """Whether a notebook, from wherever it comes, is a chapter: its parameters have a profile."""
    return any(
        has_tag(cell, PARAMETERS_TAG) and re.search(r"^\s*PROFILE\s*:\s*str\b", cell.source, re.M)
        for cell in notebook.cells
    )


def injected_values(notebook: NotebookNode, *, where: str) -> dict[str, Any]:
    """What the cells assign that papermill injected in an earlier run (or that were edited since).

    Raises:
        ParameterError: if such a cell does anything but assign literals.
    """
    values: dict[str, Any] = {}
    for cell in notebook.cells:
        if has_tag(cell, INJECTED_TAG):
            values |= read_assignments(cell.source, where=f"{where}, injected parameters")
    return values


def has_tag(cell: Any, tag: str) -> bool:
    """Whether a notebook cell carries a tag."""
    return tag in cell.metadata.get("tags", [])


def find_chapters(folder: Path) -> dict[str, Chapter]:
    """All chapters ``NN_name.md`` of a folder, by name, in order.

    Raises:
        PublishingError: if there is no such folder.
    """
    if not folder.is_dir():
        raise PublishingError(f"no folder of chapters at {folder}")
    return {
        path.stem: Chapter(path) for path in sorted(folder.glob("*.md")) if NAME.match(path.stem)
    }
