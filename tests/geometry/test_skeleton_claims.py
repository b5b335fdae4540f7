"""The claims of skeleton_kernels.py, one by one at every vertex, in rational arithmetic."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry.cutting.subdivision_state import NotInGeneralPosition
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.vertex_signs.float_sign_bounds import LayerError
from linreg_lib.networks import Normal, PiecewiseLinear
from tests.geometry.comparison import ACTIVATIONS, exact
from tests.geometry.hostile_nets import hostile_case

pytest.importorskip("numba")
from linreg_lib.geometry.cutting.compiled.skeleton_subdivision import SkeletonSubdivision

FOLDED = PiecewiseLinear([0.5], [3.0, -3.0], value_at=(0.5, 1.0))


class Watched(SkeletonSubdivision):
    """Remembers the bounds of the layer that cuts, and which axis each wall of a box fixes."""

    def __init__(self, net: lr.Network, domain: Domain) -> None:
        super().__init__(net, domain, None)
        points, walls = self._vertices.points.copy(), self._vertices.hyperplanes
        self.axis = {}
        for wall in range(self._num_walls):
            on_it = points[(walls == wall).any(axis=1)]
            fixed = np.flatnonzero((on_it == on_it[0]).all(axis=0))
            self.axis[wall] = int(fixed[0]) if len(fixed) else None

    def _pre_activate(self, layer: int) -> LayerError:
        error = super()._pre_activate(layer)
        self.error = error
        return error


class Claims:
    """Exact affine maps of a run's cells, and the comparison of the bounds with them."""

    def __init__(self, net: lr.Network, domain: Domain) -> None:
        self.run, self.net, self.maps = Watched(net, domain), net, {}
        run = self.run
        origin, directions = domain.exact_lattice_frame()
        if directions is None:
            origin, directions = np.zeros(domain.dim), np.eye(domain.dim)
        scales = [Fraction(float(s)) for s in run.scales]
        columns = [[Fraction(x) / s for x in d] for d, s in zip(directions, scales, strict=True)]
        self.frame = np.array([*columns, [Fraction(x) for x in origin]]).T
        self.broken: set[str] = set()
        self.num_vertices = 0

    def rows(self, layer: int, pieces: tuple[tuple[int, ...], ...]) -> np.ndarray:
        """Pre-activations (n, d + 1) of a layer on the cells with these pieces before it."""
        key = (layer, pieces)
        if key not in self.maps:
            rows = self.frame
            if layer:
                rows, piece = self.rows(layer - 1, pieces[:-1]), list(pieces[-1])
                activation = self.net.activations[layer - 1]
                rows = rows * np.array(exact(activation.slopes[piece]))[:, None]
                rows[:, -1] += [activation.exact_offsets[p] for p in piece]
            weight = np.array([exact(row) for row in self.net.weights[layer]])
            rows = weight @ rows
            rows[:, -1] += np.array(exact(self.net.biases[layer]))
            self.maps[key] = rows
        return self.maps[key]

    def demand(self, name: str, holds: bool) -> None:
        if not holds:
            self.broken.add(name)

    def check(self) -> set[str]:
        for layer in range(self.net.depth):
            self.run.add_layer(layer, None)
            for vertex in range(self.run._vertices.size):
                self.num_vertices += 1
                self.check_vertex(layer, vertex)
        return self.broken

    def check_vertex(self, layer: int, vertex: int) -> None:
        run, vertices = self.run, self.run._vertices
        place = exact(vertices.points[vertex])
        # Values are those of a place, which the coordinates round.
        slack = float(vertices.slack[vertex]) + (run.errors.place if layer else 0.0)
        off = [p - q for p, q in zip(place, run.exact.coordinates(vertex), strict=True)]
        self.demand("slack", slack == np.inf or sum(x * x for x in off) <= Fraction(slack) ** 2)
        on_it = [self.place_of(int(h)) for h in vertices.hyperplanes[vertex]]
        bits = [self.bits(vertex, before) for before in range(layer + 1)]
        own = [at for at in on_it if at is not None and at[0] < layer]
        for sides in product((0, 1), repeat=len(own)):
            for (before, column), side in zip(own, sides, strict=True):
                bits[before][column] = side
            rows = self.rows(layer, self.pieces(bits[:layer]))
            here = [at[1] for at in on_it if at is not None and at[0] == layer]
            self.check_values(layer, vertex, rows, np.array([*place, Fraction(1)]), here)
        self.check_slopes(vertex, on_it, bits)

    def place_of(self, hyperplane: int) -> tuple[int, int] | None:
        """Layer and column; None for a wall."""
        layer = int(np.searchsorted(self.run._base, hyperplane, side="right")) - 1
        return None if layer < 0 else (layer, hyperplane - int(self.run._base[layer]))

    def bits(self, vertex: int, layer: int) -> np.ndarray:
        words = self.run._vertices.words[vertex, slice(*self.run._first_word[layer : layer + 2])]
        return np.unpackbits(words.copy().view(np.uint8), bitorder="little")

    def pieces(self, bits: list[np.ndarray]) -> tuple[tuple[int, ...], ...]:
        about = zip(bits, self.net.hidden_widths, self.net.activations, strict=False)
        return tuple(
            tuple(b[: n * a.num_breakpoints].reshape(n, -1).sum(axis=1).tolist())
            for b, n, a in about
        )

    def check_values(
        self, layer: int, vertex: int, rows: np.ndarray, place: np.ndarray, own: list[int]
    ) -> None:
        run, error = self.run, self.run.error
        true, breakpoints = rows @ place, self.net.activations[layer].breakpoints
        if layer:
            stored = run._rows()[vertex]
        else:
            stored = run._folded[1].copy()
            for column, x in zip(run._folded[0].T, run._vertices.points[vertex], strict=True):
                stored += column * x
        for k in np.flatnonzero(self.net.weights[layer].any(axis=1)):
            steep = sum(a * a for a in rows[k, :-1])
            self.demand("lipschitz", steep <= Fraction(float(error.lipschitz[k])) ** 2)
            # The last layer's values are not kept once they are not needed.
            if layer == 0 or layer < self.net.depth - 1:
                off = abs(Fraction(float(stored[k])) - true[k])
                self.demand("value", off <= self.bound(layer, k))
        for column in own:
            k, index = divmod(column, len(breakpoints))
            off = abs(Fraction(float(breakpoints[index])) - true[k])
            self.demand("own", off <= self.bound(layer, k))

    def bound(self, layer: int, k: int) -> Fraction:
        run = self.run
        place = run.errors.place if layer else 0.0
        return Fraction(float(run.error.value[k] + run.error.lipschitz[k] * place))

    def check_slopes(
        self, vertex: int, on_it: list[tuple[int, int] | None], bits: list[np.ndarray]
    ) -> None:
        """Each neuron's slope along the face that it cut, by orthogonalisation."""
        vertices, found = self.run._vertices, []
        for number, at in enumerate(on_it):
            hyperplane = int(vertices.hyperplanes[vertex, number])
            if at is None:
                axis = self.run.axis[hyperplane]
                if axis is None:
                    return  # an oblique wall
                gradient = [Fraction(int(i == axis)) for i in range(len(on_it))]
            else:
                layer, column = at
                index = column // self.net.activations[layer].num_breakpoints
                gradient = self.rows(layer, self.pieces(bits[:layer]))[index, :-1]
            along = np.array(gradient)
            for other in found:
                along = along - other * ((along @ other) / (other @ other))
            found.append(along)
            flatness = float(vertices.flatness[vertex, number])
            if at is not None and flatness < np.inf:
                self.demand("slope", Fraction(flatness) ** 2 * (along @ along) >= 1)


def claims_broken(seeds: range) -> tuple[set[str], int]:
    """Claims that fail on some of the nets, and the number of vertices that were looked at."""
    broken, num = set(), 0
    for seed in seeds:
        net, domain = hostile_case(seed, (6, 4, 2), (*ACTIVATIONS, FOLDED))
        claims = Claims(net, domain)
        try:
            broken |= {f"{name} ({seed})" for name in claims.check()}
        except NotInGeneralPosition:
            continue
        num += claims.num_vertices
    return broken, num


@pytest.mark.parametrize("start", range(0, 100, 25))
def test_every_claim_holds_at_every_vertex(start: int) -> None:
    broken, num = claims_broken(range(start, start + 25))
    assert not broken
    assert num > 500


@pytest.mark.parametrize("name", ["value", "lipschitz", "slope", "slack"])
def test_claims_that_are_spoiled_are_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each bound made smaller on purpose: the checks above can fail."""
    add_layer, pre_activate = SkeletonSubdivision.add_layer, SkeletonSubdivision._pre_activate

    def spoiled_layer(run: SkeletonSubdivision, layer: int, report: None) -> None:
        add_layer(run, layer, report)
        if name == "slope":
            run._vertices.flatness[:] *= 1 - 1e-6
        if name == "slack":
            run._vertices.slack[:] *= 2.0**-12

    def spoiled_bounds(run: SkeletonSubdivision, layer: int) -> LayerError:
        error = pre_activate(run, layer)
        if name == "value":
            error.value[:] *= 2.0**-12
        if name == "lipschitz":
            error.lipschitz[:] *= 1 - 1e-5
        return error

    monkeypatch.setattr(SkeletonSubdivision, "add_layer", spoiled_layer)
    monkeypatch.setattr(SkeletonSubdivision, "_pre_activate", spoiled_bounds)
    broken, _ = claims_broken(range(25))
    assert any(each.startswith(name) for each in broken)


@pytest.mark.parametrize("depth", [8, 12])
def test_deep_nets_whose_slopes_are_measured(depth: int) -> None:
    broken, num = deep_claims(depth, 1.0)
    assert not broken
    assert num > 200


def test_slopes_are_measured_where_their_squares_underflow() -> None:
    broken, _ = deep_claims(12, 2.0**-600)
    assert not broken


def deep_claims(depth: int, scale: float) -> tuple[set[str], int]:
    """Claims broken on deep nets, their weights and biases scaled so that values are, too."""
    broken, num = set(), 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        net = lr.Network.random([1, *[3] * depth, 1], biases=Normal(0.3), rng=rng)
        weights = [2.0 * scale * net.weights[0], *(2.0 * w for w in net.weights[1:])]
        net = lr.Network.from_arrays(weights, [scale * b for b in net.biases])
        claims = Claims(net, lr.Box(-1.0, 1.0, dim=1))
        try:
            broken |= claims.check()
        except NotInGeneralPosition:
            continue
        num += claims.num_vertices
    return broken, num
