"""Triangulations of cells: known counts, dull twins, and what makes a simplicial complex."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry import (
    Simplex,
    Space,
    Triangulation,
    cut_by_hyperplanes,
    delaunay_triangulation,
    extreme_counts,
    extreme_triangulation,
    lexicographic_order,
    pulling_counts,
    pulling_triangulation,
)
from linreg_lib.geometry.triangulations import delaunay as delaunay_module
from linreg_lib.geometry.triangulations.cell_vertices import (
    determinant_sign,
    exact_points,
    vertices_of_face,
)
from linreg_lib.networks import Normal

RULES = {"pulling": pulling_triangulation, "Delaunay": delaunay_triangulation}


def cube(dim: int) -> lr.PolyhedralComplex:
    return cut_by_hyperplanes([(1, *[0] * (dim - 1), 9)], 1)


def random_complex(widths: list[int], seed: int) -> lr.PolyhedralComplex:
    rng = np.random.default_rng(seed)
    net = lr.Network.random(widths, init="he", biases=Normal(0.1), rng=rng)
    return lr.subdivide(net, lr.Box(-1.0, 1.0, dim=widths[0]))


def plane_complex(seed: int) -> lr.PolyhedralComplex:
    rng = np.random.default_rng(seed)
    net = lr.Network.random([5, 6, 5, 1], init="he", biases=Normal(0.3), rng=rng)
    return lr.subdivide(net, lr.Plane(rng.normal(size=5) * 0.1, rng.normal(size=(2, 5)), 2.0))


COMPLEXES = {
    "line": lambda: random_complex([1, 6, 5, 1], 1),
    "square": lambda: random_complex([2, 7, 5, 1], 2),
    "plane": lambda: plane_complex(3),
    "cube": lambda: random_complex([3, 6, 4, 1], 0),
    "4-cube": lambda: random_complex([4, 5, 3, 1], 1),
    "coordinate planes": lambda: cut_by_hyperplanes([(*row, 0) for row in np.eye(3, dtype=int)], 1),
    "diagonals": lambda: cut_by_hyperplanes(
        [(1, 1, 0, 0), (1, -1, 0, 0), (0, 1, 1, 0), (1, 0, -1, 0)], 1
    ),
}


def fits_together(cx: lr.PolyhedralComplex, cells: Triangulation) -> bool:
    """Each (d-1)-face in one simplex, and then on a wall, or in two."""
    counts: dict[tuple[int, ...], int] = {}
    for simplex in cells.simplices.tolist():
        for face in combinations(sorted(simplex), cx.dim):
            counts[face] = counts.get(face, 0) + 1
    walls = [
        set(vertices_of_face(cx, cx.dim - 1, int(f))) for f in np.flatnonzero(cx.facet_is_wall)
    ]
    once = [face for face, count in counts.items() if count == 1]
    return max(counts.values()) <= 2 and all(
        any(wall.issuperset(face) for wall in walls) for face in once
    )


def check_fills(cx: lr.PolyhedralComplex, cells: Triangulation) -> None:
    filled = np.bincount(cells.cells, weights=cells.volumes, minlength=cx.num_regions)
    np.testing.assert_allclose(filled, cx.volumes, rtol=1e-8, atol=1e-13)
    assert all(len(set(simplex)) == cx.dim + 1 for simplex in cells.simplices.tolist())
    for cell in range(cx.num_regions):
        inside = np.unique(cells.simplices[cells.cells == cell])
        assert inside.tolist() == vertices_of_face(cx, cx.dim, cell)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", COMPLEXES)
def test_the_simplices_fill_the_cells_and_fit_together(name: str, rule: str) -> None:
    cx = COMPLEXES[name]()
    cells = RULES[rule](cx)
    check_fills(cx, cells)
    assert fits_together(cx, cells)
    assert cells.euler_characteristic == 1
    assert cells.f_vector[0] == cx.f_vector[0]
    assert cells.f_vector[-1] == len(cells) == cells.num_simplices.sum()
    if cx.dim <= 2:
        counts = [len(vertices_of_face(cx, cx.dim, c)) - cx.dim for c in range(cx.num_regions)]
        assert cells.num_simplices.tolist() == counts


def test_two_orders_do_not_fit_together() -> None:
    """The check above sees it when neighbours draw different diagonals."""
    cx = cut_by_hyperplanes([(1, 0, 0, 0)], 1)
    one = pulling_triangulation(cx)
    # In the square between the two cells another corner comes first: the other diagonal.
    corner = int(np.flatnonzero((cx.vertices == [0, -1, 1]).all(axis=1))[0])
    order = lexicographic_order(cx)
    other = pulling_triangulation(cx, [corner, *order[order != corner]])
    mixed = Triangulation(
        simplices=np.concatenate(
            [one.simplices[one.cells == 0], other.simplices[other.cells == 1]]
        ),
        cells=np.repeat([0, 1], [6, 6]),
        num_cells=2,
        vertices=cx.vertices,
    )
    check_fills(cx, mixed)
    assert fits_together(cx, one)
    assert fits_together(cx, other)
    assert not fits_together(cx, mixed)


def pulled(cx: lr.PolyhedralComplex, k: int, face: int, ranks: np.ndarray) -> list[set[int]]:
    """The recursion as it is told."""
    if k == 0:
        return [{face}]
    apex = min(vertices_of_face(cx, k, face), key=lambda v: ranks[v])
    return [
        {apex} | simplex
        for facet in cx.boundary(k)[face]
        if apex not in vertices_of_face(cx, k - 1, int(facet))
        for simplex in pulled(cx, k - 1, int(facet), ranks)
    ]


@pytest.mark.parametrize("name", ["square", "cube", "4-cube", "diagonals"])
def test_pulling_is_the_recursion(name: str) -> None:
    cx = COMPLEXES[name]()
    order = np.random.default_rng(5).permutation(len(cx.vertices))
    for chosen in (None, order):
        cells = pulling_triangulation(cx, chosen)
        ranks = np.argsort(lexicographic_order(cx) if chosen is None else order)
        assert pulling_counts(cx, chosen).tolist() == cells.num_simplices.tolist()
        for cell in range(min(cx.num_regions, 40)):
            found = {frozenset(s) for s in cells.simplices[cells.cells == cell].tolist()}
            told = pulled(cx, cx.dim, cell, ranks)
            assert found == {frozenset(s) for s in told}
            assert len(found) == len(told)


def test_the_order_decides_from_dimension_3_on() -> None:
    cx = COMPLEXES["cube"]()
    rng = np.random.default_rng(1)
    totals = {pulling_counts(cx, rng.permutation(len(cx.vertices))).sum() for _ in range(5)}
    assert len(totals) > 1


def test_lexicographic_orders() -> None:
    cx = COMPLEXES["coordinate planes"]()
    order = lexicographic_order(cx)
    rows = cx.vertices[order].tolist()
    assert rows == sorted(rows)
    assert order.tolist() == lexicographic_order(cx, exact=True).tolist()
    # Three vertices on the plane x = 1/3: the stored float is the coordinate of all.
    net = lr.Network.from_arrays([[[3.0, 0.0]], [[1.0]]], [[-1.0], [0.0]])
    cx = lr.subdivide(net, lr.Box(-1.0, 1.0, dim=2))
    order = lexicographic_order(cx, exact=True)
    np.testing.assert_allclose(cx.vertices[order][2:4], [[1 / 3, -1], [1 / 3, 1]])


def sphere_side(points: list[tuple[int, ...]], corners: tuple[int, ...], x: int) -> int:
    """1: outside the sphere through the corners, 0: on it, -1: inside; exact determinants."""
    rows = []
    for v in (*corners, x):
        *p, w = points[v]
        rows.append((*[a * w for a in p], sum(a * a for a in p), w * w))
    flat = determinant_sign([points[v] for v in corners])
    assert flat != 0
    lifted = determinant_sign([(*row[:-2], row[-1], row[-2]) for row in rows])
    return lifted * flat


@pytest.mark.parametrize("name", ["square", "plane", "cube", "coordinate planes", "diagonals"])
def test_delaunay_spheres_are_empty(name: str) -> None:
    cx = COMPLEXES[name]()
    cells = delaunay_triangulation(cx)
    for cell in range(min(cx.num_regions, 60)):
        vertices = vertices_of_face(cx, cx.dim, cell)
        points = exact_points(cx, vertices)
        for simplex in cells.simplices[cells.cells == cell].tolist():
            corners = tuple(vertices.index(v) for v in simplex)
            others = [x for x in range(len(vertices)) if x not in corners]
            assert all(sphere_side(points, corners, x) >= 0 for x in others)


@pytest.mark.parametrize("name", ["square", "cube"])
def test_certified_and_exact_delaunay_agree(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cx = COMPLEXES[name]()
    calls = []
    exact = delaunay_module._exact_simplices
    monkeypatch.setattr(
        delaunay_module, "_exact_simplices", lambda *a: calls.append(a[1]) or exact(*a)
    )
    usual = delaunay_triangulation(cx)
    assert not calls  # generic cells need no rational arithmetic
    monkeypatch.setattr(
        delaunay_module, "_certified", lambda cx, cells, *rest: np.zeros(len(cells), dtype=bool)
    )
    np.testing.assert_array_equal(delaunay_triangulation(cx).simplices, usual.simplices)
    assert calls


def test_the_limit_of_exact_work() -> None:
    halves = lr.subdivide(  # two boxes, of 6 simplices each, all on one sphere
        lr.Network.from_arrays([[[1, 0, 0]], [[1]]], [[0], [0]]), lr.Box(-1, 1, dim=3)
    )
    for cx, enough in ((cube(4), 24), (halves, 12)):
        everything = delaunay_triangulation(cx, max_exact_simplices=None)
        assert len(everything.simplices) == enough
        limited = delaunay_triangulation(cx, max_exact_simplices=enough)
        np.testing.assert_array_equal(limited.simplices, everything.simplices)
        for less in (1, enough // 2, enough - 1):
            with pytest.raises(lr.WorkLimitError, match=f"max_exact_simplices={less}; raise"):
                delaunay_triangulation(cx, max_exact_simplices=less)
    with pytest.raises(ValueError, match="at least 1"):
        delaunay_triangulation(halves, max_exact_simplices=0)


def test_cospherical_vertices_are_pulled() -> None:
    for dim in (2, 3, 4):
        cx = cube(dim)
        order = np.random.default_rng(dim).permutation(2**dim)
        for chosen in (None, order):
            tied, rule = delaunay_triangulation(cx, chosen), pulling_triangulation(cx, chosen)
            assert {frozenset(s) for s in tied.simplices.tolist()} == {
                frozenset(s) for s in rule.simplices.tolist()
            }


@pytest.mark.parametrize(("height", "count"), [(1, 3), (2, 2), (4, 2)])
def test_delaunay_counts_depend_on_the_metric(height: int, count: int) -> None:
    """A bipyramid over a triangle, of one face lattice whatever its height.

    The triangle's circle gives the origin the power -4: a sphere through the triangle and one apex
    holds the other one iff height < 2, and at height 2 all five vertices are on one sphere.
    """
    h = height
    rows = [(*row, z, h) for row in ((0, -h), (-h, 0), (h, h)) for z in (1, -1)]
    cx = cut_by_hyperplanes(rows, 9)
    cell = int(cx.locate(np.zeros(3)))
    vertices = vertices_of_face(cx, 3, cell)
    assert len(vertices) == 5
    assert delaunay_triangulation(cx).num_simplices[cell] == count
    assert len(extreme_triangulation(cx, cell, "fewest")) == 2
    assert len(extreme_triangulation(cx, cell, "most")) == 3
    # Pulled first, a vertex of the triangle gives 2 and an apex 3; that decides ties alone.
    others = [v for v in range(len(cx.vertices)) if v not in vertices]
    for apex_first, pulled_count in ((True, 3), (False, 2)):
        inner = sorted(vertices, key=lambda v: (cx.vertices[v][2] == 0) == apex_first)
        assert pulling_counts(cx, inner + others)[cell] == pulled_count
        found = delaunay_triangulation(cx, inner + others).num_simplices[cell]
        assert found == (pulled_count if h == 2 else count)


def octahedron() -> tuple[lr.PolyhedralComplex, int]:
    signs = [(1, b, c) for b in (1, -1) for c in (1, -1)]
    cx = cut_by_hyperplanes([(*row, end) for row in signs for end in (1, -1)], 2)
    return cx, int(cx.locate(np.zeros(3)))


def test_known_counts() -> None:
    for dim, fewest, most in ((1, 1, 1), (2, 2, 2), (3, 5, 6)):
        cx = cube(dim)
        assert extreme_counts(cx, "fewest").tolist() == [fewest]
        assert extreme_counts(cx, "most").tolist() == [most]
        assert len(extreme_triangulation(cx, 0, "fewest")) == fewest
        assert len(extreme_triangulation(cx, 0, "most")) == most
        assert pulling_counts(cx).tolist() == [most]
    prisms = cut_by_hyperplanes([(1, 1, 0, 0)], 1)
    for counts in (
        extreme_counts(prisms, "fewest"),
        extreme_counts(prisms, "most"),
        pulling_counts(prisms),
        delaunay_triangulation(prisms).num_simplices,
    ):
        assert counts.tolist() == [3, 3]
    cx, cell = octahedron()
    assert len(vertices_of_face(cx, 3, cell)) == 6
    assert len(extreme_triangulation(cx, cell, "fewest")) == 4
    assert len(extreme_triangulation(cx, cell, "most")) == 4
    assert pulling_counts(cx)[cell] == delaunay_triangulation(cx).num_simplices[cell] == 4
    corner = cut_by_hyperplanes([(1, 1, 1, 2)], 1)
    cell = int(corner.locate([0.9, 0.9, 0.9]))
    assert len(extreme_triangulation(corner, cell, "most")) == 1
    assert extreme_counts(corner, "fewest")[cell] == 1


def test_the_four_cube_has_sixteen_at_least() -> None:
    found = extreme_triangulation(cube(4), 0, "fewest", time_limit=300.0)
    assert len(found) == 16  # Mara 1976
    np.testing.assert_allclose(found.volumes.sum(), 16.0)


def test_extremes_are_triangulations_and_bound_the_rules() -> None:
    cx = random_complex([3, 4, 2, 1], 4)
    by_rule = [rule(cx).num_simplices for rule in RULES.values()]
    gaps = 0
    for cell in np.argsort(by_rule[0], kind="stable")[-12:].tolist():
        found = {s: extreme_triangulation(cx, cell, s) for s in ("fewest", "most")}
        for cells in found.values():
            assert cells.num_simplices[cell] == len(cells)
            np.testing.assert_allclose(cells.volumes.sum(), cx.volumes[cell])
            assert cells.euler_characteristic == 1
        assert all(len(found["fewest"]) <= counts[cell] <= len(found["most"]) for counts in by_rule)
        gaps += len(found["fewest"]) < len(found["most"])
    assert gaps


def test_extreme_counts_shortcuts_agree_with_the_program() -> None:
    for cx in (random_complex([2, 3, 1], 1), cut_by_hyperplanes([(1, 1, 1, 0), (1, 0, 0, 0)], 1)):
        for sense in ("fewest", "most"):
            counts = [len(extreme_triangulation(cx, c, sense)) for c in range(cx.num_regions)]
            assert extreme_counts(cx, sense).tolist() == counts


def test_polytopes_as_domains() -> None:
    net = lr.Network.random(
        [3, 5, 3, 1], init="he", biases=Normal(0.1), rng=np.random.default_rng(8)
    )
    cx = lr.subdivide(net, Simplex([[-1, -1, -1], [2, 0, 0], [0, 2, 0.25], [0.1, 0, 3]]))
    for rule in RULES.values():
        check_fills(cx, rule(cx))
        assert fits_together(cx, rule(cx))


def test_determinant_signs() -> None:
    rng = np.random.default_rng(0)
    for size in range(1, 6):
        for _ in range(40):
            rows = rng.integers(-2, 3, size=(size, size))
            sign = int(np.sign(np.rint(np.linalg.det(rows))))
            assert determinant_sign([tuple(row) for row in rows.tolist()]) == sign
    tiny = Fraction(1, 3**60)
    rows = [(tiny.denominator, tiny.denominator + 1), (tiny.denominator - 1, tiny.denominator)]
    assert determinant_sign(rows) == 1


def test_errors() -> None:
    cx = cube(3)
    with pytest.raises(lr.WorkLimitError, match="max_candidates=69"):
        extreme_triangulation(cx, 0, "most", max_candidates=69)
    with pytest.raises(ValueError, match="fewest"):
        extreme_counts(cx, "least")
    with pytest.raises(ValueError, match="regions of the complex are 0..0"):
        extreme_triangulation(cx, 1, "most")
    with pytest.raises(ValueError, match="order must hold"):
        pulling_counts(cx, [0, 0, 1, 2, 3, 4, 5, 6])
    with pytest.raises(ValueError, match="k is 4; it must be 0..3"):
        pulling_triangulation(cx).faces(4)
    net = lr.Network.from_arrays([[[1.0]], [[1.0]]], [[0.0], [0.0]])
    line = lr.subdivide(net, lr.Line([0.0], [1.0]))
    space = lr.subdivide(net, Space(1))
    for rule, cx in product((*RULES.values(), pulling_counts), (line, space)):
        with pytest.raises(ValueError, match="unbounded"):
            rule(cx)
