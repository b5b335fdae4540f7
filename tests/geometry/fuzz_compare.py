"""One case of the fuzz: what the library answers, held against the oracle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import numpy as np

import linreg_lib as lr
from linreg_lib.geometry.complex.whole_space_complex import UnboundedQuestionError
from tests.geometry.fuzz_faces import Faces, contains, jump_pieces
from tests.geometry.fuzz_networks import Case, some_points
from tests.geometry.fuzz_oracle import Body, Oracle, cube, row_of
from tests.geometry.fuzz_truth import LARGEST, Truth, fractions_of

#: what the library documents: relative errors of volumes, of totals; vertices in windows' sizes
VOLUME_BOUND = 1e-7
TOTAL_BOUND = 1e-9
VERTEX_BOUND = 2.0**-32
REFUSALS = (OverflowError, lr.WorkLimitError, UnboundedQuestionError, lr.DegenerateError)


class Outcome:
    """What came out of one case: numbers compared, refusals, disagreements, largest errors."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self.compared: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.errors: dict[str, float] = {}
        self.tallies: Counter[str] = Counter()
        self.refused_texts: list[str] = []

    def same(self, what: str, found: Any, right: Any) -> None:
        self.compared[what.split(":")[0]] += len(right) if isinstance(right, list) else 1
        if found != right:
            self.wrong.append(f"{what}: {_short(found)}, right is {_short(right)}")

    def near(self, what: str, found: float, right: Fraction | None, bound: float) -> None:
        """A measure: None stands for infinity."""
        kind = what.split(":")[0]
        self.compared[kind] += 1
        if right is None or not np.isfinite(found):
            if right is not None or found != np.inf:
                self.wrong.append(f"{what}: {found}, right is {_short(right)}")
            return
        gap = abs(Fraction(float(found)) - right)
        error = float(gap / right) if right else float(gap > 0) * np.inf
        self.errors[kind] = max(self.errors.get(kind, 0.0), error / bound)
        if error > bound:
            self.wrong.append(f"{what}: {found!r}, right is {float(right)!r}, error {error:.1e}")

    @contextmanager
    def asking(self, what: str) -> Iterator[None]:
        try:
            yield
        except REFUSALS as refusal:
            text = f"{what}: {type(refusal).__name__}: {refusal}"[:300]
            self.refused[f"{what.split(',')[0]}: {type(refusal).__name__}"] += 1
            self.refused_texts.append(text)
            about_volumes = what.startswith(("volume", "class_volumes", "boundary_volume"))
            if (
                not (about_volumes and self._truth.has_odd_volume())
                and not self._truth.may_overflow()
            ):
                self.wrong.append(f"refused without need: {text}")
        except Exception as error:  # a crash is a finding, too
            self.wrong.append(f"{what}: {type(error).__name__}: {error}"[:300])


def _short(value: Any) -> str:
    if isinstance(value, Fraction):
        return repr(float(value)) if abs(value) < LARGEST else "beyond float64"
    text = repr(value)
    return text if len(text) < 200 else text[:200] + "..."


def compare(case: Case) -> tuple[Outcome, Truth]:
    """Both ways of cutting, decisions, lines and places against the oracle."""
    truth = Truth(case)
    outcome = Outcome(truth)
    rng = np.random.default_rng([7, case.index])
    some = None
    for compiled in (True, False):
        way = "compiled" if compiled else "numpy"
        with outcome.asking(f"subdivide, {way}"):
            some = lr.subdivide(case.network, case.domain, compiled=compiled)
            outcome.tallies["cut by kernels"] += some.certificate.compiled
            outcome.tallies["decided exactly"] += some.certificate.num_exact_vertices > 0
            outcome.same("certified", some.certificate.certified, True)
            _counts(some, truth, outcome, way)
            _measures(some, truth, outcome, way)
    if some is not None:
        if truth.decided is not None:
            with outcome.asking("decision_complex"):
                _decisions(lr.decision_complex(some), truth, outcome)
        _places(some, truth, outcome, rng)
    _lines(case, outcome, rng)
    return outcome, truth


def _counts(cx: lr.PolyhedralComplex, truth: Truth, outcome: Outcome, way: str) -> None:
    faces = truth.faces
    outcome.same(f"regions: {way}", cx.num_regions, len(truth.cells))
    right = [cell.pattern for cell in truth.cells]
    outcome.same(f"patterns: {way}", [tuple(p) for p in cx.patterns.tolist()], right)
    outcome.same(f"faces: {way}", list(cx.f_vector), list(faces.f_vector))
    for walls in (True, False):
        found = cx.facets_per_region(walls=walls).tolist()
        outcome.same(f"facets: {way}, walls={walls}", found, faces.facets_per_cell(walls))
    with outcome.asking(f"linear_regions, {way}"):
        linear = cx.linear_regions()
        outcome.same(f"linear regions: {way}", linear.labels.tolist(), truth.linear_labels())
    right = [not faces.is_unbounded(faces.cell(i)) for i in range(len(truth.cells))]
    outcome.same(f"bounded regions: {way}", cx.is_bounded_region.tolist(), right)


def _measures(cx: lr.PolyhedralComplex, truth: Truth, outcome: Outcome, way: str) -> None:
    faces, dim = truth.faces, truth.dim
    right = [truth.volume(faces, faces.cell(i), dim) for i in range(len(truth.cells))]
    with outcome.asking(f"volumes, {way}"):
        volumes = cx.volumes
        if len(volumes) == len(right):
            for i, (found, exact) in enumerate(zip(volumes.tolist(), right, strict=True)):
                outcome.near(f"volumes: {way}, region {i}", found, exact, VOLUME_BOUND)
    jumps = truth.jumps()
    totals: list[tuple[int, str, list[int]]] = []
    totals += [(c, "activation", faces.inner(dim - c)) for c in range(1, dim + 1)]
    totals += [(0, "activation", list(faces.levels[dim])), (1, "linear", list(jumps))]
    if dim > 1 and faces.is_bounded:
        totals.append((2, "linear", jump_pieces(faces, jumps)))
    for codim, of, chosen in totals:
        with outcome.asking(f"volume, {way}"):
            found = cx.volume(codim, of=of)
            exact = truth.total(faces, chosen, dim - codim)
            outcome.near(f"totals: {way}, codim {codim}, {of}", found, exact, TOTAL_BOUND)
    with outcome.asking(f"vertices, {way}"):
        _vertices(cx.vertices, truth, faces, outcome, way)


def _vertices(found: np.ndarray, truth: Truth, faces: Faces, outcome: Outcome, way: str) -> None:
    """Each exact vertex has a float one near it, and the reverse."""
    right = truth.vertices(faces)
    if len(found) != len(right) or not len(right):
        return
    outcome.compared["vertices"] += right.size
    if not (np.isfinite(right).all() and np.isfinite(found).all()):
        outcome.wrong.append(f"vertices: {way}: not finite")
        return
    with np.errstate(over="ignore"):
        window = right.max(axis=0) - right.min(axis=0)
        size = np.abs(right).max(axis=1, keepdims=True)
        if faces.is_bounded:
            size = np.full_like(size, window.max())
        # What float64 can hold of a place far from zero comes on top.
        allowed = VERTEX_BOUND * size + 2 * np.spacing(np.abs(right)) + 2.0**-1040
        far = np.abs(found[None] - right[:, None]) / allowed[:, None]
    far = far.max(axis=2)
    share = max(far.min(axis=0).max(), far.min(axis=1).max())
    outcome.errors["vertices"] = max(outcome.errors.get("vertices", 0.0), float(share))
    if share > 1:
        outcome.wrong.append(f"vertices: {way}: off by {share:.2g} times the bound")


def _decisions(cx: lr.geometry.DecisionComplex, truth: Truth, outcome: Outcome) -> None:
    decided, faces, dim = truth.decided, truth.decided_faces, truth.dim
    assert decided is not None
    assert faces is not None
    found = list(zip(cx.origin_regions.tolist(), cx.classes.tolist(), strict=True))
    outcome.same("decisions: region and class", found, [each[:2] for each in decided])
    outcome.same("decisions: faces", list(cx.f_vector), list(faces.f_vector))
    switching = [f for f, a, b in faces.inner_facets() if decided[a][1] != decided[b][1]]
    outcome.same("decisions: switches", int(cx.class_switches.sum()), len(switching))
    outcome.same(
        "decisions: facets", cx.facets_per_region().tolist(), faces.facets_per_cell(walls=True)
    )
    with outcome.asking("class_volumes"):
        for top, found_volume in enumerate(cx.class_volumes.tolist()):
            mine = [faces.cell(i) for i, each in enumerate(decided) if each[1] == top]
            exact = truth.total(faces, mine, dim)
            outcome.near(f"class volumes: class {top}", found_volume, exact, VOLUME_BOUND)
    with outcome.asking("boundary_volume"):
        exact = truth.total(faces, switching, dim - 1)
        outcome.near("decision boundary: length", cx.boundary_volume, exact, VOLUME_BOUND)
    with outcome.asking("vertices, decision"):
        _vertices(cx.vertices, truth, faces, outcome, "decision")
    if isinstance(truth.case.domain, lr.geometry.domains.domain.InputDomain):
        with outcome.asking("locate, decision"):
            points = some_points(truth.case.domain, 4, np.random.default_rng(truth.case.index))
            bodies = [each[2] for each in decided]
            outcome.same("places: decision", cx.locate(points).tolist(), _first_of(bodies, points))


def _first_of(bodies: list[Body], points: np.ndarray) -> list[int]:
    """The first body whose closure holds each point, -1 for none."""
    exact = [row_of([*fractions_of(point), Fraction(1)]) for point in points]
    return [next((i for i, b in enumerate(bodies) if contains(b, p)), -1) for p in exact]


def _places(
    cx: lr.PolyhedralComplex, truth: Truth, outcome: Outcome, rng: np.random.Generator
) -> None:
    if not isinstance(truth.case.domain, lr.geometry.domains.domain.InputDomain):
        return
    points = some_points(truth.case.domain, 4, rng)
    corners = truth.vertices(truth.faces)
    corners = corners[np.isfinite(corners).all(axis=1)][:4]
    if len(corners):
        points = np.concatenate([points, corners, np.round(points)])
    bodies = [cell.body for cell in truth.cells]
    with outcome.asking("locate"):
        outcome.same("places", cx.locate(points).tolist(), _first_of(bodies, points))
    with outcome.asking("interior_points"):
        # Certified points are in their regions, strictly.
        inside = cx.interior_coordinates
        for i in np.flatnonzero(cx.interior_certified):
            point = row_of([*fractions_of(inside[i]), Fraction(1)])
            outcome.same("interior points", contains(bodies[i], point), True)


def _lines(case: Case, outcome: Outcome, rng: np.random.Generator) -> None:
    ends = some_points(case.domain, 6, rng).reshape(2, 3, -1)
    if rng.random() < 0.5:
        ends = np.round(ends)
    ends = ends[:, (ends[0] != ends[1]).any(axis=1)]
    if not ends.size:
        return
    right: dict[str, list[int]] = {"activation": [], "linear": []}
    for start, end in zip(*ends, strict=True):
        a, b = fractions_of(start), fractions_of(end)
        frame = [[y - x, x] for x, y in zip(a, b, strict=True)]
        oracle = Oracle(case.layers, frame, cube([Fraction(0)], [Fraction(1)]))
        order = sorted(oracle.cells, key=_middle)
        joined = sum(p.maps == q.maps for p, q in zip(order, order[1:], strict=False))
        right["activation"].append(len(order))
        right["linear"].append(len(order) - joined)
    plain = case.family != "units"  # which the kernels do not know
    ways: list[tuple[str, bool | None]] = [
        ("activation", True if plain else None),
        ("activation", False),
        ("linear", None),
    ]
    for of, compiled in ways:
        with outcome.asking(f"count_along_lines, {of}, compiled={compiled}"):
            found = lr.count_along_lines(case.network, *ends, of, compiled=compiled)
            outcome.same(f"lines: {of}, compiled={compiled}", found.tolist(), right[of])


def _middle(cell: Any) -> Fraction:
    return sum((Fraction(*v.point) for v in cell.body.vertices), Fraction(0))
