"""Planes through three points, and lengths and directions of any size."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import linreg_lib as lr
from tests.geometry.comparison import exact


def test_an_acute_triangle_has_its_circumcentre() -> None:
    plane = lr.Plane.through([0.0, 0, 1], [4.0, 0, 1], [2.0, 3, 1])
    np.testing.assert_allclose(plane.origin, [2.0, 5 / 6, 1.0])
    assert plane.half_width == pytest.approx(1.25 * 13 / 6)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 0, 1), (1, 0, 2)])
def test_an_obtuse_triangle_has_the_middle_of_its_longest_side(order: tuple[int, ...]) -> None:
    points = np.array([[0.0, 0, 0], [8.0, 0, 0], [1.0, 0.5, 0]])
    plane = lr.Plane.through(*points[list(order)])
    assert plane.origin.tolist() == [4.0, 0.0, 0.0]
    assert plane.half_width == 5.0


@pytest.mark.parametrize("scale", [1e-200, 1e-160, 1.0, 1e150, 1e200])
@pytest.mark.parametrize("height", [1e-9, 1e-4, 0.3, 2.0])
def test_the_points_lie_on_the_plane_and_in_the_smallest_square(
    height: float, scale: float
) -> None:
    rng = np.random.default_rng(0)
    turn = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    points = np.zeros((3, 5))
    points[:, :2] = [[0.0, 0.0], [1.0, 0.0], [0.4, height]]
    points = scale * (points @ turn)
    plane = lr.Plane.through(*points)
    steps = (points - plane.origin) / scale
    np.testing.assert_allclose(steps @ plane.basis.T @ plane.basis, steps, atol=1e-14)
    reach = np.sqrt((steps**2).sum(axis=1)).max() * scale
    assert plane.half_width == pytest.approx(1.25 * reach)
    np.testing.assert_allclose(plane.basis @ plane.basis.T, np.eye(2), atol=1e-15)


def test_a_square_that_misses_a_point_is_refused() -> None:
    points = [[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]]
    with pytest.raises(ValueError, match="half_width is 0.5, but . lies"):
        lr.Plane.through(*points, half_width=0.5)
    assert lr.Plane.through(*points, half_width=1.5).half_width == 1.5


def test_points_too_close_for_their_distance_from_zero_are_refused() -> None:
    far = np.array([1e9, 1e9, 1e9])
    with pytest.raises(ValueError, match="too close together"):
        lr.Plane.through(far, far + [2e-7, 0, 1e-7], far + [0, 3e-7, 4e-7])


def test_nearly_parallel_rows_span_their_own_plane() -> None:
    """Little is left of the second row across the first: not what rounding left."""
    rows = np.array([[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]])
    rows[1] += [1e-10, -2e-10, 3e-11]
    plane = lr.Plane(np.zeros(3), rows, 1.0)
    a, b = exact(rows[0]), exact(rows[1])
    normal = [a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3] for i in range(3)]
    size = sum(abs(x) for x in normal)
    for row in plane.basis:
        tilt = sum((x * y for x, y in zip(normal, exact(row), strict=True)), Fraction(0))
        assert abs(tilt) <= Fraction(1e-15) * size


@pytest.mark.parametrize("scale", [5e-324, 1e-310, 1e-200, 1e200, 1e308])
def test_directions_of_any_size(scale: float) -> None:
    line = lr.Line([0.0, 0.0], [scale, scale])
    np.testing.assert_allclose(line.direction, [0.5**0.5] * 2, rtol=1e-15)
    plane = lr.Plane(np.zeros(2), [[scale, scale], [0.0, scale]], 1.0)
    np.testing.assert_allclose(plane.basis, [[0.5**0.5] * 2, [-(0.5**0.5), 0.5**0.5]], rtol=1e-15)


def test_lengths_of_any_size_or_refused() -> None:
    for scale in (1e-300, 1e-200, 1e200, 1e307):
        assert lr.Segment([0.0, 0.0], [3 * scale, 4 * scale]).length == pytest.approx(5 * scale)
    for low, high in ((0.0, 1e-310), (-1e308, 1e308)):
        with pytest.raises(ValueError, match="normal range"):
            lr.Segment([low, 0.0], [high, 0.0])
