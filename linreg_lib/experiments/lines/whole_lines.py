"""Pieces of many whole lines at once: each is two segments of a network with one input more."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.geometry import Line, count_along_lines, subdivide
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_choice, checked_kind
from linreg_lib.networks.exact_floats import exact_floats


def count_along_whole_lines(
    net: Network, points: ArrayLike, directions: ArrayLike, of: str = "activation"
) -> NDArray[np.int64]:
    """Number of pieces into which the network cuts each line ``points + R directions``, int (m,).

    ``points`` and ``directions`` are (m, n_in). Counted is what ``count_along_lines`` counts, but
    without ends: ``of="activation"`` pieces of different pattern, ``of="linear"`` pieces of
    different affine map along the line; units that switch at one point cut once. Exact, for the
    unit vectors that ``Line`` makes of the directions.

    Where u > 0, the network at ``x / u`` has the signs of a network that takes ``(x, u)``, with u
    in the place of the biases. That one is cut along the segments from ``(-+direction, 0)``, which
    are the ends of the line, to ``(point, 1)``. Networks with other activations than ReLU and
    leaky ReLU, and lines on whose point a unit switches, are cut as a ``Line``, one by one.

    Raises:
        ValueError: shapes that do not fit, entries that are not finite, a direction of length 0
            (names its row), an unknown ``of``.
        OverflowError: pre-activations overflow float64.

    Two units that switch at -1/2 and 3, and a third after them that switches where their sum is 4:

    >>> net = Network.from_arrays([[[1.0], [1.0]], [[1.0, 1.0]], [[1.0]]], [[0.5, -3], [-4], [0]])
    >>> count_along_whole_lines(net, [[0.0], [1.0]], [[1.0], [-3.0]]).tolist()
    [4, 4]
    >>> count_along_whole_lines(net, [[0.0]], [[1.0]], of="linear").tolist()
    [2]

    Source: HR19, Section 3.1.
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    checked_choice("of", of, ("activation", "linear"))
    through, along = exact_floats("points", points), exact_floats("directions", directions)
    for name, array in (("points", through), ("directions", along)):
        if array.ndim != 2 or array.shape[1] != net.input_dim:
            raise ValueError(f"{name} has shape {array.shape}; it must be (m, {net.input_dim})")
    if len(through) != len(along):
        raise ValueError(f"{len(through)} points, but {len(along)} directions; they must agree")
    if (zero := np.flatnonzero(~along.any(axis=1))).size:
        raise ValueError(f"directions[{zero[0]}] has length 0; a line needs a direction")
    if not len(through):
        return np.zeros(0, dtype=np.int64)
    lines = [Line(point, direction) for point, direction in zip(through, along, strict=True)]
    alone = np.ones(len(lines), dtype=bool)
    if _passes_positive_values_on(net):
        lowest, highest = net.piece_range(through)
        alone = (lowest != highest).any(axis=1)
    counts = np.empty(len(lines), dtype=np.int64)
    rest = np.flatnonzero(~alone)
    if rest.size:
        units = np.stack([lines[row].direction for row in rest])
        counts[rest] = _count_two_rays(net, through[rest], units, of)
    for row in np.flatnonzero(alone):
        cx = subdivide(net, lines[row])
        counts[row] = cx.num_regions if of == "activation" else cx.linear_regions().num_regions
    return counts


def _passes_positive_values_on(net: Network) -> bool:
    """Whether every hidden layer is positively homogeneous and leaves positive values alone."""
    if net.max_units:
        return False
    return all(
        activation.is_positively_homogeneous
        and bool((activation.slope_table(width)[:, -1] == 1.0).all())
        and activation.slope_table(width).shape[1] <= 2
        and type(activation) is type(activation.unit(0))  # one for all units: it takes one more
        for activation, width in zip(net.activations, net.hidden_widths, strict=True)
    )


def _count_two_rays(
    net: Network, points: NDArray[np.float64], units: NDArray[np.float64], of: str
) -> NDArray[np.int64]:
    """Pieces of both rays, of which the two at ``points`` are one, as no unit switches there."""
    far = _at_the_scale_of_biases(net, points, units)
    middle = np.column_stack([points, np.ones(len(points))])
    cone = _with_biases_as_input(net)
    counts = np.full(len(points), -1, dtype=np.int64)
    for sign in (1.0, -1.0):
        counts += count_along_lines(cone, np.column_stack([sign * far, 0 * far[:, :1]]), middle, of)
    return counts


def _at_the_scale_of_biases(
    net: Network, points: NDArray[np.float64], units: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The directions times powers of two, which change no count, but how well floats certify it.

    The first layer's values are then about as large at both ends of each segment.
    """
    weight = net.weights[0].T
    here = np.abs(points @ weight + net.biases[0]).mean(axis=1)
    there = np.abs(units @ weight).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = here / there
    power = np.zeros(len(units), dtype=np.int64)
    known = np.isfinite(ratio) & (ratio > 0)
    power[known] = np.clip(np.frexp(ratio[known])[1], -100, 100)
    far = np.ldexp(units, power[:, None])
    is_exact = (np.ldexp(far, -power[:, None]) == units).all(axis=1, keepdims=True)
    return np.where(is_exact, far, units)


def _with_biases_as_input(net: Network) -> Network:
    """The network of ``(x, u)`` whose hidden values at u > 0 are u times those of net at x / u.

    One more unit in each layer carries ``1 + u``, never at its breakpoint, so later biases become
    ``b (1 + u) - b``. No entry is rounded.
    """
    weights, biases = [], []
    for layer, (weight, bias) in enumerate(zip(net.weights, net.biases, strict=True)):
        weight = np.column_stack([weight, bias])
        bias = -bias if layer else np.zeros_like(bias)
        if layer < net.depth:
            carrier = np.zeros((1, weight.shape[1]))
            carrier[0, -1] = 1.0
            weight = np.vstack([weight, carrier])
            bias = np.append(bias, 0.0 if layer else 1.0)
        weights.append(weight)
        biases.append(bias)
    return Network.from_arrays(weights, biases, activation=net.activations)
