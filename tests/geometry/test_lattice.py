"""The compiled way with all faces, which knows ties, against its slow twin and in exact numbers."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linreg_lib as lr
from linreg_lib.geometry.cutting import subdivide as subdividing
from linreg_lib.geometry.cutting.compiled_lattice import lattice_arrays, layer_columns
from linreg_lib.geometry.cutting.compiled_lattice.lattice_subdivision import LatticeSubdivision
from linreg_lib.geometry.cutting.compiled_lattice.layer_columns import columns_of
from linreg_lib.geometry.cutting.foreseen_ties import foresees_ties
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.vertex_signs.exact_values import ExactValues
from linreg_lib.networks import hard_tanh, identity, leaky_relu, relu
from tests.geometry.comparison import cut, integer_net
from tests.geometry.test_certificates import domains, exact_pre_activations

UNITS = [relu(), relu(), identity(), hard_tanh(), leaky_relu(0.5)]


def mixed_net(seed: int, widths: list[int]) -> lr.Network:
    """Small integers, half of the biases 0, an activation for each unit: all kinds of ties."""
    rng = np.random.default_rng(seed)
    pairs = list(zip(widths[1:], widths[:-1], strict=True))
    weights = [rng.integers(-2, 3, size=pair) * (rng.random(pair) < 0.8) for pair in pairs]
    biases = [rng.integers(-1, 2, size=n) * rng.integers(0, 2, size=n) for n, _ in pairs]
    activations = [[UNITS[i] for i in rng.integers(len(UNITS), size=n)] for n in widths[1:-1]]
    return lr.Network.from_arrays(weights, biases, activations)


def pooled_net(seed: int, dim: int, num: int) -> lr.Network:
    """Random filters, ReLU, the larger of each two of them, and random weights on these."""
    rng = np.random.default_rng(seed)
    first = rng.normal(size=(2 * num, dim))
    match, larger = np.zeros((2 * num, 2 * num)), np.zeros((num, 2 * num))
    for i in range(num):
        match[2 * i, [2 * i, 2 * i + 1]] = 1, -1
        match[2 * i + 1, 2 * i + 1] = 1
        larger[i, [2 * i, 2 * i + 1]] = 1
    weights = [first, match, rng.normal(size=(num, num)) @ larger, rng.normal(size=(1, num))]
    biases = [0.5 * rng.normal(size=2 * num), np.zeros(2 * num), rng.normal(size=num), np.zeros(1)]
    return lr.Network.from_arrays(weights, biases)


def alike(one: lr.PolyhedralComplex, other: lr.PolyhedralComplex) -> None:
    """The same but for the numbers of faces other than regions."""
    assert one.f_vector == other.f_vector
    assert np.array_equal(one.patterns, other.patterns)
    assert one.facets_per_region().tolist() == other.facets_per_region().tolist()
    assert one.linear_regions().labels.tolist() == other.linear_regions().labels.tolist()
    for k in range(1, one.record.dim + 1):
        counts = (Counter(cx.record.boundary(k).counts.tolist()) for cx in (one, other))
        assert next(counts) == next(counts)
    zeros = (sorted(map(tuple, cx.record.faces.zeros.tolist())) for cx in (one, other))
    assert next(zeros) == next(zeros)


def both(net: lr.Network, domain: Domain, **options: int) -> None:
    fast, slow = (cut(net, domain, kind, **options) for kind in ("lattice", "numpy"))
    assert fast.certificate.compiled
    assert not slow.certificate.compiled
    alike(fast, slow)


@settings(max_examples=120)
@given(seed=st.integers(0, 10**6), dim=st.integers(1, 5), upto=st.integers(0, 3))
def test_nets_full_of_ties(seed: int, dim: int, upto: int) -> None:
    widths = [dim, *[(9, 7, 5, 3, 3)[dim - 1]] * 3, 2]
    both(mixed_net(seed, widths), lr.Box(-1.0, 1.0, dim=dim), upto_layer=upto)


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), dim=st.integers(1, 3))
def test_integer_nets_with_one_activation_a_layer(seed: int, dim: int) -> None:
    both(integer_net(seed, dim, max_width=6), lr.Box(-2.0, np.arange(1.0, dim + 1)))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_nets_without_ties(seed: int, dim: int) -> None:
    rng = np.random.default_rng([seed, dim])
    widths = [dim, *[(80, 20, 8, 4)[dim - 1]] * 2, 1]
    net = lr.Network.random(widths, biases=0.5, rng=rng, activation=("relu", "hard_tanh")[seed % 2])
    both(net, lr.Box(-1.0, 1.0, dim=dim))


OCTAHEDRON = lr.Polytope(vertices=np.concatenate([np.eye(3), -np.eye(3)]))
DOMAINS = {
    "a polytope that is not simple": OCTAHEDRON,
    "segment": lr.Segment([-1.0, -1.0, 0.0], [1.0, 3.0, 0.0]),
    "plane": lr.Plane([0.0, 0.0, 0.0], [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]], 2.0),
    "simplex": lr.Simplex(np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 2]])),
    "line": lr.Line([0.0, 1.0, 0.0], [1.0, 0.0, -1.0]),
    "space": lr.Space(3),
}


@pytest.mark.parametrize("name", DOMAINS)
@pytest.mark.parametrize("seed", range(8))
def test_every_domain(name: str, seed: int) -> None:
    net = mixed_net(seed, [3, 4, 3, 2]) if seed % 2 else integer_net(seed, 3, max_width=4)
    both(net, DOMAINS[name])


def test_progress_and_limits_see_the_regions_of_the_twin() -> None:
    net, box = mixed_net(5, [2, 8, 6, 2]), lr.Box(-1.0, 1.0, dim=2)
    seen: dict[str, list[tuple[int, int, int]]] = {"lattice": [], "numpy": []}
    for kind, rows in seen.items():
        cut(net, box, kind, progress=lambda *row, rows=rows: rows.append(row))
    assert seen["lattice"] == seen["numpy"]
    num_regions = seen["numpy"][-1][-1]
    cut(net, box, "lattice", max_regions=num_regions)
    texts = []
    for kind in seen:
        with pytest.raises(lr.WorkLimitError) as caught:
            cut(net, box, kind, max_regions=num_regions - 1)
        texts.append(str(caught.value))
    assert texts[0] == texts[1]


def test_zeros_of_the_networks_structure_need_no_arithmetic() -> None:
    """Dead cells; the origin of a net without biases, once; equal neurons, whatever their scale."""
    net = pooled_net(1, 2, 8)
    assert (net.biases[1] == 0).all()
    cx = cut(net, lr.Box(-2.0, 2.0, dim=2), "lattice")
    assert cx.certificate.num_exact_vertices == 0
    assert cut(net, lr.Box(-2.0, 2.0, dim=2), "numpy").certificate.num_exact_vertices > 50
    rng = np.random.default_rng(1)
    homogeneous = lr.Network.random([2, 20, 20, 20, 1], rng=rng)
    assert cut(homogeneous, lr.Box(-1.0, 1.0, dim=2)).certificate.num_exact_vertices == 1
    weight = rng.integers(-999, 1000, size=(4, 2)) / 1024
    weight = np.concatenate([weight, -weight, 4 * weight, 3 * weight])
    copies = lr.Network.from_arrays([weight, rng.normal(size=(1, 16))], [np.zeros(16), [0.0]])
    cx = cut(copies, lr.Box(-1.0, 1.0, dim=2))
    assert cx.num_regions == 8
    assert cx.certificate.num_exact_vertices == 1
    alike(cx, cut(copies, lr.Box(-1.0, 1.0, dim=2), "numpy"))


def test_copies_of_columns_are_found_exactly() -> None:
    third = 1 / 3
    rows = [[1, 2], [-1, -2], [3, 6], [2, 1], [0, 0], [third, 2 * third], [third, 3 * third]]
    biases = [0.5, -0.5, 1.5, 0.5, 0.0, third / 2, 0.0]
    columns = columns_of(lr.Network.from_arrays([rows, [[1] * 7]], [biases, [0]]), 0)
    assert columns.neurons.tolist() == [0, 3, 4, 6]
    assert columns.column_of.tolist() == [0, 0, 0, 1, 2, 0, 3]
    assert columns.is_flipped.tolist() == [False, True, False, False, False, False, False]
    net = lr.Network.from_arrays([[[1.0], [-1.0]], [[1, 1]]], [[0, 0], [0]], "hard_tanh")
    columns = columns_of(net, 0)  # breakpoints at -1 and 1: the one neuron's are the other's
    assert columns.column_of.tolist() == [0, 1, 1, 0]
    assert columns.is_flipped.tolist() == [False, False, True, True]
    # 3 x 1/10 is rounded: the two are different hyperplanes.
    close = lr.Network.from_arrays([[[1.0, 0.1], [3.0, 3 * 0.1]], [[1, 1]]], [[0, 0], [0]])
    assert columns_of(close, 0).neurons.tolist() == [0, 1]


def test_copies_are_looked_for_once_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not once a pair, where many columns are nearly multiples of each other."""
    rng, num, keep, num_looks = np.random.default_rng(1), 400, Fraction, 0

    def counted(*args: float) -> Fraction:
        nonlocal num_looks
        num_looks += 1
        return keep(*args)

    monkeypatch.setattr(layer_columns, "Fraction", counted)
    rows = np.array([0.3, 0.7]) * (1 + 1e-11 * rng.normal(size=(num, 1)))
    rows[num // 2] = 2 * rows[0]
    net = lr.Network.from_arrays([rows, np.ones((1, num))], [0.1 * rows[:, 0], [0.0]])
    columns = columns_of(net, 0)
    assert len(columns.neurons) < num
    assert num_looks < 10 * num


@pytest.mark.parametrize("factor", [1.0, 3.0, -2.0, -0.75])
def test_copies_cut_once_whatever_the_activation(factor: float) -> None:
    for activation in ("relu", "leaky_relu", "hard_tanh"):
        rows = [[1.0, 2.0], [factor, 2 * factor], [1.0, -1.0]]
        net = lr.Network.from_arrays(
            [rows, [[1, 1, 1], [1, -1, 2]], [[1, 1]]], [[0.0] * 3, [0.0, 1.0], [0]], activation
        )
        both(net, lr.Box(-1.0, 1.0, dim=2))


@pytest.mark.parametrize("domain", [lr.Box(-1.0, 1.0, dim=2), lr.Space(2)], ids=["box", "space"])
@pytest.mark.parametrize("place", [0, 1])
def test_a_layer_that_only_carries_values(place: int, domain: Domain) -> None:
    rng = np.random.default_rng(place)
    weights = [rng.integers(-2, 3, size=pair) for pair in [(4, 2), (4, 4), (3, 4), (1, 3)]]
    activations = ["relu", "relu", "relu"]
    activations[place] = "identity"
    biases = [[0, 1, 0, 1], [0] * 4, [0] * 3, [0]]
    both(lr.Network.from_arrays(weights, biases, activations), domain)


def test_little_room_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lattice_arrays, "_FEW", 1)
    monkeypatch.setattr(lattice_arrays, "roomy", lambda needed, array: needed)
    both(pooled_net(2, 3, 4), lr.Box(-2.0, 2.0, dim=3))


def test_what_is_foreseen() -> None:
    rng = np.random.default_rng(1)
    plain = lr.Network.random([2, 5, 1], rng=rng)
    biased = lr.Network.random([2, 5, 1], biases=0.1, rng=rng)
    box = lr.Box(-1.0, 1.0, dim=2)
    assert foresees_ties(plain, box)
    assert not foresees_ties(plain, lr.Box(1.0, 2.0, dim=2))
    assert not foresees_ties(plain, lr.Box(1e9, 1e9 + 1, dim=2))
    assert not foresees_ties(biased, box)
    assert not foresees_ties(lr.Network.random([2, 2, 1], rng=rng), box)  # two lines may cross
    steps = lr.Network.random([2, 5, 1], rng=rng, activation="hard_tanh")
    assert not foresees_ties(steps, box)


class Watched(LatticeSubdivision):
    """Remembers a layer's pre-activations and their bounds."""

    def _about(self, *args):  # type: ignore[no-untyped-def]
        self.error = args[-1]
        return super()._about(*args)

    def vertices_of_cells(self) -> list[set[int]]:
        """The vertices of each cell."""
        faces: list[set[int]] = [{v} for v in range(self._arrays.num_vertices)]
        for _, boundary in sorted(self._arrays.boundaries().items()):
            faces = [set().union(*(faces[i] for i in part)) for part in boundary]
        return faces

    def check(self, layer: int) -> None:
        """Stored values, slopes and places against exact ones, at all vertices of all cells."""
        arrays, inner = self._arrays, sum(self.net.hidden_widths[:layer])
        patterns = np.concatenate(self.cell_pieces(), axis=1)[:, :inner].astype(int)
        maps: dict[bytes, np.ndarray] = {}
        for before, vertices in zip(patterns, self.vertices_of_cells(), strict=True):
            key = before.tobytes()
            if key not in maps:
                maps[key] = exact_pre_activations(self, layer, before)  # type: ignore[arg-type]
            rows = maps[key]
            steep = np.array([float(sum(a * a for a in row[:-1])) for row in rows])
            assert (np.sqrt(steep) <= self.error.lipschitz).all()
            for vertex in vertices:
                point = np.array([Fraction(x) for x in arrays.points[vertex].tolist()])
                off = abs(
                    np.array([Fraction(x) for x in arrays.values[vertex].tolist()]) - rows @ point
                )
                assert (off <= np.array([Fraction(x) for x in self.error.value.tolist()])).all()
        for vertex, slack in enumerate(self.vertex_slack.tolist()):
            exact = self.exact.coordinates(vertex)
            stored = [Fraction(x) for x in arrays.points[vertex, :-1].tolist()]
            off = sum(((a - b) ** 2 for a, b in zip(stored, exact, strict=True)), Fraction(0))
            assert np.isinf(slack) or off <= Fraction(slack) ** 2


def watch(net: lr.Network, domain: Domain) -> None:
    """All layers but the last, whose values are not kept for neurons that have cut."""
    run = Watched(net, domain, None)
    for layer in range(net.depth - 1):
        run.add_layer(layer, None)
        run.check(layer)


@pytest.mark.parametrize("seed", range(24))
def test_the_bounds_hold_with_ties(seed: int) -> None:
    dim = seed % 3 + 1
    width = (5, 4, 3)[dim - 1]
    net = mixed_net(seed, [dim, width, width, width, 2, 1])
    box = lr.Box(-np.ones(dim), np.full(dim, (1.0, 1.1)[seed % 2]))
    if seed % 4 == 3:
        thirds = [w / 3 for w in net.weights]
        net = lr.Network(weights=tuple(thirds), biases=net.biases, activations=net.activations)
    watch(net, box)


@pytest.mark.parametrize("number", [1, 3, 6, 7, 8])
def test_the_bounds_hold_far_away(number: int) -> None:
    num_inputs, domain = domains(number)[number]
    rng = np.random.default_rng(number)
    weights = [rng.normal(size=(4, num_inputs)), rng.normal(size=(4, 4)), rng.normal(size=(1, 4))]
    corner = domain.embed(domain.initial_lattice().points.view[0, :-1] + domain.centre)
    middle = domain.embed(domain.initial_lattice().points.view[:, :-1].mean(axis=0) + domain.centre)
    biases = [-(weights[0] @ (corner + middle) / 2), np.zeros(4), np.zeros(1)]
    watch(lr.Network.from_arrays(weights, biases), domain)


def test_a_fault_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ties that are taken for signs; copies that are none."""
    nets = [integer_net(seed, 2, max_width=5) for seed in range(12)]
    box = lr.Box(-1.0, 1.0, dim=2)
    right = [cut(net, box, "numpy").f_vector for net in nets]

    def found() -> int:
        wrong = 0
        for net, f_vector in zip(nets, right, strict=True):
            try:
                wrong += cut(net, box, "lattice").f_vector != f_vector
            except lr.BrokenInvariantError:
                wrong += 1
        return wrong

    assert found() == 0
    with monkeypatch.context() as patch:
        patch.setattr(ExactValues, "signs_of", lambda *args: np.ones(len(args[-1]), dtype=np.int8))
        assert found() > 0
    monkeypatch.setattr(layer_columns, "_ratios", lambda *args: ())
    monkeypatch.setattr(layer_columns, "_CLOSE", np.inf)
    assert found() > 0


def test_a_tie_on_the_way_is_cut_by_the_way_that_knows_ties() -> None:
    """Not foreseen: three lines through (1/2, 1/4)."""
    rows, biases = [[1, 0], [0, 1], [1, 2]], [-0.5, -0.25, -1.0]
    net = lr.Network.from_arrays([rows, [[1, 1, 1]]], [biases, [0]])
    assert not subdividing.foresees_ties(net, lr.Box(-1.0, 1.0, dim=2))
    cx = lr.subdivide(net, lr.Box(-1.0, 1.0, dim=2), compiled=True)
    assert cx.certificate.compiled
    assert cx.num_regions == 6
