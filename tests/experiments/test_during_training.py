"""Tables of HR19's experiments, against networks trained and measured again by other functions."""

from __future__ import annotations

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.experiments import (
    distance_histograms,
    distances_during_training,
    load_images,
    pieces_and_distances_at_start,
    pieces_during_training,
    pieces_without_biases,
    scaled_images,
    train_classifier,
)
from linreg_lib.experiments.measured_runs.distances_during_training import LOG10_EDGES
from linreg_lib.experiments.measured_runs.pieces_during_training import LINE_PARTS
from linreg_lib.experiments.width_words import widths_of
from linreg_lib.geometry import region_of

DIGITS = {"dataset": "digits", "batch_size": 64}


def trained(**more: object) -> object:
    pytest.importorskip("torch")
    images = load_images("digits")
    train, test = scaled_images(images, str(more.pop("scale", "unit")))
    return train_classifier([6, 5], train, test=test, batch_size=64, **more)  # type: ignore[arg-type]


def test_pieces_are_those_of_the_networks_cut_along_the_same_lines() -> None:
    run = trained(seed=3, snapshots_at=[0, 0.5, 2])
    table = pieces_during_training(hidden="6-5", seed=3, moments=[0, 0.5, 2], num_lines=7, **DIGITS)
    vectors = load_images("digits").train.vectors()
    rng = np.random.default_rng(np.random.SeedSequence([3, 5]))
    examples = vectors[np.sort(rng.choice(len(vectors), size=7, replace=False))]
    assert len({len(column) for column in table.values()}) == 1
    for snapshot in run.snapshots:  # type: ignore[attr-defined]
        for part, ends in LINE_PARTS.items():
            counts = []
            for x in examples:
                domain: lr.Line | lr.Segment = lr.Line(0 * x, x)
                if ends is not None:
                    domain = lr.Segment(ends[0] * x, ends[1] * x)
                counts.append(lr.subdivide(snapshot.network, domain).num_regions)
            row = (table["epoch"] == snapshot.epoch) & (table["part"] == part)
            row &= table["of"] == "activation"
            assert row.sum() == 1
            assert table["mean_pieces"][row][0] == np.mean(counts)
            assert (table["least"][row][0], table["most"][row][0]) == (min(counts), max(counts))
            assert table["stderr_lines"][row][0] == pytest.approx(np.std(counts, ddof=1) / 7**0.5)
            assert table["test_accuracy"][row][0] == snapshot.test_accuracy
    linear = table["of"] == "linear"
    assert table["epoch"][linear].tolist() == [0.0, run.snapshots[-1].epoch]  # type: ignore[attr-defined]


@pytest.mark.parametrize("scale", ["unit", "standard"])
def test_distances_are_those_to_the_regions_of_the_networks(scale: str) -> None:
    run = trained(seed=4, snapshots_at=[0, 2], scale=scale)
    table = distances_during_training(
        hidden="6-5", seed=4, moments=[0, 2], num_normal=5, num_examples=360, scale=scale, **DIGITS
    )
    test = scaled_images(load_images("digits"), scale)[1].vectors()
    for snapshot in run.snapshots:  # type: ignore[attr-defined]
        regions = [region_of(snapshot.network, x) for x in test]
        distances = [(r.slacks / np.linalg.norm(r.normals, axis=1)).min() for r in regions]
        row = (table["epoch"] == snapshot.epoch) & (table["points"] == "test")
        assert table["mean"][row][0] == pytest.approx(np.mean(distances))  # all 360 test images
        assert table["q500"][row][0] == pytest.approx(np.sort(distances)[179])
        logs = np.log10(distances)
        assert table["log10_mean"][row][0] == pytest.approx(logs.mean())
        cubes = ((logs - logs.mean()) ** 3).mean() / logs.std() ** 3
        assert table["log10_skewness"][row][0] == pytest.approx(cubes)
    assert set(table["points"]) == {"normal", "training", "test"}


def test_histograms_hold_every_point_once_and_fit_the_quantiles() -> None:
    pytest.importorskip("torch")
    how = {"hidden": "6-5", "seed": 1, "moments": [0, 1], "num_normal": 400, "num_examples": 300}
    table, bins = distances_during_training(**how, **DIGITS), distance_histograms(**how, **DIGITS)  # type: ignore[arg-type]
    for epoch, points, median in zip(table["epoch"], table["points"], table["q500"], strict=True):
        rows = (bins["epoch"] == epoch) & (bins["points"] == points)
        counts = bins["num_in_bin"][rows]
        assert counts.sum() == (400 if points == "normal" else 300)
        assert (counts > 0).all()
        middle = np.searchsorted(np.cumsum(counts), counts.sum() / 2)
        assert bins["low"][rows][middle] < np.log10(median) <= bins["high"][rows][middle]
    assert (np.diff(LOG10_EDGES) > 0).all()


def test_untrained_networks_follow_the_exact_mean() -> None:
    # ReLU of width n: a unit behind one layer has 1 - 2^-n breakpoints a line, by flipping signs
    table = pieces_and_distances_at_start(
        hidden="3-4", first_seed=10, num_seeds=300, num_lines=2, num_normal=2, dataset="digits"
    )
    assert table["seed"].tolist() == list(range(10, 310))
    means = table["mean_pieces"]
    error = means.std(ddof=1) / len(means) ** 0.5
    assert error < 0.2
    assert abs(means.mean() - (1 + 3 + 4 * (1 - 2**-3))) < 4 * error
    linear = table["mean_linear"]
    expected = 1 + 3 * (1 - 2**-4) + 4 * (1 - 2**-3)
    assert abs(linear.mean() - expected) < 4 * linear.std(ddof=1) / len(linear) ** 0.5
    assert (linear <= means).all()


def test_more_seeds_keep_the_first_ones() -> None:
    few, many = (
        pieces_and_distances_at_start(
            hidden="4", first_seed=0, num_seeds=num, num_lines=3, num_normal=5, dataset="digits"
        )
        for num in (1, 2)
    )
    assert all(few[name][0] == many[name][0] for name in few)


def test_without_biases_lines_through_the_origin_collapse_and_no_others() -> None:
    without, biased = (
        pieces_without_biases(
            hidden="8-8", seed=2, bias_sd=sd, num_lines=20, num_planes=2, dataset="digits"
        )
        for sd in (0.0, 1e-3)
    )
    places = without["place"].tolist()
    found = {
        place: (without["mean_regions"][i], biased["mean_regions"][i])
        for i, place in enumerate(places)
    }
    assert without["least"][0] == without["most"][0] == 2
    assert found["origin line"][1] > 8
    assert found["origin plane"][0] < found["origin plane"][1] / 2
    for place in ("line", "segment", "plane"):
        assert found[place][0] == pytest.approx(found[place][1], rel=0.1)


def test_an_origin_plane_without_biases_is_cut_into_wedges() -> None:
    # one layer: each of the 5 units cuts the square through its centre, so 10 wedges
    table = pieces_without_biases(
        hidden="5", seed=0, bias_sd=0.0, num_lines=1, num_planes=3, dataset="digits"
    )
    row = table["place"].tolist().index("origin plane")
    assert (table["least"][row], table["most"][row]) == (10, 10)
    assert np.isnan(table["stderr"][0])


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="hidden is '6,5'"):
        widths_of("6,5")
    with pytest.raises(TypeError, match="hidden must be text"):
        widths_of([6, 5])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="num_lines"):
        pieces_during_training(hidden="2", seed=0, moments=[0], num_lines=1, **DIGITS)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="num_examples is 400, but there are 360 test images"):
        distances_during_training(
            hidden="2", seed=0, moments=[0], num_normal=2, num_examples=400, dataset="digits"
        )
    with pytest.raises(ValueError, match="bias_sd"):
        pieces_without_biases(
            hidden="2", seed=0, bias_sd=-1.0, num_lines=1, num_planes=1, dataset="digits"
        )
