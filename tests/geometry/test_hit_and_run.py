"""Random walks: only facets are hit, by the laws that are known, and reproducibly."""

from __future__ import annotations

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry.single_region.facet_angles import facet_angles
from linreg_lib.geometry.single_region.hit_and_run import WalkResult, hit_and_run, walk_regions
from linreg_lib.geometry.single_region.region_polytope import RegionPolytope, region_of
from linreg_lib.networks.laws import Normal

_PENTAGON = ([[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [1, 1]], [1, 1, 1, 1, 1.5, 9], [0.1, -0.2])


def _is_near(hits: np.ndarray, chances: np.ndarray, draws: int) -> bool:
    spread = np.sqrt(draws * chances * (1.0 - chances)) + 1e-9
    return bool((np.abs(hits - draws * chances) < 5.0 * spread).all())


def test_rays_hit_by_their_angles() -> None:
    region = RegionPolytope.from_inequalities(*_PENTAGON)
    rng = np.random.default_rng(2)
    walk = hit_and_run(region, 400, rng=rng, num_walkers=100, moves=False, ends=1)
    assert _is_near(walk.num_hits.sum(axis=0), facet_angles(region), 40_000)


def test_walkers_hit_by_the_mean_angle_over_the_region() -> None:
    """In equilibrium the walker is uniform, so a wall is hit by its solid angle, averaged."""
    region = RegionPolytope.from_inequalities(*_PENTAGON)
    rng = np.random.default_rng(3)
    walk = hit_and_run(region, 40, rng=rng, num_walkers=4000)
    points = rng.uniform(-1.0, 1.0, (300, 2))
    points = points[points.sum(axis=1) < 1.5]
    seen = [facet_angles(RegionPolytope.from_inequalities(*_PENTAGON[:2], p)) for p in points]
    mean, error = np.mean(seen, axis=0), np.std(seen, axis=0) / np.sqrt(len(seen))
    share = walk.num_hits.sum(axis=0) / walk.num_hits.sum()
    # The walkers start at one point: allow for the first few of their 40 steps.
    assert (np.abs(share - mean) < 5.0 * error + 0.01).all()


def test_only_exact_facets_are_hit_and_all_of_them_in_the_end() -> None:
    rng = np.random.default_rng(4)
    for widths in ([2, 6, 4, 1], [3, 6, 6, 1], [6, 8, 1]):
        net = lr.Network.random(widths, biases=Normal(1.0), rng=rng)
        region = region_of(net, rng.uniform(-1, 1, widths[0]), box=(-2.0, 2.0))
        facets = region.facets()
        walk = hit_and_run(region, 2000, rng=rng, num_walkers=4)
        assert facets.num_undecided == 0
        assert not (walk.was_hit & ~facets.is_facet).any()
        assert walk.was_hit.sum() >= 0.6 * facets.num_facets


def test_seeds_decide_and_threads_do_not() -> None:
    rng = np.random.default_rng(6)
    net = lr.Network.random([3, 8, 4, 1], biases=Normal(1.0), rng=rng)
    regions = [region_of(net, x, box=(-2, 2)) for x in rng.uniform(-1, 1, (4, 3))]
    one = walk_regions(regions, 300, rng=np.random.default_rng(11), num_threads=1)
    two = walk_regions(regions, 300, rng=np.random.default_rng(11), num_threads=2)
    other = walk_regions(regions, 300, rng=np.random.default_rng(12))
    pairs = list(zip(one, two, strict=True))
    assert all((a.first_hits == b.first_hits).all() for a, b in pairs)
    assert any((a.num_hits != b.num_hits).any() for a, b in zip(one, other, strict=True))
    same = np.random.default_rng(11)
    again = [walk_regions(regions, 300, rng=same) for _ in range(2)]
    assert (again[0][3].num_hits == one[3].num_hits).all()
    assert (again[0][3].num_hits != again[1][3].num_hits).any()  # the generator has moved on


def test_early_stop_changes_nothing_before_the_stop() -> None:
    region = RegionPolytope.from_inequalities(*_PENTAGON)
    long = hit_and_run(region, 2000, rng=np.random.default_rng(7), num_walkers=5)
    short = hit_and_run(region, 2000, rng=np.random.default_rng(7), num_walkers=5, patience=100)
    assert short.num_steps < 2000
    assert (short.stopping_steps(100) == long.stopping_steps(100)).all()
    assert (short.facets_at_stop(100) == long.facets_at_stop(100)).all()
    assert (long.facets_found([1, 2000])[:, 1] == (long.first_hits > 0).sum(axis=1)).all()


def test_a_walk_that_never_rests_says_so() -> None:
    walk = WalkResult(
        first_hits=np.array([[1, 11, 0], [3, 2, 0]]),
        num_hits=np.ones((2, 3), dtype=np.int64),
        num_steps=25,
        num_ties=0,
        num_escapes=0,
    )
    assert walk.stopping_steps(10).tolist() == [0, 20]
    assert walk.facets_at_stop(10).tolist() == [2, 2]


def test_unbounded_regions() -> None:
    corner = RegionPolytope.from_inequalities([[-1, 0], [0, -1]], [0, 0], [1, 1])
    rng = np.random.default_rng(8)
    with pytest.raises(ValueError, match="unbounded"):
        hit_and_run(corner, 100, rng=rng)
    rays = hit_and_run(corner, 5000, rng=rng, moves=False, ends=1)
    assert _is_near(rays.num_hits[0], facet_angles(corner), 5000)
    assert rays.num_escapes == 5000 - rays.num_hits.sum()
    assert hit_and_run(corner, 100, rng=rng, reach=3.0).num_hits.sum() > 0
    for bad in ({"num_steps": 0}, {"num_walkers": 0}, {"reach": -1.0}):
        with pytest.raises(ValueError, match=r"must be (at least 1|positive)"):
            hit_and_run(corner, rng=rng, **{"num_steps": 5, **bad})
