"""The certificates' three claims, each checked in rational arithmetic at every vertex."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry.cutting.reference.layer_signs import LayerSigns
from linreg_lib.geometry.cutting.reference.numpy_subdivision import NumpySubdivision
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.vertex_signs.float_sign_bounds import LayerError
from linreg_lib.networks import Normal, PiecewiseLinear

BENT = PiecewiseLinear([-0.3, 0.1], [0.7, -0.2, 1.3], value_at=(0.2, 0.9))


class Watched(NumpySubdivision):
    """The reference subdivision, which remembers a layer's pre-activations and exact places.

    ``places`` (vertices, d + 1) are what float_sign_bounds.py calls v~: of a new vertex the exact
    convex combination of the ends' with the rounded weight, its coordinates once it is rounded
    anew.
    """

    def layer_signs(self, layer: int) -> LayerSigns:
        if not layer:
            self.places = [_fractions(point) for point in self.lattice.points.view]
        before = self.lattice.points.view.copy()
        self.signs = super().layer_signs(layer)
        for vertex in np.flatnonzero((self.lattice.points.view != before).any(axis=1)).tolist():
            self.places[vertex] = _fractions(self.lattice.points.view[vertex])
        self._watch(self.signs)
        return self.signs

    def _watch(self, signs: LayerSigns) -> None:
        add_vertices, decide, places = signs.add_vertices, signs.decide, self.places

        def added(
            a: np.ndarray, b: np.ndarray, neuron: int, index: int, weight: np.ndarray, *rest: Any
        ) -> None:
            for first, second, share in zip(a.tolist(), b.tolist(), weight.tolist(), strict=True):
                share = Fraction(share if 0 < share < 1 else 0.5)
                places.append(places[first] + share * (places[second] - places[first]))
            add_vertices(a, b, neuron, index, weight, *rest)

        def decided(vertex: int) -> None:
            decide(vertex)
            places[vertex] = _fractions(self.lattice.points.view[vertex])

        signs.add_vertices, signs.decide = added, decided  # type: ignore[method-assign]

    def end_layer(self, signs: LayerSigns, origin: np.ndarray, pieces: np.ndarray) -> None:
        # The activation overwrites them.
        self.stored = signs.values.copy()
        super().end_layer(signs, origin, pieces)


def _fractions(point: np.ndarray) -> np.ndarray:
    return np.array([Fraction(float(x)) for x in point])


def exact_pre_activations(run: Watched, layer: int, pattern: np.ndarray) -> np.ndarray:
    """Fractions (n, m) of the affine functions of (coordinates, w) on a cell with this pattern."""
    net, (origin, directions) = run.net, run.domain.exact_lattice_frame()
    dim = run.domain.dim
    if directions is None:
        units = [Fraction(float(unit)) for unit in run.units]
        frame = np.array(
            [[unit * (i == j) for j in range(dim + 1)] for i, unit in enumerate(units)]
        )
    else:
        scales = [Fraction(float(s)) for s in run.scales]
        columns = [[Fraction(v) / s for v in d] for d, s in zip(directions, scales, strict=True)]
        frame = np.array([*columns, [Fraction(v) for v in origin]]).T
    rows, start = frame, 0
    for before in range(layer + 1):
        if before:
            activation, width = net.activations[before - 1], net.hidden_widths[before - 1]
            piece = pattern[start : start + width]
            start += width
            units = [(activation.unit(i), p) for i, p in enumerate(piece)]
            slopes = np.array([Fraction(float(unit.slopes[p])) for unit, p in units])
            rows = rows * slopes[:, None]
            rows[:, -1] += np.array([unit.exact_offsets[p] for unit, p in units])
        weight = np.vectorize(Fraction, otypes=[object])(net.weights[before])
        rows = weight @ rows
        rows[:, -1] += np.vectorize(Fraction, otypes=[object])(net.biases[before])
    return rows


def cells_with_vertices(run: Watched) -> list[set[int]]:
    lattice = run.lattice
    faces = [set(pair) for pair in zip(*lattice.ends, strict=True)]
    for k in range(2, lattice.dim + 1):
        upper: list[set[int]] = [set() for _ in range(lattice.num_faces[k])]
        for face, sub in zip(*lattice.pairs(k), strict=True):
            upper[face] |= faces[sub]
        faces = upper
    return faces


def check_layer(run: Watched, layer: int, error: LayerError) -> None:
    patterns = np.concatenate(
        [np.zeros((run.num_regions, 0), dtype=int), *run.cell_pieces()], axis=1
    )
    stored = run.stored
    maps: dict[bytes, np.ndarray] = {}
    inner = sum(run.net.hidden_widths[:layer])
    for cell, vertices in enumerate(cells_with_vertices(run)):
        before = patterns[cell, :inner]
        rows = maps.setdefault(before.tobytes(), exact_pre_activations(run, layer, before))
        steep = np.array([float(sum(a * a for a in row[: _directions(run)])) for row in rows])
        assert (np.sqrt(steep) <= error.lipschitz).all()
        for vertex in vertices:
            for k, row in enumerate(rows):
                off = abs(Fraction(float(stored[vertex, k])) - row @ run.places[vertex])
                assert off <= Fraction(float(error.value[k])), (layer, vertex, k)


def _directions(run: Watched) -> int | None:
    return None if not run.domain.is_bounded else -1


def check_slack(run: Watched) -> None:
    for vertex, slack in enumerate(run.vertex_slack):
        exact = run.exact.point(vertex)
        total = int(exact[-1]) if run.domain.is_bounded else sum(abs(int(p)) for p in exact)
        place = [Fraction(int(p), total) for p in exact]
        scales = [*(Fraction(float(s)) for s in run.scales), Fraction(1)]
        place = [p * s for p, s in zip(place, scales, strict=True)]
        own = run.places[vertex]
        off = _square(own - np.array(place))
        assert np.isinf(slack) or off <= Fraction(float(slack)) ** 2
        coordinates = _fractions(run.lattice.points.view[vertex])
        assert _square(own - coordinates) <= Fraction(run.errors.place) ** 2


def _square(vector: np.ndarray) -> Fraction:
    return sum((entry**2 for entry in vector), Fraction(0))


def watch(net: lr.Network, domain: Domain) -> int:
    """Cut, checking the claims after every layer; returns the number of regions."""
    run = Watched(net, domain, None)
    for layer in range(net.depth):
        run.add_layer(layer, None)
        check_layer(run, layer, run.signs.error)
        check_slack(run)
    return run.num_regions


def domains(seed: int) -> list[tuple[int, Domain]]:
    rng = np.random.default_rng(seed)
    far = 1e6 * rng.normal(size=3)
    return [
        (2, lr.Box(-1.0, 1.0, dim=2)),
        (2, lr.Box([1e5, -1.0], [1e5 + 1, 1e-9])),
        (3, lr.Box(-1.0, 1.0, dim=3)),
        (3, lr.Segment(rng.normal(size=3), far)),
        (3, lr.Line(rng.normal(size=3), rng.normal(size=3))),
        (3, lr.Line(far, rng.normal(size=3))),
        (3, lr.Plane(far, rng.normal(size=(2, 3)), 3.0)),
        (2, lr.Box([1e9, -1e9], [1e9 + 1e-3, 1e-3 - 1e9])),
        (2, lr.Simplex([[1e6, 1.0], [1e6 + 1e-6, 1.0], [1e6, 1 + 1e-6]])),
        (3, lr.Plane(1e3 * far, rng.normal(size=(2, 3)), 1e-3)),
    ]


@pytest.mark.parametrize("activation", ["relu", "hard_tanh", BENT], ids=["relu", "tanh", "bent"])
@pytest.mark.parametrize("number", range(10))
def test_the_bounds_hold_at_every_vertex_on_every_cell(
    number: int, activation: str | PiecewiseLinear
) -> None:
    num_inputs, domain = domains(number)[number]
    widths = [num_inputs, 5, 4, 3, 1] if domain.dim < 3 else [3, 3, 2, 2, 1]
    rng = np.random.default_rng(number)
    net = lr.Network.random(widths, biases=Normal(0.3), rng=rng, activation=activation)
    centre = domain.origin + domain.centre @ domain.basis
    if np.abs(centre).max() > 1e3:  # bring hyperplanes to where the domain is
        size = 1.0 if number < 7 else domain.initial_lattice().points.view[:, :-1].max()
        exact = np.vectorize(Fraction, otypes=[object])
        at_centre = exact(net.weights[0] / size) @ exact(centre)
        bias = (exact(net.biases[0]) - at_centre).astype(np.float64)
        net = lr.Network(
            weights=(net.weights[0] / size, *net.weights[1:]),
            biases=(bias, *net.biases[1:]),
            activations=net.activations,
        )
    assert watch(net, domain) > 1


@pytest.mark.parametrize("depth", [8, 16])
def test_deep_narrow_nets_measure_their_steepness(depth: int) -> None:
    rng = np.random.default_rng(depth)
    net = lr.Network.random([1, *[4] * depth, 1], biases=Normal(0.3), rng=rng)
    net = lr.Network(
        weights=tuple(3.0 * w for w in net.weights), biases=net.biases, activations=net.activations
    )
    assert watch(net, lr.Box(-1.0, 1.0, dim=1)) > 1


def test_bulk_lines_keep_their_bound() -> None:
    """lines.py: the stored value of every vertex against exact arithmetic at its stated place."""
    from linreg_lib.geometry.lines.lines import _Lines

    rng = np.random.default_rng(1)
    net = lr.Network.random([3, 6, 5, 4, 1], biases=Normal(0.3), rng=rng)
    lines = _Lines(net, rng.normal(size=(6, 3)), rng.normal(size=(6, 3)), keep_patterns=False)
    for layer in range(net.depth):
        lines.add_layer(layer)
        for row in range(6):
            segment = lr.Segment(lines.starts[row], lines.ends[row])
            cx = lr.subdivide(net, segment, upto_layer=layer + 1)
            exact = sorted(
                Fraction(int(p), int(w))
                for p, w in (cx.record.exact.point(int(v)) for v in cx.record.vertex_ids)
            )
            places, slacks = (each[lines.line == row] for each in (lines.place, lines.slack))
            assert len(exact) == len(places)
            for place, slack, true in zip(places, slacks, exact, strict=True):
                assert abs(Fraction(float(place)) - true) <= Fraction(float(slack)) + Fraction(
                    1e-13
                )
