"""Facets of whole activation regions in the full input space, by linear programs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linreg_lib.networks import Network

_CLEAR = 1e-6  # a linear program's optimum closer to 1 than this decides nothing


@dataclass(frozen=True, kw_only=True)
class CellFacets:
    """``num_facets`` (m,) facets found of each region; ``num_undecided`` (m,) neurons too close.

    ``num_facets`` leaves the undecided neurons out, so it is a lower bound where there are some.
    """

    num_facets: npt.NDArray[np.int64]
    num_undecided: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        self.num_facets.setflags(write=False)
        self.num_undecided.setflags(write=False)


def facets_of_cells(net: Network, points: npt.ArrayLike) -> CellFacets:
    """Facets, in all of R^n_in, of the activation regions that hold the given inputs (m, n_in).

    On the region of x0 every neuron z is affine, and the region is {z_i has its sign at x0}.
    Neuron i makes a facet iff leaving its inequality out enlarges the region: iff the linear
    program max p_i.d subject to p_j.d <= 1 (j != i) exceeds 1, where d = x - x0 and p_i is minus
    the gradient of z_i over z_i(x0).  Coordinates are taken in the span of the gradients, whose
    dimension is often far below n_in.  Floating point: optima within 1e-6 of 1 stay undecided.
    Hyperplanes that coincide are all called redundant; neurons without gradient make no facet.

    Raises:
        ValueError: an activation other than ReLU or leaky ReLU, points of another dimension, or a
            point on a boundary.

    The quadrant of two coordinate neurons, and a third one that cuts off its corner:

    >>> net = Network.from_arrays([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1]]], [[0, 0, -1], [0]])
    >>> facets_of_cells(net, [[1.0, 1.0], [0.2, 0.2], [-1.0, -1.0]]).num_facets.tolist()
    [3, 3, 2]

    Source: non-redundant inequalities, F23, Preliminary 5.
    """
    inputs = np.atleast_2d(np.asarray(points, dtype=np.float64))
    if inputs.ndim != 2 or inputs.shape[1] != net.input_dim:
        raise ValueError(f"points needs shape (m, {net.input_dim}), not {inputs.shape}")
    for layer, activation in enumerate(net.activations):
        if not activation.is_positively_homogeneous:
            raise ValueError(f"hidden layer {layer}: {activation!r} has not its one kink at 0")
    found = [_facets(net, point, index) for index, point in enumerate(inputs)]
    return CellFacets(
        num_facets=np.array([facets for facets, _ in found], dtype=np.int64),
        num_undecided=np.array([undecided for _, undecided in found], dtype=np.int64),
    )


def _facets(net: Network, point: np.ndarray, index: int) -> tuple[int, int]:
    from scipy.optimize import linprog

    values, gradients = _affine_neurons(net, point)
    if (values == 0.0).any():
        neuron = int(np.flatnonzero(values == 0.0)[0])
        raise ValueError(f"points[{index}] is on the boundary of neuron {neuron}; move it")
    left, sizes, _ = np.linalg.svd(gradients, full_matrices=False)
    rank = int((sizes > 1e-10 * sizes[0]).sum())
    rows = -(left[:, :rank] * sizes[:rank]) / values[:, None]
    rows = rows[np.abs(gradients).max(axis=1) > 0.0]
    facets = undecided = 0
    for i, row in enumerate(rows):
        limits = np.ones(len(rows))
        limits[i] = 2.0  # bounds the program; any optimum above 1 says the same
        best = linprog(-row, A_ub=rows, b_ub=limits, bounds=(None, None), method="highs")
        optimum = -best.fun if best.status == 0 else np.nan
        facets += optimum > 1.0 + _CLEAR
        undecided += not abs(optimum - 1.0) > _CLEAR
    return facets, undecided


def _affine_neurons(net: Network, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pre-activations at the point (N,) and their gradients on its region (N, n_in)."""
    values, gradients = [], []
    outputs, jacobian = point, np.eye(net.input_dim)
    for weight, bias, activation in zip(net.weights, net.biases, net.activations, strict=False):
        pre = weight @ outputs + bias
        slopes = weight @ jacobian
        values.append(pre)
        gradients.append(slopes)
        gain = activation.slopes[activation.piece(pre)]
        outputs, jacobian = activation(pre), gain[:, None] * slopes
    return np.concatenate(values), np.concatenate(gradients)
