"""Some hundred cases of the fuzz, its oracle by hand, and faults planted in oracle and engine."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.experiments import load_fuzz
from linreg_lib.geometry.cutting.reference import numpy_subdivision
from linreg_lib.geometry.questions import jumping_facets, linear_regions
from linreg_lib.geometry.vertex_signs.exact_vertices import ExactVertices
from tests.geometry import fuzz, fuzz_oracle
from tests.geometry.comparison import KINDS
from tests.geometry.fuzz_compare import compare
from tests.geometry.fuzz_faces import Faces
from tests.geometry.fuzz_networks import DOMAINS, FAMILIES, case_of
from tests.geometry.fuzz_oracle import Body, Oracle, cube
from tests.geometry.fuzz_truth import Truth

SEED = 2
NUM_PAIRS = len(FAMILIES) * len(DOMAINS)
RELU = ([0.0], [0.0, 1.0], (0.0, 0.0))

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def wrong_among(indices: range) -> dict[int, list[str]]:
    found = {i: compare(case_of(SEED, i))[0].wrong for i in indices}
    return {i: wrong for i, wrong in found.items() if wrong}


@pytest.mark.parametrize("start", range(0, NUM_PAIRS, len(FAMILIES)))
def test_some_cases_on_each_domain(start: int) -> None:
    """Every other kind of weights on each domain; the number of kinds is odd."""
    assert wrong_among(range(start + start % 2, start + len(FAMILIES), 2)) == {}


def test_vertices_are_known_up_to_the_window_wherever_it_is() -> None:
    """A window that is several times its size away from zero, and steep second neurons."""
    assert compare(case_of(1, 17504, num_families=19))[0].wrong == []


@pytest.mark.parametrize("index", [3363, 16864, 18688])
def test_cases_that_were_found(index: int) -> None:
    """A region at a corner of a polytope whose interior point rounds out of the polytope."""
    case = case_of(7, index, num_families=19)
    assert compare(case)[0].wrong == []
    cx = lr.subdivide(case.network, case.domain)
    assert not case.domain.contains(cx.interior_points)[~cx.interior_certified].any()
    assert not cx.interior_certified.all()


def test_all_pairs_are_gone_through() -> None:
    pairs = {(i % len(FAMILIES), (i // len(FAMILIES)) % len(DOMAINS)) for i in range(NUM_PAIRS)}
    assert len(pairs) == NUM_PAIRS
    assert str(case_of(SEED, 5)) == str(case_of(SEED, 5)) != str(case_of(SEED + 1, 5))


def test_the_oracle_by_hand() -> None:
    """relu(x), relu(y), relu(x + y - 1) on all of the plane and on the square [-1, 1]^2."""
    layers = [
        (np.array([[1.0, 0], [0, 1], [1, 1]]), np.array([0.0, 0, -1]), RELU),
        (np.array([[1.0, 1, 1], [0, 0, 0]]), np.array([0.0, 0]), None),
    ]
    unit = [[Fraction(1), Fraction(0), Fraction(0)], [Fraction(0), Fraction(1), Fraction(0)]]
    everywhere = Oracle(layers, unit, None)
    bodies = [cell.body for cell in everywhere.cells]
    faces = Faces(bodies, 2, everywhere.num_walls, is_bounded=False)
    assert faces.f_vector == (3, 9, 7)
    assert sorted(faces.volume(faces.cell(i), 2) or 0 for i in range(7)) == [0] * 6 + [
        Fraction(1, 2)
    ]
    one = [Fraction(1)] * 2
    square = Oracle(layers, unit, cube([-x for x in one], one))
    assert [cell.pattern for cell in square.cells] == [
        *[(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1)]
    ]
    assert [(cell, top) for cell, top, _ in square.decided()] == [
        (0, 0),
        (1, 0),
        (2, 0),
        (3, 0),
        (4, 0),
    ]


def test_a_tie_goes_to_the_lowest_class() -> None:
    """Outputs relu(x) and x on [-1, 1]: equal where x > 0."""
    layers = [
        (np.array([[1.0], [-1.0]]), np.zeros(2), RELU),
        (np.array([[1.0, -1.0], [1.0, 0.0]]), np.zeros(2), None),
    ]
    oracle = Oracle(layers, [[Fraction(1), Fraction(0)]], cube([Fraction(-1)], [Fraction(1)]))
    assert [each[:2] for each in oracle.decided()] == [(0, 1), (1, 0)]


# Faults ----------------------------------------------------------------------------------------

TRIED = range(0, 5 * len(FAMILIES), 8)


def num_wrong() -> int:
    return len(wrong_among(TRIED))


def test_without_a_fault_nothing_is_found() -> None:
    assert num_wrong() == 0


def test_a_fault_in_the_oracles_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = Body.halves
    monkeypatch.setattr(
        Body,
        "halves",
        lambda body, row: keep(body, (*(1000 * a for a in row[:-1]), 1001 * row[-1])),
    )
    assert num_wrong() > len(TRIED) / 3


def test_a_fault_in_the_oracles_volumes(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = Faces._measured
    monkeypatch.setattr(Faces, "_measured", lambda *args: keep(*args) * (1 + Fraction(1, 10**6)))
    assert num_wrong() > len(TRIED) / 2


def test_a_fault_in_the_oracles_offsets(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = fuzz_oracle.offsets_of
    monkeypatch.setattr(
        fuzz_oracle, "offsets_of", lambda *args: [x + Fraction(1, 8) for x in keep(*args)]
    )
    assert num_wrong() > 0


def test_a_fault_in_the_exact_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = ExactVertices.signs
    monkeypatch.setattr(ExactVertices, "signs", lambda *args: np.maximum(keep(*args), 0))
    assert num_wrong() > 0


def test_a_fault_in_the_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = numpy_subdivision.layer_pieces
    monkeypatch.setattr(numpy_subdivision, "layer_pieces", lambda *args: keep(*args)[::-1])
    assert num_wrong() > 0


def test_a_fault_in_the_linear_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        jumping_facets, "has_open_path", lambda net, p, pairs, n: np.ones(len(pairs), dtype=bool)
    )
    monkeypatch.setattr(linear_regions, "jumping_facets", lambda record: ~record.facet_is_wall)
    assert num_wrong() > 0


def test_a_refusal_without_need_is_a_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*args: object, **options: object) -> None:
        raise OverflowError("for no reason")

    monkeypatch.setattr(lr, "subdivide", refuses)
    outcome, truth = compare(case_of(SEED, 1))
    assert not truth.may_overflow()
    assert outcome.refused.total() == len(KINDS)
    assert any("without need" in text for text in outcome.wrong)


def test_a_crash_of_the_oracle_is_a_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*args: object) -> None:
        raise AssertionError("broken")

    monkeypatch.setattr(Truth, "__init__", breaks)
    record = fuzz.block((SEED, 0, 2))
    assert record["num_disagreements"] == 2


# The record ------------------------------------------------------------------------------------


def test_runs_go_on_and_chunks_join(tmp_path: Path) -> None:
    path = tmp_path / "fuzz.json"
    fuzz.run(SEED, 0, 2, 1, path)
    assert json.loads(path.read_text())["num_nets"] == 2
    whole = fuzz.run(SEED, 0, 4, 1, path)
    halves = [fuzz.run(SEED, *ends, 1, None) for ends in ((0, 2), (2, 4))]
    joined = fuzz.merged(halves)
    for key in whole.keys() - {"seconds"}:
        assert whole[key] == joined[key], key
    assert load_fuzz(path).num_nets == 4


def test_the_committed_record() -> None:
    record = load_fuzz()
    assert record.num_nets == sum(group.num_nets for group in record.groups)
    assert record.num_disagreements == 0
    assert all(group.num_nets for group in record.groups)
    assert max(record.largest_errors.values()) <= 1
