"""The complex cut by the switch of the top class, against cells of the rational twin."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry import Space, decision_complex
from linreg_lib.geometry.domains.polytope import Polytope
from linreg_lib.geometry.domains.simplex import Simplex
from linreg_lib.networks import Network, Normal
from tests.geometry.comparison import ACTIVATIONS, exact
from tests.geometry.rational_twin import Cell, Twin, affine, cells_of, centroid


def envelope_cells(net: Network, box: lr.Box) -> list[tuple[Cell, int, int]]:
    """Each cell of the twin cut down to where one class is on top: (part, cell, class)."""
    parts = []
    for number, cell in enumerate(cells_of(net, exact(box.low), exact(box.high))):
        for top, row in enumerate(cell.maps):
            if row in cell.maps[:top]:
                continue  # a tie on the whole cell: the lowest class has it
            part = cell.polytope
            for other in cell.maps:
                cut = tuple(a - b for a, b in zip(row, other, strict=True))
                kept = [
                    half
                    for half in part.split(cut)
                    if affine(cut, centroid(list(half.vertices))) >= 0
                ]
                if not kept:
                    break
                (part,) = kept
            else:
                parts.append((Cell(part, cell.maps, cell.pattern), number, top))
    return parts


def small_classifier(seed: int) -> tuple[Network, lr.Box]:
    """Small integer weights: outputs that coincide, vanish or tie at vertices."""
    rng = np.random.default_rng(seed)
    dim = seed % 3 + 1
    widths = [dim, *rng.integers(1, (5, 4, 3)[dim - 1], size=rng.integers(0, 3)), 2 + seed % 4]
    pairs = list(zip(widths[1:], widths, strict=False))
    largest = int(rng.integers(1, 4))
    weights = [rng.integers(-largest, largest + 1, size=pair) for pair in pairs]
    biases = [rng.integers(-1, 2, size=n) * rng.integers(0, 2) for n, _ in pairs]
    chosen = [ACTIVATIONS[i] for i in rng.integers(len(ACTIVATIONS), size=len(pairs) - 1)]
    return Network.from_arrays(weights, biases, activation=chosen), lr.Box(-1.0, 1.0, dim=dim)


@pytest.mark.parametrize("seed", range(36))
def test_small_classifiers_with_ties(seed: int) -> None:
    net, box = small_classifier(seed)
    cx = lr.subdivide(net, box)
    before = cx.f_vector
    decided = decision_complex(cx)
    parts = sorted(envelope_cells(net, box), key=lambda part: part[1:])
    assert decided.origin_regions.tolist() == [number for _, number, _ in parts]
    assert decided.classes.tolist() == [top for _, _, top in parts]
    assert decided.patterns.tolist() == [list(cell.pattern) for cell, _, _ in parts]
    twin = Twin([cell for cell, _, _ in parts])
    assert decided.f_vector == twin.f_vector
    for walls in (True, False):
        assert decided.facets_per_region(walls).tolist() == twin.facets_per_region(walls)
    volumes = [twin.volume_of(frozenset(cell.polytope.vertices)) for cell, _, _ in parts]
    np.testing.assert_allclose(decided.volumes, volumes, atol=1e-12)
    length = sum(
        twin.volume_of(facet)
        for facet, owners in twin.owners.items()
        if len({parts[i][2] for i in owners}) == 2
    )
    assert decided.boundary_volume == pytest.approx(length, abs=1e-12)
    assert decided.linear_regions().num_regions == cx.linear_regions().num_regions
    for codim in range(cx.dim + 1):
        assert decided.volume(codim, of="linear") == pytest.approx(cx.volume(codim, of="linear"))
    assert cx.f_vector == before
    # Regions at points on many boundaries: the first whose closure holds the point.
    points = np.random.default_rng(seed).integers(-2, 3, size=(40, cx.dim)) / 2
    for point, found in zip(points, decided.locate(points).tolist(), strict=True):
        where = tuple(Fraction(float(x)) for x in point)
        holds = [all(affine(row, where) >= 0 for row in cell.polytope.rows) for cell, _, _ in parts]
        assert found == holds.index(True)


@pytest.mark.parametrize("compiled_dim", [1, 2, 3, 4])
def test_random_classifiers(compiled_dim: int) -> None:
    dim, rng = compiled_dim, np.random.default_rng(compiled_dim)
    net = Network.random([dim, 8, 6, 4], biases=Normal(0.3), rng=rng)
    cx = lr.subdivide(net, lr.Box(-1.0, 1.0, dim=dim))
    decided = decision_complex(cx)
    assert decided.num_regions > cx.num_regions
    assert decided.euler_characteristic == 1
    np.testing.assert_allclose(decided.volumes.sum(), cx.volumes.sum())
    np.testing.assert_allclose(
        np.bincount(decided.origin_regions, weights=decided.volumes), cx.volumes
    )
    inside = decided.interior_points
    assert decided.interior_certified.all()
    assert (net(inside).argmax(axis=1) == decided.classes).all()
    assert (decided.locate(inside) == np.arange(decided.num_regions)).all()
    # Inside one region of cx neighbours differ in class; there the top two are equal.
    inner = decided.facet_cells[~decided.facet_is_wall]
    same_cell = decided.origin_regions[inner[:, 0]] == decided.origin_regions[inner[:, 1]]
    assert same_cell.any()
    assert (decided.classes[inner[same_cell, 0]] != decided.classes[inner[same_cell, 1]]).all()
    points = rng.uniform(-1, 1, size=(4000, dim))
    assert (decided.classes[decided.locate(points)] == net(points).argmax(axis=1)).all()
    share = decided.class_volumes / decided.volumes.sum()
    seen = np.bincount(net(points).argmax(axis=1), minlength=4) / len(points)
    assert (np.abs(share - seen) <= 5 * np.sqrt(share * (1 - share) / len(points)) + 1e-9).all()


@pytest.mark.parametrize("kind", ["segment", "line", "plane", "simplex", "polytope"])
def test_other_domains(kind: str) -> None:
    rng = np.random.default_rng(0)
    num_in = {"simplex": 3, "polytope": 2}.get(kind, 6)
    net = Network.random([num_in, 12, 8, 3], biases=Normal(0.5), rng=rng)
    a, b, c = rng.normal(size=(3, num_in))
    domain = {
        "segment": lambda: lr.Segment(a, b),
        "line": lambda: lr.Line(a, b),
        "plane": lambda: lr.Plane.through(a, b, c),
        "simplex": lambda: Simplex(np.vstack([np.zeros(3), 4 * np.eye(3) + 0.1])),
        "polytope": lambda: Polytope(
            halfspaces=([[-1, 0], [0, -1], [3, 3], [1, 7]], [9, 9, 9, 30])
        ),
    }[kind]()
    cx = lr.subdivide(net, domain)
    decided = decision_complex(cx)
    assert decided.num_regions > cx.num_regions
    assert decided.euler_characteristic == cx.euler_characteristic
    assert (net(decided.interior_points).argmax(axis=1) == decided.classes).all()
    assert (decided.locate(decided.interior_points) == np.arange(decided.num_regions)).all()
    if kind == "line":
        assert decided.f_vector == (decided.num_regions - 1, decided.num_regions)


def test_two_classes_in_the_plane_by_hand() -> None:
    """Outputs x and 1/2: a segment of length 2 at x = 1/2, which the neuron at 0 does not meet."""
    net = Network.from_arrays([[[1, 0]], [[1], [0]]], [[0], [0, 0.5]])
    decided = decision_complex(lr.subdivide(net, lr.Box(-1.0, 1.0, dim=2)))
    assert decided.f_vector == (8, 10, 3)
    assert decided.classes.tolist() == [1, 0, 1]
    assert decided.boundary_volume == 2.0
    assert decided.class_volumes.tolist() == [1.0, 3.0]
    (facet,) = np.flatnonzero(decided.class_switches)
    assert decided.supports_of_facet(facet) == ()
    assert repr(decided).startswith("DecisionComplex(dim=2, num_regions=3")


def test_what_is_refused() -> None:
    rng = np.random.default_rng(0)
    box = lr.Box(-1.0, 1.0, dim=2)
    with pytest.raises(ValueError, match="one output"):
        decision_complex(lr.subdivide(Network.random([2, 3, 1], rng=rng), box))
    net = Network.random([2, 3, 3, 2], rng=rng)
    with pytest.raises(ValueError, match="without upto_layer"):
        decision_complex(lr.subdivide(net, box, upto_layer=1))
    with pytest.raises(TypeError, match="made by subdivide"):
        decision_complex(decision_complex(lr.subdivide(net, box)))
    with pytest.raises(lr.WorkLimitError):
        decision_complex(lr.subdivide(net, box), max_regions=1)


def assert_as_in_a_box(net: Network, half_width: float) -> None:
    """The whole space cut by classes: the faces off the walls of a box that meets all of them."""
    box = decision_complex(lr.subdivide(net, lr.Box(-half_width, half_width, dim=net.input_dim)))
    cx = decision_complex(lr.subdivide(net, Space(net.input_dim)))
    assert np.abs(cx.vertices).max(initial=0.0) < half_width / 16
    assert cx.origin_regions.tolist() == box.origin_regions.tolist()
    assert cx.classes.tolist() == box.classes.tolist()
    assert cx.patterns.tolist() == box.patterns.tolist()
    assert cx.f_vector == tuple(np.count_nonzero(~box.on_wall(k)) for k in range(cx.dim + 1))
    assert cx.facets_per_region().tolist() == box.facets_per_region(walls=False).tolist()
    expected = np.where(cx.is_bounded_region, box.volumes, np.inf)
    np.testing.assert_allclose(cx.volumes, expected, rtol=1e-6, atol=1e-9)
    num = np.count_nonzero(cx.class_switches)
    assert num == np.count_nonzero(box.class_switches)
    if cx.dim == 1:
        assert cx.boundary_volume == num
    assert cx.interior_certified.all()
    assert cx.locate(cx.interior_points).tolist() == list(range(cx.num_regions))


@pytest.mark.parametrize("seed", range(36))
def test_small_classifiers_on_the_whole_space(seed: int) -> None:
    assert_as_in_a_box(small_classifier(seed)[0], 2.0**16)


@pytest.mark.parametrize("widths", [[1, 6, 5, 4], [2, 7, 6, 4], [3, 5, 4, 3], [4, 4, 3, 3]])
def test_random_classifiers_on_the_whole_space(widths: list[int]) -> None:
    rng = np.random.default_rng(widths[0])
    assert_as_in_a_box(Network.random(widths, biases=Normal(0.3), rng=rng), 2.0**17)


def test_a_triangle_of_one_class() -> None:
    """Outputs 1, x, y, -x - y, all in R^2: class 0 has the triangle x <= 1, y <= 1, -x - y <= 1."""
    net = Network.from_arrays([[[0, 0], [1, 0], [0, 1], [-1, -1]]], [[1, 0, 0, 0]], activation=[])
    decided = decision_complex(lr.subdivide(net, Space(2)))
    assert decided.f_vector == (3, 6, 4)
    assert decided.classes.tolist() == [0, 1, 2, 3]
    assert decided.class_volumes.tolist() == [4.5, np.inf, np.inf, np.inf]
    assert decided.boundary_volume == np.inf
    assert repr(decided).startswith("UnboundedDecisionComplex(dim=2, num_regions=4")


def _exact_outputs(net: Network, point: np.ndarray) -> list[Fraction]:
    values = [Fraction(float(x)) for x in point]
    for layer, (weight, bias) in enumerate(zip(net.weights, net.biases, strict=True)):
        rows = zip(weight.tolist(), bias.tolist(), strict=True)
        z = [
            sum((Fraction(w) * v for w, v in zip(row, values, strict=True)), Fraction(b))
            for row, b in rows
        ]
        if layer == net.depth:
            return z
        values = [max(v, Fraction(0)) for v in z]
    raise AssertionError


def test_a_line_that_nothing_cuts() -> None:
    """A dead input column: at infinity all values are constant, which is no tie."""
    net = Network.from_arrays([[[1.0, 0.0]], [[1.0], [1.0]]], [[0.0], [1.0, 2.0]])
    decided = decision_complex(lr.subdivide(net, lr.Line([0.0, 0.0], [0.0, 1.0])))
    assert decided.classes.tolist() == [1]


@pytest.mark.parametrize("seed", range(60))
def test_lines_and_spaces_with_dead_columns(seed: int) -> None:
    """Small integers, half of them 0: constant outputs, rays along which classes tie or do not."""
    rng = np.random.default_rng(seed)
    widths = [2, *rng.integers(1, 4, size=rng.integers(1, 3)).tolist(), int(rng.integers(2, 5))]
    shapes = list(zip(widths[1:], widths, strict=False))
    weights = [rng.integers(-1, 2, size=shape) * rng.integers(0, 2, size=shape) for shape in shapes]
    net = Network.from_arrays(weights, [rng.integers(-1, 3, size=n) for n, _ in shapes])
    domains = [Space(2), lr.Line([0.0, 1.0], [1.0, 0.0]), lr.Line([1.0, 0.0], [0.0, 1.0])]
    for domain in domains:
        cx = lr.subdivide(net, domain)
        decided = decision_complex(cx)
        outputs = [_exact_outputs(net, point) for point in decided.interior_points]
        assert decided.interior_certified.all()
        assert decided.classes.tolist() == [row.index(max(row)) for row in outputs]
        between = decided.facet_cells[~decided.facet_is_wall]
        between = between[(between >= 0).all(axis=1)]
        same_cell = np.equal(*decided.origin_regions[between].T)
        assert (decided.classes[between[:, 0]] != decided.classes[between[:, 1]])[same_cell].all()


def test_outputs_that_floats_round_to_zero_or_beyond_their_range() -> None:
    """1 - 10 fl(0.1) is -5.6e-17 and its float 0; outputs far below 1; too large ones."""
    box = lr.Box(-1.0, 1.0, dim=1)
    make = lr.Network.from_arrays
    negative = make([[[0.0]], [[-0.1], [0.0]]], [[10.0], [1.0, 0.0]])
    assert lr.decision_complex(lr.subdivide(negative, box)).classes.tolist() == [1]
    small = make([[[1.0]], [[-(2.0**-1000)], [0.0]]], [[0.0], [0.0, 0.0]])
    assert lr.decision_complex(lr.subdivide(small, box)).classes.tolist() == [0, 1]
    large = make([[[1.0]], [[1e308], [0.0]]], [[0.0], [0.0, 0.0]])
    assert lr.decision_complex(lr.subdivide(large, box)).classes.tolist() == [0, 0]
    far = make([[[1.0]], [[2.0**1000], [0.0]]], [[0.0], [0.0, 0.0]])
    assert lr.decision_complex(lr.subdivide(far, box)).classes.tolist() == [0, 0]
