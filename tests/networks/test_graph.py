"""Graphs of values become layers: the same function, exactly, by as few carriers as can be."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from linreg_lib.networks import Network, identity, leaky_relu, relu
from linreg_lib.networks.graph import layered as layered_module
from linreg_lib.networks.graph import values as values_module
from linreg_lib.networks.graph.arrays import arrays_of
from linreg_lib.networks.graph.exact_rows import ExactRows, combined
from linreg_lib.networks.graph.layered import layered
from linreg_lib.networks.graph.tensors import GraphMaker, Tensor
from linreg_lib.networks.graph.values import Affine, Value


class Drawn:
    """A random graph, and the same function computed on the side, value by value."""

    def __init__(self, seed: int, whole: bool, steps: int = 9) -> None:
        self.rng, self.whole = np.random.default_rng(seed), whole
        self.maker = GraphMaker((int(self.rng.integers(1, 4)),))
        x = self.rng.integers(-3, 4, (25, self.maker.inputs.size)).astype(np.float64)
        self.points = x if whole else x + self.rng.normal(size=x.shape)
        self.known: list[tuple[Tensor, np.ndarray]] = [(self.maker.start, self.points)]
        for _ in range(steps):
            self.step()
        # The output looks at the last values and at one from before.
        parts = [self.any(), *self.known[-3:]]
        tensor = self.maker.moved([each for each, _ in parts], lambda *index: np.concatenate(index))
        weight = self.matrix(2, tensor.size)
        self.output = self.maker.linear(tensor, weight)
        self.expected = np.concatenate([each for _, each in parts], axis=1) @ weight.T

    def network(self) -> Network:
        made = arrays_of(self.maker, self.output)
        return Network.from_arrays(
            made.weights, made.biases, made.activation, max_units=made.max_units
        )

    def any(self) -> tuple[Tensor, np.ndarray]:
        return self.known[int(self.rng.integers(max(0, len(self.known) - 5), len(self.known)))]

    def matrix(self, *shape: int) -> np.ndarray:
        if self.whole:
            return self.rng.integers(-1, 2, shape).astype(np.float64)
        return self.rng.normal(size=shape)

    def step(self) -> None:
        tensor, numbers = self.any()
        other, others = self.any()
        kind = self.rng.integers(6)
        if kind <= 1:
            size = int(self.rng.integers(1, 5))
            weight, bias = self.matrix(size, tensor.size), self.matrix(size)
            self.known.append((self.maker.linear(tensor, weight, bias), numbers @ weight.T + bias))
        elif kind == 2:
            self.known.append((self.maker.activated(tensor, relu()), np.maximum(numbers, 0)))
        elif kind == 3:
            both = self.maker.moved([tensor, other], lambda a, b: np.concatenate([a, b]))
            self.known.append((both, np.concatenate([numbers, others], axis=1)))
        elif kind == 4:
            kinds = [identity() if i % 2 else leaky_relu(-1.0) for i in range(tensor.size)]
            values = np.where(np.arange(tensor.size) % 2, numbers, np.abs(numbers))
            self.known.append((self.maker.activated(tensor, kinds), values))
        else:
            size = int(self.rng.integers(1, tensor.size + 1))
            order = self.rng.permutation(tensor.size)
            groups = np.append(order, np.full(-tensor.size % size, -1)).reshape(-1, size)
            groups = groups[(groups >= 0).any(axis=1)]
            largest = np.stack([numbers[:, g[g >= 0]].max(axis=1) for g in groups], axis=1)
            self.known.append((self.maker.largest(tensor, groups, (len(groups),)), largest))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_whole_numbers_are_exact_also_at_ties(seed: int) -> None:
    """Integer weights and points: nothing is rounded anywhere, and many values are equal."""
    drawn = Drawn(seed, whole=True)
    assert np.array_equal(drawn.network()(drawn.points), drawn.expected)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_other_numbers(seed: int) -> None:
    drawn = Drawn(seed, whole=False)
    scale = max(1.0, np.abs(drawn.expected).max())
    assert np.abs(drawn.network()(drawn.points) - drawn.expected).max() <= 1e-10 * scale


def _needed_rank(maker: GraphMaker, output: Value, made, layer: int) -> int:
    """How many numbers layer ``layer`` must at least carry on, for generic weights.

    The rank of what later pre-activations and the output take, through affine maps alone, from
    units of layers before: no fewer values determine it, and that many linear ones do.
    """
    early = [maker.inputs] + [u for u, (at, _) in made.places.items() if at < layer]
    later = [u.source for u, (at, _) in made.places.items() if at > layer] + [output]
    starts = dict(zip(early, np.cumsum([0, *(each.size for each in early)]), strict=False))
    total = sum(each.size for each in early)
    forms: dict[Value, np.ndarray] = {}

    def form(value: Value) -> np.ndarray:
        if value not in forms:
            forms[value] = np.zeros((value.size, total))
            if value in starts:
                columns = starts[value] + np.arange(value.size)
                forms[value][np.arange(value.size), columns] = 1.0
            elif isinstance(value, Affine):
                forms[value] = sum(
                    (m.toarray() @ form(part) for part, m in value.parts), forms[value]
                )
        return forms[value]

    rows = np.concatenate([form(each) for each in later])
    return int(np.linalg.matrix_rank(rows, tol=1e-9))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_fewer_units_could_carry_what_is_needed(seed: int) -> None:
    """Menger: for dense generic weights the smallest cut is the rank."""
    rng = np.random.default_rng(seed)
    maker = GraphMaker((int(rng.integers(1, 6)),))
    known = [maker.start]
    for _ in range(8):
        tensor = known[int(rng.integers(max(0, len(known) - 4), len(known)))]
        if rng.random() < 0.4:
            known.append(maker.activated(tensor, relu()))
            continue
        other = known[int(rng.integers(max(0, len(known) - 4), len(known)))]
        size = int(rng.integers(1, 6))
        made = maker.linear(tensor, rng.normal(size=(size, tensor.size)))
        if other is not tensor:
            made = maker.added(made, maker.linear(other, rng.normal(size=(size, other.size))))
        known.append(made)
    output = maker.linear(known[-1], rng.normal(size=(2, known[-1].size)))
    made = layered(maker.inputs, output.value)
    for layer, kinds in enumerate(made.activations):
        own = sum(u.size for u, (at, _) in made.places.items() if at == layer)
        assert len(kinds) - own == _needed_rank(maker, output.value, made, layer)


def test_a_residual_sum_carries_the_smaller_side() -> None:
    for width, carried in ((2, 2), (7, 4)):
        maker = GraphMaker((4,))
        rng = np.random.default_rng(0)
        short = maker.linear(maker.start, rng.normal(size=(width, 4)), rng.normal(size=width))
        inner = maker.activated(maker.linear(maker.start, rng.normal(size=(3, 4))), relu())
        total = maker.added(short, maker.linear(inner, rng.normal(size=(width, 3))))
        made = layered(maker.inputs, maker.activated(total, relu()).value)
        assert [len(each) for each in made.activations] == [3 + carried, width]
        assert made.activations[0] == (relu(),) * 3 + (identity(),) * carried


def test_each_weight_is_rounded_once() -> None:
    rng = np.random.default_rng(4)
    first, second, third = (rng.normal(size=shape) for shape in ((5, 3), (4, 5), (2, 4)))
    offsets = [rng.normal(size=n) for n in (5, 4, 2)]
    maker = GraphMaker((3,))
    tensor = maker.start
    for weight, bias in zip((first, second, third), offsets, strict=True):
        tensor = maker.linear(tensor, weight, bias)
    made = layered(maker.inputs, tensor.value)
    exact = [np.vectorize(Fraction, otypes=[object])(each) for each in (first, second, third)]
    shifts = [np.vectorize(Fraction, otypes=[object])(each) for each in offsets]
    matrix = exact[2] @ exact[1] @ exact[0]
    bias = exact[2] @ (exact[1] @ shifts[0] + shifts[1]) + shifts[2]
    assert made.weights[0].tolist() == matrix.astype(np.float64).tolist()
    assert made.biases[0].tolist() == bias.astype(np.float64).tolist()


def test_exact_sums_cancel() -> None:
    rows = ExactRows.of(sparse.csr_array([[0.1], [0.2], [-0.3]]))
    ones = sparse.csr_array([[1.0, 1.0, 1.0]])
    total = combined([(ones, rows)], (1, 1)).rounded().toarray()
    assert total.item() == float(Fraction(0.1) + Fraction(0.2) - Fraction(0.3)) != 0.0
    minus = sparse.csr_array([[-1.0, -1.0, -1.0]])
    assert combined([(ones, rows), (minus, rows)], (1, 1)).rounded().nnz == 0


def test_large_products_are_not_formed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values_module, "_MOST_SUMMANDS", 20)
    maker, rng = GraphMaker((3,)), np.random.default_rng(1)
    first, second = rng.normal(size=(3, 3)), rng.normal(size=(4, 3))
    tensor = maker.linear(maker.linear(maker.start, first), second)
    made = layered(maker.inputs, tensor.value)
    assert made.activations == [(identity(),) * 3]
    assert np.array_equal(made.weights[0], first)
    assert np.array_equal(made.weights[1], second)


def test_memory_is_refused_before_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layered_module, "_MOST_BYTES", 2**30)
    maker = GraphMaker((50_000,))
    tensor = maker.activated(maker.start, relu())
    with pytest.raises(ValueError, match=r"37\.3 GiB as dense matrices.*50000 x 50000"):
        layered(maker.inputs, tensor.value)


def test_products_beyond_float64() -> None:
    maker = GraphMaker((1,))
    large = np.array([[1e200]])
    tensor = maker.linear(maker.linear(maker.start, large), large)
    with pytest.raises(ValueError, match="beyond float64"):
        layered(maker.inputs, tensor.value)


@pytest.mark.parametrize("num", [1, 2, 3, 5, 8])
def test_max_units_name_the_matches(num: int) -> None:
    maker, rng = GraphMaker((num,)), np.random.default_rng(num)
    largest = maker.largest(maker.start, np.arange(num)[None], (1,))
    made = arrays_of(maker, maker.linear(largest, np.ones((1, 1))))
    net = Network.from_arrays(made.weights, made.biases, made.activation, max_units=made.max_units)
    assert len(net.max_units) == (num > 1)
    points = rng.integers(-2, 3, (50, num)).astype(np.float64)
    assert np.array_equal(net(points)[:, 0], points.max(axis=1))
    for unit in net.max_units:
        starts = np.cumsum([0, *net.hidden_widths])
        columns = [starts[match.layer] + match.neuron for match in unit.matches]
        above = np.asarray(net.pattern(points))[:, columns] > 0
        # Losers' matches are set to piece 0, which says "lower": the winner's are as they were.
        assert np.array_equal(unit.winners(above), points.argmax(axis=1))


def test_constants_play_last_and_keep_their_names() -> None:
    """Whatever their size: -1e30 + relu(x + 1e30) is no x in floats."""
    maker = GraphMaker((3,))
    constants = maker.constant(np.array([-1e30, 0.5, -3e38]))
    players = maker.moved([constants, maker.start], lambda a, b: np.array([*a[:2], *b, a[2]]))
    made = arrays_of(maker, maker.largest(players, np.arange(6)[None], (1,)))
    net = Network.from_arrays(made.weights, made.biases, made.activation, max_units=made.max_units)
    points = np.random.default_rng(0).integers(-8, 9, (50, 3)) / 4
    assert np.array_equal(net(points)[:, 0], np.maximum(points.max(axis=1), 0.5))
    (unit,) = net.max_units
    assert [(m.lower, m.higher) for m in unit.matches[:3]] == [(2, 3), (4, 1), (0, 5)]


def test_values_from_affine_maps_are_units_before_they_are_compared() -> None:
    maker, rng = GraphMaker((2,)), np.random.default_rng(3)
    players = maker.linear(maker.start, rng.normal(size=(4, 2)), rng.normal(size=4))
    made = arrays_of(maker, maker.largest(players, np.arange(4)[None], (1,)))
    assert made.activation[0] == identity()
    assert set(np.unique(made.weights[1])) <= {-1.0, 0.0, 1.0}


def test_units_of_a_maximum_that_nothing_uses_are_left_out() -> None:
    maker = GraphMaker((3,))
    maker.largest(maker.start, np.arange(3)[None], (1,))
    made = arrays_of(maker, maker.activated(maker.start, relu()))
    assert not made.max_units


def test_inputs_may_be_the_output() -> None:
    maker = GraphMaker((2, 2))
    made = arrays_of(maker, maker.start)
    assert np.array_equal(made.weights[0], np.eye(4))
