"""The compiled engine against both twins on hostile nets; threads, interrupts, little memory."""

from __future__ import annotations

import threading
from fractions import Fraction

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.networks import Normal
from tests.geometry.comparison import ACTIVATIONS, exact
from tests.geometry.hostile_nets import by_entry, hostile_case, hostile_net, nearly_equal
from tests.geometry.rational_twin import Twin, cells_of

pytest.importorskip("numba")
from linreg_lib.geometry.cutting.compiled import cutting_kernels as skeleton_kernels
from linreg_lib.geometry.cutting.compiled import skeleton_subdivision, vertex_rows
from linreg_lib.geometry.cutting.compiled.kernel_state import GROW
from linreg_lib.geometry.faces import lattice


def is_fast(cx: lr.PolyhedralComplex) -> bool:
    return type(cx.record.faces).__name__ == "SkeletonFaces"


def exact_faces(cx: lr.PolyhedralComplex) -> list[list[frozenset]]:
    """Each face, level by level, as the set of its exact vertices."""
    faces = [
        [frozenset([tuple(cx.record.exact.coordinates(int(v)))]) for v in cx.record.vertex_ids]
    ]
    for k in range(1, cx.dim + 1):
        incidence, below = cx.boundary(k), faces[-1]
        faces.append(
            [frozenset().union(*(below[m] for m in incidence[f])) for f in range(len(incidence))]
        )
    return faces


def assert_same_complex(
    one: lr.PolyhedralComplex, other: lr.PolyhedralComplex, faces: bool = True
) -> None:
    assert one.f_vector == other.f_vector
    assert one.euler_characteristic == 1
    np.testing.assert_array_equal(one.patterns, other.patterns)
    for walls in (True, False):
        np.testing.assert_array_equal(one.facets_per_region(walls), other.facets_per_region(walls))
    assert one.linear_regions().labels.tolist() == other.linear_regions().labels.tolist()
    if faces:
        *mine, my_cells = exact_faces(one)
        *theirs, their_cells = exact_faces(other)
        assert [set(level) for level in mine] == [set(level) for level in theirs]
        assert my_cells == their_cells


def twin_on(net: lr.Network, domain: Domain) -> Twin:
    origin, directions = domain.exact_frame()
    low, high = domain.coordinate_bounds()
    if isinstance(domain, lr.Segment):
        low, high = np.zeros(1), np.ones(1)
    frame = None
    if directions is not None:
        frame = [
            (*map(Fraction, d), Fraction(c)) for *d, c in zip(*directions, origin, strict=True)
        ]
    return Twin(cells_of(net, exact(low), exact(high), frame=frame))


@pytest.mark.parametrize("start", range(1000, 1100, 25))
def test_hostile_nets_are_cut_as_the_reference_cuts_them(start: int) -> None:
    num_fast = 0
    for seed in range(start, start + 25):
        net, domain = hostile_case(seed, (7, 4, 3), ACTIVATIONS)
        fast = lr.subdivide(net, domain, compiled=True)
        assert_same_complex(fast, lr.subdivide(net, domain, compiled=False))
        num_fast += is_fast(fast)
        if domain.dim < 3 and not isinstance(domain, lr.Simplex):
            twin = twin_on(net, domain)
            assert fast.f_vector == twin.f_vector
            assert [tuple(row) for row in fast.patterns.tolist()] == twin.patterns
            assert fast.facets_per_region(True).tolist() == twin.facets_per_region(True)
            assert fast.linear_regions().labels.tolist() == twin.linear_labels()
    # Neurons that vanish on a cell are ties; all else stays with the compiled engine.
    assert num_fast >= 20


SIZES = [
    (1, [64, 3]),
    (1, [3, 128]),
    (1, [2, 65, 2]),
    (1, [3] * 10),
    (2, [64]),
    (2, [65, 1]),
    (2, [1] * 6),
    (2, [3] * 8),
    (3, [16, 1, 2]),
    (3, [3] * 5),
    (4, [4, 3]),
    (5, [3, 2]),
    (6, [3, 1]),
]


@pytest.mark.parametrize(("dim", "hidden"), SIZES)
def test_words_that_are_just_full_and_many_layers(dim: int, hidden: list[int]) -> None:
    box, fast = lr.Box(-np.ones(dim), np.arange(1.0, dim + 1)), 0
    for seed, change in enumerate((by_entry, nearly_equal) if sum(hidden) < 60 else (by_entry,)):
        net = hostile_net(hidden, box, np.random.default_rng(seed), change, ("relu",))
        for upto in (None, len(hidden) - 1):
            steps: list[list[tuple[int, int, int]]] = [[], []]
            one, other = (
                lr.subdivide(
                    net,
                    box,
                    upto_layer=upto,
                    compiled=compiled,
                    progress=lambda *step, to=steps[compiled]: to.append(step),
                )
                for compiled in (True, False)
            )
            assert_same_complex(one, other, faces=one.num_regions < 200)
            if is_fast(one):
                assert steps[0] == steps[1]
                fast += 1
    assert fast


# Threads, interrupts, memory ----------------------------------------------------------------------


BOX = lr.Box(-1.0, 1.0, dim=3)


def plain_net(seed: int) -> lr.Network:
    rng = np.random.default_rng(seed)
    return lr.Network.random([3, 10, 8, 1], biases=Normal(0.3), rng=rng)


def everything(cx: lr.PolyhedralComplex) -> tuple[object, ...]:
    assert is_fast(cx)
    arrays = [cx.patterns, cx.vertices, *(cx.boundary(k).members for k in (1, 2, 3))]
    return (cx.f_vector, *(array.tobytes() for array in arrays))


def test_threads_do_not_disturb_each_other() -> None:
    nets = [plain_net(seed) for seed in range(4)]
    expected = [everything(lr.subdivide(net, BOX, compiled=True)) for net in nets]
    right: list[bool] = []

    def work(first: int) -> None:
        for turn in range(12):
            i = (first + turn) % len(nets)
            # A function that is called after each neuron lets the other threads in.
            cx = lr.subdivide(nets[i], BOX, compiled=True, progress=lambda *_: None)
            right.append(everything(cx) == expected[i])

    threads = [threading.Thread(target=work, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 48


def test_interrupted_and_nested_subdivisions_leave_no_trace() -> None:
    first, second = plain_net(0), plain_net(1)
    expected = [everything(lr.subdivide(net, BOX, compiled=True)) for net in (first, second)]
    for stop in range(0, 18, 3):
        told: list[int] = []

        def interrupt(*_: int, told: list[int] = told, stop: int = stop) -> None:
            told.append(1)
            if len(told) > stop:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            lr.subdivide(first, BOX, compiled=True, progress=interrupt)
        assert everything(lr.subdivide(second, BOX, compiled=True)) == expected[1]
    inner: list[bool] = []

    def nest(*_: int) -> None:
        inner.append(everything(lr.subdivide(second, BOX, compiled=True)) == expected[1])

    assert everything(lr.subdivide(first, BOX, compiled=True, progress=nest)) == expected[0]
    assert inner == [True] * 18


def test_memory_that_grows_in_the_smallest_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """No generous first guess, no spare arrays, and new memory full of nonsense."""
    nets = [plain_net(seed) for seed in range(3)]
    expected = [everything(lr.subdivide(net, BOX, compiled=True)) for net in nets]
    outcomes: list[int] = []
    cut_layer = skeleton_kernels.cut_layer

    def watched(*args: object) -> int:
        outcomes.append(cut_layer(*args))
        return outcomes[-1]

    def scarce(_: int, at_least: int, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        return np.full((at_least, *shape), 77, dtype=dtype)

    monkeypatch.setattr(skeleton_kernels, "cut_layer", watched)
    monkeypatch.setattr(lattice, "_GENEROUS_BYTES", 1)
    for module in (lattice, skeleton_subdivision, vertex_rows):
        monkeypatch.setattr(module, "take", scarce)
    for net, want in zip(nets, expected, strict=True):
        assert everything(lr.subdivide(net, BOX, compiled=True)) == want
    assert outcomes.count(GROW) >= 6


# Underflow ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("compiled", [None, False])
def test_a_segment_with_a_direction_below_all_normal_numbers(compiled: bool | None) -> None:
    """The third input runs from 0 to 2**-1074; scaled by 2**1000 it crosses 2**-75."""
    segment = lr.Segment([0.0, 0.0, 0.0], [2.5, 0.0, 2.0**-1074])
    net = lr.Network.from_arrays([[[0, 0, 2.0**1000]], [[1]]], [[-(2.0**-75)], [0]])
    assert lr.subdivide(net, segment, compiled=compiled).num_regions == 2
    assert lr.count_along_lines(net, [segment.start], [segment.end]).tolist() == [2]


@pytest.mark.parametrize("compiled", [None, False])
def test_a_tiny_plane_with_a_tiny_slope(compiled: bool | None) -> None:
    """The third input, at most 2**-1100, is 0 in float64; scaled by 2**1000 it crosses 2**-101."""
    plane = lr.Plane(np.zeros(3), [[1.0, 0.0, 2.0**-500], [0.0, 1.0, 0.0]], 2.0**-600)
    net = lr.Network.from_arrays([[[0, 0, 2.0**1000]], [[1]]], [[2.0**-101], [0]])
    assert twin_on(net, plane).f_vector == (6, 7, 2)
    assert lr.subdivide(net, plane, compiled=compiled).f_vector == (6, 7, 2)
