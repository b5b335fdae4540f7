"""The record of the fuzz: all answers held against whole numbers, as the program left it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linreg_lib.experiments.saved_runs.json_record import read_record, require_total
from linreg_lib.networks.arguments import checked_path
from linreg_lib.short_repr import ShortRepr

#: in a checkout of the project
DEFAULT_PATH = Path(__file__).resolve().parents[3] / "book" / "results" / "fuzz.json"

#: the kinds of domains, by the first word of the record's names, and how they are called
_DOMAINS = {
    "box": "boxes",
    "window": "small and far windows",
    "segment": "segments",
    "line": "lines",
    "plane": "planes",
    "simplex": "simplices",
    "flat": "flat triangles",
    "polytope": "polytopes, from halfspaces",
    "hull": "polytopes, from points",
    "space": "all of the input space",
}


@dataclass(frozen=True, kw_only=True, repr=False)
class FuzzGroup(ShortRepr):
    """The networks on one kind of domain, all weights and dimensions together."""

    domains: str
    num_nets: int
    num_regions: int


@dataclass(frozen=True, kw_only=True, repr=False)
class Fuzz(ShortRepr):
    """How many networks and answers were compared, and what differed.

    ``num_compared``: numbers compared, by kind of answer.  ``largest_errors``: largest error of a
    measure as a share of its stated bound, by kind.  ``num_refusing``: networks with a documented
    refusal (numbers beyond float64); a refusal without need counts as a disagreement.
    """

    num_nets: int
    num_disagreements: int
    num_refusing: int
    largest_num_regions: int
    num_by_kernels: int
    num_families: int
    groups: tuple[FuzzGroup, ...]
    num_compared: dict[str, int]
    largest_errors: dict[str, float]
    bounds: dict[str, float]
    seed: int
    seconds: float
    program: str
    source_digest: str
    versions: dict[str, str]

    @property
    def num_regions(self) -> int:
        """Regions of all networks together."""
        return sum(group.num_regions for group in self.groups)

    @property
    def num_answers(self) -> int:
        """Numbers compared, of all kinds together."""
        return sum(self.num_compared.values())


def load_fuzz(path: str | os.PathLike[str] | None = None) -> Fuzz:
    """Read the record (default: the one in the project's book/results).

    Raises:
        DataError: there is none, it is damaged, or its groups do not add up to its total.
    """
    path = DEFAULT_PATH if path is None else checked_path("path", path)
    command = f"python -m tests.geometry.fuzz --out {path.name}"
    return read_record(path, _fuzz, what="fuzz", command=command)


def _fuzz(record: dict[str, Any]) -> Fuzz:
    totals = {name: [0, 0] for name in _DOMAINS.values()}
    for by_domain in record["groups"].values():
        for domain, counts in by_domain.items():
            total = totals[_DOMAINS[domain.split()[0]]]
            total[0] += counts["nets"]
            total[1] += counts["regions"]
    require_total(record, sum(nets for nets, _ in totals.values()))
    groups = (FuzzGroup(domains=d, num_nets=n, num_regions=r) for d, (n, r) in totals.items())
    return Fuzz(
        num_nets=record["num_nets"],
        num_disagreements=record["num_disagreements"],
        num_refusing=record["num_refusing"],
        largest_num_regions=record["largest_num_regions"],
        num_by_kernels=record["nets_cut_by_kernels"],
        num_families=len(record["groups"]),
        groups=tuple(groups),
        num_compared=dict(record["compared"]),
        largest_errors=dict(record["largest_errors"]),
        bounds=dict(record["bounds"]),
        seed=record["seed"],
        seconds=record["seconds"],
        program=record["program"],
        source_digest=record["source_digest"],
        versions=dict(record["versions"]),
    )
