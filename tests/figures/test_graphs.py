from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from linreg_lib.errors import UnboundedQuestionError
from linreg_lib.figures import compare_graphs, draw_graph, new_figure
from tests.figures.complex_stub import grid_complex, line_complex


def bent(places: list[float]) -> Any:
    """x -> sum of |x - place|, as a network with two outputs, the second one negated."""

    class Net:
        output_dim = 2

        def __call__(self, x: np.ndarray) -> np.ndarray:
            value = np.abs(x - np.array(places)).sum(axis=-1)
            return np.stack([value, -value], axis=-1)

    return Net()


def test_the_graph_passes_through_every_corner_in_order() -> None:
    cuts = [-0.4, 0.1, 0.7]
    _, axes = new_figure()
    line = draw_graph(axes, line_complex(cuts), bent(cuts))
    x, y = line.get_data()
    np.testing.assert_array_equal(x, [-1.0, -0.4, 0.1, 0.7, 1.0])
    np.testing.assert_allclose(y, np.abs(np.asarray(x)[:, None] - cuts).sum(axis=1))
    second = draw_graph(axes, line_complex(cuts), bent(cuts), output=1)
    np.testing.assert_array_equal(second.get_ydata(), -np.asarray(y))


def test_a_segment_in_one_dimension_is_drawn_over_its_inputs() -> None:
    cx = line_complex([0.0])
    cx.domain = SimpleNamespace(is_bounded=True, embed=lambda t: 5.0 - np.asarray(t))
    _, axes = new_figure()
    line = draw_graph(axes, cx, bent([5.0]))
    np.testing.assert_array_equal(line.get_xdata(), [4.0, 5.0, 6.0])
    assert axes.get_xlabel() == "$x$"


@pytest.mark.parametrize(("num_cuts", "dots"), [(5, True), (200, False)])
def test_many_breakpoints_become_ticks(num_cuts: int, dots: bool) -> None:
    cuts = np.linspace(-0.9, 0.9, num_cuts).tolist()
    _, axes = new_figure()
    draw_graph(axes, line_complex(cuts), bent(cuts[:1]))
    assert (len(axes.lines) == 2) is dots
    marked = axes.lines[1].get_xdata() if dots else axes.collections[0].get_segments()
    assert len(marked) == num_cuts


def test_panels_are_titled_with_their_counts() -> None:
    complexes = [line_complex([0.0]), line_complex([-0.1, 0.1])]
    figure = compare_graphs(complexes, [bent([0.0])] * 2, titles=["as built", "with noise"])
    assert [a.get_title() for a in figure.axes] == ["as built\n2 pieces", "with noise\n3 pieces"]
    with pytest.raises(ValueError, match="2 complexes, 1 networks and 2 titles"):
        compare_graphs(complexes, [bent([0.0])], titles=["a", "b"])


def test_wrong_input_is_named() -> None:
    _, axes = new_figure()
    with pytest.raises(ValueError, match="got dimension 2"):
        draw_graph(axes, grid_complex([0.0], []), bent([0.0]))
    with pytest.raises(ValueError, match=r"output is 2; .* are 0\.\.1"):
        draw_graph(axes, line_complex([0.0]), bent([0.0]), output=2)
    unbounded = line_complex([0.0])
    unbounded.domain.is_bounded = False
    with pytest.raises(UnboundedQuestionError, match="a graph needs a bounded domain"):
        draw_graph(axes, unbounded, bent([0.0]))
    with pytest.raises(ValueError, match="marks is 'stars'"):
        draw_graph(axes, line_complex([0.0]), bent([0.0]), marks="stars")
