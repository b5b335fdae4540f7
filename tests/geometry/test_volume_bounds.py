"""Volumes and vertices keep their stated bounds wherever the window is, against the rational twin.

Windows from 1e-12 to 1e9 wide, centred from 0 to 1e9, weights of all kinds, all domains.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import isqrt

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry import pulling_triangulation
from tests.geometry.comparison import KINDS, cut, exact
from tests.geometry.rational_twin import Row, Twin, cells_of

Net = lr.Network.from_arrays
FACE, TOTAL, VERTEX = Fraction(1, 10**7), Fraction(1, 10**9), 2.0**-31
WEIGHTS = ("normal", "tiny", "subnormal", "huge", "integer", "sliver", "mixed")
WINDOWS = [
    (half, centre)
    for half, centre in product((1e-12, 1e-9, 1e-6, 1e-3, 1.0, 1e3, 1e9), (0.0, 1.0, 1e3, 1e6, 1e9))
    if half > 8 * np.spacing(centre)
]


def weights(rng: np.random.Generator, kind: str, shape: tuple[int, int]) -> np.ndarray:
    normal = rng.normal(size=shape)
    if kind == "integer":
        return rng.integers(-2, 3, size=shape).astype(float)
    if kind == "subnormal":
        return rng.integers(-9, 10, size=shape) * 5e-324
    if kind == "mixed":
        return normal * 10.0 ** rng.integers(-200, 3, size=shape)
    return normal * {"tiny": 1e-150, "huge": 1e148}.get(kind, 1.0)


def net_through(
    rng: np.random.Generator, kind: str, hidden: list[int], points: np.ndarray, size: float
) -> lr.Network:
    """Neurons of the first layer pass near ``points`` (m, n), one each."""
    sizes = [points.shape[1], *hidden, 1]
    matrices = [weights(rng, kind, (b, a)) for a, b in zip(sizes, sizes[1:], strict=False)]
    if kind == "sliver":
        matrices[0][1] = 3 * matrices[0][0]
    biases = [-np.einsum("ij,ij->i", matrices[0], points[: hidden[0]])]
    if kind == "sliver":
        biases[0][1] = 3 * biases[0][0]
    for matrix in matrices[1:]:
        largest = np.abs(matrix).max()
        biases.append(rng.normal(size=len(matrix)) * largest * size)
    if kind == "integer":
        biases = [np.round(b) for b in biases]
    return Net(matrices, biases)


def share(found: float, true: Fraction) -> Fraction:
    return abs(Fraction(float(found)) - true) / true


def check(cx: lr.PolyhedralComplex, twin: Twin, low: np.ndarray, width: float) -> int:
    """All bounds; ``low``: a corner, from which the twin's vertices are counted.

    Returns how many volumes were measured: none where one is refused for float64's range.
    """
    assert cx.patterns.tolist() == [list(pattern) for pattern in twin.patterns]
    true = [twin.exact_volume_of(frozenset(cell.polytope.vertices)) for cell in twin.cells]
    if min(true) < Fraction(2) ** -1022:
        with pytest.raises(OverflowError, match="normal range"):
            _ = cx.volumes
        return 0
    for found, volume in zip(cx.volumes, true, strict=True):
        assert share(found, volume) <= FACE
    for codim in range(cx.dim + 1):
        faces = [f for f in twin.faces[cx.dim - codim] if codim == 0 or twin.is_inner(f)]
        volumes = [twin.exact_volume_of(face) for face in faces]
        if volumes and min(volumes) >= Fraction(2) ** -1022:
            assert share(cx.volume(codim), sum(volumes, Fraction(0))) <= TOTAL
    start = exact(low)
    places = np.array(
        [
            [float(x - s) for x, s in zip(next(iter(face)), start, strict=True)]
            for face in twin.faces[0]
        ]
    )
    spacing = 2 * np.spacing(np.abs(cx.vertices).max(initial=0.0))
    steps = np.abs((cx.vertices - low)[:, None] - places).max(axis=2)
    assert len(cx.vertices) == len(places)
    assert steps.min(axis=0).max() <= VERTEX * width + spacing
    return len(true)


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize(("half", "centre"), WINDOWS)
def test_boxes(half: float, centre: float, kind: str) -> None:
    number = 1000 * WINDOWS.index((half, centre)) + WEIGHTS.index(kind)
    rng = np.random.default_rng(number)
    measured = 0
    for dim, hidden in ((1, [4, 3]), (2, [3, 2])):
        middle = centre * rng.choice([-1, 1], size=dim) * (1 + rng.random(dim) / 9)
        low = middle - half * (1 + rng.random(dim))
        high = middle + half * (1 + rng.random(dim))
        points = low + (high - low) * rng.random((4, dim))
        net = net_through(rng, kind, hidden, points, half)
        twin = Twin(cells_of(net, exact(low), exact(high)))
        cx = cut(net, lr.Box(low, high), KINDS[(number + dim) % 3])
        measured += check(cx, twin, low, float((high - low).max()))
    assert measured > 0 or kind in ("sliver", "huge", "mixed")


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize(("half", "centre"), WINDOWS[::4])
def test_solid_boxes(half: float, centre: float, kind: str) -> None:
    rng = np.random.default_rng(1000 * WINDOWS.index((half, centre)) + WEIGHTS.index(kind))
    low, high = centre + np.array([[-half], [half]]) * (1 + rng.random((2, 3)))
    net = net_through(rng, kind, [3, 1], low + (high - low) * rng.random((3, 3)), half)
    twin = Twin(cells_of(net, exact(low), exact(high)))
    check(lr.subdivide(net, lr.Box(low, high)), twin, low, float((high - low).max()))


@pytest.mark.parametrize("kind", ["normal", "tiny", "sliver"])
@pytest.mark.parametrize(("half", "centre"), WINDOWS[::2])
def test_planes_and_segments(half: float, centre: float, kind: str) -> None:
    """Areas and lengths in the coordinates of the stored basis, and of the stored ends."""
    rng = np.random.default_rng(WINDOWS.index((half, centre)))
    origin = centre * rng.normal(size=4)
    plane = lr.Plane(origin, rng.normal(size=(2, 4)), half)
    places = half * rng.uniform(-1, 1, size=(4, 2))
    net = net_through(rng, kind, [4, 2], plane.embed(places), half)
    frame: list[Row] = [
        (*exact(column), Fraction(float(x)))
        for column, x in zip(plane.basis.T, plane.origin, strict=True)
    ]
    low, high = np.full(2, -half), np.full(2, half)
    twin = Twin(cells_of(net, exact(low), exact(high), frame=frame))
    check(lr.subdivide(net, plane), twin, low, 2 * half)

    ends = plane.embed([[-half, -half], [half, 0.5 * half]])
    segment = lr.Segment(*ends)
    steps = [b - a for a, b in zip(exact(ends[0]), exact(ends[1]), strict=True)]
    square = sum(x * x for x in steps)
    assert share(segment.length, root(square)) <= Fraction(1, 10**15)
    rows: list[Row] = [(d, Fraction(float(a))) for d, a in zip(steps, ends[0], strict=True)]
    line = Twin(cells_of(net, [Fraction(0)], [Fraction(1)], frame=rows))
    cx = lr.subdivide(net, segment)
    assert cx.patterns.tolist() == [list(pattern) for pattern in line.patterns]
    for found, cell in zip(cx.volumes, line.cells, strict=True):
        begin, end = sorted(point[0] for point in cell.polytope.vertices)
        assert share(found, (end - begin) * root(square)) <= FACE


def root(square: Fraction) -> Fraction:
    shift = 400 + 2 * max(square.denominator.bit_length() - square.numerator.bit_length(), 0)
    shift += shift % 2
    scaled = (square.numerator << shift) // square.denominator
    return Fraction(isqrt(scaled), 1 << (shift // 2))


@pytest.mark.parametrize("kind", ["normal", "subnormal", "sliver", "integer"])
@pytest.mark.parametrize(("half", "centre"), WINDOWS[1::2])
def test_polytopes_and_simplices(half: float, centre: float, kind: str) -> None:
    rng = np.random.default_rng(WINDOWS.index((half, centre)))
    corners = centre + half * np.array([[-1.0, -0.75], [1.0, -0.5], [0.25, 1.0]])
    net = net_through(rng, kind, [3, 2], corners[[0, 1, 2]] / 2 + corners.mean(axis=0) / 2, half)
    rows: list[Row] = []
    for i in range(3):
        (ax, ay), (bx, by), (cx, cy) = (exact(corners[(i + j) % 3]) for j in range(3))
        row = (by - ay, ax - bx, ay * (bx - ax) - ax * (by - ay))
        sign = 1 if row[0] * cx + row[1] * cy + row[2] > 0 else -1
        rows.append(tuple(sign * a for a in row))
    low, high = corners.min(axis=0), corners.max(axis=0)
    twin = Twin(cells_of(net, exact(low), exact(high), halfspaces=tuple(rows)))
    for domain, engine in zip((lr.Simplex(corners), lr.Polytope(vertices=corners)), KINDS[1:]):
        check(cut(net, domain, engine), twin, low, float((high - low).max()))


@pytest.mark.parametrize(("half", "centre"), WINDOWS)
def test_bounded_regions_of_the_space_and_of_lines(half: float, centre: float) -> None:
    rng = np.random.default_rng(WINDOWS.index((half, centre)))
    points = centre + half * rng.uniform(-1, 1, size=(5, 2))
    net = net_through(rng, "normal", [5], points, half)
    space = lr.subdivide(net, lr.Space(2))
    reach = 2 * np.abs(space.vertices).max() + 1
    twin = Twin(cells_of(net, [Fraction(-reach)] * 2, [Fraction(reach)] * 2))
    assert space.patterns.tolist() == [list(pattern) for pattern in twin.patterns]
    bounded = np.flatnonzero(space.is_bounded_region)
    assert len(bounded) == 6
    for region in bounded:
        true = twin.exact_volume_of(frozenset(twin.cells[region].polytope.vertices))
        assert share(space.volumes[region], true) <= FACE

    direction = np.array([0.6, 0.8])
    line = lr.Line(points[0], direction)
    cx = lr.subdivide(net, line)
    slopes = [sum(a * b for a, b in zip(exact(w), exact(line.direction))) for w in net.weights[0]]
    values = [
        sum((a * b for a, b in zip(exact(w), exact(line.point))), Fraction(float(c)))
        for w, c in zip(net.weights[0], net.biases[0], strict=True)
    ]
    places = sorted(-c / a for a, c in zip(slopes, values, strict=True))
    order = np.argsort(cx.vertices[:, 0])
    for found, true in zip(cx.vertices[order, 0], places, strict=True):
        assert abs(Fraction(float(found)) - true) <= Fraction(2) ** -32 * abs(true)
    lengths = sorted(b - a for a, b in zip(places, places[1:], strict=False))
    finite = sorted(cx.volumes[np.isfinite(cx.volumes)].tolist())
    for length, true in zip(finite, lengths, strict=True):
        assert share(length, true) <= FACE


@pytest.mark.parametrize("dim", range(1, 7))
@pytest.mark.parametrize("scale", [1e-150, 1e-40, 1.0, 1e40, 1e150])
def test_every_dimension_and_scale(dim: int, scale: float) -> None:
    """One corner is cut off: a simplex whose edges are 1, 1/2, ... of the cube's."""
    edges = scale / np.arange(1.0, dim + 1)
    net = Net([[np.arange(1.0, dim + 1) / scale], [[1.0]]], [[-1.0], [0.0]])
    true = Fraction(1)
    for k, edge in enumerate(exact(edges), start=1):
        true = true * edge / k
    # As stored, the plane passes through places that are rounded, by some 1e-16.
    if not Fraction(2) ** -1000 < true < Fraction(2) ** 1000:
        with pytest.raises(OverflowError, match="normal range"):
            _ = lr.subdivide(net, lr.Box(0.0, scale, dim=dim)).volumes
        return
    cx = lr.subdivide(net, lr.Box(0.0, scale, dim=dim))
    assert share(cx.volumes[0], true) < 1e-7
    whole = Fraction(scale) ** dim
    if whole < Fraction(2) ** 1000:
        assert share(cx.volume(), whole) < TOTAL


def test_a_sliver_has_its_own_area_and_an_honest_point() -> None:
    """3x - 1 and x - 1/3 vanish at places that differ by less than floats do."""
    net = Net([[[3.0, 0.0], [1.0, 0.0]], [[1.0, 1.0]]], [[-1.0, -1 / 3], [0.0]])
    cx = lr.subdivide(net, lr.Box(-1.0, 1.0, dim=2))
    width = Fraction(1, 3) - Fraction(1 / 3)
    assert cx.num_regions == 3
    thin = int(np.argmin(cx.volumes))
    assert share(cx.volumes[thin], 2 * width) < FACE
    assert cx.interior_certified.tolist() == [region != thin for region in range(3)]
    assert share(cx.volume(), Fraction(4)) < TOTAL


def test_volumes_of_simplices_far_away() -> None:
    rng = np.random.default_rng(0)
    low, high = np.full(3, 1e6 - 1e-3), np.full(3, 1e6 + 1e-3)
    net = net_through(rng, "normal", [6, 3], low + 2e-3 * rng.random((6, 3)), 1e-3)
    cx = lr.subdivide(net, lr.Box(low, high))
    cells = pulling_triangulation(cx)
    filled = np.bincount(cells.cells, weights=cells.volumes, minlength=cx.num_regions)
    np.testing.assert_allclose(filled, cx.volumes, rtol=2e-7)
    assert share(cx.volume(), np.prod([b - a for a, b in zip(exact(low), exact(high))])) < TOTAL
