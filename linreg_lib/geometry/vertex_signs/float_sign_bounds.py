"""When a float64 sign is the exact one: error bounds for a layer's values at rounded vertices.

A vertex ``v`` has an exact position v* and a place v~ that its values are those of: a corner's
coordinates, and from then on the exact convex combination of the places of the edge's ends, with
the rounded weight.  Values are interpolated with the same weight, so the rounding of coordinates
(``ErrorModel.place`` bounds all of it) does not enter into them.  On each cell C of the complex a
layer's pre-activations are exact affine functions z^C.  Three bounds are kept:

* ``value[k] >= |stored z_k(v) - z_k^C(v~)|`` for every vertex and every cell C that touches it.
  Interpolation leaves it as it is, up to a few units in the last place for each cut, whatever the
  angles; from layer to layer carried_bounds.py carries it.
* ``slack(f) >= dist(v~, affine hull of f*)`` for the vertices of a face f.  It is 0 for cells; for
  the section of f by the neuron j it is ``slack(f) + (value[j] + lipschitz[j] slack(f)) / slope``,
  ``slope`` being a lower bound of |grad z_j| along f, which the values at the ends of edges give.
  A distance to an affine hull is convex, so this holds for vertices born on f later, too.  A
  vertex, cut out of cells in d steps, has ``slack(v) >= |v~ - v*|`` at last, so conditioning is
  paid for at most d times, however long the history of the vertex.  A domain's own faces start with
  room for the rounding of vertices on them (cutting/subdivision_state.py), its corners with their
  own rounding where they are no floats.
* ``lipschitz[k] >= |grad z_k^C|`` for all cells.

The compiled cut evaluates the first layer at the rounded coordinates, so while that layer cuts,
those are v~; its ``value`` has room for their rounding.

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

from linreg_lib.geometry.vertex_signs.carried_bounds import CarriedBounds, row_norms
from linreg_lib.networks import Network
from linreg_lib.networks.float_constants import SAFETY, UNDERFLOW_FLOOR, UNIT
from linreg_lib.networks.unit_names import layer_name

#: how many times too steep a layer may look before slopes are measured,
_LOOSE = 64.0
#: if the vertices that are in doubt on this account are at least such a share
_COSTLY = 0.05
#: how many operations, each off by a unit in the last place, a cut costs a value or a coordinate
_OF_A_CUT = 6


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
    interpolation arises only once: this is how lines/lines.py works.  ``measure(units)``, if given,
    bounds the norm of all gradients of the last layer that has cut, each in its unit, on any cell,
    at some cost.  ``at_coordinates``: v~ are the rounded coordinates themselves, and ``value`` has
    room for their rounding: for a cut that stores ties as they are and keeps the vertex' place.
    """

    def __init__(
        self,
        net: Network,
        extent: float | None = None,
        homogeneous: bool = False,
        measure: Callable[[np.ndarray], float] | None = None,
        at_coordinates: bool = False,
    ) -> None:
        self._net = net
        self._at_coordinates = at_coordinates
        self._homogeneous = homogeneous
        self._measure = measure
        self._extent = None if extent is None else max(extent, 2.0**-1000)
        self._errors = self._slopes = CarriedBounds.of(np.zeros(0), np.zeros(0))
        #: an estimate, from the layers so far, of how far vertices are off
        self._usual_slack = 0.0

    @property
    def place(self) -> float:
        """How far the coordinates of a vertex may be from the place that its values are those of.

        No vertex has more ancestors than there are hyperplanes.
        """
        return _OF_A_CUT * UNIT * (2 + num_hyperplanes(self._net)) * (self._extent or 0.0)

    def of_part(self, measure: Callable[[np.ndarray], float]) -> ErrorModel:
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
        local = unit * ((input_sizes @ np.abs(weight).T).max(axis=0) + added) + offset_error
        alive = weight.any(axis=1) | (bias != 0)
        steep = np.zeros(len(bias))
        if self._extent is not None and frame is not None and frame_size is not None:
            steep = (row_norms(frame) + row_norms(unit * frame_size)) * SAFETY
            steep = np.where(steep > 0, np.maximum(steep, UNDERFLOW_FLOOR), 0.0)
            local += 2 * self._step(0) * self._extent * steep
        none = np.zeros((len(bias), 0))
        return self._finish(0, none, local, alive, _largest(values), steep)

    def next_layer(
        self,
        layer: int,
        hidden: np.ndarray,
        values: np.ndarray,
        flat: np.ndarray | None = None,
    ) -> LayerError:
        """Bounds for ``layer`` from the ones before it; ``hidden`` (vertices, n_before)."""
        return self.layer_after(layer, np.abs(hidden).max(axis=0), _largest(values), flat)

    def layer_after(
        self, layer: int, size: np.ndarray, largest: np.ndarray, flat: np.ndarray | None = None
    ) -> LayerError:
        """The same from the largest absolute ``hidden`` (n_before,) and values (n,).

        ``flat`` (n_before,): which of the neurons before are above no breakpoint at any vertex.
        """
        weight, bias = self._net.weights[layer], self._net.biases[layer]
        activation = self._net.activations[layer - 1]
        offset = activation.largest_offset
        rounding = 4 * UNIT * (size + offset)
        unit = (weight.shape[1] + 6) * UNIT
        local = np.abs(weight) @ (rounding + unit * size) + unit * np.abs(bias)
        slopes = np.abs(activation.slope_table(len(size)))
        steepest = slopes.max(axis=1)
        if flat is not None:
            steepest[flat] = slopes[flat, 0]
        # What is passed on may underflow, but for errors that are 0 by construction.
        inexact = self._errors.bounds > 0
        local += np.abs(weight) @ np.where(inexact, UNDERFLOW_FLOOR, 0.0)
        alive = (weight != 0) @ (inexact | (rounding > 0)) | (bias != 0)
        steep = np.zeros(len(bias))
        if self._extent is not None and self._homogeneous:
            steep = np.abs(bias) + np.abs(weight).sum(axis=1) * offset
        return self._finish(layer, weight * steepest, local, alive, largest, steep)

    def _step(self, layer: int) -> float:
        """What the cuts of a layer add to a value's error, as a share of the largest value."""
        if self._extent is None:
            return 16 * UNIT * 3
        num = self._net.activations[layer].count_breakpoints(len(self._net.biases[layer]))
        return _OF_A_CUT * UNIT * (4 + num)

    def _finish(
        self,
        layer: int,
        weight: np.ndarray,
        local: np.ndarray,
        alive: np.ndarray,
        largest: np.ndarray,
        steep: np.ndarray,
    ) -> LayerError:
        """From the errors and slopes that arise here; ``weight`` passes on those before."""
        local = local + self._step(layer) * largest + UNDERFLOW_FLOOR * alive
        self._errors = self._errors.after(weight, local, local)
        value = self._errors.bounds
        lipschitz = np.zeros(len(local))
        if self._extent is not None:
            floor = np.where(weight.any(axis=1) | (steep > 0), UNDERFLOW_FLOOR, 0.0)
            slopes = self._slopes.after(weight, steep + floor, largest)
            if layer and self._measure is not None and self._is_loose(slopes.bounds, largest):
                self._slopes = self._slopes.at_most(self._measure(self._slopes.units))
                slopes = self._slopes.after(weight, steep + floor, largest)
            self._slopes, lipschitz = slopes, slopes.bounds
            if self._at_coordinates:
                value = (value + 2 * self.place * lipschitz) * SAFETY
                self._errors = CarriedBounds.of(value, self._errors.units)
            self._usual_slack = max(
                self._usual_slack, 8 * _middle(value) * self._extent / max(_middle(largest), 1e-300)
            )
        if not np.isfinite(value).all() or not np.isfinite(lipschitz).all():
            raise OverflowError(
                f"pre-activations of {layer_name(layer)} overflow float64 somewhere on the domain; "
                "scale the weights or shrink the domain"
            )
        return LayerError(value=value, largest=largest, lipschitz=lipschitz)

    def _is_loose(self, steep: np.ndarray, largest: np.ndarray) -> bool:
        """Whether too steep bounds would leave many vertices in doubt."""
        assert self._extent is not None
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            doubts = np.where(largest > 0, steep * self._usual_slack / largest, 0.0).sum()
        is_costly = not doubts <= _COSTLY
        return is_costly and _middle(steep) > _LOOSE * _middle(largest) / self._extent


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
