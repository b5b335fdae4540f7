"""Several threads cut the complex that one cuts."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linreg_lib as lr
from linreg_lib.errors import BrokenInvariantError
from linreg_lib.networks import Normal

pytest.importorskip("numba")
from linreg_lib.geometry.cutting.compiled import halves, threaded_subdivision


def random_net(widths: list[int], seed: int, activation: str = "relu") -> lr.Network:
    rng = np.random.default_rng(seed)
    return lr.Network.random(widths, init="he", biases=Normal(0.3), rng=rng, activation=activation)


def assert_same(one: lr.PolyhedralComplex, other: lr.PolyhedralComplex) -> None:
    """The same regions in the same order, bounded by the same facets, and the same vertices."""
    assert one.f_vector == other.f_vector
    assert np.array_equal(one.patterns, other.patterns)
    first, second = (np.sort(cx.facet_cells, axis=1) for cx in (one, other))
    assert np.array_equal(first[np.lexsort(first.T)], second[np.lexsort(second.T)])
    assert one.volumes == pytest.approx(other.volumes, rel=1e-9)
    rows = []
    for cx in (one, other):
        exact = cx.record.exact
        points = [tuple(exact.coordinates(int(v))) for v in cx.record.vertex_ids]
        zeros = [tuple(row) for row in cx.record.faces.zeros.tolist()]
        rows.append(sorted(zip(points, zeros, strict=True)))
    assert rows[0] == rows[1]
    for k in range(1, one.dim + 1):
        first, second = (np.sort(np.diff(cx.boundary(k).offsets)) for cx in (one, other))
        assert np.array_equal(first, second)


def assert_born_on_edges(cx: lr.PolyhedralComplex) -> None:
    """Each vertex lies, exactly, inside the edge between the two on which it was born."""
    exact, rows = cx.record.exact, cx.record.crossing_rows
    num_corners = cx.domain.initial_lattice().points.size
    assert (rows[:num_corners, :2] < 0).all()
    assert (rows[num_corners:, :2] >= 0).all()
    for vertex in range(num_corners, len(rows)):
        a, b = rows[vertex, :2].tolist()
        assert max(a, b) < vertex
        start, here, end = (exact.coordinates(each) for each in (a, vertex, b))
        along = [x - s for s, x in zip(start, end, strict=True)]
        moved = [x - s for s, x in zip(start, here, strict=True)]
        share = next(m / x for m, x in zip(moved, along, strict=True) if x)
        assert 0 < share < 1
        assert moved == [share * x for x in along]


@pytest.fixture
def halvings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The hyperplanes at which complexes were halved."""
    found: list[int] = []
    keep = threaded_subdivision.split

    def split(*args: object) -> object:
        found.append(args[-1])  # type: ignore[arg-type]
        return keep(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(threaded_subdivision, "split", split)
    return found


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
@pytest.mark.parametrize("num_threads", [2, 3, 4])
def test_threads_cut_the_same_complex(dim: int, num_threads: int, halvings: list[int]) -> None:
    net, box = random_net([dim, 7, 6, 4, 1], 10 * dim + num_threads), lr.Box(-1, 1, dim=dim)
    one = lr.subdivide(net, box, compiled=True)
    assert not halvings
    other = lr.subdivide(net, box, compiled=True, num_threads=num_threads)
    assert 1 <= len(halvings) < num_threads
    assert_same(one, other)
    assert_born_on_edges(one)
    assert_born_on_edges(other)


@given(seed=st.integers(0, 10**6), dim=st.integers(2, 3), upto_layer=st.integers(1, 3))
def test_threads_agree_with_the_reference(seed: int, dim: int, upto_layer: int) -> None:
    rng = np.random.default_rng(seed)
    widths = [dim, *rng.integers(1, 6, size=3).tolist(), 1]
    activation = "relu" if seed % 2 else "hard_tanh"
    net, box = random_net(widths, seed, activation), lr.Box(-1, 1, dim=dim)
    one = lr.subdivide(net, box, compiled=False, upto_layer=upto_layer)
    other = lr.subdivide(net, box, num_threads=2, upto_layer=upto_layer)
    assert one.f_vector == other.f_vector
    assert np.array_equal(one.patterns, other.patterns)
    assert one.volumes == pytest.approx(other.volumes, rel=1e-6)


def test_a_plane_is_cut_by_threads_too(halvings: list[int]) -> None:
    net = random_net([5, 8, 7, 1], 3)
    plane = lr.Plane.through(*np.random.default_rng(1).normal(size=(3, 5)))
    assert_same(lr.subdivide(net, plane), lr.subdivide(net, plane, num_threads=2))
    assert len(halvings) == 1


def test_ties_are_left_to_the_reference() -> None:
    """Two lines of the second layer meet on one of the first: compiled kernels give up."""
    net = lr.Network.from_arrays(
        [[[1.0, 0.0], [0.0, 1.0]], [[1.0, -1.0], [-1.0, 1.0]], [[1.0, 1.0]]],
        [[0.0, 0.0], [0.0, 0.0], [0.0]],
    )
    box = lr.Box(-1, 1, dim=2)
    found = lr.subdivide(net, box, num_threads=2)
    assert not found.certificate.compiled
    assert found.f_vector == lr.subdivide(net, box, compiled=False).f_vector


def test_a_limit_and_progress_are_kept(halvings: list[int]) -> None:
    net, box = random_net([2, 7, 6, 1], 5), lr.Box(-1, 1, dim=2)
    told: list[int] = []
    one = lr.subdivide(net, box, num_threads=2, progress=lambda *at: told.append(at[-1]))
    assert told[-1] == one.num_regions
    assert not halvings
    with pytest.raises(lr.errors.WorkLimitError):
        lr.subdivide(net, box, num_threads=2, max_regions=3)


def test_halves_that_disagree_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    net, box = random_net([3, 7, 6, 1], 5), lr.Box(-1, 1, dim=3)
    keep = halves._new_on
    monkeypatch.setattr(halves, "_new_on", lambda half: keep(half)[half.side :])
    with pytest.raises(BrokenInvariantError, match="num_threads=1"):
        lr.subdivide(net, box, num_threads=2)
    monkeypatch.undo()
    keep_keys = halves._keys

    def faulty(rows: object, chosen: np.ndarray, num_words: int) -> list[np.ndarray]:
        keys = keep_keys(rows, chosen, num_words)  # type: ignore[arg-type]
        keys[-1] = keys[-1] + np.uint64(id(rows) % 1000)
        return keys

    monkeypatch.setattr(halves, "_keys", faulty)
    with pytest.raises(BrokenInvariantError, match="num_threads=1"):
        lr.subdivide(net, box, num_threads=2)


def test_vertices_with_the_same_mixed_key_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    net, box = random_net([3, 7, 6, 1], 5), lr.Box(-1, 1, dim=3)
    one = lr.subdivide(net, box)
    monkeypatch.setattr(halves, "_MIX", np.zeros(256, dtype=np.uint64))
    assert_same(one, lr.subdivide(net, box, num_threads=2))


@pytest.mark.parametrize("num_threads", [2, 4])
@pytest.mark.parametrize("is_first", [True, False])
def test_what_ends_one_part_ends_the_others(
    num_threads: int, is_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupt in the caller's thread or a failure in another: the rest is not cut any more."""
    keep, caller = threaded_subdivision.ThreadedSubdivision.add_layer, threading.get_ident()
    cut_after: list[int] = []

    def add_layer(self: Any, layer: int, report: None) -> None:
        if layer == 1 and (threading.get_ident() == caller) == is_first:
            raise KeyboardInterrupt if is_first else MemoryError
        if layer == 1:
            assert self._stop.wait(60)
        if layer > 1:
            cut_after.append(layer)
        keep(self, layer, report)

    monkeypatch.setattr(threaded_subdivision.ThreadedSubdivision, "add_layer", add_layer)
    net, box = random_net([3, 9, 6, 6, 6, 6, 6, 1], 5), lr.Box(-1, 1, dim=3)
    with pytest.raises(KeyboardInterrupt if is_first else MemoryError):
        lr.subdivide(net, box, num_threads=num_threads)
    assert not cut_after
    monkeypatch.undo()
    assert_same(lr.subdivide(net, box), lr.subdivide(net, box, num_threads=num_threads))
