"""The record of the large comparison with the rational twin, as the program left it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linreg_lib.engine_digest import engine_digest as engine_digest
from linreg_lib.experiments.saved_runs.json_record import read_record, require_total
from linreg_lib.networks.arguments import checked_path
from linreg_lib.short_repr import ShortRepr

#: in a checkout of the project
DEFAULT_PATH = Path(__file__).resolve().parents[3] / "book" / "results" / "twin_census.json"


@dataclass(frozen=True, kw_only=True, repr=False)
class CensusGroup(ShortRepr):
    """One family of networks, all dimensions together.

    ``num_decided``: nets with exact signs; ``num_by_kernels``: those that the compiled kernels cut
    themselves, while they left the others, with ties, to the reference.
    """

    family: str
    num_nets: int
    num_regions: int
    num_facets: int
    num_decided: int
    num_by_kernels: int


@dataclass(frozen=True, kw_only=True, repr=False)
class Census(ShortRepr):
    """How many networks were compared, how many differed, and where this comes from."""

    num_nets: int
    num_disagreements: int
    largest_num_regions: int
    groups: tuple[CensusGroup, ...]
    seed: int
    seconds: float
    program: str
    source_digest: str
    versions: dict[str, str]

    @property
    def num_regions(self) -> int:
        """Regions of all networks together."""
        return sum(group.num_regions for group in self.groups)


def load_census(path: str | os.PathLike[str] | None = None) -> Census:
    """Read the record (default: the one in the project's book/results).

    Raises:
        DataError: there is none, it is damaged, or its groups do not add up to its total.
    """
    path = DEFAULT_PATH if path is None else checked_path("path", path)
    command = "python -m tests.geometry.twin_census"
    return read_record(path, _census, what="census", command=command)


def _census(record: dict[str, Any]) -> Census:
    groups = tuple(
        CensusGroup(
            family=family,
            num_nets=sum(group["nets"] for group in by_dim.values()),
            num_regions=sum(group["regions"] for group in by_dim.values()),
            num_facets=sum(group["facets"] for group in by_dim.values()),
            num_decided=sum(group["nets_decided_exactly"] for group in by_dim.values()),
            num_by_kernels=sum(group["nets_cut_by_kernels"] for group in by_dim.values()),
        )
        for family, by_dim in record["groups"].items()
    )
    require_total(record, sum(group.num_nets for group in groups))
    return Census(
        num_nets=record["num_nets"],
        num_disagreements=record["num_disagreements"],
        largest_num_regions=record["largest_num_regions"],
        groups=groups,
        seed=record["seed"],
        seconds=record["seconds"],
        program=record["program"],
        source_digest=record["source_digest"],
        versions=dict(record["versions"]),
    )
