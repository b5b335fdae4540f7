"""All rows of the table by name, in its order, whatever they measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from benchmarks.cell_facets import CELLS
from benchmarks.certification import CASES
from benchmarks.processes import PROCESSES
from benchmarks.ratios import RATIOS
from benchmarks.training_lanes import STEPS
from benchmarks.workloads import WORKLOADS


class Row(Protocol):
    """Something that is measured."""

    @property
    def title(self) -> str:
        """In words."""

    def described(self) -> dict[str, Any]:
        """What the row says of it: the same on every machine."""

    def measured(self) -> dict[str, Any]:
        """Its figures, measured in this process."""

    def lack(self) -> str | None:
        """Why it cannot be measured here, in words; None if it can."""


ROWS: Mapping[str, Row] = {**WORKLOADS, **CASES, **RATIOS, **CELLS, **STEPS, **PROCESSES}
