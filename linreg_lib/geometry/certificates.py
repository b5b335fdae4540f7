"""When a float64 sign is the exact one: error bounds for a layer's values at rounded vertices.

A vertex ``v`` has an exact position v* and a rounded one v~.  On each cell C of the complex a
layer's pre-activations are exact affine functions z^C.  Three bounds are kept:

* ``value[k] >= |stored z_k(v) - z_k^C(v~)|`` for every vertex and every cell C that touches it.
  Only rounding enters, since a new vertex interpolates the values and the coordinates of an edge
  with the same weight; so the bound grows by a few units in the last place for each cut, whatever
  the angles.
* ``slack(f) >= dist(v~, affine hull of f*)`` for the vertices of a face f.  It is 0 for cells; for
  the section of f by the neuron j it is ``slack(f) + (value[j] + lipschitz[j] slack(f)) / slope``,
  ``slope`` being a lower bound of |grad z_j| along f, which the values at the ends of edges give.
  A vertex, cut out of cells in d steps, has ``slack(v) >= |v~ - v*|`` at last, so conditioning is
  paid for at most d times, however long the history of the vertex.
* ``lipschitz[k] >= |grad z_k^C|`` for all cells.

Then ``z_k(v*) = z_k^C(v*)`` has the sign of the stored value whenever
``|stored z_k(v)| > value[k] + lipschitz[k] slack(v)``; all other signs are decided exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linreg_lib.networks import Network

UNIT = 2.0**-53
_SAFETY = 1.0 + 1e-6
#: absolute floor of every error: products of tiny numbers may underflow
_TINY = 2.0**-900


@dataclass(frozen=True, kw_only=True)
class LayerError:
    """Bounds for one layer, each (n,): see the module's text; ``largest`` stored |value|."""

    value: np.ndarray
    largest: np.ndarray
    lipschitz: np.ndarray


class ErrorModel:
    """The bounds, layer after layer.

    ``extent`` bounds the length of a vertex' coordinates, whose rounding counts as an error;
    ``homogeneous`` says that the last coordinate varies too, so that biases count as weights.
    Without ``extent`` coordinates are never rounded, slopes are measured rather than bounded
    (``lipschitz`` is 0), and a layer's new vertices all lie between old ones, so that the error of
    interpolation arises only once: this is how lines.py works.
    """

    def __init__(
        self, net: Network, extent: float | None = None, homogeneous: bool = False
    ) -> None:
        self._net = net
        self._homogeneous = homogeneous
        self._extent = extent
        self._spread = 1.0
        self._last: LayerError | None = None

    def first_layer(
        self, input_sizes: np.ndarray, num_terms: int, frame: np.ndarray, values: np.ndarray
    ) -> LayerError:
        """Bounds for the first layer.

        Its ``values`` (vertices, n) were computed from inputs that are sums of ``num_terms``
        products whose absolute values add up to at most ``input_sizes`` (vertices, n_in);
        ``frame`` (n, d) are its weights in coordinates.
        """
        size = (input_sizes @ np.abs(self._net.weights[0]).T).max(axis=0)
        size += np.abs(self._net.biases[0])
        unit = (self._net.input_dim + num_terms + 12) * UNIT
        return self._finish(0, unit * size + _TINY * (size > 0), frame, values)

    def next_layer(self, layer: int, hidden: np.ndarray, values: np.ndarray) -> LayerError:
        """Bounds for ``layer`` from the ones before it; ``hidden`` (vertices, n_before)."""
        assert self._last is not None
        weight, bias = np.abs(self._net.weights[layer]), np.abs(self._net.biases[layer])
        activation = self._net.activations[layer - 1]
        steepest = float(np.abs(activation.slopes).max())
        offset = float(np.abs(activation.offsets).max())
        size = np.abs(hidden).max(axis=0)
        incoming = steepest * self._last.value + 4 * UNIT * (size + offset)
        unit = (weight.shape[1] + 6) * UNIT
        bound = weight @ incoming + unit * (weight @ size + bias)
        return self._finish(layer, bound + _TINY * (bound > 0), self._net.weights[layer], values)

    def _finish(
        self, layer: int, bound: np.ndarray, weight: np.ndarray, values: np.ndarray
    ) -> LayerError:
        bias = self._net.biases[layer]
        if self._homogeneous:
            weight = np.column_stack([weight, bias])
        lipschitz, num_steps = np.zeros(len(bias)), 3
        if self._extent is not None:
            lipschitz = np.linalg.norm(weight, axis=1) * self._spread * _SAFETY
            self._spread = self._next_spread(layer, weight)
            num_steps = 2 + len(bias) * self._net.activations[layer].num_breakpoints
        largest = np.maximum(values.max(axis=0), -values.min(axis=0))
        step = 16 * UNIT * (largest + lipschitz * (self._extent or 0.0))
        self._last = LayerError(
            value=(bound + num_steps * step) * _SAFETY, largest=largest, lipschitz=lipschitz
        )
        if not np.isfinite(self._last.value).all() or not np.isfinite(lipschitz).all():
            raise OverflowError(
                f"pre-activations of layer {layer} overflow float64 somewhere on the domain; "
                "scale the weights or shrink the domain"
            )
        return self._last

    def _next_spread(self, layer: int, weight: np.ndarray) -> float:
        """A bound of how much a hidden layer's values change per unit of length."""
        activation = self._net.activations[layer]
        spread = float(np.linalg.norm(weight, 2)) * float(np.abs(activation.slopes).max())
        if self._homogeneous:
            spread += 1.0 + float(np.abs(activation.offsets).max())
        return spread * self._spread * _SAFETY
