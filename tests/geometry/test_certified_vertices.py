"""Vertices in doubt, certified in float64 by their own cells: nothing wrong is ever certified."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.vertex_signs.float_sign_bounds import LayerError
from linreg_lib.networks import Normal, PiecewiseLinear
from tests.geometry.hostile_nets import hostile_case
from tests.geometry.test_skeleton_claims import Claims, claims_broken

pytest.importorskip("numba")
from linreg_lib.geometry.cutting.compiled.certifying_kernels import Bounds
from linreg_lib.geometry.cutting.compiled.skeleton_subdivision import SkeletonSubdivision
from linreg_lib.geometry.cutting.subdivision_state import NotInGeneralPosition

BENT = PiecewiseLinear([-0.3, 0.1], [0.7, -0.2, 1.3], value_at=(0.2, 0.9))
PRE_ACTIVATE = SkeletonSubdivision._pre_activate


def domains() -> list[Domain]:
    rng = np.random.default_rng(3)
    return [
        lr.Box(-1.0, 1.0, dim=1),
        lr.Box([-1.0, 3e-7], [5e3, 7e-7]),
        lr.Box(-1.0, 1.0, dim=3),
        lr.Segment(rng.normal(size=3), rng.normal(size=3)),
        lr.Plane(rng.normal(size=3), rng.normal(size=(2, 3)), 3.0),
        lr.Simplex([[0.0, 0.0], [3.0, 0.1], [1.0, 2.0]]),
    ]


def random_net(domain: Domain, activation: str | PiecewiseLinear, seed: int) -> lr.Network:
    widths = [domain.input_dim, 6, 5, 4, 1]
    rng = np.random.default_rng(seed)
    return lr.Network.random(widths, biases=Normal(0.3), rng=rng, activation=activation)


def turned(run: SkeletonSubdivision, vertex: int, layer: int, column: int) -> None:
    word = int(run._first_word[layer]) + (column >> 6)
    run._vertices.words[vertex, word] ^= np.uint64(1) << np.uint64(column & 63)


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("activation", ["relu", BENT], ids=["relu", "bent"])
def test_bits_are_certified_if_they_are_right(
    number: int, activation: str | PiecewiseLinear
) -> None:
    """Vertices of which nothing is known but their own cell's maps; then with a bit turned."""
    domain = domains()[number]
    net = random_net(domain, activation, number)
    rng = np.random.default_rng(number)
    num_certain = num = 0
    for layer in range(net.depth):
        run = SkeletonSubdivision(net, domain, None)
        for before in range(layer):
            run.add_layer(before, None)
        error = run._pre_activate(layer)
        own = slice(run._base[layer], run._base[layer + 1])
        num_columns = int(own.stop - own.start)
        run._constant = np.zeros(len(error.value), dtype=bool)
        run._value_error[own] = np.repeat(error.value, num_columns // len(error.value))
        run._value_bounds = [*run._value_bounds[:layer], error.value]
        run._first_bits(layer, error)
        # Bounds for all vertices that say nothing, so that every bit is looked at.
        bounds = Bounds(
            value=np.full_like(run._value_error, 1e300),
            lipschitz=run._lipschitz,
            place=run.errors.place if layer else 0.0,
            constant=run._constant,
        )
        values = run._rows() if layer else np.empty((0, 0))

        def is_certain(vertex: int) -> bool:
            one = np.array([vertex], dtype=np.int32)
            about = (one, layer, run._vertices, values, bounds, run._margin)  # noqa: B023
            return len(run._certified.undecided(*about)) == 0  # noqa: B023

        for vertex in range(run._vertices.size):
            num += 1
            num_certain += is_certain(vertex)
            column = int(rng.integers(num_columns))
            turned(run, vertex, layer, column)
            assert not is_certain(vertex)
            turned(run, vertex, layer, column)
    assert num_certain >= 0.95 * num


@pytest.mark.parametrize("start", range(0, 24, 8))
def test_every_claim_holds_where_everything_is_in_doubt(
    start: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slopes that are said to be a million times steeper: slack and flatness are then improved."""

    def steep(run: SkeletonSubdivision, layer: int) -> LayerError:
        error = PRE_ACTIVATE(run, layer)
        error.lipschitz[:] *= 1e6
        return error

    monkeypatch.setattr(SkeletonSubdivision, "_pre_activate", steep)
    broken, num = claims_broken(range(start, start + 8))
    assert not broken
    assert num > 100


def test_hostile_nets_have_the_same_complex_where_everything_is_in_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def steep(run: SkeletonSubdivision, layer: int) -> LayerError:
        error = PRE_ACTIVATE(run, layer)
        error.lipschitz[:] *= 1e6
        return error

    num = 0
    for seed in range(100, 140):
        net, domain = hostile_case(seed, (6, 4, 2), ("relu", "hard_tanh"))
        plain = lr.subdivide(net, domain, compiled=False)
        monkeypatch.setattr(SkeletonSubdivision, "_pre_activate", steep)
        doubted = lr.subdivide(net, domain)
        monkeypatch.setattr(SkeletonSubdivision, "_pre_activate", PRE_ACTIVATE)
        assert plain.f_vector == doubted.f_vector
        np.testing.assert_array_equal(plain.patterns, doubted.patterns)
        num += doubted.certificate.compiled
    assert num > 10


# Units ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("powers", [(15, -12), (-30, 40), (0, 60)])
def test_units_of_the_inputs_change_nothing(powers: tuple[int, int], compiled: bool) -> None:
    rng = np.random.default_rng(1)
    net = lr.Network.random([2, 12, 12, 1], biases=Normal(0.3), rng=rng)
    units = np.ldexp(1.0, powers)
    scaled = lr.Network.from_arrays([net.weights[0] * units, *net.weights[1:]], net.biases)
    low, high = np.array([-1.0, -1.0]), np.array([1.0, 1.0])
    one = lr.subdivide(net, lr.Box(low, high), compiled=compiled)
    other = lr.subdivide(scaled, lr.Box(low / units, high / units), compiled=compiled)
    np.testing.assert_array_equal(one.patterns, other.patterns)
    np.testing.assert_array_equal(
        one.record.faces.points[:, :2], other.record.faces.points[:, :2] * units
    )
    np.testing.assert_allclose(one.vertices, other.vertices * units, rtol=0, atol=1e-12)
    assert one.f_vector == other.f_vector
    assert one.certificate.num_float_signs == other.certificate.num_float_signs
    assert one.certificate.num_doubtful_vertices == other.certificate.num_doubtful_vertices
    area = other.volumes.sum() * units.prod()
    np.testing.assert_allclose(area, 4.0, rtol=1e-12)


def test_units_of_the_neurons_change_nothing() -> None:
    """Each neuron of a ReLU network in a unit of its own: the next layer's weights take it back."""
    rng = np.random.default_rng(2)
    net = lr.Network.random([2, 16, 16, 16, 1], biases=Normal(0.3), rng=rng)
    weights, biases = list(net.weights), list(net.biases)
    for layer in range(3):
        units = np.ldexp(1.0, rng.integers(-20, 20, size=16))
        weights[layer], biases[layer] = weights[layer] * units[:, None], biases[layer] * units
        weights[layer + 1] = weights[layer + 1] / units
    box = lr.Box(-1.0, 1.0, dim=2)
    one, other = lr.subdivide(net, box), lr.subdivide(lr.Network.from_arrays(weights, biases), box)
    np.testing.assert_array_equal(one.patterns, other.patterns)
    assert other.certificate.num_doubtful_vertices == 0


@pytest.mark.parametrize("low", [0.0, 1.0, 1e6])
def test_thin_boxes_need_no_more_than_thick_ones(low: float) -> None:
    rng = np.random.default_rng(3)
    net = lr.Network.random([2, 12, 12, 1], biases=Normal(0.3), rng=rng)
    width = 2.0**-20
    weight = net.weights[0] * [1.0, 1 / width]
    bias = net.biases[0] - weight[:, 1] * low
    thin = lr.Network.from_arrays([weight, *net.weights[1:]], [bias, *net.biases[1:]])
    cx = lr.subdivide(thin, lr.Box([-1.0, low - width], [1.0, low + width]))
    assert cx.certificate.compiled
    assert cx.certificate.num_doubtful_vertices <= cx.f_vector[0] / 100
    reference = lr.subdivide(thin, lr.Box([-1.0, low - width], [1.0, low + width]), compiled=False)
    np.testing.assert_array_equal(cx.patterns, reference.patterns)


# Trained networks -----------------------------------------------------------------------------


def trained_slice(name: str) -> tuple[lr.Network, lr.Box]:
    """The first two inputs of a collision-avoidance net; the others at 0, 0.3, 0.1."""
    path = Path(os.environ.get("LINREG_DATA", "missing")) / "acas" / name
    if not path.is_file():
        pytest.skip("the trained networks are not here")
    lines = [line for line in path.read_text().splitlines() if not line.startswith("//")]
    rows = [[float(x) for x in line.strip().strip(",").split(",")] for line in lines]
    sizes, (low, high, mean, width) = (
        [int(x) for x in rows[1]],
        np.array([row[:5] for row in rows[3:7]]),
    )
    at, weights, biases = 7, [], []
    for size in sizes[1:]:
        weights.append(np.array(rows[at : at + size]))
        biases.append(np.array(rows[at + size : at + 2 * size])[:, 0])
        at += 2 * size
    biases[0] = biases[0] + weights[0][:, 2:] @ [0.0, 0.3, 0.1]
    weights[0] = weights[0][:, :2]
    ends = [((end - mean) / width)[:2] for end in (low, high)]
    return lr.Network.from_arrays(weights, biases), lr.Box(*ends)


@pytest.mark.parametrize(
    ("name", "num_regions"),
    [
        ("ACASXU_run2a_1_1_batch_2000.nnet", 40987),
        ("ACASXU_run2a_3_3_batch_2000.nnet", 23696),
    ],
)
def test_slices_of_trained_nets_are_certified_in_float64(name: str, num_regions: int) -> None:
    net, box = trained_slice(name)
    cx = lr.subdivide(net, box, compiled=True)
    assert cx.num_regions == num_regions
    assert cx.certificate.num_doubtful_vertices <= cx.f_vector[0] / 1000


def test_both_engines_agree_on_a_window_of_a_trained_net() -> None:
    net, box = trained_slice("ACASXU_run2a_1_1_batch_2000.nnet")
    middle, half = (box.low + box.high) / 2, (box.high - box.low) / 16
    window = lr.Box(middle - half, middle + half)
    compiled = lr.subdivide(net, window, compiled=True)
    plain = lr.subdivide(net, window, compiled=False)
    assert compiled.num_regions > 100
    assert compiled.f_vector == plain.f_vector
    np.testing.assert_array_equal(compiled.patterns, plain.patterns)


def test_claims_hold_on_a_window_of_a_trained_net() -> None:
    net, box = trained_slice("ACASXU_run2a_3_3_batch_2000.nnet")
    middle, half = (box.low + box.high) / 2, (box.high - box.low) / 128
    claims = Claims(net, lr.Box(middle - half, middle + half))
    try:
        assert not claims.check()
    except NotInGeneralPosition:
        pytest.fail("ties in a trained net")
