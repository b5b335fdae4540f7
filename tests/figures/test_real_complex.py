"""The pictures, on complexes that the library cut, and the cover made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection
from PIL import Image

from linreg_lib.figures import draw_graph, draw_layers, draw_level_set, draw_regions, new_figure
from linreg_lib.figures.cover import MAX_BYTES, main
from linreg_lib.geometry import (
    Box,
    Plane,
    Rectangle,
    Segment,
    Slice,
    decision_complex,
    level_set,
    subdivide,
)
from linreg_lib.networks import Network, Normal


@pytest.fixture
def net() -> Network:
    rng = np.random.default_rng(5)
    return Network.random([2, 10, 10, 1], init="he", biases=Normal(0.4), rng=rng)


def test_the_colour_at_a_point_is_that_of_its_region(net: Network) -> None:
    cx = subdivide(net, Box(-1.0, 1.0, dim=2))
    figure, axes = new_figure(aspect=1.0)
    filled = draw_regions(axes, cx, edges=False)
    figure.canvas.draw()
    picture = np.asarray(figure.canvas.buffer_rgba())[..., :3] / 255.0
    large = np.flatnonzero(cx.volumes > 0.01)
    assert len(large) > 20
    for region in large:
        middle = cx.polygons()[region].mean(axis=0)  # polygons are convex
        column, row = axes.transData.transform(middle)
        seen = picture[picture.shape[0] - 1 - round(row), round(column)]
        np.testing.assert_allclose(seen, filled.get_facecolor()[region, :3], atol=0.02)


def test_neighbours_of_a_real_complex_never_share_a_colour(net: Network) -> None:
    cx = subdivide(net, Box(-1.0, 1.0, dim=2))
    _, axes = new_figure()
    colours = draw_regions(axes, cx).get_facecolor()
    beside = cx.facet_cells[~cx.facet_is_wall]
    gaps = np.linalg.norm(colours[beside[:, 0]] - colours[beside[:, 1]], axis=1)
    assert gaps.min() > 0.1


def test_layers_of_a_real_network(net: Network) -> None:
    complexes = [subdivide(net, Box(-1.0, 1.0, dim=2), upto_layer=layer) for layer in (1, 2)]
    figure = draw_layers(complexes)
    for axes, cx in zip(figure.axes, complexes, strict=True):
        assert axes.get_title().endswith(f"\n{cx.num_regions} regions")
        assert axes.get_xlabel() == "$x_1$"


def test_every_way_of_drawing_works_on_a_real_complex(net: Network) -> None:
    cx = subdivide(net, Box(-1.0, 1.0, dim=2))
    for options in ({"colour_by": "linear"}, {"colour_by": "facets"}, {"edges": "layer"}):
        figure, axes = new_figure()
        filled = draw_regions(axes, cx, **options)  # type: ignore[arg-type]
        figure.canvas.draw()
        assert len(filled.get_paths()) == cx.num_regions


def test_lines_are_told_apart_by_the_first_layer_that_supports_them(net: Network) -> None:
    cx = subdivide(net, Box(-1.0, 1.0, dim=2))
    _, axes = new_figure()
    draw_regions(axes, cx, edges="layer")
    drawn = {
        lines.get_label(): np.concatenate([s[np.isfinite(s[:, 0])] for s in lines.get_segments()])
        for lines in axes.collections
        if isinstance(lines, LineCollection)
    }
    inner = np.flatnonzero(~cx.facet_is_wall)
    layers = [min(s.layer for s in cx.supports_of_facet(int(facet))) for facet in inner]
    assert set(layers) == {0, 1}
    for layer in (0, 1):
        ends = cx.vertices[cx.edges[inner[np.array(layers) == layer]]].reshape(-1, 2)
        np.testing.assert_array_equal(drawn[f"layer {layer + 1}"], ends)


def test_lines_of_no_neuron_are_named_so() -> None:
    net = Network.from_arrays([[[1, 0]], [[1], [0]]], [[1], [0, 0.5]])  # classes switch at -1/2
    _, axes = new_figure()
    draw_regions(axes, decision_complex(subdivide(net, Box(-2, 2, dim=2))), edges="layer")
    assert axes.get_legend() is not None
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["no neuron", "layer 1"]


def test_a_plane_has_axes_of_its_own() -> None:
    net = Network.random([4, 6, 1], biases=Normal(0.3), rng=np.random.default_rng(0))
    plane = Plane(np.ones(4), np.eye(4)[:2], half_width=1.0)
    _, axes = new_figure()
    draw_regions(axes, subdivide(net, plane))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$u$", "$v$")


def test_the_graph_is_the_function() -> None:
    net = Network.random([1, 12, 12, 1], biases=Normal(0.3), rng=np.random.default_rng(2))
    _, axes = new_figure()
    line = draw_graph(axes, subdivide(net, Segment([1.0], [-1.0])), net)
    x, y = (np.asarray(values) for values in line.get_data())
    assert (x[0], x[-1]) == (-1.0, 1.0)
    places = np.linspace(-1.0, 1.0, 1001)
    np.testing.assert_allclose(np.interp(places, x, y), net(places[:, None])[:, 0], atol=1e-12)


def test_the_cover_is_small_and_made_by_its_program(tmp_path: Path) -> None:
    main([str(tmp_path / "cover.png")])
    assert (tmp_path / "cover.png").stat().st_size <= MAX_BYTES
    drawn = Image.open(tmp_path / "cover.png").convert("RGB")
    kept = Image.open(Path(__file__).parents[2] / "book/_static/regions.png").convert("RGB")
    assert drawn.size == kept.size
    # Another machine's fonts and rounding may move single pixels.
    difference = np.abs(np.asarray(drawn, dtype=float) - np.asarray(kept, dtype=float))
    assert difference.mean() < 2.0
    assert not plt.get_fignums()


def test_a_rectangle_keeps_its_shape_and_names_its_inputs() -> None:
    rng = np.random.default_rng(2)
    net = Network.random([12, 6, 1], biases="torch", rng=rng)
    named = Rectangle.along((10, 0), low=[-3.0, 0.0], high=[3.0, 1.5], at=np.ones(12))
    turned = Rectangle(np.ones(12), rng.normal(size=(2, 12)), [3.0, 0.75])
    for window, labels in ((named, ("$x_{11}$", "$x_1$")), (turned, ("$u$", "$v$"))):
        figure, axes = new_figure(aspect=1.0)
        draw_regions(axes, subdivide(net, window))
        low, high = window.coordinate_bounds()
        assert axes.get_xlim() == (low[0], high[0])
        assert axes.get_ylim() == (low[1], high[1])
        figure.canvas.draw()
        extent = axes.get_window_extent()
        assert extent.width / extent.height == pytest.approx(4.0, rel=1e-3)
        assert (axes.get_xlabel(), axes.get_ylabel()) == labels


def test_a_level_set_is_drawn_where_the_output_takes_the_value(net: Network) -> None:
    cx = subdivide(net, Box(-1.0, 1.0, dim=2))
    level = float(np.median(net(cx.vertices)))
    found = level_set(cx, level=level)
    _, axes = new_figure()
    draw_regions(axes, cx)
    limits = axes.get_xlim(), axes.get_ylim()
    lines = draw_level_set(axes, found, label="median")
    assert isinstance(lines, LineCollection)
    points = np.concatenate(lines.get_segments())
    points = points[np.isfinite(points).all(axis=1)]
    assert len(points) == 2 * found.num_pieces > 0
    np.testing.assert_allclose(net(points)[:, 0], level, atol=1e-12)
    assert (axes.get_xlim(), axes.get_ylim()) == limits
    assert axes.get_legend_handles_labels()[1] == ["median"]
    _, alone = new_figure()
    draw_level_set(alone, found)
    assert (alone.get_xlim(), alone.get_ylim()) == limits


def test_flat_regions_are_filled() -> None:
    net = Network.from_arrays([[[1.0, 0.0]], [[1.0]]], [[0.0], [0.0]])  # relu(x)
    _, axes = new_figure()
    draw_level_set(axes, level_set(subdivide(net, Box(-1.0, 1.0, dim=2))))
    (filled,) = axes.collections[1:]
    assert filled.get_paths()[0].vertices[:, 0].max() == 0.0
    with pytest.raises(ValueError, match="for 2 and 3 dimensions, got a domain of dimension 1"):
        draw_level_set(axes, level_set(subdivide(net, Segment([-1.0, 0.0], [1.0, 0.0]))))


def test_a_level_set_in_space_and_its_names() -> None:
    net = Network.random([5, 6, 1], biases=Normal(0.3), rng=np.random.default_rng(1))
    cx = subdivide(net, Slice.along((4, 0, 2), low=-1.0, high=1.0, at=np.zeros(5)))
    found = level_set(cx, level=float(np.median(net(cx.interior_points))))
    _, axes = new_figure(subplot_kw={"projection": "3d"})
    draw_level_set(axes, found)
    assert len(axes.collections) == 1
    labels = [axes.get_xlabel(), axes.get_ylabel(), axes.get_zlabel()]
    assert labels == ["$x_5$", "$x_1$", "$x_3$"]
    axes.figure.canvas.draw()
