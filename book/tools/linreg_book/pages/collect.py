"""Gather what the executed chapters recorded: numbers, checks, verdicts, with their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from linreg_book.chapters.chapter import INJECTED_TAG, has_tag
from linreg_book.errors import StagingError
from linreg_book.markup import one_line
from linreg_book.pages.record_shape import record_problem
from linreg_book.records.kernel_display import METADATA_KEY
from linreg_book.runs.outcome import Outcome

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True, kw_only=True)
class FoundRecord:
    """One record and where it was left.

    Attributes:
        cell: number of the code cell in the chapter's text, from 1.
        content: the record (see ``claims`` and ``numbers``).
    """

    chapter: str
    cell: int
    content: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ExecutedChapter:
    """One chapter as it will be published: its last good run, or a failed one since then."""

    outcome: Outcome
    notebook: NotebookNode
    records: tuple[FoundRecord, ...] = field(default=())

    @property
    def name(self) -> str:
        """For instance ``04_arrangements``."""
        return self.outcome.chapter

    @property
    def title(self) -> str:
        """The first heading; the name where there is none."""
        for cell in self.notebook.cells:
            if cell.cell_type == "markdown":
                heading = re.search(r"^#\s+(.+)$", cell.source, flags=re.MULTILINE)
                if heading:
                    return one_line(heading[1])
        return self.name

    @property
    def text(self) -> str:
        """What stands between the code cells, as it was when the chapter ran."""
        cells = self.notebook.cells
        return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")

    @property
    def numbers(self) -> dict[str, str]:
        """Key -> text, for prose.

        Raises:
            StagingError: if a key was recorded twice.
        """
        found: dict[str, str] = {}
        for record in self.records:
            if record.content["type"] != "number":
                continue
            key = record.content["key"]
            if key in found:
                raise StagingError(
                    f"{self.name}, code cell {record.cell}: the key {key!r} is recorded twice"
                )
            found[key] = record.content["text"]
        return found


def executed_chapter(outcome: Outcome, notebook: NotebookNode) -> ExecutedChapter:
    """Read the records off an executed notebook."""
    return ExecutedChapter(
        outcome=outcome,
        notebook=notebook,
        records=tuple(find_records(outcome.chapter, notebook)),
    )


def find_records(chapter: str, notebook: NotebookNode) -> Iterable[FoundRecord]:
    """All records in the outputs of a notebook, in order.

    Raises:
        StagingError: for a record that this program did not write.
    """
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code" or has_tag(cell, INJECTED_TAG):
            continue
        number += 1
        for output in cell.outputs:
            content = output.get("metadata", {}).get(METADATA_KEY)
            if content is not None:
                problem = record_problem(content)
                if problem:
                    raise StagingError(
                        f"{chapter}, code cell {number}: a record that cannot be read: {problem}; "
                        "run the chapter again (--force)"
                    )
                yield FoundRecord(chapter=chapter, cell=number, content=dict(content))
