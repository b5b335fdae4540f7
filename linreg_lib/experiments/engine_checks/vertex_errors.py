"""How far rounded vertices really are from the exact ones, and how far they might be."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from linreg_lib.geometry import Box
from linreg_lib.geometry.cutting.reference.numpy_subdivision import NumpySubdivision
from linreg_lib.locked import Locked
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_kind


@dataclass(frozen=True, kw_only=True, repr=False)
class VertexErrors(Locked):
    """For each vertex (n,): its distance from its exact position, and the bound of it."""

    actual: np.ndarray
    bound: np.ndarray


def vertex_errors(net: Network, box: Box) -> VertexErrors:
    """Distances ``|v~ - v*|`` of all vertices of a subdivision, with their bounds ``slack``.

    Differences are taken in rational arithmetic and rounded only then.  A bound of inf says that
    the vertex is placed exactly on demand.

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[3.0]], [[1]]], [[-1.0], [0]])
    >>> errors = vertex_errors(net, lr.Box(0.0, 1.0, dim=1))
    >>> bool((errors.actual <= errors.bound).all()), bool(errors.actual.max() > 0)
    (True, True)
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    checked_kind("box", box, Box, "a Box")
    if net.input_dim != box.dim:
        raise ValueError(f"net takes {net.input_dim} inputs, but the box lies in R^{box.dim}")
    run = NumpySubdivision(net, box, None)
    for layer in range(net.depth):
        run.add_layer(layer, None)
    # Bounds of distances in units that the cut has for each axis.
    bound = (run.vertex_slack + run.errors.place) * run.units.max()
    actual = np.zeros(len(bound))
    for vertex, rounded in enumerate(run.lattice.points.view):
        exact = run.exact.point(vertex)
        steps = [
            Fraction(float(x)) * Fraction(float(unit)) - Fraction(int(p), int(exact[-1]))
            for x, unit, p in zip(rounded[:-1], run.units, exact[:-1], strict=True)
        ]
        actual[vertex] = float(sum(step * step for step in steps)) ** 0.5
    return VertexErrors(actual=actual, bound=bound)
