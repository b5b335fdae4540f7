"""The distance from a point to the boundary B_N where no formula gives it: region by region."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.errors import WorkLimitError
from linreg_lib.experiments.distances.boundary_distances import first_layer_rows
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_count, checked_kind

_CLOSE = 1e-9  # of two gradients, relative to the larger: no jump


def distance_to_gradient_jump(net: Network, x: ArrayLike, *, max_regions: int = 1000) -> float:
    """Distance from the input ``x`` (n_in,) to B_N, the set where the output's gradient jumps.

    Activation regions are gone through in the order of their distance from x, each over its facets,
    until a facet is nearest across which the gradient of an output differs. It is inf where the
    regions that can be reached end before. For points at which ``nearest_switches`` says
    ``is_seen`` that function gives the same, much faster.

    Float64, about eight digits: faces of a region are found by least squares with inequalities,
    and gradients within 1e-9 of each other count as equal.

    Raises:
        WorkLimitError: more than ``max_regions`` regions are closer than B_N.
        ValueError: another shape, x at a breakpoint, a network that takes maxima, or other
            activations than those with at most one breakpoint.

    Before relu(relu(x) - 1) the switch at 0 is unseen from 1/4, that at 1 is not:

    >>> net = Network.from_arrays([[[1.0]], [[1.0]], [[1.0]]], [[0.0], [-1.0], [0.0]])
    >>> round(distance_to_gradient_jump(net, [0.25]), 9)
    0.75

    Source: HR19, Section 2.2; C. Lawson, R. Hanson, Solving Least Squares Problems, ch. 23.
    """
    point = checked_kind("net", net, Network, "a linreg_lib.Network").points(x)
    max_regions = checked_count("max_regions", max_regions)
    if point.ndim != 1:
        raise ValueError(f"x has shape {point.shape}; it must be one point ({net.input_dim},)")
    if net.max_units or any(each.num_breakpoints > 1 for each in net.activations):
        raise ValueError("net must take no maxima, and its activations have one breakpoint at most")
    lowest, highest = net.piece_range(point)
    if (lowest != highest).any():
        raise ValueError("x lies at a breakpoint of a neuron; move it")
    search = _Search(net, point)
    queue: list[tuple[float, int, bytes, int]] = []  # distance, order, region, the unit that flips
    order = 0
    reached: set[bytes] = set()
    pattern = lowest
    while True:
        reached.add(pattern.tobytes())
        if len(reached) > max_regions:
            raise WorkLimitError(
                f"more than {max_regions} regions are closer than B_N; raise max_regions"
            )
        for unit, distance in search.faces(pattern):
            order += 1
            heapq.heappush(queue, (distance, order, pattern.tobytes(), unit))
        while queue:
            distance, _, key, unit = heapq.heappop(queue)
            here = np.frombuffer(key, dtype=np.uint8)
            beyond = here.copy()
            beyond[unit] = 1 - beyond[unit]
            if search.gradient_jumps(here, beyond):
                return distance
            if beyond.tobytes() not in reached:
                pattern = beyond
                break
        else:
            return np.inf


class _Search:
    """Regions in orthonormal coordinates of the first layer's rows, centred at the point."""

    def __init__(self, net: Network, point: NDArray[np.float64]) -> None:
        self.net = net
        self.rows = first_layer_rows(net)
        self.start = net.weights[0] @ point + net.biases[0]
        self.starts = np.cumsum([0, *net.hidden_widths])

    def _forms(
        self, pattern: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Pre-activations on a region as ``gradients @ d + values``, and the output's gradient."""
        gradient, value = self.rows, self.start
        gradients, values = [], []
        for layer, activation in enumerate(self.net.activations):
            table = activation.breakpoint_table(len(value))
            gradients.append(gradient)
            values.append(value - table[:, 0] if table.shape[1] else np.full(len(value), np.inf))
            piece = pattern[self.starts[layer] : self.starts[layer + 1]]
            slope = activation.slopes_on(piece)
            weight = self.net.weights[layer + 1]
            value = weight @ (slope * value + activation.offsets_on(piece))
            value = value + self.net.biases[layer + 1]
            gradient = weight @ (slope[:, None] * gradient)
        return np.concatenate(gradients), np.concatenate(values), gradient

    def gradient_jumps(self, first: NDArray[np.uint8], second: NDArray[np.uint8]) -> bool:
        one, other = self._forms(first)[2], self._forms(second)[2]
        size = max(np.abs(one).max(initial=0.0), np.abs(other).max(initial=0.0))
        return bool(np.abs(one - other).max(initial=0.0) > _CLOSE * size)

    def faces(self, pattern: NDArray[np.uint8]) -> list[tuple[int, float]]:
        """Units whose breakpoint meets the closed region, and how far from the centre it does."""
        gradients, values, _ = self._forms(pattern)
        lengths = np.linalg.norm(gradients, axis=1)
        varies = np.flatnonzero((lengths > 0) & np.isfinite(values))
        sign = np.where(pattern[varies] > 0, 1.0, -1.0) / lengths[varies]
        normals, offsets = sign[:, None] * gradients[varies], -sign * values[varies]
        found = []  # the region is normals @ d >= offsets
        for at, unit in enumerate(varies.tolist()):
            nearest = _least_distance(
                np.vstack([normals, -normals[at]]), np.append(offsets, -offsets[at])
            )
            if nearest is not None:
                found.append((unit, nearest))
        return found


def _least_distance(normals: NDArray[np.float64], offsets: NDArray[np.float64]) -> float | None:
    """Length of the shortest d with ``normals @ d >= offsets``; None where there is none.

    Lawson and Hanson's problem LDP, by their non-negative least squares.
    """
    from scipy.optimize import nnls

    system = np.vstack([normals.T, offsets])
    target = np.append(np.zeros(normals.shape[1]), 1.0)
    weights, residue = nnls(system, target, maxiter=50 * system.shape[1])
    rest = system @ weights - target
    if residue < 1e-10 or rest[-1] >= 0:
        return None
    return float(np.linalg.norm(rest[:-1] / rest[-1]))
