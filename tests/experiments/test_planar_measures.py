"""Measures of QW23's experiments against vertices, finite differences, lines one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.experiments.data.planar_data import planar_data
from linreg_lib.experiments.measured_runs.output_sizes import layer_norms, margin_gradients
from linreg_lib.experiments.measured_runs.pieces_of_planar_lines import (
    LINE_PARTS,
    count_on_planar_part,
    pieces_of_planar_lines,
)
from linreg_lib.experiments.measured_runs.planar_training import train_from
from linreg_lib.experiments.measured_runs.regions_during_training import regions_during_training
from linreg_lib.experiments.measured_runs.regions_of_random_labels import (
    measures,
    regions_of_random_labels,
)
from linreg_lib.experiments.measured_runs.silent_units import (
    always_active_units,
    silent_at_points,
    silent_units,
)
from linreg_lib.experiments.training.seeded_like_torch import seeded_like_torch

SQUARE = lr.Box(-1.0, 1.0, dim=2)
MOMENTS = [0.0, 0.5, 3.0]


def networks() -> list[lr.Network]:
    """Some with many silent units: negative biases; and one as it is after training."""
    rng = np.random.default_rng(0)
    nets = [lr.Network.random([2, 9, 8, 7, 2], biases="torch", rng=rng) for _ in range(3)]
    low = [
        lr.Network.from_arrays(net.weights, [bias - shift for bias in net.biases])
        for net, shift in zip(nets, (0.3, 0.8, 1.5), strict=True)
    ]
    trained = train_from("he", "9-8-7", planar_data("uniform", 80, 1), 1, [20], lr=0.02)
    return [*nets, *low, trained.final.network]


@pytest.mark.parametrize("net", networks())
@pytest.mark.parametrize("half_side", [1.0, 3.0])
def test_silent_units_are_those_without_a_positive_value_at_any_vertex(
    net: lr.Network, half_side: float
) -> None:
    # every unit is affine on every cell: its largest value is at a vertex, its least one, too
    cx = lr.subdivide(net, lr.Box(-half_side, half_side, dim=2))
    values = net.pre_activations(cx.vertices)[: net.depth]
    tiny = 1e-9
    assert silent_units(cx).tolist() == [int((v <= tiny).all(axis=0).sum()) for v in values]
    on = [int((v >= -tiny).all(axis=0).sum() - (abs(v) <= tiny).all(axis=0).sum()) for v in values]
    assert always_active_units(cx).tolist() == on


def test_the_networks_above_have_silent_units_and_others() -> None:
    shares = [silent_units(lr.subdivide(net, SQUARE)).sum() / 24 for net in networks()]
    assert min(shares) < 0.3 < 0.6 < max(shares)


@pytest.mark.parametrize("net", networks())
def test_at_points(net: lr.Network) -> None:
    points = np.random.default_rng(1).uniform(-1, 1, (40, 2))
    assert silent_at_points(net, points).tolist() == [
        sum(max(float(v[m, unit]) for m in range(40)) <= 0 for unit in range(v.shape[1]))
        for v in net.pre_activations(points)[: net.depth]
    ]
    step = 1e-7
    slopes = []
    for axis in range(2):
        ends = [net(points + sign * step * np.eye(2)[axis]) for sign in (1, -1)]
        margins = [end[:, 1] - end[:, 0] for end in ends]
        slopes.append((margins[0] - margins[1]) / (2 * step))
    assert margin_gradients(net, points) == pytest.approx(np.hypot(*slopes), rel=1e-5, abs=1e-6)


def test_norms_and_outputs() -> None:
    net = networks()[0]
    norms = layer_norms(net)
    assert list(norms) == [f"{what}_{k}" for k in (1, 2, 3, 4) for what in ("weights", "biases")]
    assert norms["weights_2"] ** 2 == pytest.approx(sum(float(w) ** 2 for w in net.weights[1].flat))
    assert norms["biases_4"] ** 2 == pytest.approx(sum(float(b) ** 2 for b in net.biases[3]))
    with pytest.raises(ValueError, match="3 outputs"):
        margin_gradients(seeded_like_torch([2, 3, 3], 0), np.zeros((1, 2)))


@pytest.mark.parametrize("net", networks()[::3])
def test_pieces_are_those_of_each_line_cut_alone(net: lr.Network) -> None:
    examples = np.random.default_rng(2).uniform(-1, 1, (6, 2))
    for part in LINE_PARTS:
        for x, count in zip(examples, count_on_planar_part(net, examples, part), strict=True):
            edge = x / max(abs(x[0]), abs(x[1]))
            domain: Any = {
                "line": lr.Line(0 * x, x),
                "square": lr.Segment(-edge, edge),
                "ray": lr.Segment(0 * x, edge),
                "example": lr.Segment(0 * x, x),
            }[part]
            assert count == lr.subdivide(net, domain).num_regions


def test_tables_of_lines() -> None:
    table = pieces_of_planar_lines(
        dataset="quantiles", num_points=60, hidden="6-5", start="torch", seed=4, num_lines=7,
        moments=MOMENTS,
    )  # fmt: skip
    data = planar_data("quantiles", 60, 4)
    run = train_from("torch", "6-5", data, 4, MOMENTS)
    rng = np.random.default_rng(np.random.SeedSequence([4, 24]))
    examples = data.points[np.sort(rng.choice(60, size=7, replace=False))]
    for snapshot in run.snapshots:
        counts = count_on_planar_part(snapshot.network, examples, "ray")
        row = (table["epoch"] == snapshot.epoch) & (table["part"] == "ray")
        assert table["mean_pieces"][row].tolist() == [counts.mean()]
        assert (table["least"][row][0], table["most"][row][0]) == (counts.min(), counts.max())
    assert len(table["part"]) == len(LINE_PARTS) * len(run)


@pytest.mark.parametrize("start", ["paper", "torch", "he"])
def test_tables_of_regions(start: str) -> None:
    how: dict[str, Any] = {
        "dataset": "quantiles", "noise": 0.1, "scaling": "stretched", "num_points": 60,
        "hidden": "8-7", "start": start, "lr": 1e-2, "moments": MOMENTS,
    }  # fmt: skip
    table = regions_during_training(**how, first_seed=3, num_seeds=2)
    assert table["seed"].tolist() == [3, 3, 3, 4, 4, 4]
    alone = regions_during_training(**how, first_seed=4, num_seeds=1)
    ticks = np.linspace(-1, 1, 101)
    grid = np.array([(x, y) for x in ticks for y in ticks])
    run = train_from(start, "8-7", planar_data("quantiles", 60, 4), 4, MOMENTS, lr=1e-2)
    for number, snapshot in enumerate(run.snapshots):
        for name, column in alone.items():
            assert column[number] == table[name][3 + number]
        net = snapshot.network
        reference = lr.subdivide(net, SQUARE, compiled=False)
        assert alone["num_regions"][number] == reference.num_regions
        assert alone["num_linear"][number] == reference.linear_regions().num_regions
        assert alone["train_accuracy"][number] == snapshot.train_accuracy
        labels, last = net(grid).argmax(axis=1), run.final.network(grid).argmax(axis=1)
        assert alone["unsettled"][number] == (labels != last).mean()
        # a region holds more than one label if its corners do, or an output is largest inside only
        crossed = sum(len(set(net(corners).argmax(axis=1))) > 1 for corners in reference.polygons())
        assert crossed <= alone["num_crossed"][number] <= crossed + 2
    assert alone["unsettled"][-1] == 0
    assert (alone["boundary_length"] > 0).any()


def test_tables_of_random_labels_and_going_on_from_a_checkpoint(tmp_path: Any) -> None:
    how: dict[str, Any] = {
        "dataset": "uniform", "num_points": 50, "hidden": "6-6-6", "start": "paper", "lr": 1e-2,
        "batch_size": 8, "dtype": "float32", "seed": 2, "moments": MOMENTS,
    }  # fmt: skip
    table = regions_of_random_labels(**how)
    kept = regions_of_random_labels(**how, checkpoint=tmp_path)
    again = regions_of_random_labels(**how, checkpoint=tmp_path)
    assert list(tmp_path.iterdir())
    for name, column in table.items():
        assert column.tobytes() == kept[name].tobytes() == again[name].tobytes()
    data = planar_data("uniform", 50, 2)
    run = train_from("paper", "6-6-6", data, 2, MOMENTS, lr=1e-2, batch_size=8)
    for number, snapshot in enumerate(run.snapshots):
        net = snapshot.network
        found = measures(net, data.points)
        assert all(table[name][number] == value for name, value in found.items())
        for name, side in (("num_regions", 1.0), ("num_regions_2", 2.0), ("num_regions_10", 10.0)):
            box = lr.Box(-side, side, dim=2)
            assert found[name] == lr.subdivide(net, box, compiled=False).num_regions
        far = lr.subdivide(net, lr.Box(-1e6, 1e6, dim=2))
        assert found["num_regions_plane"] == far.num_regions
        values = net.pre_activations(data.points)
        for layer in (1, 2, 3):
            everywhere = net.pre_activations(far.vertices)[layer - 1].max(axis=0) <= 1e-9
            assert found[f"silent_in_plane_{layer}"] == everywhere.sum()
            at_points = values[layer - 1].max(axis=0) <= 0
            assert found[f"silent_at_data_{layer}"] == at_points.sum()
            in_square = silent_units(lr.subdivide(net, SQUARE))[layer - 1]
            assert found[f"silent_in_plane_{layer}"] <= found[f"silent_{layer}"] == in_square
            assert in_square <= found[f"silent_at_data_{layer}"]
        assert found["largest_logit"] == abs(net(data.points)).max()


@pytest.mark.parametrize("seed", [0, 1])
def test_measures_tell_square_plane_and_data_apart(seed: int) -> None:
    net = seeded_like_torch([2, 32, 32, 32, 2], seed)
    points = np.random.default_rng(0).uniform(-0.2, 0.2, (5, 2))
    found = measures(net, points)
    counts = [
        sum(found[f"{where}_{layer}"] for layer in (1, 2, 3))
        for where in ("silent_in_plane", "silent", "silent_at_data")
    ]
    assert counts[0] < counts[1] < counts[2]


def test_starts_and_settings() -> None:
    data = planar_data("uniform", 64, 0)
    runs = {
        (start, seed): train_from(
            start, "64-64-64", data, seed, [0, 1], lr=0.02, batch_size=16, dtype="float64"
        )
        for start in ("paper", "torch", "he")
        for seed in (0, 1)
    }
    for (start, seed), run in runs.items():
        settings = run.settings
        assert (settings.lr, settings.batch_size, settings.dtype) == (0.02, 16, "float64")
        assert (settings.num_steps, settings.optimizer, settings.seed) == (4, "adam", seed)
        net = run.initial.network
        for layer, num_in in enumerate((2, 64, 64)):
            variance = 2 if start == "he" else 1 / 3
            spread = net.weights[layer].std() * num_in**0.5 / variance**0.5
            assert abs(spread - 1) < (0.25 if num_in == 2 else 0.05)
            assert 0.8 * num_in**-0.5 < abs(net.biases[layer]).max() <= num_in**-0.5 * (1 + 1e-7)
    first = {key: run.initial.network for key, run in runs.items()}
    paper = seeded_like_torch([2, 64, 64, 64, 2], 5)
    assert first["paper", 0] == first["paper", 1] == paper
    assert first["torch", 0] != first["torch", 1]
    assert runs["paper", 0].final.network != runs["paper", 1].final.network


def test_data_sets() -> None:
    for name, classes in (("moons", 2), ("quantiles", 5), ("uniform", 2), ("grid", 2)):
        data = planar_data(name, 100, 3)
        assert len(data) == 100
        assert data.num_classes == classes
        assert abs(data.points).max() <= 1
        assert len(set(map(tuple, data.points))) == 100
        assert data.fingerprint == planar_data(name, 100, 3).fingerprint
        assert data.fingerprint != planar_data(name, 100, 4).fingerprint
    raw = planar_data("moons", 90, 7, noise=0.2, scaling="raw")
    for scaling in ("stretched", "common"):
        scaled = planar_data("moons", 90, 7, noise=0.2, scaling=scaling).points
        slopes = [np.polyfit(raw.points[:, k], scaled[:, k], 1) for k in (0, 1)]
        for k in (0, 1):
            assert scaled[:, k] == pytest.approx(np.polyval(slopes[k], raw.points[:, k]))
        assert scaled.min() == pytest.approx(-1)
        assert scaled.max() == pytest.approx(1)
        same = slopes[0][0] == pytest.approx(slopes[1][0])
        assert same == (scaling == "common")
    assert abs(raw.points).max() > 1
    grid = planar_data("grid", 200, 0).points
    assert set(np.rint((grid[:, 0] + 1) * 7).astype(int)) <= set(range(15))
    assert (grid + 1) * 7 == pytest.approx(np.rint((grid + 1) * 7))
    with pytest.raises(ValueError, match="dataset"):
        planar_data("circles", 10, 0)
