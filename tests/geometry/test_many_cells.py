"""Facets of many regions by the compiled kernels: against one region at a time, whole complexes,
convex hulls, and with faults planted in the kernels."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

import linreg_lib as lr
from linreg_lib.geometry import CellFacets, facets_of_cells, region_of
from linreg_lib.geometry.single_region import equal_keys, facets_at_points, network_tables
from linreg_lib.networks import Network, hard_tanh, identity, leaky_relu, relu
from linreg_lib.networks.laws import Normal

pytest.importorskip("numba", reason="without it regions are counted one at a time")

from linreg_lib.geometry.single_region import compiled_cells


def assert_agree(fast: CellFacets, slow: CellFacets) -> None:
    """The same regions; the same facets, between the bounds where one leaves some undecided."""
    assert np.array_equal(fast.region_ids, slow.region_ids)
    for one, other in ((fast, slow), (slow, fast)):
        least = one.num_facets + one.num_wall_facets
        assert (least <= other.num_facets + other.num_wall_facets + other.num_undecided).all()
    sure = (fast.num_undecided == 0) & (slow.num_undecided == 0)
    assert np.array_equal(fast.num_facets[sure], slow.num_facets[sure])
    assert np.array_equal(fast.num_wall_facets[sure], slow.num_wall_facets[sure])


def interior_points(net: Network, points: np.ndarray) -> np.ndarray:
    """Those that lie on no boundary."""
    low, high = net.piece_range(points)
    return points[(low == high).all(axis=1)]


def both(net: Network, points: np.ndarray, domain: lr.Box | None) -> tuple[CellFacets, CellFacets]:
    fast = facets_of_cells(net, points, domain, compiled=True)
    return fast, facets_of_cells(net, points, domain, compiled=False)


NETWORKS = [
    ([2, 7, 5, 1], "relu", Normal(0.5)),
    ([3, 9, 7, 1], "relu", 0.01),
    ([3, 8, 6, 1], "relu", 0.0),
    ([2, 6, 5, 1], "leaky_relu", 0.0),
    ([3, 5, 5, 5, 1], "hard_tanh", Normal(0.5)),
    ([5, 9, 6, 1], "relu", 0.01),
    ([1, 6, 4, 1], "relu", Normal(0.5)),
    ([1, 3, 2, 1], "relu", 0.0),
]


@pytest.mark.parametrize("has_domain", [False, True])
@pytest.mark.parametrize(("widths", "activation", "biases"), NETWORKS)
def test_agrees_with_one_region_at_a_time(widths, activation, biases, has_domain: bool) -> None:
    rng = np.random.default_rng(widths)
    net = Network.random(widths, "xavier_normal", biases, rng=rng, activation=activation)
    low = -rng.uniform(1.0, 2.0, widths[0])
    domain = lr.Box(low, low + 2.5) if has_domain else None
    points = low + 2.5 * rng.random((10, widths[0]))
    fast, slow = both(net, points, domain)
    assert_agree(fast, slow)
    assert not fast.num_undecided.any()


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_agrees_on_networks_with_small_whole_numbers(data: st.DataObject) -> None:
    """Ties everywhere: parallel, equal and constant neurons, corners with too many hyperplanes."""
    seed = data.draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    dim = data.draw(st.integers(1, 3))
    widths = [dim, *data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)), 1]
    kinds = [relu(), identity(), leaky_relu(0.5), hard_tanh()]
    weights = [rng.integers(-2, 3, (b, a)) for a, b in zip(widths, widths[1:], strict=False)]
    biases = [rng.integers(-1, 2, b) * data.draw(st.sampled_from([0, 1])) for b in widths[1:]]
    chosen = [[kinds[k] for k in rng.integers(0, 4, w)] for w in widths[1:-1]]
    net = Network.from_arrays(weights, biases, chosen)
    points = interior_points(net, rng.integers(-7, 8, (4, dim)) / 4.0)
    if len(points):
        domain = lr.Box(-2.0, 3.0, dim=dim) if data.draw(st.booleans()) else None
        assert_agree(*both(net, points, domain))


@pytest.mark.parametrize("widths", [[2, 12, 8, 1], [3, 10, 6, 1], [2, 8, 8, 8, 1]])
@pytest.mark.parametrize("biases", [0.01, 0.0])
def test_agrees_with_all_regions_of_a_complex(widths: list[int], biases: float) -> None:
    net = Network.random(widths, "xavier_normal", biases, rng=np.random.default_rng(7))
    box = lr.Box(-1.0, 1.5, dim=widths[0])
    cx = lr.subdivide(net, box)
    cells = facets_of_cells(net, cx.interior_points, box, compiled=True)
    assert not cells.num_undecided.any()
    assert cells.num_regions == cx.num_regions
    assert np.array_equal(cells.num_facets, cx.facets_per_region(walls=False))
    total = cells.num_facets + cells.num_wall_facets
    assert np.array_equal(total, cx.facets_per_region())


@pytest.mark.parametrize("widths", [[3, 30, 15, 1], [4, 12, 8, 1]])
def test_agrees_with_convex_hulls(widths: list[int]) -> None:
    """Facets are the corners of the hull of the rows, in dual coordinates."""
    net = Network.random(widths, "xavier_normal", 0.01, rng=np.random.default_rng(3))
    points = np.random.default_rng(4).uniform(-1.0, 1.0, (40, widths[0]))
    box = lr.Box(-1.0, 1.0, dim=widths[0])
    cells = facets_of_cells(net, points, box, compiled=True)
    for point, total in zip(points, cells.num_facets + cells.num_wall_facets, strict=True):
        region = region_of(net, point, box=(-1.0, 1.0))
        assert len(ConvexHull(region.rows).vertices) == total


def test_cones_have_as_many_facets_at_all_scales() -> None:
    net = Network.random([3, 12, 9, 1], "he", 0.0, rng=np.random.default_rng(5))
    points = np.random.default_rng(6).standard_normal((60, 3))
    near, far = (facets_of_cells(net, points * s, compiled=True) for s in (2.0**-30, 2.0**30))
    assert np.array_equal(near.num_facets, far.num_facets)
    # The whole cone meets a box around its apex, and less of it one that has the apex outside.
    box = lr.Box(-1e3, 1e3, dim=3)
    assert np.array_equal(
        facets_of_cells(net, points, box, compiled=True).num_facets, near.num_facets
    )
    window = lr.Box(0.5, 1.5, dim=3)
    points = np.random.default_rng(8).uniform(0.5, 1.5, (6, 3))
    assert_agree(*both(net, points, window))


def test_deep_networks_leave_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds of errors stay far below what tells facets apart, behind eight layers too."""
    monkeypatch.setattr(facets_at_points, "_counted", None)
    for widths in ([3, *[40] * 8, 1], [5, 20, 20, 1]):
        net = Network.random(widths, "xavier_normal", 0.01, rng=np.random.default_rng(0))
        points = np.random.default_rng(1).uniform(-1.0, 1.0, (300, widths[0]))
        assert not facets_of_cells(net, points, compiled=True).num_undecided.any()


def test_points_close_to_boundaries() -> None:
    net = Network.random([3, 8, 6, 1], biases=Normal(0.3), rng=np.random.default_rng(2))
    inside = np.random.default_rng(3).standard_normal((8, 3))
    close = []
    for point in inside:
        region = region_of(net, point)
        nearest = (region.slacks / np.linalg.norm(region.normals, axis=1)).argmin()
        row = region.normals[nearest]
        close.append(point + row * region.slacks[nearest] * (1.0 - 1e-7) / (row @ row))
    cells = facets_of_cells(net, np.concatenate([inside, close]), compiled=True)
    assert np.array_equal(cells.region_ids[:8], cells.region_ids[8:])
    alone = facets_of_cells(net, close, compiled=True)
    assert np.array_equal(alone.num_facets, cells.num_facets[:8])


def test_a_cut_that_is_nearly_none_is_decided() -> None:
    for cut, num in ((-(2.0**-30), 3), (0.0, 2), (2.0**-30, 2)):
        weight = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
        net = Network.from_arrays([weight, [[1.0] * 3]], [[0.0, 0.0, cut], [0.0]])
        cells = facets_of_cells(net, [[1.0, 2.0]], compiled=True)
        assert (cells.num_facets.tolist(), cells.num_undecided.tolist()) == ([num], [0])


def test_a_neuron_in_a_wall_makes_a_facet_of_the_wall_alone() -> None:
    net = Network.from_arrays([[[1.0, 0.0], [2.0, 0.0]], [[1.0, 1.0]]], [[-1.0, 1.0], [0.0]])
    box = lr.Box([-1.0, -1.0], [1.0, 3.0])
    for compiled in (False, True):
        cells = facets_of_cells(net, [[0.5, 0.0], [-0.75, 1.0]], box, compiled=compiled)
        assert cells.num_facets.tolist() == [1, 1]
        assert cells.num_wall_facets.tolist() == [3, 3]
    cx = lr.subdivide(net, box)
    assert cx.facets_per_region(walls=False).tolist() == [1, 1]


def test_threads_and_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    net = Network.random([3, 12, 8, 1], biases=0.01, rng=np.random.default_rng(1))
    points = np.random.default_rng(2).uniform(-1.0, 1.0, (700, 3))
    first = facets_of_cells(net, points, compiled=True)
    monkeypatch.setattr(compiled_cells, "_CHUNK", 17)
    second = facets_of_cells(net, points, compiled=True)
    monkeypatch.setattr(compiled_cells, "_THREADS", 1)
    monkeypatch.setattr(equal_keys, "_marks", lambda words: np.zeros(len(words), dtype=np.uint64))
    third = facets_of_cells(net, points, compiled=True)
    for other in (second, third):
        for name in ("num_facets", "num_wall_facets", "num_undecided", "region_ids"):
            assert np.array_equal(getattr(first, name), getattr(other, name))
    patterns = net.pattern(points)
    _, firsts, numbers = np.unique(patterns, axis=0, return_index=True, return_inverse=True)
    assert first.num_regions == len(firsts)
    order = np.argsort(np.argsort(firsts))
    assert np.array_equal(first.region_ids, order[numbers.ravel()])


def test_bad_points_are_refused_by_the_kernels_too() -> None:
    net = Network.random([2, 6, 5, 1], rng=np.random.default_rng(1))  # no biases
    points = np.random.default_rng(2).standard_normal((50, 2))
    points[31] = 0.0
    with pytest.raises(ValueError, match=r"points\[31\]: x is on the boundary of neuron 1 of"):
        facets_of_cells(net, points, compiled=True)
    box = lr.Box(-9.0, 9.0, dim=2)
    points[7] = 9.0
    with pytest.raises(ValueError, match=r"points\[7\] is not in the interior of the domain"):
        facets_of_cells(net, points, box)
    with pytest.raises(ValueError, match="domain has dimension 3, net has 2 inputs"):
        facets_of_cells(net, points, lr.Box(-9.0, 9.0, dim=3))
    with pytest.raises(TypeError, match="domain must be a Box"):
        facets_of_cells(net, points, lr.Segment([0.0, 0.0], [1.0, 1.0]))
    affine = Network.from_arrays([[[1.0, 2.0]]], [[0.0]])
    with pytest.raises(lr.NotCompiledError, match="no hidden layer"):
        facets_of_cells(affine, [[0.0, 1.0]], compiled=True)
    assert facets_of_cells(affine, [[0.0, 1.0]]).num_facets.tolist() == [0]


def test_without_points_there_is_nothing() -> None:
    net = Network.random([2, 6, 5, 1], rng=np.random.default_rng(1))
    for compiled in (True, False):
        cells = facets_of_cells(net, np.zeros((0, 2)), compiled=compiled)
        assert (cells.num_regions, cells.num_facets.shape) == (0, (0,))


def test_huge_numbers_are_left_to_the_slow_way() -> None:
    net = Network.from_arrays([[[1e-150, 0.0], [0.0, 1.0]], [[1.0, 1.0]]], [[0.0, 0.0], [0.0]])
    assert network_tables.network_tables(net) is None
    assert facets_of_cells(net, np.ones((2000, 2))).num_facets.tolist() == [2] * 2000


# Faults planted in the kernels --------------------------------------------------------------------

_ROOM = Path(compiled_cells.__file__).parent
_NAMES = ("pattern_kernels", "row_kernels", "program_kernels", "facet_kernels", "compiled_cells")


@contextmanager
def interpreted(fault: tuple[str, str, str] | None) -> Iterator[types.ModuleType]:
    """The kernels run by Python, with one text in one file replaced by another."""
    plain = types.ModuleType("jit")
    for name in ("kernel", "part", "inlined"):
        setattr(plain, name, lambda function: function)
    base = "linreg_lib.geometry.single_region."
    names = ["linreg_lib.geometry.kernels.jit", *(base + name for name in _NAMES)]
    before = {name: sys.modules.get(name) for name in names}
    sys.modules[names[0]] = plain
    try:
        for name in _NAMES:
            source = (_ROOM / f"{name}.py").read_text(encoding="utf-8")
            if fault is not None and fault[0] == name:
                assert source.count(fault[1]) == 1
                source = source.replace(fault[1], fault[2])
            module = types.ModuleType(base + name)
            sys.modules[base + name] = module
            exec(compile(source, name, "exec"), module.__dict__)
        yield module
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


#: for these seeds no region is unbounded along hyperplanes that hang together
CASES = [
    ([3, 5, 4, 1], Normal(0.5), None),
    ([3, 5, 4, 1], Normal(0.5), 1.0),
    ([3, 6, 4, 1], 0.0, None),
    ([2, 4, 3, 3, 1], 0.1, 1.0),
]


def num_wrong(fault: tuple[str, str, str] | None, monkeypatch: pytest.MonkeyPatch) -> int:
    """On how many cases the kernels give a wrong number, or give up where nothing is close."""
    found = 0
    with interpreted(fault) as kernels, np.errstate(all="ignore"):
        for seed, (widths, biases, side) in product((0, 5), CASES):
            net = Network.random(widths, biases=biases, rng=np.random.default_rng(seed))
            points = np.random.default_rng(seed).uniform(-0.9, 0.9, (3, widths[0]))
            domain = None if side is None else lr.Box(-side, side, dim=widths[0])
            slow = facets_of_cells(net, points, domain, compiled=False)
            with monkeypatch.context() as patch:
                patch.setattr(facets_at_points, "_kernels", lambda required: kernels)
                patch.setattr(facets_at_points, "_counted", None)
                try:
                    assert_agree(facets_of_cells(net, points, domain, compiled=True), slow)
                except (AssertionError, IndexError, TypeError, ValueError):
                    found += 1
    return found


def test_interpreted_kernels_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    assert num_wrong(None, monkeypatch) == 0


@pytest.mark.parametrize(
    "fault",
    [
        ("program_kernels", "doubt * spread) * ROUNDED_UP < 1.0", "doubt * spread) > 1.0"),
        ("program_kernels", "if not value * size < 1.0:", "if value * size < 1.0:"),
        ("facet_kernels", "if height(program) * size < 1.0 and", "if"),
        ("facet_kernels", "return num_near == 1 and least > 0.0", "return num_near != 1"),
        ("facet_kernels", "winner, best = i, heights[i]", "winner, best = 0, heights[i]"),
        ("row_kernels", "sign = -1.0 if side == 0 else 1.0", "sign = 1.0"),
        ("row_kernels", "value = slope * room.gradients[c, j]", "value = room.gradients[c, j]"),
        ("row_kernels", "rows.sizes[num] = 1.0 / room", "rows.sizes[num] = 0.25 / room"),
        ("row_kernels", "flat.units[c, i] = place * rows.sizes[i]", "flat.units[c, i] = place"),
        ("pattern_kernels", "piece += 1 if gap > 0.0 else 0", "piece += 1 if gap < 0.0 else 0"),
    ],
    ids=lambda fault: fault[1].partition("\n")[0],
)
def test_planted_faults_are_seen(fault, monkeypatch: pytest.MonkeyPatch) -> None:
    assert num_wrong(fault, monkeypatch) > 0
