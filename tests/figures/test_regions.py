from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb

from linreg_lib.figures import draw_layers, draw_regions, mark_points, new_figure
from linreg_lib.figures.style import GREY
from tests.figures.complex_stub import grid_complex, line_complex


def pixels(figure: Any) -> np.ndarray:
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3] / 255.0


def pixel_at(axes: Any, x: float, y: float) -> np.ndarray:
    picture = pixels(axes.figure)
    column, row = axes.transData.transform((x, y))
    return picture[picture.shape[0] - 1 - round(row), round(column)]


def test_each_region_is_filled_with_its_own_colour() -> None:
    cx = grid_complex([0.0], [-0.2, 0.4])
    _, axes = new_figure(aspect=1.0)
    filled = draw_regions(axes, cx)
    assert len(filled.get_paths()) == cx.num_regions == 6
    for polygon, colour in zip(cx.polygons(), filled.get_facecolor(), strict=True):
        seen = pixel_at(axes, *polygon.mean(axis=0))
        np.testing.assert_allclose(seen, colour[:3], atol=0.02)


def test_edges_can_be_left_out() -> None:
    cx = grid_complex([0.0], [])
    for edges in (True, False):
        _, axes = new_figure(aspect=1.0)
        draw_regions(axes, cx, edges=edges)
        has_lines = any(isinstance(c, LineCollection) for c in axes.collections)
        assert has_lines is edges
        on_the_line = pixel_at(axes, 0.0, 0.5)
        assert bool(on_the_line.max() < 0.4) is edges


def test_walls_are_the_frame_of_the_picture() -> None:
    cx = grid_complex([0.3], [0.1])
    for walls in (True, False):
        _, axes = new_figure(aspect=1.0)
        draw_regions(axes, cx, walls=walls)
        assert all(spine.get_visible() is walls for spine in axes.spines.values())
        assert axes.get_xlim() == (-1.0, 1.0)
        assert axes.get_ylim() == (-1.0, 1.0)
    assert to_rgb(GREY) == to_rgb(axes.spines["top"].get_edgecolor())


def test_regions_of_one_linear_region_share_a_colour() -> None:
    cx = grid_complex([-0.5, 0.5], [0.0])
    cx.labels = np.array([0, 0, 1, 2, 3, 3])
    _, axes = new_figure(aspect=1.0)
    colours = draw_regions(axes, cx, colour_by="linear").get_facecolor()
    same = (colours[:, None] == colours[None]).all(axis=2)
    np.testing.assert_array_equal(same, cx.labels[:, None] == cx.labels[None])


def test_lines_inside_a_linear_region_are_not_dark() -> None:
    cx = grid_complex([0.0], [0.0])
    cx.labels = np.array([0, 0, 1, 2])  # the line between (-, -) and (-, +) separates nothing
    _, axes = new_figure(aspect=1.0)
    draw_regions(axes, cx, colour_by="linear")
    assert pixel_at(axes, -0.5, 0.0).min() > 0.6
    assert pixel_at(axes, 0.5, 0.0).max() < 0.4
    assert pixel_at(axes, 0.0, 0.5).max() < 0.4


def test_lines_can_tell_their_layer() -> None:
    _, axes = new_figure(aspect=1.0)
    draw_regions(axes, grid_complex([0.0], [-0.5, 0.5]), edges="layer")
    lines = [c for c in axes.collections if isinstance(c, LineCollection)]
    assert [c.get_label() for c in lines] == ["layer 1", "layer 2"]
    assert [np.isfinite(c.get_segments()[0][:, 0]).sum() for c in lines] == [2 * 3, 2 * 4]


def test_numbers_are_shown_on_a_scale() -> None:
    cx = grid_complex([0.0], [0.0])
    figure, axes = new_figure(aspect=1.0)
    filled = draw_regions(axes, cx, colour_by=[0.0, 1.0, 1.0, 3.0], scale_label="volume")
    assert len(figure.axes) == 2
    assert figure.axes[1].get_ylabel() == "volume"
    luminance = filled.get_facecolor()[:, :3] @ np.array([0.2126, 0.7152, 0.0722])
    assert luminance[0] < luminance[1] == luminance[2] < luminance[3]


def test_facets_get_whole_number_steps() -> None:
    figure, axes = new_figure(aspect=1.0)
    draw_regions(axes, grid_complex([0.0], [0.0]), colour_by="facets")
    figure.canvas.draw()
    assert figure.axes[1].get_ylabel() == "facets"
    assert [float(tick) for tick in figure.axes[1].get_yticks()] == [4.0]


def test_lines_get_thinner_as_regions_get_more() -> None:
    widths = []
    for num_cuts in (2, 20, 60):
        _, axes = new_figure(aspect=1.0)
        cuts = np.linspace(-0.9, 0.9, num_cuts).tolist()
        draw_regions(axes, grid_complex(cuts, cuts))
        (lines,) = [c for c in axes.collections if isinstance(c, LineCollection)]
        widths.append(float(lines.get_linewidth()[0]))
    assert widths[0] > widths[1] > widths[2] > 0.0


@pytest.mark.parametrize(
    ("colour_by", "message"),
    [("rainbow", "'rainbow' is unknown"), ([1.0, 2.0], r"shape \(4,\), got shape \(2,\)")],
)
def test_a_wrong_colouring_is_refused(colour_by: Any, message: str) -> None:
    _, axes = new_figure()
    with pytest.raises(ValueError, match=message):
        draw_regions(axes, grid_complex([0.0], [0.0]), colour_by=colour_by)


def test_a_line_is_not_a_plane() -> None:
    _, axes = new_figure()
    with pytest.raises(ValueError, match="got dimension 1"):
        draw_regions(axes, line_complex([0.0]))


def test_layers_are_titled_with_their_counts() -> None:
    complexes = [
        grid_complex([0.0], []),
        grid_complex([0.0], [0.2]),
        grid_complex([0.0], [0.2, 0.5]),
    ]
    figure = draw_layers(complexes)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["layer 1\n2 regions", "layers 1–2\n4 regions", "layers 1–3\n6 regions"]
    with pytest.raises(ValueError, match="3 complexes need as many titles, got 1"):
        draw_layers(complexes, titles=["only one"])
    with pytest.raises(ValueError, match="no complexes"):
        draw_layers([])


def test_points_are_marked_and_named() -> None:
    _, axes = new_figure(aspect=1.0)
    draw_regions(axes, grid_complex([0.0], [0.0]))
    mark_points(axes, [[0.5, 0.5], [-0.5, 0.2]], ["0", "1"])
    assert pixel_at(axes, 0.5, 0.5).max() < 0.3
    assert [text.get_text() for text in axes.texts] == ["0", "1"]
    with pytest.raises(ValueError, match="2 points need as many labels, got 1"):
        mark_points(axes, [[0.5, 0.5], [-0.5, 0.2]], ["0"])
    with pytest.raises(ValueError, match=r"shape \(m, 2\), got \(1, 3\)"):
        mark_points(axes, [[0.0, 0.0, 0.0]])
