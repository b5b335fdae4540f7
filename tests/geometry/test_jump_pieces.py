"""The pieces B_{N,k} of the set where the gradient jumps, against their definition face by face."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry import gradient_jumps
from linreg_lib.geometry.questions.jump_strata import jump_faces
from linreg_lib.networks import Network, relu
from linreg_lib.networks.exact_rank import integer_rank

Face = tuple[int, int]
ABS = lr.PiecewiseLinear([0.0], [-1.0, 1.0])


def two_pyramids(dim: int) -> Network:
    """relu(w - |a| - |b|) + relu(-w - |c| - |e|), inputs a, b, c, e, w, and others unused."""
    bias = np.zeros(dim)
    bias[4:] = 4  # |w + 4| = w + 4 on the box
    rows = np.zeros((2, dim))
    rows[0, [0, 1, 4]] = -1, -1, 1
    rows[1, [2, 3, 4]] = -1, -1, -1
    return Network.from_arrays(
        [np.eye(dim), rows, np.ones((1, 2))], [bias, [-4, 4], [0]], activation=[ABS, relu()]
    )


def pieces_by_definition(cx: lr.PolyhedralComplex) -> dict[int, set[int]]:
    """The faces of codimension k in B_{N,k}: every face is tested against the definition."""
    vertices: dict[Face, frozenset[int]] = {}
    for k in range(cx.dim + 1):
        for face in range(len(cx.record.points) if k == 0 else len(cx.boundary(k))):
            below = [face] if k == 0 else cx.boundary(k)[face].tolist()
            held = [frozenset([v]) if k == 0 else vertices[k - 1, v] for v in below]
            vertices[k, face] = frozenset().union(*held)
    walls = {(k, i) for k in range(cx.dim) for i in np.flatnonzero(cx.on_wall(k)).tolist()}
    inner = {face for face in vertices if face not in walls and face[0] < cx.dim}
    above = {
        face: {g for g in inner if g[0] >= face[0] and vertices[g] >= vertices[face]}
        for face in inner
    }
    facets = {(cx.dim - 1, int(i)) for i in np.flatnonzero(gradient_jumps(cx))}
    rest = {face for face in inner if above[face] & facets}
    pieces = {}
    for codim in range(1, cx.dim + 1):
        q = cx.dim - codim
        pieces[codim] = {i for k, i in rest if k == q}
        flat = {face for face in rest if _is_flat(cx, above[face] & rest, q, vertices, above)}
        rest = rest - flat
        assert not any(k == q for k, _ in rest)
    assert not rest
    return pieces


def _is_flat(
    cx: lr.PolyhedralComplex,
    star: set[Face],
    q: int,
    vertices: dict[Face, frozenset[int]],
    above: dict[Face, set[Face]],
) -> bool:
    """Whether the faces around a face, itself among them, make up one flat of dimension q."""
    largest = {face for face in star if face[0] == q}
    if not largest or not all(above[face] & largest for face in star):
        return False
    points = sorted(frozenset().union(*(vertices[face] for face in largest)))
    exact = [list(cx.record.exact.point(int(cx.record.vertex_ids[v]))) for v in points]
    ends = [len(above[face] & largest) for face in star if face[0] == q - 1]
    return integer_rank(exact) == q + 1 and all(count == 2 for count in ends)


def random_pyramids(seed: int, dim: int) -> Network:
    """Two opposite pyramids whose flats meet in a point or more, and up to two other kinks."""
    rng = np.random.default_rng(seed)
    rows = np.zeros((2 + int(rng.integers(3)), dim))
    mixed = rng.permutation(dim - 1)
    for row, chosen in zip(rows, (mixed[:2], mixed[2 - (seed % 4 == 0) :][:2]), strict=False):
        row[chosen] = -1
    rows[:2, -1] = 1, -1
    for row in rows[2:]:
        row[rng.integers(dim - 1)] = 1
        row[-1] = rng.integers(-1, 2)
    bias = np.append(np.zeros(dim - 1), 4.0)
    shifts = (rng.random(len(rows)) < 0.1) / 2
    return Network.from_arrays(
        [np.eye(dim), rows, rng.integers(1, 3, size=(1, len(rows)))],
        [bias, shifts - 4 * rows[:, -1], [0]],
        activation=[ABS, relu()],
    )


def small_integer_net(seed: int, dim: int) -> Network:
    rng = np.random.default_rng([3, seed])
    widths = [dim, *rng.integers(1, 4, size=rng.integers(1, 3)), 1]
    pairs = list(zip(widths[1:], widths, strict=False))
    weights = [rng.integers(-1, 2, size=pair) for pair in pairs]
    biases = [rng.integers(-1, 2, size=n) / 2 * rng.integers(0, 2) for n, _ in pairs]
    chosen = [(relu(), ABS)[i] for i in rng.integers(2, size=len(pairs) - 1)]
    return Network.from_arrays(weights, biases, activation=chosen)


def assert_as_defined(net: Network) -> None:
    cx = lr.subdivide(net, lr.Box(-1.0, 1.0, dim=net.input_dim))
    for codim, expected in pieces_by_definition(cx).items():
        assert set(np.flatnonzero(jump_faces(cx.record, codim)).tolist()) == expected, codim


@pytest.mark.parametrize("dim", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("seed", range(12))
def test_small_integer_nets(seed: int, dim: int) -> None:
    assert_as_defined(small_integer_net(seed, dim))


@pytest.mark.parametrize("dim", [4, 5])
@pytest.mark.parametrize("seed", range(10))
def test_pyramids(seed: int, dim: int) -> None:
    assert_as_defined(random_pyramids(seed, dim))


def test_planes_that_meet_in_one_point() -> None:
    """Two planes {a = b = w = 0} and {c = e = w = 0} of area 4; their common point is in B_5."""
    cx = lr.subdivide(two_pyramids(5), lr.Box(-1.0, 1.0, dim=5))
    assert [cx.volume(codim=k, of="linear") for k in (3, 4, 5)] == [8.0, 0.0, 1.0]
    assert_as_defined(two_pyramids(5))


def test_spaces_that_meet_in_one_line() -> None:
    cx = lr.subdivide(two_pyramids(6), lr.Box(-1.0, 1.0, dim=6))
    assert [cx.volume(codim=k, of="linear") for k in (3, 4, 5, 6)] == [16.0, 0.0, 2.0, 0.0]


def test_what_is_left_over_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[jump_faces.__module__], "_left_over", lambda *_: {})
    with pytest.raises(AssertionError):
        test_planes_that_meet_in_one_point()
    with pytest.raises(AssertionError):
        test_spaces_that_meet_in_one_line()
