"""Lines in bulk: the compiled kernels, the NumPy reference and one complex a segment agree."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry.lines import lines
from linreg_lib.geometry.vertex_signs import float_sign_bounds as certificates
from linreg_lib.networks import Normal
from tests.geometry.comparison import ACTIVATIONS, integer_net

pytest.importorskip("numba", reason="without it there is the reference alone")

from linreg_lib.geometry.lines import compiled as compiled_lines
from linreg_lib.geometry.lines.compiled import CompiledLines

Net = lr.Network.from_arrays
WIDTHS = [[1], [64], [130], [9, 65], [64, 128], [7, 5, 6], [20, 70, 1, 9], [6, 5, 4, 5, 6]]


def random_net(
    widths: list[int], seed: int, activation: object = "relu", biases: float = 0.3
) -> lr.Network:
    rng = np.random.default_rng(seed)
    return lr.Network.random(widths, biases=Normal(biases), rng=rng, activation=activation)


def segments(num: int, dim: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    starts, ends = 2 * np.random.default_rng(seed).normal(size=(2, num, dim))
    return starts, ends


def one_by_one(net: lr.Network, starts: np.ndarray, ends: np.ndarray) -> list[int]:
    return [
        lr.subdivide(net, lr.Segment(a, b), compiled=False).num_regions
        for a, b in zip(starts, ends, strict=True)
    ]


def both_ways(net: lr.Network, starts: np.ndarray, ends: np.ndarray) -> list[int]:
    """Counts with kernels, which must be those of the reference."""
    compiled, plain = (
        lr.count_along_lines(net, starts, ends, compiled=kind).tolist() for kind in (True, False)
    )
    assert compiled == plain
    return compiled


@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_three_counters_on_random_nets(widths: list[int]) -> None:
    for seed, activation in enumerate(ACTIVATIONS[2:]):
        net = random_net([4, *widths, 2], seed, activation)
        starts, ends = segments(5, 4, seed)
        counts = both_ways(net, starts, ends)
        assert counts[:3] == one_by_one(net, starts[:3], ends[:3])
    assert max(counts) > 1


def test_generic_segments_need_no_exact_arithmetic() -> None:
    for seed, widths in enumerate(WIDTHS):
        net = random_net([20, *widths, 1], seed, ACTIVATIONS[2 + seed % 6])
        starts, ends = segments(30, 20, seed)
        fast = CompiledLines(net, starts, ends)
        assert not fast.doubtful.any()
        assert fast.counts.tolist() == lr.count_along_lines(net, starts, ends).tolist()


@pytest.mark.parametrize("seed", range(40))
def test_three_counters_through_ties(seed: int) -> None:
    net, (starts, ends) = tied(seed)
    assert both_ways(net, starts, ends) == one_by_one(net, starts, ends)


def tied(seed: int) -> tuple[lr.Network, tuple[np.ndarray, np.ndarray]]:
    net, rng = integer_net(seed, 2, max_width=5), np.random.default_rng(seed)
    starts = rng.integers(-2, 3, size=(8, 2)).astype(float)
    steps = rng.integers(1, 4, size=(8, 2)) * rng.choice([-1.0, 1.0], size=(8, 2))
    return net, (starts, starts + steps)


def with_copy(num: int, factor: float, seed: int) -> lr.Network:
    rng = np.random.default_rng(seed)
    weight = rng.integers(-8, 9, size=(num + 1, 3)) / 4
    bias = rng.integers(-8, 9, size=num + 1) / 16
    weight[num], bias[num] = factor * weight[3], factor * bias[3]
    return Net([weight, np.ones((1, num + 1))], [bias, [0.0]])


@pytest.mark.parametrize("factor", [1.0, 2.0**-40, -4.0, 3.0, 1 + 2.0**-52])
def test_coincident_and_nearly_coincident_units(factor: float) -> None:
    """Copies of a unit among 70 others, times a factor: exactly or almost the same crossings."""
    net = with_copy(70, factor, seed=1)
    (weight, _), (bias, _) = net.weights, net.biases
    starts, ends = segments(12, 3, 2)
    counts = both_ways(net, starts, ends)
    assert counts == one_by_one(net, starts, ends)
    alone = Net([weight[:70], np.ones((1, 70))], [bias[:70], [0.0]])
    if factor != 1 + 2.0**-52:  # the other products are exact
        assert counts == both_ways(alone, starts, ends)


def test_units_layers_and_pieces_that_are_dead() -> None:
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=shape) for shape in [(6, 2), (5, 6), (4, 5), (1, 4)]]
    biases = [rng.normal(size=len(part)) for part in parts]
    starts, ends = segments(10, 2, 1)
    off = [biases[0], np.full(5, -100.0), *biases[2:]]
    counts = both_ways(Net(parts, off), starts, ends)
    assert counts == both_ways(Net([parts[0], np.ones((1, 6))], [biases[0], [0.0]]), starts, ends)
    # Units that are exactly 0 everywhere cut nothing, and need no second look.
    silent = Net(
        [parts[0], np.zeros((5, 6)), *parts[2:]], [biases[0], np.zeros(5), np.zeros(4), [0.0]]
    )
    assert both_ways(silent, starts, ends) == counts
    assert not CompiledLines(silent, starts, ends).doubtful.any()
    # Zero rows with each sign of the bias.
    parts[1][:3], biases[1][:3] = 0.0, [-1.0, 0.0, 1.0]
    net = Net(parts, biases)
    assert both_ways(net, starts, ends) == one_by_one(net, starts, ends)
    assert not CompiledLines(net, starts, ends).doubtful.any()
    # Without biases everything meets at the origin, and is 0 on whole pieces.
    bare = Net(parts, [np.zeros(len(part)) for part in parts])
    assert both_ways(bare, -starts, starts) == one_by_one(bare, -starts, starts)


def test_blocks_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    net, (starts, ends) = random_net([3, 40, 30, 20, 1], 1), segments(25, 3, 1)
    starts[7], ends[7] = -starts[8], starts[8]
    expected = both_ways(net, starts, ends)
    for numbers, num_lines in [(1, 1), (1, 25), (5000, 3), (20000, 1024), (20000, 10)]:
        monkeypatch.setattr(compiled_lines, "_BLOCK_NUMBERS", numbers)
        monkeypatch.setattr(compiled_lines, "_CHUNK_LINES", num_lines)
        assert both_ways(net, starts, ends) == expected


def test_segments_in_doubt_do_not_disturb_their_neighbours() -> None:
    net = random_net([2, 12, 10, 8, 1], 5)
    weight = net.weights[0].copy()
    weight[1] = 0.0, weight[1, 1]
    bias = net.biases[0].copy()
    bias[1] = 0.0  # the second unit vanishes along the axis
    net = Net([weight, *net.weights[1:]], [bias, *net.biases[1:]])
    starts, ends = segments(9, 2, 3)
    starts[::3, 1] = ends[::3, 1] = 0.0
    fast = CompiledLines(net, starts, ends)
    assert fast.doubtful.tolist() == [True, False, False] * 3
    assert both_ways(net, starts, ends) == one_by_one(net, starts, ends)


def test_no_segments() -> None:
    none = np.empty((0, 3))
    assert both_ways(random_net([3, 5, 1], 0), none, none) == []


def test_bounds_that_overflow_before_the_values_do() -> None:
    net = Net(
        [[[1e200], [1e200]], [[1.5e108, -1.5e108], [1.0, 1.0]], [[1e-300, 1.0]]],
        [[0.0, 1e199], [-1e300, -5e199], [0.0]],
    )
    starts, ends = np.array([[-1.0]]), np.array([[1.0]])
    with pytest.raises(OverflowError), np.errstate(over="ignore"):
        CompiledLines(net, starts, ends)
    for compiled in (None, False):  # cuts at -0.1, 0 and 0.2
        assert lr.count_along_lines(net, starts, ends, compiled=compiled).tolist() == [4]
    far = Net([[[1e200]], [[1e200]], [[1]]], [[0], [0], [0]])
    for compiled in (None, False):
        with pytest.raises(OverflowError, match=r"hidden layer 2 \(weights\[1\]\)"):
            lr.count_along_lines(far, starts, ends, compiled=compiled)
    for each in (net, far):
        with pytest.raises(lr.NotCompiledError, match="compiled=True: bounds .* overflow float64"):
            lr.count_along_lines(each, starts, ends, compiled=True)


def test_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    net, (starts, ends) = random_net([3, 9, 7, 1], 1), segments(5, 3, 1)
    expected = lr.count_along_lines(net, starts, ends).tolist()
    monkeypatch.setitem(sys.modules, "linreg_lib.geometry.lines.compiled", None)
    assert lr.count_along_lines(net, starts, ends).tolist() == expected
    with pytest.raises(ImportError, match="compiled"):
        lr.count_along_lines(net, starts, ends, compiled=True)
    with pytest.raises(ValueError, match="linear"):
        lr.count_along_lines(net, starts, ends, of="linear", compiled=True)


@pytest.mark.parametrize("fault", ["bounds", "order", "signs", "places", "rows"])
def test_planted_faults_are_seen(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [tied(seed) for seed in range(20)]
    cases += [(random_net([3, 9, 8, 7, 1], seed), segments(8, 3, seed)) for seed in range(3)]
    cases += [(with_copy(6, 3.0, seed), segments(8, 3, seed)) for seed in range(5)]
    right = [lines.count_along_lines(net, *ends, compiled=False).tolist() for net, ends in cases]

    if fault == "bounds":
        keep = certificates.ErrorModel._finish

        def finish(*args: object) -> certificates.LayerError:
            error = keep(*args)
            zero = 1e-300 * error.value
            return certificates.LayerError(
                value=zero, largest=error.largest, lipschitz=error.lipschitz
            )

        monkeypatch.setattr(certificates.ErrorModel, "_finish", finish)
    else:
        plant(fault, monkeypatch)
    found = 0
    for (net, ends), counts in zip(cases, right, strict=True):
        fast = CompiledLines(net, *ends)
        sure = ~fast.doubtful
        found += bool((fast.counts[sure] != np.array(counts)[sure]).any())
    assert found > 0


def plant(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels that forget a certificate, a place or a vertex."""
    name = {"order": "find_crossings", "signs": "read_signs"}.get(fault, "write_vertices")
    keep = getattr(compiled_lines, name)

    def faulty(*args: object) -> object:
        if fault == "order":  # as if places were exact
            return keep(args[0]._replace(value=0 * args[0].value), *args[1:])
        if fault == "signs":
            num = keep(*args)
            args[-1][:] = False
            return num
        if fault == "places":
            args[3].weight[:] *= 0.9
        result = keep(*args)
        if fault == "rows":
            args[5][len(args[5]) // 2] = 0.0
        return result

    monkeypatch.setattr(compiled_lines, name, faulty)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("of", ["activation", "linear"])
def test_very_long_segments_warn_of_nothing(of: str) -> None:
    weights = [
        [[-2.0], [-1.0]],
        [[-0.11376410708529934, 1.324620162399086], [0.4362971507129973, 0.44803816004867686]],
        [[2, 2], [0, 1], [2, -2], [-1, -2]],
    ]
    net = lr.Network.from_arrays(weights, [[1, 3], [2, -4], [-3, -1, 4, 4]])
    end = [[1.6657315192480462e200]]
    counts = lr.count_along_lines(net, [[0.0]], end, of=of, compiled=False)
    cx = lr.subdivide(net, lr.Segment([0.0], end[0]))
    right = cx.num_regions if of == "activation" else cx.linear_regions().num_regions
    assert counts.tolist() == [right]
