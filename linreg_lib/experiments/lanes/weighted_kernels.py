"""Steps of Adam on few inputs that stand for many examples, compiled: the same bits everywhere.

The network has one output, the logit; the loss is the binary cross-entropy.  ``mem`` holds a row
for each of parameters, gradients, and Adam's two moments.  Layer k has its weights (inputs,
outputs) from ``places[k, 0]`` on, its biases from ``places[k, 1]`` on; ``widths`` are the sizes of
all layers.  Every sum goes in the order of its loop.
"""

from __future__ import annotations

import math
from typing import Any

from linreg_lib.experiments.lanes.exponentials import exp_number, log_number
from linreg_lib.geometry.kernels.jit import kernel, part

_FLUSHED = 2.0**-100  # moments below are 0: numbers that are not normal are slow on some machines


@part
def logit_of(mem: Any, places: Any, widths: Any, row: Any, values: Any) -> float:
    """The network's output at ``row``; ``values`` (depth + 1, width) keeps what layers hand on."""
    depth = len(places)
    for i in range(widths[0]):
        values[0, i] = row[i]
    for layer in range(depth):
        num_out = widths[layer + 1]
        weights, biases = places[layer, 0], places[layer, 1]
        for j in range(num_out):
            values[layer + 1, j] = mem[0, biases + j]
        for i in range(widths[layer]):
            factor = values[layer, i]
            if factor != 0.0:
                for j in range(num_out):
                    values[layer + 1, j] += factor * mem[0, weights + i * num_out + j]
        if layer < depth - 1:
            for j in range(num_out):
                if not values[layer + 1, j] > 0.0:
                    values[layer + 1, j] = 0.0
    return float(values[depth, 0])


@part
def add_gradient(
    mem: Any, places: Any, widths: Any, values: Any, slopes: Any, slope: float
) -> None:
    """Adds to all gradients what one input gives, if the loss has this slope by its logit."""
    slopes[0] = slope
    for layer in range(len(places) - 1, -1, -1):
        num_in, num_out = widths[layer], widths[layer + 1]
        weights, biases = places[layer, 0], places[layer, 1]
        for j in range(num_out):
            mem[1, biases + j] += slopes[j]
        for i in range(num_in):
            factor = values[layer, i]
            if factor != 0.0:
                for j in range(num_out):
                    mem[1, weights + i * num_out + j] += factor * slopes[j]
        if layer > 0:
            for i in range(num_in):
                total = 0.0
                if values[layer, i] > 0.0:
                    for j in range(num_out):
                        total += mem[0, weights + i * num_out + j] * slopes[j]
                slopes[num_out + i] = total
            for i in range(num_in):
                slopes[i] = slopes[num_out + i]


@part
def adam_step(mem: Any, constants: Any, powers: Any) -> None:
    """``constants``: learning rate, both decays, eps; ``powers``: decays to the steps before."""
    powers[0] *= constants[1]
    powers[1] *= constants[2]
    step_size = constants[0] / (1.0 - powers[0])
    correction = math.sqrt(1.0 - powers[1])
    for i in range(mem.shape[1]):
        gradient = mem[1, i]
        mean = mem[2, i] + (gradient - mem[2, i]) * (1.0 - constants[1])
        square = mem[3, i] * constants[2] + gradient * gradient * (1.0 - constants[2])
        mem[2, i] = mean if abs(mean) > _FLUSHED else 0.0
        mem[3, i] = square if square > _FLUSHED else 0.0
        mem[0, i] -= step_size * mem[2, i] / (math.sqrt(mem[3, i]) / correction + constants[3])


@kernel
def weighted_epoch(
    mem: Any,
    places: Any,
    widths: Any,
    inputs: Any,
    order: Any,
    batch_size: int,
    counts: Any,
    values: Any,
    slopes: Any,
    constants: Any,
    powers: Any,
) -> None:
    """One pass over ``order``: example e is input e // 2 with the label e % 2.

    ``counts`` (num_inputs, 2), ``values`` and ``slopes`` are places to work in.
    """
    for start in range(0, len(order), batch_size):
        num = min(batch_size, len(order) - start)
        counts[:] = 0
        for k in range(start, start + num):
            counts[order[k] // 2, order[k] % 2] += 1
        batch_step(mem, places, widths, inputs, counts, values, slopes, constants, powers)


@kernel
def batch_step(
    mem: Any,
    places: Any,
    widths: Any,
    inputs: Any,
    counts: Any,
    values: Any,
    slopes: Any,
    constants: Any,
    powers: Any,
) -> None:
    """One step of Adam on the mean loss of the examples that ``counts`` (num_inputs, 2) counts."""
    total = counts.sum()
    for i in range(mem.shape[1]):
        mem[1, i] = 0.0
    for row in range(len(inputs)):
        num = counts[row, 0] + counts[row, 1]
        if num:
            logit = logit_of(mem, places, widths, inputs[row], values)
            small = exp_number(-abs(logit))
            chance = (1.0 if logit >= 0.0 else small) / (1.0 + small)
            slope = (chance * num - counts[row, 1]) / total
            add_gradient(mem, places, widths, values, slopes, slope)
    adam_step(mem, constants, powers)


@kernel
def evaluate_counts(
    mem: Any, places: Any, widths: Any, inputs: Any, counts: Any, values: Any, sums: Any
) -> None:
    """Into ``sums``: the sum of all losses, and the number of examples that are classified right.

    A logit of 0 or less says label 0.
    """
    sums[:] = 0.0
    for row in range(len(inputs)):
        logit = logit_of(mem, places, widths, inputs[row], values)
        rest = log_number(1.0 + exp_number(-abs(logit)))
        wrong = 0 if logit > 0.0 else 1  # the label that it is not
        sums[0] += (counts[row, 0] + counts[row, 1]) * rest + counts[row, wrong] * abs(logit)
        sums[1] += counts[row, 1 - wrong]
