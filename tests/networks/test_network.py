from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linreg_lib.networks import Network, hard_tanh, relu, relu6
from tests.strategies import HALVES, networks, points, relu_networks, seeds

NAN = float("nan")


def small() -> Network:
    return Network.from_arrays([[[1, 2], [3, 4], [5, 6]], [[1, 1, 1]]], [[0, 0, 1], [7]])


def test_by_hand() -> None:
    net = small()
    assert net([1.0, -1.0]).tolist() == [7.0]  # pre-activations -1, -1, 0
    assert net([[1.0, 1.0], [0.0, -0.125]]).tolist() == [[29.0], [7.25]]
    assert [layer.tolist() for layer in net.pre_activations([1.0, -1.0])] == [[-1.0, -1.0, 0.0]]
    assert net.pattern([1.0, -1.0]).tolist() == [0, 0, 0]
    assert (net.input_dim, net.output_dim, net.num_hidden, net.depth) == (2, 1, 3, 1)
    assert net.hidden_widths == (3,)
    assert repr(net) == "Network(widths=(2, 3, 1), activation=relu())"


def test_no_hidden_layer() -> None:
    net = Network.from_arrays([[[2.0, 0.0]]], [[1.0]])
    assert (net.depth, net.num_hidden, net.hidden_widths) == (0, 0, ())
    assert net.pattern(np.zeros((5, 2))).shape == (5, 0)
    assert net.affine_map([1.0, 1.0])([1.0, 1.0]).tolist() == [3.0]
    assert net([[1.0, 9.0]]).tolist() == [[3.0]]
    assert "widths=(2, 1)" in repr(net)


def test_mixed_activations() -> None:
    net = Network.from_arrays(
        [[[1.0]], [[1.0]], [[1.0]]], [[0.0], [-2.0], [0.0]], activation=["relu", hard_tanh()]
    )
    assert net([[-5.0], [1.5], [9.0]]).ravel().tolist() == [-1.0, -0.5, 1.0]
    assert repr(net) == "Network(widths=(1, 1, 1, 1), activation=[relu(), hard_tanh()])"


@pytest.mark.parametrize(
    ("weights", "biases", "activation", "error", "message"),
    [
        ([], [], "relu", ValueError, "weights is empty"),
        ([[[1.0]]], [], "relu", ValueError, "biases has 0 entries and weights has 1"),
        ([[[1.0]]], [[0.0, 0.0]], "relu", ValueError, r"biases\[0\] has 2 entries"),
        ([[[1.0]], [[1.0, 1.0]]], [[0.0], [0.0]], "relu", ValueError, r"weights\[1\].*takes 2"),
        ([[1.0]], [[0.0]], "relu", ValueError, r"weights\[0\] must have 2 axes"),
        ([[[1.0]]], [0.0], "relu", ValueError, r"biases\[0\] must have 1 axes"),
        (
            [[[NAN]]],
            [[0.0]],
            "relu",
            ValueError,
            r"weights\[0\]\[0, 0\] is nan",
        ),
        (
            [[[1.0]]],
            [[np.inf]],
            "relu",
            ValueError,
            r"biases\[0\]\[0\] is inf",
        ),
        ([[[1j]]], [[0.0]], "relu", TypeError, r"weights\[0\]\[0, 0\] is .* no real number"),
        ([[["a"]]], [[0.0]], "relu", TypeError, r"weights\[0\]\[0, 0\] is .* no real number"),
        ([[[1.0], [1.0, 2.0]]], [[0.0]], "relu", TypeError, r"weights\[0\] cannot be read"),
        ([np.zeros((0, 2))], [[]], "relu", ValueError, r"weights\[0\] is empty"),
        ([[[2**53 + 1]]], [[0]], "relu", ValueError, "which is no float64"),
        (3, [[0.0]], "relu", TypeError, "weights must be a sequence"),
        (
            [[[1.0]], [[1.0]]],
            [[0.0], [0.0]],
            ["relu", "relu"],
            ValueError,
            "2 entries for 1 hidden",
        ),
        ([[[1.0]], [[1.0]]], [[0.0], [0.0]], [], ValueError, "0 entries for 1 hidden"),
        ([[[1.0]], [[1.0]]], [[0.0], [0.0]], "gelu", ValueError, "no activation is named 'gelu'"),
    ],
)
def test_refusals(weights, biases, activation, error, message) -> None:
    with pytest.raises(error, match=message):
        Network.from_arrays(weights, biases, activation=activation)


def test_layers_without_bias_and_transposed_layers() -> None:
    with pytest.raises(TypeError, match=r"biases\[0\] is None; give its numbers \(zeros"):
        Network.from_arrays([[[1.0]], [[1.0]]], [None, [0.0]])
    keras = [np.ones((3, 5)), np.ones((5, 2))], [np.zeros(5), np.zeros(2)]
    with pytest.raises(ValueError, match=r"pass each weight\.T"):
        Network.from_arrays(*keras)
    assert Network.from_arrays([weight.T for weight in keras[0]], keras[1]).hidden_widths == (5,)
    square = [np.ones((3, 3)), np.ones((3, 2))], [np.zeros(3), np.zeros(2)]
    with pytest.raises(ValueError, match=r"pass each weight\.T"):
        Network.from_arrays(*square)
    with pytest.raises(ValueError, match="has 4 entries") as caught:
        Network.from_arrays([np.ones((3, 5)), np.ones((5, 2))], [np.zeros(4), np.zeros(2)])
    assert "weight.T" not in str(caught.value)


def test_refused_points() -> None:
    net = small()
    for call in (net, net.pattern, net.pre_activations, net.affine_map):
        with pytest.raises(ValueError, match="2 entries"):
            call([1.0, 2.0, 3.0])
        with pytest.raises(ValueError, match=r"x\[1\] is nan"):
            call([1.0, NAN])
        with pytest.raises(ValueError, match="2 entries"):
            call(1.0)
        with pytest.raises(TypeError, match="real"):
            call(["a", "b"])
        with pytest.raises(ValueError, match="no float64"):
            call([2**53 + 1, 0])
    with pytest.raises(ValueError, match="one point"):
        net.affine_map([[1.0, 2.0]])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int8, np.int64, bool, np.longdouble])
def test_conversion_is_exact(dtype: type) -> None:
    values = np.array([[1, 0], [1, 1]]).astype(dtype)
    if np.issubdtype(dtype, np.floating):
        values = values / dtype(8) + dtype(0.0625)
    net = Network.from_arrays([values], [values[0]])
    assert net.weights[0].dtype == np.float64
    assert (net.weights[0] == values).all()


@pytest.mark.skipif(np.finfo(np.longdouble).nmant <= 52, reason="long double is float64 here")
def test_long_doubles_are_not_rounded() -> None:
    with pytest.raises(ValueError, match="no float64"):
        Network.from_arrays([np.array([[1]], dtype=np.longdouble) / 3], [[0.0]])


def test_arrays_are_copied_and_locked() -> None:
    weight = np.ones((1, 1))
    net = Network.from_arrays([weight], [[0.0]])
    weight[0, 0] = 5.0
    assert net.weights[0][0, 0] == 1.0
    for array in (net.weights[0], net.biases[0]):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 2.0
    with pytest.raises(AttributeError):
        net.weights = ()  # type: ignore[misc]


def test_equality_and_pickle() -> None:
    net = small()
    copy = pickle.loads(pickle.dumps(net))
    assert copy == net
    assert hash(copy) == hash(net)
    assert not copy.weights[0].flags.writeable
    assert len({net, copy, small()}) == 1
    assert net != Network.from_arrays(net.weights, net.biases, activation="relu6")
    assert net != Network.from_arrays(net.weights, [net.biases[0] + 1, net.biases[1]])
    assert net != Network.from_arrays(net.weights[:1], net.biases[:1])
    assert net != 3
    zero = Network.from_arrays([[[0.0]]], [[0.0]])
    minus = Network.from_arrays([[[-0.0]]], [[0.0]])
    assert zero == minus
    assert hash(zero) == hash(minus)


@given(data=st.data())
def test_the_affine_map_is_the_function(data: st.DataObject) -> None:
    net = data.draw(networks(entries=HALVES))
    for point in data.draw(points(net.input_dim)):
        # Small dyadic numbers: nothing rounds, so equality is exact.
        assert np.array_equal(net.affine_map(point)(point), net(point))
        assert np.array_equal(
            net.affine_map(point).matrix, net.affine_map_of(net.pattern(point)).matrix
        )


@given(data=st.data())
def test_permuting_units_changes_only_their_order(data: st.DataObject) -> None:
    net = data.draw(networks(entries=HALVES))
    layer = data.draw(st.integers(0, net.depth - 1))
    order = data.draw(st.permutations(range(net.hidden_widths[layer])))
    x = data.draw(points(net.input_dim))
    other = net.permuted(layer, order)
    assert np.array_equal(other(x), net(x))
    start = sum(net.hidden_widths[:layer])
    columns = np.arange(net.num_hidden)
    columns[start : start + len(order)] = start + np.array(order)
    assert np.array_equal(other.pattern(x), net.pattern(x)[:, columns])
    assert other.permuted(layer, np.argsort(order)) == net


@given(seed=seeds(), data=st.data())
def test_rescaling_by_powers_of_two_changes_no_bit(seed: int, data: st.DataObject) -> None:
    rng = np.random.default_rng(seed)
    net = Network.random([3, 5, 4, 2], biases=0.1, rng=rng, activation=["relu", "leaky_relu"])
    layer = data.draw(st.integers(0, 1))
    powers = rng.integers(-30, 30, size=net.hidden_widths[layer])
    x = rng.normal(size=(10, 3))
    other = net.rescaled(layer, powers)
    assert other != net or not powers.any()
    assert np.array_equal(other.pattern(x), net.pattern(x))
    assert np.array_equal(other(x), net(x))
    assert other.rescaled(layer, -powers) == net


def test_refused_rearrangements() -> None:
    net = small()
    with pytest.raises(ValueError, match=r"hidden layers are 0\.\.0"):
        net.permuted(1, [0])
    with pytest.raises(ValueError, match="permutation"):
        net.permuted(0, [0, 0, 1])
    with pytest.raises(ValueError, match="3 integers"):
        net.rescaled(0, [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="range of float64"):
        net.rescaled(0, [1100, 0, 0])
    clipped = Network.from_arrays(net.weights, net.biases, activation=relu6())
    with pytest.raises(ValueError, match=r"relu6\(\), which is not positively homogeneous"):
        clipped.rescaled(0, [1, 1, 1])
    with pytest.raises(ValueError, match="expected \\(3,\\)"):
        net.affine_map_of([0, 1])
    with pytest.raises(ValueError, match=r"outside 0\.\.1"):
        net.affine_map_of([0, 1, 2])


@given(data=st.data())
def test_shapes_broadcast(data: st.DataObject) -> None:
    net = data.draw(relu_networks())
    x = data.draw(points(net.input_dim, num_points=6))
    stacked = x.reshape(2, 3, net.input_dim)
    assert net(stacked).shape == (2, 3, net.output_dim)
    assert np.array_equal(net(stacked).reshape(6, -1), net(x))
    assert np.array_equal(net.pattern(stacked).reshape(6, -1), net.pattern(x))
    assert net.pattern(np.zeros((0, net.input_dim))).shape == (0, net.num_hidden)
    assert net.activations == (relu(),) * net.depth
