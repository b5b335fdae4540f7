"""Solid complexes opened by a plane, against the plane cut by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from linreg_lib.errors import UnboundedQuestionError
from linreg_lib.figures import draw_solid, new_figure, section
from linreg_lib.figures.sections import Surface, clipped, wall_surface
from linreg_lib.geometry import Plane, Space, subdivide
from tests.figures.solid_networks import random_complex


def areas(surface: Surface) -> np.ndarray:
    """Area of each polygon, by triangles from its first corner."""
    found = []
    for polygon in surface.polygons:
        arms = polygon[1:] - polygon[0]
        found.append(np.linalg.norm(np.cross(arms[:-1], arms[1:]).sum(axis=0)) / 2)
    return np.array(found)


@pytest.mark.parametrize("offset", [-0.7, 0.0123, 0.55])
def test_a_level_section_is_the_complex_of_its_plane(offset: float) -> None:
    cx = random_complex(3)
    found = section(cx, [0.0, 0.0, 1.0], offset)
    plane = Plane([0.0, 0.0, offset], np.eye(3)[:2], half_width=1.0)
    flat = subdivide(cx.network, plane)
    np.testing.assert_array_equal(cx.patterns[found.regions], flat.patterns)
    np.testing.assert_allclose(areas(found), flat.volumes, atol=1e-12)


def test_a_slanted_section_has_the_area_of_its_hexagon() -> None:
    cx = random_complex(3)
    found = section(cx, [1.0, 1.0, 1.0], 0.0)  # the regular hexagon with side sqrt(2)
    assert areas(found).sum() == pytest.approx(3 * np.sqrt(3))
    middles = np.array([polygon.mean(axis=0) for polygon in found.polygons])
    large = areas(found) > 1e-3
    np.testing.assert_array_equal(cx.locate(middles[large]), found.regions[large])


def test_the_length_of_the_normal_does_not_matter() -> None:
    cx = random_complex(3)
    one, two = section(cx, [0.3, -0.4, 0.5], 0.1), section(cx, [3.0, -4.0, 5.0], 1.0)
    np.testing.assert_array_equal(one.regions, two.regions)
    np.testing.assert_allclose(areas(one), areas(two), atol=1e-12)


def test_a_section_outside_is_empty() -> None:
    assert section(random_complex(3), [0, 0, 1], 2.0).num_regions == 0


def test_walls_cover_the_box_once() -> None:
    walls = wall_surface(random_complex(3))
    assert areas(walls).sum() == pytest.approx(6 * 4.0)


def test_walls_are_clipped_at_the_plane() -> None:
    walls = wall_surface(random_complex(3))
    half = clipped(walls, np.array([0.0, 0.0, 1.0]), 0.25)
    assert areas(half).sum() == pytest.approx(4.0 + 4 * 2 * 1.25)
    assert np.concatenate(half.polygons)[:, 2].max() == pytest.approx(0.25)
    assert set(half.regions) <= set(walls.regions)
    whole = clipped(walls, np.array([0.0, 0.0, 1.0]), 5.0)
    np.testing.assert_allclose(areas(whole), areas(walls))


def drawn_on(view: tuple[float, float], **options: Any) -> Any:
    _, axes = new_figure(aspect=0.9, subplot_kw={"projection": "3d"})
    axes.view_init(*view)
    return draw_solid(axes, random_complex(3), **options)


def num_polygons(drawn: Any) -> int:
    drawn.axes.figure.canvas.draw()
    return len(drawn.get_paths())


def test_only_what_the_view_shows_is_drawn() -> None:
    cx = random_complex(3)
    walls = wall_surface(cx)
    top = np.array([(polygon[:, 2] == 1.0).all() for polygon in walls.polygons])
    assert num_polygons(drawn_on((90.0, 0.0))) == top.sum()
    cap = section(cx, [0, 0, 1], 0.1)
    assert num_polygons(drawn_on((90.0, 0.0), cut=([0, 0, 1], 0.1))) == cap.num_regions
    # From below the cut is out of sight.
    bottom = np.array([(polygon[:, 2] == -1.0).all() for polygon in walls.polygons])
    assert num_polygons(drawn_on((-90.0, 0.0), cut=([0, 0, 1], 0.1))) == bottom.sum()


def test_numbers_are_shown_on_a_scale() -> None:
    drawn = drawn_on((30.0, -60.0), colour_by="facets", edges=False)
    assert drawn.axes.figure.axes[1].get_ylabel() == "facets"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cut": ([0, 0, 0], 0.0)}, "normal must be 3 finite numbers, not all zero"),
        ({"cut": ([1, 0], 0.0)}, "normal must be 3 finite numbers"),
        ({"cut": ([0, 0, 1], -3.0)}, "takes the whole solid away"),
        ({"colour_by": "rainbow"}, "'rainbow' is unknown"),
    ],
)
def test_what_cannot_be_drawn_is_refused(options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        drawn_on((30.0, -60.0), **options)


def test_a_plane_is_no_solid_and_space_has_no_walls() -> None:
    _, axes = new_figure(subplot_kw={"projection": "3d"})
    with pytest.raises(ValueError, match="got dimension 2; for a plane use draw_regions"):
        draw_solid(axes, random_complex(2))
    cx = subdivide(random_complex(3).network, Space(3))
    with pytest.raises(UnboundedQuestionError, match=r"Space\(.\) is unbounded; subdivide a Box"):
        draw_solid(axes, cx)
