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
  Every ``value`` has room for the rounding of a vertex' coordinates in all cuts to come, so this
  holds for vertices born on f later, too.  A vertex, cut out of cells in d steps, has
  ``slack(v) >= |v~ - v*|`` at last, so conditioning is paid for at most d times, however long the
  history of the vertex.  A domain's own faces start with room for the rounding of vertices on them
  (cutting/subdivision_state.py), its corners with their own rounding where they are no floats.
* ``lipschitz[k] >= |grad z_k^C|`` for all cells.

Bounds never underflow to 0: where a value is not exact by construction they are at least
``UNDERFLOW_FLOOR``.

Then ``z_k(v*) = z_k^C(v*)`` has the sign of the stored value whenever
``|stored z_k(v)| > value[k] + lipschitz[k] slack(v)``; all other signs are decided exactly.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from linreg_lib.networks import Network
from linreg_lib.networks.float_constants import SAFETY, UNDERFLOW_FLOOR, UNIT
from linreg_lib.networks.unit_names import layer_name

#: how many times too steep the product of the layers' norms may look before slopes are measured
_LOOSE = 64.0


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
    interpolation arises only once: this is how lines/lines.py works.  ``measure()``, if given,
    bounds how much the last hidden layer's values change per unit of length, at some cost.
    """

    def __init__(
        self,
        net: Network,
        extent: float | None = None,
        homogeneous: bool = False,
        measure: Callable[[], float] | None = None,
    ) -> None:
        self._net = net
        self._homogeneous = homogeneous
        self._measure = measure
        self._extent = None if extent is None else max(extent, 2.0**-1000)
        #: no vertex has more ancestors than there are hyperplanes
        self._num_cuts = num_hyperplanes(net)
        self._spread = 1.0
        self._last: LayerError | None = None

    def of_part(self, measure: Callable[[], float]) -> ErrorModel:
        """The same after the same layers, to go on with some of the cells alone."""
        part = copy.copy(self)
        part._measure = measure
        return part

    def first_layer(
        self,
        input_sizes: np.ndarray,
        num_terms: int,
        values: np.ndarray,
        frame: np.ndarray | None = None,
        frame_size: np.ndarray | None = None,
        offset_size: np.ndarray | None = None,
        offset_error: np.ndarray | float = 0.0,
    ) -> LayerError:
        """Bounds for the first layer.

        Its ``values`` (vertices, n) were computed from inputs that are sums of ``num_terms``
        products whose absolute values add up to at most ``input_sizes`` (vertices, n_in);
        ``frame`` (n, d) are its weights in coordinates, each a rounded sum of products whose
        absolute values add up to ``frame_size``.  Not needed without ``extent``.  What is added to
        the products, by default the bias, is at most ``offset_size`` (n,), off by ``offset_error``.
        """
        weight, bias = self._net.weights[0], self._net.biases[0]
        unit = (self._net.input_dim + num_terms + 12) * UNIT
        added = np.abs(bias) if offset_size is None else offset_size
        bound = unit * ((input_sizes @ np.abs(weight).T).max(axis=0) + added) + offset_error
        alive = weight.any(axis=1) | (bias != 0)
        if frame is None or frame_size is None:
            return self._finish(0, bound, alive, np.zeros((len(bias), 1)), _largest(values))
        return self._finish(0, bound, alive, frame, _largest(values), unit * frame_size)

    def next_layer(self, layer: int, hidden: np.ndarray, values: np.ndarray) -> LayerError:
        """Bounds for ``layer`` from the ones before it; ``hidden`` (vertices, n_before)."""
        return self.layer_after(layer, np.abs(hidden).max(axis=0), _largest(values))

    def layer_after(self, layer: int, size: np.ndarray, largest: np.ndarray) -> LayerError:
        """The same from the largest absolute ``hidden`` (n_before,) and values (n,)."""
        assert self._last is not None
        weight, bias = self._net.weights[layer], self._net.biases[layer]
        activation = self._net.activations[layer - 1]
        steepest, offset = activation.steepest, activation.largest_offset
        passed = np.where(
            self._last.value > 0, np.maximum(steepest * self._last.value, UNDERFLOW_FLOOR), 0
        )
        incoming = passed + 4 * UNIT * (size + offset)
        unit = (weight.shape[1] + 6) * UNIT
        bound = np.abs(weight) @ (incoming + unit * size) + unit * np.abs(bias)
        alive = (weight != 0) @ (incoming > 0) | (bias != 0)
        if self._homogeneous:
            weight = np.column_stack([weight, bias])
        return self._finish(layer, bound, alive, weight, largest)

    def _finish(
        self,
        layer: int,
        bound: np.ndarray,
        alive: np.ndarray,
        weight: np.ndarray,
        largest: np.ndarray,
        weight_error: np.ndarray | None = None,
    ) -> LayerError:
        lipschitz, num_steps = np.zeros(len(bound)), 3
        if self._extent is not None:
            rounding = np.zeros_like(weight) if weight_error is None else weight_error
            norms = _row_norms(weight) + _row_norms(rounding)
            seen = _middle(largest) / self._extent
            if layer and self._measure and _middle(norms) * self._spread > _LOOSE * seen:
                self._spread = max(min(self._spread, self._measure()), UNDERFLOW_FLOOR)
            steep = np.maximum(norms * self._spread * SAFETY, UNDERFLOW_FLOOR)
            lipschitz = np.where(weight.any(axis=1) | rounding.any(axis=1), steep, 0.0)
            self._spread = self._next_spread(layer, weight, rounding)
            num_steps = 2 + self._net.activations[layer].count_breakpoints(len(bound))
        step = 16 * UNIT * (num_steps * largest)
        step += 16 * UNIT * (2 + self._num_cuts) * (self._extent or 0.0) * lipschitz
        value = (bound + step) * SAFETY + UNDERFLOW_FLOOR * alive
        self._last = LayerError(value=value, largest=largest, lipschitz=lipschitz)
        if not np.isfinite(value).all() or not np.isfinite(lipschitz).all():
            raise OverflowError(
                f"pre-activations of {layer_name(layer)} overflow float64 somewhere on the domain; "
                "scale the weights or shrink the domain"
            )
        return self._last

    def _next_spread(self, layer: int, weight: np.ndarray, rounding: np.ndarray) -> float:
        """A bound of how much a hidden layer's values change per unit of length."""
        activation = self._net.activations[layer]
        spread = spectral_bound(weight) + float(_row_norms(rounding).sum())
        spread *= activation.steepest
        if self._homogeneous:
            spread += 1.0 + activation.largest_offset * len(weight) ** 0.5
        return max(spread * self._spread * SAFETY, UNDERFLOW_FLOOR)


def num_hyperplanes(net: Network) -> int:
    """How often a network's neurons, breakpoint by breakpoint, can cut."""
    return sum(
        activation.count_breakpoints(width)
        for width, activation in zip(net.hidden_widths, net.activations, strict=True)
    )


def _largest(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.maximum(values.max(axis=0), -values.min(axis=0)))


def _middle(values: np.ndarray) -> float:
    return float(np.sort(values)[len(values) // 2])


def spectral_bound(matrix: np.ndarray) -> float:
    """At least the largest singular value, and at most about 30 % more where n = 64.

    It is the norm (sum of the 16th powers of the singular values) ** (1/16), which products give,
    in a fraction of the time of a decomposition.
    """
    largest = float(np.abs(matrix).max(initial=0.0))
    if not 0 < largest < np.inf:
        return largest
    scaled = matrix / largest
    if scaled.shape[0] < scaled.shape[1]:
        scaled = scaled.T
    power, norm = scaled.T @ scaled, 1.0
    for root in (2, 4, 8):
        size = float(np.abs(power).max())
        norm *= size ** (1 / root)
        power = power / size
        if root < 8:
            power = power @ power
    return largest * norm * float(np.linalg.norm(power)) ** (1 / 8) * SAFETY


def _row_norms(rows: np.ndarray) -> np.ndarray:
    """Euclidean lengths of the rows, safe from underflow and overflow of squares."""
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=0.0)
    scaled = rows / np.where(largest > 0, largest, 1.0)
    return largest[:, 0] * np.sqrt((scaled**2).sum(axis=1))
