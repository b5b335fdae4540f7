"""What a complex says of a small window far from zero: every question, both engines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import linreg_lib as lr
from tests.geometry.test_volume_bounds import net_through


@pytest.mark.parametrize("kind", ["box", "simplex"])
@pytest.mark.parametrize(("half", "centre"), [(1e-3, 1e9), (1e-6, 1e6), (1.0, 1e6)])
def test_all_answers_fit_together(half: float, centre: float, kind: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    low, high = np.full(2, centre - half), np.full(2, centre + half)
    net = net_through(rng, "normal", [6, 4], low + 2 * half * rng.random((6, 2)), half)
    last = np.concatenate([net.weights[-1], rng.normal(size=(1, 4))])
    net = lr.Network.from_arrays(
        [*net.weights[:-1], last], [*net.biases[:-1], np.zeros(2)], activation="relu"
    )
    triangle = [low, [high[0], low[1]], [low[0], high[1]]]
    domain = lr.Box(low, high) if kind == "box" else lr.Simplex(triangle)
    cx, other = lr.subdivide(net, domain), lr.subdivide(net, domain, compiled=False)
    assert cx.f_vector == other.f_vector
    assert (cx.patterns == other.patterns).all()
    np.testing.assert_allclose(cx.volumes, other.volumes, rtol=2e-7)

    certified = np.flatnonzero(cx.interior_certified)
    assert len(certified) > 0.8 * cx.num_regions
    assert (cx.locate(cx.interior_points[certified]) == certified).all()
    assert ((cx.vertices >= low) & (cx.vertices <= high)).all()

    decided = lr.decision_complex(cx)
    inside = decided.interior_certified
    tops = net(decided.interior_points).argmax(axis=1)
    assert (tops == decided.classes)[inside].mean() > 0.9
    filled = np.bincount(decided.origin_regions, weights=decided.volumes)
    np.testing.assert_allclose(filled, cx.volumes, rtol=2e-7)

    again = lr.PolyhedralComplex.load(cx.save(tmp_path / "far.npz"))
    assert (again.volumes == cx.volumes).all()
    assert (again.vertices == cx.vertices).all()
