from __future__ import annotations

import numpy as np
import pytest

from linreg_lib.estimate import Estimate
from linreg_lib.figures import (
    Series,
    compare,
    draw_bars,
    draw_counts,
    draw_measured,
    draw_predicted,
    draw_runs,
    new_figure,
)


def estimates(means: list[float], stderr: float) -> list[Estimate]:
    return [Estimate(mean=mean, stderr=stderr, count=100) for mean in means]


def test_error_bars_reach_the_stated_number_of_standard_errors() -> None:
    _, axes = new_figure()
    container = draw_measured(axes, [1, 2], estimates([10.0, 20.0], 0.5), num_stderr=3.0)
    (bars,) = container.lines[2]
    ends = [segment[:, 1].tolist() for segment in bars.get_segments()]
    assert ends == [[8.5, 11.5], [18.5, 21.5]]


def test_bounds_do_not_look_like_predictions() -> None:
    _, axes = new_figure()
    styles = {
        bound: draw_predicted(axes, [0, 1], [0, 1], bound=bound).get_linestyle()
        for bound in (None, "upper", "lower")
    }
    assert len(set(styles.values())) == 3


def test_comparison_draws_measured_over_predicted() -> None:
    series = Series(
        name="depth 2", x=[1, 2], measured=estimates([11.0, 18.0], 0.1), predicted=[10.0, 20.0]
    )
    figure = compare([series], x_label="width", y_label="regions")
    upper, lower = figure.axes
    np.testing.assert_allclose(lower.containers[0].lines[0].get_ydata(), [1.1, 0.9])
    (bars,) = lower.containers[0].lines[2]
    np.testing.assert_allclose(bars.get_segments()[0][:, 1], [1.08, 1.12])
    assert lower.get_ylim()[0] < 0.89
    assert lower.get_ylim()[1] > 1.12
    assert upper.get_ylabel() == "regions"
    assert lower.get_xlabel() == "width"


def test_a_comparison_that_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="'a': x has 2 places but measured has 1"):
        Series(name="a", x=[1, 2], measured=estimates([1.0], 0.1), predicted=[1.0, 2.0])
    zero = Series(name="a", x=[1, 2], measured=estimates([1.0, 1.0], 0.1), predicted=[1.0, 0.0])
    with pytest.raises(ValueError, match="index 1 is 0"):
        compare([zero], x_label="", y_label="")
    with pytest.raises(ValueError, match="nothing to compare"):
        compare([], x_label="", y_label="")


def test_runs_are_averaged_place_by_place() -> None:
    _, axes = new_figure()
    line = draw_runs(axes, [0, 1, 2], [[1, 2, 3], [3, 4, 8]])
    np.testing.assert_array_equal(line.get_ydata(), [2.0, 3.0, 5.5])
    with pytest.raises(ValueError, match=r"\(num_runs, 2\) to match x, got \(2, 3\)"):
        draw_runs(axes, [0, 1], [[1, 2, 3], [3, 4, 8]])


def test_counts_get_one_bar_a_number() -> None:
    _, axes = new_figure()
    (bars,) = draw_counts(axes, [3, 4, 4, 7], x_label="facets", threshold=6)
    heights = {round(bar.get_x() + bar.get_width() / 2): bar.get_height() for bar in bars}
    assert heights == {3: 1, 4: 2, 7: 1}
    assert axes.get_yscale() == "log"


def test_two_sets_of_counts_stand_side_by_side() -> None:
    _, axes = new_figure()
    left, right = draw_counts(axes, {"He": [4, 4], "Xavier": [4]}, x_label="facets")
    assert left[0].get_x() + left[0].get_width() <= right[0].get_x() + 1e-12
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["He", "Xavier"]


def test_counts_must_be_counts() -> None:
    _, axes = new_figure()
    with pytest.raises(ValueError, match=r"index 1 holds 2\.5"):
        draw_counts(axes, [1.0, 2.5], x_label="facets")
    with pytest.raises(ValueError, match="no counts to draw for 'empty'"):
        draw_counts(axes, {"empty": []}, x_label="facets")


def test_bars_carry_their_values() -> None:
    _, axes = new_figure()
    bars = draw_bars(axes, ["paper", "ours"], [482.0, 480.5], reference=481.0)
    assert [bar.get_width() for bar in bars] == [482.0, 480.5]
    written = [text.get_text() for text in axes.texts]
    assert written == ["482", "480"]
    with pytest.raises(ValueError, match="2 names need as many values"):
        draw_bars(axes, ["paper", "ours"], [1.0])
