"""Counts in a plane through three examples, against lines counted by hand and against grids."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from linreg_lib.errors import WorkLimitError
from linreg_lib.experiments import (
    Dataset,
    ImageData,
    TrainingRun,
    load_digits_dataset,
    regions_in_plane,
    three_examples,
    train_classifier,
)
from linreg_lib.geometry import Plane
from linreg_lib.networks import Network

pytest.importorskip("torch")


def digits() -> Dataset:
    return load_digits_dataset().subset(np.arange(300))


def trained(widths: list[int]) -> TrainingRun:
    return train_classifier(widths, digits(), seed=0, snapshots_at=[0, 1, 10], batch_size=32)


def num_cells_of_lines(network: Network, plane: Plane) -> int:
    """1 + chords + crossings inside the square, for one hidden layer in general position."""
    normals = network.weights[0] @ plane.basis.T
    offsets = network.weights[0] @ plane.origin + network.biases[0]
    half = plane.half_width
    chords = [
        line
        for line in zip(normals, offsets, strict=True)
        if half * np.abs(line[0]).sum() > abs(line[1])
    ]
    num_crossings = 0
    for (normal, offset), (other_normal, other_offset) in combinations(chords, 2):
        crossing = np.linalg.solve([normal, other_normal], [-offset, -other_offset])
        num_crossings += bool(np.abs(crossing).max() < half)
    return 1 + len(chords) + num_crossings


def test_one_hidden_layer_is_an_arrangement_of_lines() -> None:
    run, triple = trained([25]), three_examples(digits())
    table = regions_in_plane(run, triple)
    plane = Plane.through(triple.points[0], triple.points[1], triple.points[2])
    assert table.num_regions.tolist() == [
        num_cells_of_lines(snapshot.network, plane) for snapshot in run.snapshots
    ]
    assert table.num_regions.min() > 25


def test_a_deeper_net_keeps_the_identities_of_a_cut_square() -> None:
    run, triple = trained([16, 16, 16]), three_examples(digits())
    table = regions_in_plane(run, triple, keep_complexes=True)
    assert (len(table), table.num_neurons) == (3, 48)
    np.testing.assert_array_equal(table.epochs, run.epochs)
    np.testing.assert_allclose(table.total_area, (2 * table.half_width) ** 2, rtol=1e-9)
    # where only two curves meet at a point, walls included, regions have four edges on average
    np.testing.assert_allclose(table.mean_edges, 4.0, rtol=1e-12)
    assert (table.num_linear_regions <= table.num_regions).all()
    np.testing.assert_allclose(table.ratios * 48**2, table.num_regions)
    ticks = np.linspace(-table.half_width, table.half_width, 120)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    for snapshot, cx, count in zip(run.snapshots, table.complexes, table.num_regions, strict=True):
        seen = {row.tobytes() for row in snapshot.network.pattern(cx.domain.embed(grid))}
        known = {row.tobytes() for row in cx.patterns}
        assert seen <= known
        assert len(seen) > 0.3 * count


def test_the_examples_lie_in_the_square_where_they_are_marked() -> None:
    run, triple = trained([8]), three_examples(digits())
    table = regions_in_plane(run, triple)
    radius = table.half_width / 1.25
    np.testing.assert_allclose(np.hypot(*table.marks.T), radius)
    for first, second in combinations(range(3), 2):
        np.testing.assert_allclose(
            np.linalg.norm(table.marks[first] - table.marks[second]),
            np.linalg.norm(triple.points[first] - triple.points[second]),
        )
    wider = regions_in_plane(run, triple.points, half_width=2 * table.half_width)
    assert wider.half_width == 2 * table.half_width
    assert (wider.num_regions >= table.num_regions).all()


def test_the_examples_have_the_labels_asked_for() -> None:
    data = digits()
    first = three_examples(data, labels=(7, 3, 5))
    assert data.labels[first.indices].tolist() == [7, 3, 5]
    assert not any(
        label in data.labels[:index] for label, index in zip(first.labels, first.indices)
    )
    np.testing.assert_array_equal(first.points, data.vectors()[first.indices])
    drawn = [three_examples(data, rng=np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert drawn[0].indices.tolist() == drawn[1].indices.tolist() != drawn[2].indices.tolist()
    assert data.labels[drawn[2].indices].tolist() == [0, 1, 2]


def test_what_makes_no_plane() -> None:
    run = trained([8])
    with pytest.raises(ValueError, match="three different labels"):
        three_examples(digits(), labels=(0, 1, 1))
    with pytest.raises(ValueError, match="no example with label 11"):
        three_examples(digits(), labels=(0, 1, 11))
    with pytest.raises(ValueError, match=r"shape \(3, 64\), not \(3, 2\)"):
        regions_in_plane(run, np.zeros((3, 2)))
    with pytest.raises(ValueError, match="one line"):
        regions_in_plane(run, np.outer([0.0, 1.0, 2.0], np.ones(64)))
    with pytest.raises(WorkLimitError):
        regions_in_plane(run, three_examples(digits()), max_regions=5)


def test_the_table_is_shown_with_its_numbers() -> None:
    table = regions_in_plane(trained([8]), three_examples(digits()))
    html = table._repr_html_()
    assert html.count("<tr>") == 1 + len(table)
    for count in table.num_regions:
        assert f"<td>{count:,}</td>" in html
    assert f"{table.num_regions.max():,} activation regions" in repr(table)


@pytest.mark.mnist
def test_regions_through_mnist_first_expand_then_contract(real_mnist: ImageData) -> None:
    run = train_classifier([64, 64, 64], real_mnist.train, seed=0, snapshots_at=[0, 0.25, 3])
    counts = regions_in_plane(run, three_examples(real_mnist.train)).num_regions
    assert counts[1] < 0.8 * counts[0]
    assert counts[2] > 1.2 * counts[1]
