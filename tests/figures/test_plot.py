"""``cx.plot()`` draws what suits the dimension."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import PathCollection

import linreg_lib as lr
from linreg_lib.figures import new_figure, plot_complex

RNG = np.random.default_rng(2)


def net(dim: int) -> lr.Network:
    return lr.Network.random([dim, 5, 4, 3], biases="torch", rng=RNG)


def test_a_graph_over_a_segment() -> None:
    cx = lr.subdivide(net(3), lr.Segment([-1, 0, 1], [2, 1, 1]))
    axes = cx.plot(output=1, marks="none")
    (line,) = axes.lines
    assert len(line.get_xdata()) == cx.f_vector[0]
    ends = cx.network([[-1, 0, 1], [2, 1, 1]])[:, 1]
    np.testing.assert_allclose(line.get_ydata()[[0, -1]], ends)


def test_regions_of_a_square_on_axes_that_are_there() -> None:
    figure, axes = new_figure()
    cx = lr.subdivide(net(2), lr.Box(-1, 1, dim=2))
    assert cx.plot(axes, colour_by="facets") is axes
    (filled,) = (each for each in axes.collections if isinstance(each, PathCollection))
    assert len(filled.get_paths()) == cx.num_regions
    assert len(figure.axes) == 2  # the scale


def test_a_solid_is_cut_open() -> None:
    cx = lr.subdivide(net(3), lr.Box(-1, 1, dim=3))
    axes = cx.plot(cut=([1.0, 1.0, 1.0], 0.0))
    assert axes.name == "3d"
    assert axes.collections
    with pytest.raises(ValueError, match=r"axes are flat.*projection"):
        cx.plot(new_figure()[1])


def test_classes_colour_a_decision_complex() -> None:
    cx = lr.decision_complex(lr.subdivide(net(2), lr.Box(-3, 3, dim=2)))
    axes = cx.plot()
    (filled,) = (each for each in axes.collections if isinstance(each, PathCollection))
    colours = np.unique(filled.get_facecolor(), axis=0)
    assert len(colours) == len(np.unique(cx.classes)) > 1
    assert axes.figure.axes[1].get_ylabel() == "class"


@pytest.mark.parametrize("colour_by", ["region", "facets"])
def test_every_word_is_on_the_picture(colour_by: str) -> None:
    axes = lr.subdivide(net(2), lr.Box(-1, 1, dim=2)).plot(colour_by=colour_by)
    axes.figure.canvas.draw()
    for each in axes.figure.axes:
        for label in (each.xaxis.label, each.yaxis.label):
            extent, page = label.get_window_extent(), axes.figure.bbox
            assert page.x0 <= extent.x0 <= extent.x1 <= page.x1, label.get_text()
            assert page.y0 <= extent.y0 <= extent.y1 <= page.y1, label.get_text()


@pytest.mark.parametrize("domain", [lr.Line([0, 0], [1, 1]), lr.Space(2)])
def test_what_is_unbounded_is_refused(domain: lr.geometry.Domain) -> None:
    with pytest.raises(lr.UnboundedQuestionError, match="a picture needs a bounded domain"):
        lr.subdivide(net(2), domain).plot()


def test_what_has_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="dimension 1, 2 or 3, got dimension 4"):
        lr.subdivide(net(4), lr.Box(-1, 1, dim=4)).plot()
    with pytest.raises(TypeError, match="axes must be axes of matplotlib"):
        plot_complex(lr.subdivide(net(2), lr.Box(-1, 1, dim=2)), "axes")  # type: ignore[arg-type]


def test_the_settings_stay_as_they_were() -> None:
    before = dict(plt.rcParams)
    lr.subdivide(net(2), lr.Box(-1, 1, dim=2)).plot()
    assert dict(plt.rcParams) == before


def test_nothing_is_drawn_with_before_somebody_draws() -> None:
    program = (
        "import sys, linreg_lib as lr\n"
        "net = lr.Network.from_arrays([[[1]], [[1]]], [[0], [0]])\n"
        "cx = lr.subdivide(net, lr.Box(-1, 1, dim=1))\n"
        "assert not {'matplotlib', 'linreg_lib.figures'} & set(sys.modules)\n"
        "cx.plot()\n"
        "assert {'matplotlib', 'linreg_lib.figures'} <= set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env=None)


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_an_option_of_another_picture_is_named(dim: int) -> None:
    cx = lr.subdivide(net(dim), lr.Box(-1, 1, dim=dim))
    option, known = ("colour_by", "output, marks") if dim == 1 else ("output", "colour_by, edges")
    message = rf"picture of dimension {dim} has no option '{option}'; it has .*{known}"
    with pytest.raises(TypeError, match=message):
        cx.plot(**{option: 0})


def test_axes_along_inputs_have_their_names() -> None:
    def labels(axes: tuple[int, ...]) -> list[str]:
        window = lr.Slice.along(axes, low=0, high=1, at=np.zeros(12))
        drawn = lr.subdivide(net(12), window).plot()
        return [getattr(drawn, f"get_{x}label")() for x, _ in zip("xyz", axes, strict=False)]

    assert labels((3,)) == ["$x_4$"]
    assert labels((11, 0)) == ["$x_{12}$", "$x_1$"]
    assert labels((11, 0, 5)) == ["$x_{12}$", "$x_1$", "$x_6$"]
    slanted = lr.Slice(np.zeros(3), [[1, 2, 0]], 1.0)
    assert lr.subdivide(net(3), slanted).plot().get_xlabel() == "$t$"
