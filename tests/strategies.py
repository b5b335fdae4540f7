"""Hypothesis strategies: small networks whose weights are small integers or halves, so that ties,
parallel hyperplanes, duplicate neurons and dead neurons happen.
"""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from linreg_lib.networks import (
    Network,
    PiecewiseLinear,
    hard_tanh,
    leaky_relu,
    relu,
    relu6,
)

SMALL_INTEGERS = st.integers(-2, 2)
HALVES = st.integers(-4, 4).map(lambda k: k / 2)


def seeds() -> st.SearchStrategy[int]:
    """Seeds of ``numpy.random.default_rng``."""
    return st.integers(0, 2**32 - 1)


@st.composite
def piecewise_linears(draw: st.DrawFn, max_breakpoints: int = 3) -> PiecewiseLinear:
    """Any activation with breakpoints and slopes at small dyadic numbers."""
    breakpoints = sorted(draw(st.lists(HALVES, min_size=1, max_size=max_breakpoints, unique=True)))
    slopes = [draw(HALVES)]
    for _ in breakpoints:
        slopes.append(draw(HALVES.filter(lambda slope, last=slopes[-1]: slope != last)))
    return PiecewiseLinear(breakpoints, slopes, value_at=(draw(HALVES), draw(HALVES)))


def named_activations() -> st.SearchStrategy[PiecewiseLinear]:
    """The named activations; the leaky one with a dyadic slope."""
    return st.sampled_from([relu(), leaky_relu(0.25), hard_tanh(), relu6()])


def activations() -> st.SearchStrategy[PiecewiseLinear]:
    """Named activations and others; ReLU most often."""
    return st.one_of(st.just(relu()), named_activations(), piecewise_linears())


def widths(
    max_inputs: int = 3, max_depth: int = 3, max_width: int = 4, min_depth: int = 1
) -> st.SearchStrategy[tuple[int, ...]]:
    """``(n_in, h_1, .., n_out)``."""
    hidden = st.lists(st.integers(1, max_width), min_size=min_depth, max_size=max_depth)
    return st.tuples(st.integers(1, max_inputs), hidden, st.integers(1, 2)).map(
        lambda parts: (parts[0], *parts[1], parts[2])
    )


@st.composite
def networks(
    draw: st.DrawFn,
    sizes: st.SearchStrategy[tuple[int, ...]] | None = None,
    activation: st.SearchStrategy[PiecewiseLinear] | None = None,
    entries: st.SearchStrategy[float] = SMALL_INTEGERS,
) -> Network:
    """A network with weights and biases from ``entries`` and one activation in each layer."""
    shape = draw(sizes if sizes is not None else widths())
    each = activation if activation is not None else activations()
    weights = [
        draw(hnp.arrays(np.float64, pair, elements=entries.map(float)))
        for pair in zip(shape[1:], shape[:-1], strict=True)
    ]
    biases = [draw(hnp.arrays(np.float64, n, elements=entries.map(float))) for n in shape[1:]]
    return Network.from_arrays(weights, biases, activation=[draw(each) for _ in shape[2:]])


def relu_networks(
    sizes: st.SearchStrategy[tuple[int, ...]] | None = None,
    entries: st.SearchStrategy[float] = SMALL_INTEGERS,
) -> st.SearchStrategy[Network]:
    """Networks with ReLU in all layers."""
    return networks(sizes=sizes, activation=st.just(relu()), entries=entries)


def points(dim: int, num_points: int = 4) -> st.SearchStrategy[np.ndarray]:
    """Arrays (num_points, dim) of halves, where ties are frequent."""
    return hnp.arrays(np.float64, (num_points, dim), elements=HALVES)
