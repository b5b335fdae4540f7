"""The engine against the rational twin on very many small networks, with a record of the outcome.

    python -m tests.geometry.twin_census --count 100000 --seed 1 --out book/results/twin_census.json

Half of the networks have small integer weights, so that ties happen; the others are Gaussian, or
made for near-ties: decimals that binary floats round, multiples of one row by factors that round,
weights of many orders of magnitude.  Compared are, for the compiled kernels and for the NumPy
reference: the number of regions, their patterns, the number of facets of each region with and
without those on walls, and the number of linear regions.  The record is saved as the program runs;
started again with the same seed and the same sources, it goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

import linreg_lib as lr
from benchmarks.machine import versions
from linreg_lib.atomic_file import atomic_file
from linreg_lib.experiments.engine_checks.census import engine_digest
from tests.geometry.comparison import ACTIVATIONS, exact, integer_net
from tests.geometry.rational_twin import Cell, Point, cells_of, span_dim

MAX_WIDTH = (5, 3, 2)  # of a layer, by dimension
FAMILIES = ("integer", "gaussian", "integer", "decimal", "integer", "rescaled", "integer", "sizes")


def family_of(index: int) -> str:
    """Every other network has integer weights."""
    return FAMILIES[index % len(FAMILIES)]


def dim_of(index: int) -> int:
    """Dimensions 1, 2, 3 in turn; 3 does not divide the number of families."""
    return index % 3 + 1


def network_of(seed: int, index: int) -> lr.Network:
    """The network number ``index`` of the census with this seed."""
    dim, family = dim_of(index), family_of(index)
    if family == "integer":
        return integer_net(seed * 10**9 + index, dim, MAX_WIDTH[dim - 1])
    rng = np.random.default_rng([seed, index])
    depth = int(rng.integers(1, 4))
    hidden = rng.integers(1, MAX_WIDTH[dim - 1] + 1, size=depth).tolist()
    widths = [dim, *hidden, int(rng.integers(1, 3))]
    pairs = zip(widths[1:], widths, strict=False)
    layers = [_rows(family, num, before + 1, rng) for num, before in pairs]
    activations = [ACTIVATIONS[i] for i in rng.integers(len(ACTIVATIONS), size=depth)]
    weights, biases = [rows[:, :-1] for rows in layers], [rows[:, -1] for rows in layers]
    return lr.Network.from_arrays(weights, biases, activation=activations)


def _rows(family: str, num: int, length: int, rng: np.random.Generator) -> np.ndarray:
    """Weights with the bias as last column."""
    if family == "gaussian":
        return rng.normal(size=(num, length))
    if family == "decimal":
        return rng.integers(-5, 6, size=(num, length)) / 10
    if family == "sizes":
        return rng.normal(size=(num, length)) * 10.0 ** rng.integers(-9, 9, size=(num, length))
    row = rng.integers(-2, 3, size=length)
    factors = rng.choice([1.0, -1.0, 3.0, 1 / 3, 0.1, 1 / 7, 2.0], size=num)
    return factors[:, None] * (row / rng.choice([1, 3, 7, 10]))


def box_of(index: int) -> lr.Box:
    """[-1, 1]^d, or one with a side whose end is no short binary fraction."""
    high = np.ones(dim_of(index))
    if index % 5 == 0:
        high[0] = 1.1
    return lr.Box(-np.ones(len(high)), high)


class Counts:
    """The twin's answers: what is compared, each computed from the exact cells alone."""

    def __init__(self, cells: list[Cell]) -> None:
        self.patterns = [cell.pattern for cell in cells]
        facets = [_facets(cell) for cell in cells]
        owners: dict[frozenset[Point], list[int]] = {}
        for i, each in enumerate(facets):
            for facet in each:
                owners.setdefault(facet, []).append(i)
        self.facets = [len(each) for each in facets]
        self.inner_facets = [sum(len(owners[f]) == 2 for f in each) for each in facets]
        self.num_linear = _num_components(cells, list(owners.values()))

    def differences(self, cx: lr.PolyhedralComplex) -> list[str]:
        """What the complex says otherwise."""
        checks = {
            "regions": cx.num_regions == len(self.patterns),
            "patterns": [tuple(row) for row in cx.patterns.tolist()] == self.patterns,
            "facets": cx.facets_per_region().tolist() == self.facets,
            "inner facets": cx.facets_per_region(walls=False).tolist() == self.inner_facets,
            "linear regions": cx.linear_regions().num_regions == self.num_linear,
        }
        return [name for name, same in checks.items() if not same]


def _facets(cell: Cell) -> set[frozenset[Point]]:
    vertices = cell.polytope.vertices
    dim = len(next(iter(vertices)))
    found: set[frozenset[Point]] = set()
    for i in range(len(cell.polytope.rows)):
        on_it = frozenset(v for v, tight in vertices.items() if i in tight)
        if len(on_it) >= dim and on_it not in found and span_dim(list(on_it)) == dim - 1:
            found.add(on_it)
    return found


def _num_components(cells: list[Cell], owners: list[list[int]]) -> int:
    parent = list(range(len(cells)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for pair in owners:
        if len(pair) == 2 and cells[pair[0]].maps == cells[pair[1]].maps:
            parent[root(pair[0])] = root(pair[1])
    return sum(root(i) == i for i in range(len(cells)))


def compare(net: lr.Network, box: lr.Box) -> tuple[Counts, dict[str, list[str]], int, bool]:
    """The twin's counts, what each way of cutting says otherwise, vertices decided exactly.

    And whether the kernels cut, rather than leave the network to the reference.
    """
    counts = Counts(cells_of(net, exact(box.low), exact(box.high)))
    wrong: dict[str, list[str]] = {}
    num_exact, by_kernels = 0, False
    for kind, compiled in (("compiled", None), ("numpy", False)):
        cx = lr.subdivide(net, box, compiled=compiled)
        found = counts.differences(cx)
        num_exact = max(num_exact, cx.certificate.num_exact_vertices)
        by_kernels |= cx.certificate.compiled
        if found:
            wrong[kind] = found
    return counts, wrong, num_exact, by_kernels


def fresh_record(seed: int) -> dict:
    """Before the first network."""
    empty = {"nets": 0, "regions": 0, "facets": 0, "linear_regions": 0}
    empty |= {"nets_decided_exactly": 0, "nets_cut_by_kernels": 0}
    groups = {f: {str(d): dict(empty) for d in (1, 2, 3)} for f in dict.fromkeys(FAMILIES)}
    return {
        "program": "python -m tests.geometry.twin_census",
        "seed": seed,
        "num_nets": 0,
        "largest_num_regions": 0,
        "groups": groups,
        "num_disagreements": 0,
        "disagreements": [],
        "seconds": 0.0,
        "source_digest": engine_digest(),
        "versions": versions(),
    }


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the comparison of one network found; ``wrong`` is empty where all agree."""

    num_regions: int = 0
    num_facets: int = 0
    num_linear: int = 0
    decided_exactly: bool = False
    by_kernels: bool = False
    wrong: dict[str, list[str]]
    seconds: float


def outcome_of(seed: int, index: int) -> Outcome:
    """Compare one network, in whichever process."""
    start = time.process_time()
    net, box = network_of(seed, index), box_of(index)
    try:
        counts, wrong, num_exact, by_kernels = compare(net, box)
    except Exception as error:  # a crash is a finding too, and must not end the census
        wrong = {"error": [f"{type(error).__name__}: {error}"]}
        return Outcome(wrong=wrong, seconds=time.process_time() - start)
    return Outcome(
        num_regions=len(counts.patterns),
        num_facets=sum(counts.facets),
        num_linear=counts.num_linear,
        decided_exactly=num_exact > 0,
        by_kernels=by_kernels,
        wrong=wrong,
        seconds=time.process_time() - start,
    )


def enter(record: dict, index: int, outcome: Outcome) -> None:
    """The outcome of the next network."""
    record["num_nets"] = index + 1
    record["seconds"] = round(record["seconds"] + outcome.seconds, 6)
    if outcome.num_regions:
        group = record["groups"][family_of(index)][str(dim_of(index))]
        group["nets"] += 1
        group["regions"] += outcome.num_regions
        group["facets"] += outcome.num_facets
        group["linear_regions"] += outcome.num_linear
        group["nets_decided_exactly"] += outcome.decided_exactly
        group["nets_cut_by_kernels"] += outcome.by_kernels
        record["largest_num_regions"] = max(record["largest_num_regions"], outcome.num_regions)
    if outcome.wrong:
        record["num_disagreements"] += 1
        network = plain(network_of(record["seed"], index))
        case = {"index": index, "family": family_of(index), "differs": outcome.wrong}
        cases = [*record["disagreements"], case | {"network": network}]
        record["disagreements"] = sorted(cases, key=lambda c: len(str(c["network"])))[:20]


def plain(net: lr.Network) -> dict:
    """A network in numbers that JSON keeps exactly."""
    return {
        "weights": [w.tolist() for w in net.weights],
        "biases": [b.tolist() for b in net.biases],
        "activations": [
            {"breakpoints": a.breakpoints.tolist(), "slopes": a.slopes.tolist()}
            for a in net.activations
        ],
    }


def save(record: dict, path: Path) -> None:
    """At once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as stream:
        stream.write((json.dumps(record, indent=1) + "\n").encode())


def resumed(path: Path, seed: int) -> dict:
    """The record at ``path`` if it can be continued, else a fresh one."""
    fresh = fresh_record(seed)
    if not path.exists():
        return fresh
    old = json.loads(path.read_text(encoding="utf-8"))
    same = all(old.get(key) == fresh[key] for key in ("seed", "source_digest", "versions"))
    return old if same else fresh


def run(count: int, seed: int, path: Path, every: float = 20.0, jobs: int = 1) -> dict:
    """Go on until ``count`` networks are compared; save every so many seconds.

    ``seconds`` of the record is processor time; the outcome does not depend on ``jobs``.
    """
    record = resumed(path, seed)
    todo = range(record["num_nets"], count)
    saved = time.monotonic()
    with ExitStack() as stack:
        outcomes: Iterable[Outcome] = map(partial(outcome_of, seed), todo)
        if jobs > 1:
            pool = stack.enter_context(ProcessPoolExecutor(jobs))
            outcomes = pool.map(partial(outcome_of, seed), todo, chunksize=24)
        for index, outcome in zip(todo, outcomes, strict=True):
            enter(record, index, outcome)
            if time.monotonic() - saved > every or index == count - 1:
                save(record, path)
                saved = time.monotonic()
    return record


def main(arguments: list[str] | None = None) -> int:
    """Exit status 1 if there was any disagreement."""
    parser = argparse.ArgumentParser(description="Compare the engine with the rational twin.")
    parser.add_argument("--count", type=int, default=100_000, help="how many networks")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("book/results/twin_census.json"))
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    options = parser.parse_args(arguments)
    record = run(options.count, options.seed, options.out, jobs=options.jobs)
    sys.stdout.write(f"{record['num_nets']} networks: {record['num_disagreements']} disagree\n")
    return int(record["num_disagreements"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
