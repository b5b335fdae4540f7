"""A graph of values as layers: each unit in the first layer that can hold it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.networks.graph.carriers import Carrier, Parts, carriers
from linreg_lib.networks.graph.exact_rows import ExactRows, combined
from linreg_lib.networks.graph.values import (
    CARRY,
    Affine,
    Contest,
    Inputs,
    Units,
    Value,
    selection,
)
from linreg_lib.networks.max_units import Match, MaxUnit

#: the weights of all layers together, as dense float64 matrices
_MOST_BYTES = 4 * 2**30


@dataclass(frozen=True, kw_only=True, eq=False)
class LayeredArrays:
    """Weights, biases and activations of layers, the affine output layer last.

    ``activations[l]``: one for each unit.  ``places``: layer and first neuron of each value of
    units.
    """

    weights: list[NDArray[np.float64]]
    biases: list[NDArray[np.float64]]
    activations: list[tuple[PiecewiseLinear, ...]]
    places: dict[Units, tuple[int, int]]


def layered(inputs: Inputs, output: Value) -> LayeredArrays:
    """The layers of a graph.

    A unit stands in the first layer in which its pre-activation is affine in the layer before;
    behind the units of the program, in its order, stand those that carry values on.  Affine maps
    that follow each other are multiplied exactly, and each weight and bias is rounded once.

    Raises:
        ValueError: if the weights would take more memory than 4 GiB, or leave the range of float64.
    """
    return _Layers(inputs, output).made()


def max_units(
    contests: Iterable[Contest], places: dict[Units, tuple[int, int]]
) -> tuple[MaxUnit, ...]:
    """The maxima of two or more entries, with the places of their matches."""
    found = []
    for contest in contests:
        starts = [places[each] for each in contest.rounds if each in places]
        if len(starts) < len(contest.rounds):  # nothing uses it
            continue
        for num, matches in zip(contest.num_entries, contest.matches, strict=True):
            if num > 1:
                made = [
                    Match(
                        layer=starts[step][0],
                        neuron=starts[step][1] + unit,
                        lower=lower,
                        higher=higher,
                    )
                    for step, unit, lower, higher in matches
                ]
                found.append(MaxUnit(num_entries=num, matches=tuple(made)))
    return tuple(found)


class _Layers:
    def __init__(self, inputs: Inputs, output: Value) -> None:
        self.inputs, self.output = inputs, output
        self.parts_of: dict[Value, Parts] = {}
        self.bias_of: dict[Value, NDArray[np.float64]] = {}
        self.units_of_level: list[list[Units]] = []
        self._arrange()
        # What is carried comes on top, and is counted layer by layer.
        widths = [sum(each.size for each in units) for units in self.units_of_level]
        self._require_memory(inputs.size, [*widths, output.size])
        self.arrays = LayeredArrays(weights=[], biases=[], activations=[], places={})
        #: where the entries of a value stand in the layer before: (size, width of that layer)
        self.ready: dict[Value, sparse.csr_array] = {
            inputs: selection(np.arange(inputs.size), inputs.size)
        }
        self.width = inputs.size

    def _arrange(self) -> None:
        """Values below the output, and the level of every unit."""
        found: set[Value] = set()
        waiting: list[Value] = [self.output]
        while waiting:
            value = waiting.pop()
            if value in found:
                continue
            found.add(value)
            if isinstance(value, Affine):
                self.parts_of[value], self.bias_of[value] = value.parts, value.bias
                waiting += [part for part, _ in value.parts]
            elif isinstance(value, Units):
                waiting.append(value.source)
        levels: dict[Value, int] = {}
        for value in sorted(found, key=lambda each: each.number):
            if isinstance(value, Affine):
                levels[value] = max((levels[part] for part, _ in value.parts), default=0)
            elif isinstance(value, Units):
                levels[value] = levels[value.source] + 1
                while len(self.units_of_level) < levels[value]:
                    self.units_of_level.append([])
                self.units_of_level[levels[value] - 1].append(value)
            else:
                levels[value] = 0

    def made(self) -> LayeredArrays:
        for layer, units in enumerate(self.units_of_level):
            later = [each for level in self.units_of_level[layer + 1 :] for each in level]
            needed = {each.source: None for each in later} | {self.output: None}
            for each in units:
                needed.pop(each, None)
            kept = carriers(list(needed), self.ready, self.parts_of)
            self._add_layer(layer, units, kept)
        matrix, bias = self._expressed([self.output])
        self._append(matrix[0], bias[0])
        return self.arrays

    def _add_layer(self, layer: int, units: list[Units], kept: list[Carrier]) -> None:
        sources = [each.source for each in units]
        matrices, biases = self._expressed([*sources, *(each.value for each in kept)])
        activations: list[PiecewiseLinear] = []
        for each in units:
            self.arrays.places[each] = (layer, len(activations))
            activations += each.activations()
        weights, offsets = matrices[: len(units)], biases[: len(units)]
        for carrier, matrix, bias in zip(
            kept, matrices[len(units) :], biases[len(units) :], strict=True
        ):
            weights.append(matrix[carrier.rows])
            is_whole = self._is_known(carrier.value)
            offsets.append(bias[carrier.rows] if is_whole else np.zeros(len(carrier.rows)))
            activations += [CARRY] * len(carrier.rows)
        self._append(sparse.vstack(weights, format="csr"), np.concatenate(offsets))
        self.arrays.activations.append(tuple(activations))
        self._set_ready(units, kept, len(activations))

    def _set_ready(self, units: list[Units], kept: list[Carrier], width: int) -> None:
        before = set(self.ready)
        ready: dict[Value, sparse.csr_array] = {}
        start = 0
        for each in units:
            ready[each] = selection(start + np.arange(each.size), width)
            start += each.size
        late: dict[Value, Value] = {}
        placed = []
        for carrier in kept:
            columns = np.full(carrier.value.size, -1)
            columns[carrier.rows] = start + np.arange(len(carrier.rows))
            start += len(carrier.rows)
            placed.append((carrier.value, selection(columns, width)))
        changed: dict[Value, Parts] = {}
        for value, place in placed:
            if self._is_known(value):
                ready[value] = place
                continue
            # It waits for later units: what is ready of it, and the rest.
            part = Value(size=value.size)
            ready[part] = place
            identity = selection(np.arange(value.size), value.size)
            changed[value] = [(part, identity), (self._late(value, before, late), identity)]
        self.ready, self.width = ready, width
        for value, parts in changed.items():
            self.parts_of[value], self.bias_of[value] = parts, np.zeros(value.size)

    def _is_known(self, value: Value) -> bool:
        """Whether all of it is affine in the layer before."""
        waiting, seen = [value], set()
        while waiting:
            each = waiting.pop()
            if each in self.ready or each in seen:
                continue
            if each not in self.parts_of:
                return False
            seen.add(each)
            waiting += [part for part, _ in self.parts_of[each]]
        return True

    def _late(self, value: Value, ready: set[Value], made: dict[Value, Value]) -> Value:
        """The same value with 0 for what is ready."""
        waiting = [value]
        while waiting:
            each = waiting[-1]
            if each in made:
                waiting.pop()
                continue
            parts = [part for part in self.parts_of[each] if part[0] not in ready]
            inner = [part for part, _ in parts if part in self.parts_of and part not in made]
            if inner:
                waiting += inner
                continue
            made[each] = Value(size=each.size)
            self.parts_of[made[each]] = [(made.get(part, part), matrix) for part, matrix in parts]
            self.bias_of[made[each]] = self.bias_of[each]
            waiting.pop()
        return made[value]

    def _expressed(
        self, values: Sequence[Value]
    ) -> tuple[list[sparse.csr_array], list[NDArray[np.float64]]]:
        """Values as affine maps of the layer before, each entry rounded once.

        What later units add counts as 0.
        """
        width = self.width
        forms: dict[Value, ExactRows] = {}
        waiting = list(values)
        while waiting:
            value = waiting[-1]
            if value in forms:
                waiting.pop()
                continue
            if value in self.ready:
                forms[value] = _with_constant(self.ready[value], None)
            elif value not in self.parts_of:
                forms[value] = _with_constant(sparse.csr_array((value.size, width)), None)
            else:
                missing = [part for part, _ in self.parts_of[value] if part not in forms]
                if missing:
                    waiting += missing
                    continue
                forms[value] = self._combined(value, forms)
            waiting.pop()
        matrices, biases = [], []
        for value in values:
            try:
                rounded = forms[value].rounded()
            except OverflowError:
                raise ValueError(
                    "affine layers that follow each other have a product beyond float64"
                ) from None
            matrices.append(sparse.csr_array(rounded[:, :width]))
            biases.append(np.asarray(rounded[:, [width]].toarray()).ravel())
        return matrices, biases

    def _combined(self, value: Value, forms: dict[Value, ExactRows]) -> ExactRows:
        """One more column, behind the units of the layer, has the constants."""
        one = np.ones((1, 1))
        bias = sparse.csr_array(self.bias_of[value][:, None])
        constant = _with_constant(sparse.csr_array((1, self.width)), one)
        parts = [(matrix, forms[part]) for part, matrix in self.parts_of[value]]
        return combined([*parts, (bias, constant)], (value.size, self.width + 1))

    def _append(self, matrix: sparse.csr_array, bias: NDArray[np.float64]) -> None:
        widths = [len(each) for each in self.arrays.biases]
        self._require_memory(self.inputs.size, [*widths, len(bias)])
        self.arrays.weights.append(matrix.toarray())
        self.arrays.biases.append(exact_floats("biases", bias))

    def _require_memory(self, num_inputs: int, widths: list[int]) -> None:
        before = [num_inputs, *widths][: len(widths)]
        num_bytes = [8 * a * b for a, b in zip(before, widths, strict=True)]
        if sum(num_bytes) > _MOST_BYTES:
            largest = int(np.argmax(num_bytes))
            raise ValueError(
                f"the weights of all layers would take {sum(num_bytes) / 2**30:.1f} GiB as dense "
                f"matrices, more than {_MOST_BYTES // 2**30} (that of layer {largest + 1} is "
                f"{widths[largest]} x {before[largest]}); take smaller inputs, fewer channels or "
                "larger strides"
            )


def _with_constant(matrix: sparse.csr_array, constant: NDArray[np.float64] | None) -> ExactRows:
    column = sparse.csr_array((matrix.shape[0], 1)) if constant is None else constant
    return ExactRows.of(sparse.hstack([matrix, column], format="csr"))
