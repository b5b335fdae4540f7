"""One thing measured in two ways: lines in planes, planes in spaces, lines alone."""

from __future__ import annotations

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.networks import Normal, sawtooth
from tests.geometry.comparison import integer_net

ACTIVATIONS = ["relu", "leaky_relu", "hard_tanh", "relu6"]


def random_net(widths: list[int], seed: int, activation: str = "relu") -> lr.Network:
    rng = np.random.default_rng(seed)
    return lr.Network.random(widths, biases=Normal(0.3), rng=rng, activation=activation)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_lines_in_bulk_and_segments_one_by_one(activation: str) -> None:
    net, rng = random_net([4, 9, 7, 5, 2], 5, activation), np.random.default_rng(6)
    starts, ends = 3 * rng.normal(size=(2, 15, 4))
    pieces = [lr.subdivide(net, lr.Segment(a, b)) for a, b in zip(starts, ends, strict=True)]
    assert lr.count_along_lines(net, starts, ends).tolist() == [cx.num_regions for cx in pieces]
    linear = [cx.linear_regions().num_regions for cx in pieces]
    assert lr.count_along_lines(net, starts, ends, of="linear").tolist() == linear


@pytest.mark.parametrize("seed", range(20))
def test_lines_in_bulk_through_ties(seed: int) -> None:
    net, rng = integer_net(seed, 2, max_width=4), np.random.default_rng(seed)
    starts = rng.integers(-2, 3, size=(8, 2)).astype(float)
    ends = starts + rng.integers(1, 4, size=(8, 2)) * rng.choice([-1.0, 1.0], size=(8, 2))
    pieces = [lr.subdivide(net, lr.Segment(a, b)) for a, b in zip(starts, ends, strict=True)]
    assert lr.count_along_lines(net, starts, ends).tolist() == [cx.num_regions for cx in pieces]
    linear = [cx.linear_regions().num_regions for cx in pieces]
    assert lr.count_along_lines(net, starts, ends, of="linear").tolist() == linear


@pytest.mark.parametrize("dim", [2, 3, 4])
def test_a_segment_meets_the_cells_that_it_cuts(dim: int) -> None:
    """Pieces of a segment in the box's complex: runs of equal region along sorted crossings."""
    net, rng = random_net([dim, 8, 6, 1], dim), np.random.default_rng(dim)
    cx = lr.subdivide(net, lr.Box(-1.0, 1.0, dim=dim))
    for start, end in rng.uniform(-1.0, 1.0, size=(6, 2, dim)):
        alone = lr.subdivide(net, lr.Segment(start, end))
        assert alone.interior_certified.all()
        regions = cx.locate(alone.interior_points)
        assert len(set(regions.tolist())) == alone.num_regions
        assert (cx.patterns[regions] == alone.patterns).all()
        edges = cx.locate(start + np.linspace(0.0, 1.0, 400)[:, None] * (end - start))
        assert set(edges.tolist()) <= set(regions.tolist())


def test_a_plane_and_the_network_folded_onto_it() -> None:
    net, rng = random_net([6, 9, 7, 2], 1), np.random.default_rng(2)
    plane = lr.Plane.through(*rng.normal(size=(3, 6)))
    folded = lr.Network.from_arrays(
        [net.weights[0] @ plane.basis.T, *net.weights[1:]],
        [net.biases[0] + net.weights[0] @ plane.origin, *net.biases[1:]],
    )
    width = plane.half_width
    on_plane, flat = lr.subdivide(net, plane), lr.subdivide(folded, lr.Box(-width, width, dim=2))
    assert on_plane.f_vector == flat.f_vector
    assert (on_plane.patterns == flat.patterns).all()
    np.testing.assert_allclose(on_plane.volumes, flat.volumes, atol=1e-9)
    np.testing.assert_allclose(on_plane.volume(codim=1), flat.volume(codim=1))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_line_and_a_long_segment(activation: str) -> None:
    net, rng = random_net([3, 10, 8, 1], 3, activation), np.random.default_rng(4)
    for _ in range(5):
        point, direction = rng.normal(size=(2, 3))
        line = lr.subdivide(net, lr.Line(point, direction))
        unit = direction / np.linalg.norm(direction)
        segment = lr.subdivide(net, lr.Segment(point - 1e6 * unit, point + 1e6 * unit))
        assert line.num_regions == segment.num_regions
        assert line.euler_characteristic == -1
        assert segment.euler_characteristic == 1
        np.testing.assert_allclose(
            np.sort(line.vertices[:, 0]), np.sort(segment.vertices[2:, 0]) - 1e6, atol=1e-6
        )
        assert (np.sort(line.patterns, axis=0) == np.sort(segment.patterns, axis=0)).all()
        assert line.interior_certified.all()
        assert np.isinf(line.volumes).sum() == 2
        np.testing.assert_allclose(
            line.linear_regions().num_regions, segment.linear_regions().num_regions
        )


@pytest.mark.parametrize("num_levels", [0, 1, 4, 7])
def test_sawtooth_three_ways(num_levels: int) -> None:
    net, teeth = sawtooth(num_levels), 2**num_levels
    cx = lr.subdivide(net, lr.Box(0.0, 1.0, dim=1))
    assert cx.linear_regions().num_regions == cx.num_regions == 2 * teeth
    assert lr.count_along_lines(net, [[0.0]], [[1.0]]).tolist() == [2 * teeth]
    assert lr.subdivide(net, lr.Line([0.5], [1.0])).num_regions == 2 * teeth + (
        1 if num_levels == 0 else 2
    )
    np.testing.assert_array_equal(np.sort(cx.vertices[:, 0]), np.arange(2 * teeth + 1) / 2 / teeth)


def test_bulk_lines_are_certified_in_floats_for_random_nets() -> None:
    from linreg_lib.geometry.lines.lines import _Lines

    net, rng = random_net([20, 30, 30, 2], 9), np.random.default_rng(10)
    lines = _Lines(net, rng.normal(size=(50, 20)), rng.normal(size=(50, 20)), keep_patterns=False)
    for layer in range(net.depth):
        lines.add_layer(layer)
    assert lines.doubtful.sum() == 0
