"""What a workload of cuts is: a task, its aims, and what it needs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.needs import Need, first_lack
from benchmarks.tasks import Task
from benchmarks.timing import cuts_and_passes


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """The best figure of another program, in forward passes, and what it leaves out."""

    multiple: float
    program: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A task by name; ``small`` is a smaller one of its kind, to compile what it needs.

    ``aims``: for each column what it should not exceed, in forward passes; in the column
    "milliseconds", which the page has for set-up, milliseconds.  ``group``: the table of the page
    it belongs to; ``reference_of``: the row it is a reference for.
    """

    name: str
    title: str
    group: str
    prepare: Callable[..., Task]
    small: Callable[..., Task]
    aims: dict[str, float] = field(default_factory=dict)
    elsewhere: Elsewhere | None = None
    reference_of: str | None = None
    needs: tuple[Need, ...] = ()

    def described(self) -> dict[str, Any]:
        """What the row says of it."""
        told = {
            "title": self.title,
            "group": self.group,
            "aims": self.aims,
            "elsewhere": None if self.elsewhere is None else dataclasses.asdict(self.elsewhere),
            "reference_of": self.reference_of,
        }
        for need in self.needs:
            told |= need.described()
        return told

    def measured(self) -> dict[str, Any]:
        """Its times, in this process."""
        return cuts_and_passes(self.small, self.prepare)

    def lack(self) -> str | None:
        """Why it cannot be measured here, in words; None if it can."""
        return first_lack(self.needs)


@dataclass(frozen=True, kw_only=True)
class Family:
    """Rows of growing size that are compared with each other, smallest first."""

    title: str
    rows: tuple[str, ...]
    judge_memory: bool = False
