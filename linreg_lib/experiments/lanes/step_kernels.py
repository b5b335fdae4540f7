"""Steps of training, compiled: many of them in a call, in a fixed order of all sums.

A lane's numbers lie in one flat array ``mem``; ``layers`` says where, a row a layer (the columns
below).  Matrices are rectangles of it, rows apart by a multiple of a vector's length; what is there
beyond a layer's width is zero and stays so.  Activations are kept twice: a row a neuron, where
examples stand side by side, and a row an example, where neurons do: then each of a step's matrix
products adds vectors.  compiled_lane.py lays out the array; torch_lanes.py is the twin.
"""

from __future__ import annotations

import math
from typing import Any

from linreg_lib.experiments.lanes.exponentials import exp_number, exp_vector, log_number
from linreg_lib.experiments.lanes.vectors import (
    at_most,
    filled,
    load,
    spread,
    square_root,
    store,
    transpose,
    tree_sum,
)
from linreg_lib.geometry.kernels.jit import inlined, kernel, part

#: columns of ``layers``: widths; where weights and biases begin, and how far rows are apart
NUM_IN, NUM_OUT, WEIGHTS, WEIGHT_ROW, BIASES = 0, 1, 2, 3, 4
#: the layer's inputs by neuron and by example, its outputs, and gradients with respect to both
INPUTS, INPUT_ROWS, OUTPUTS, INPUT_SLOPES, OUTPUT_SLOPES = 5, 6, 7, 8, 9
NUM_COLUMNS = 10
#: rows of a product that are computed together
TILE = 4
_FLUSHED = 2.0**-100  # moments below are 0: numbers that are not normal are slow on some machines


@inlined
def rounded_up(number: int, unit: int) -> int:
    """The least multiple of ``unit`` from ``number`` on."""
    return (number + unit - 1) // unit * unit


@part
def product(
    mem: Any,
    left: int,
    left_row: int,
    left_column: int,
    right: int,
    right_row: int,
    target: int,
    target_row: int,
    num_rows: int,
    num_columns: int,
    depth: int,
) -> None:
    """target[i, j] = sum over k < depth of left[i, k] * right[k, j], added in the order of k.

    Rows are a multiple of the tile, columns of a vector's length.
    """
    length = 64 // mem.itemsize
    zero = filled(mem, 0.0)
    pairs = num_columns // (2 * length) * (2 * length)
    for i in range(0, num_rows, TILE):
        row = left + i * left_row
        out = target + i * target_row
        for j in range(0, pairs, 2 * length):
            a0, a1, b0, b1 = zero, zero, zero, zero
            c0, c1, d0, d1 = zero, zero, zero, zero
            for k in range(depth):
                x0 = load(mem, right + k * right_row + j)
                x1 = load(mem, right + k * right_row + j + length)
                factor = row + k * left_column
                w = spread(mem, factor)
                a0, a1 = a0 + w * x0, a1 + w * x1
                w = spread(mem, factor + left_row)
                b0, b1 = b0 + w * x0, b1 + w * x1
                w = spread(mem, factor + 2 * left_row)
                c0, c1 = c0 + w * x0, c1 + w * x1
                w = spread(mem, factor + 3 * left_row)
                d0, d1 = d0 + w * x0, d1 + w * x1
            store(mem, out + j, a0)
            store(mem, out + j + length, a1)
            store(mem, out + target_row + j, b0)
            store(mem, out + target_row + j + length, b1)
            store(mem, out + 2 * target_row + j, c0)
            store(mem, out + 2 * target_row + j + length, c1)
            store(mem, out + 3 * target_row + j, d0)
            store(mem, out + 3 * target_row + j + length, d1)
        if pairs < num_columns:
            a0, b0, c0, d0 = zero, zero, zero, zero
            for k in range(depth):
                x0 = load(mem, right + k * right_row + pairs)
                factor = row + k * left_column
                a0 = a0 + spread(mem, factor) * x0
                b0 = b0 + spread(mem, factor + left_row) * x0
                c0 = c0 + spread(mem, factor + 2 * left_row) * x0
                d0 = d0 + spread(mem, factor + 3 * left_row) * x0
            store(mem, out + pairs, a0)
            store(mem, out + target_row + pairs, b0)
            store(mem, out + 2 * target_row + pairs, c0)
            store(mem, out + 3 * target_row + pairs, d0)


@part
def take_batch(
    mem: Any, layers: Any, examples: Any, order: Any, start: int, num: int, batch_row: int
) -> None:
    """The inputs of ``num`` examples, by input and by example."""
    dim, by_input = layers[0, NUM_IN], layers[0, INPUTS]
    by_example, row = layers[0, INPUT_ROWS], layers[0, WEIGHT_ROW]
    for b in range(num):
        example = order[start + b]
        for i in range(dim):
            value = examples[example, i]
            mem[by_input + i * batch_row + b] = value
            mem[by_example + b * row + i] = value


@part
def forward(mem: Any, layers: Any, shape: Any, num_columns: int, batch_row: int) -> None:
    """All layers; the last one's outputs are the logits.

    ``shape`` holds the activation: two breakpoints, the slope and the offset below the first, then
    those above the second; between them it is the identity.
    """
    length = 64 // mem.itemsize
    low, high = spread(shape, 0), spread(shape, 1)
    slope_below, offset_below = spread(shape, 2), spread(shape, 3)
    slope_above, offset_above = spread(shape, 4), spread(shape, 5)
    for layer in range(len(layers)):
        out = layers[layer, OUTPUTS]
        num_out = layers[layer, NUM_OUT]
        product(
            mem,
            layers[layer, WEIGHTS], layers[layer, WEIGHT_ROW], 1,
            layers[layer, INPUTS], batch_row,
            out, batch_row,
            rounded_up(num_out, TILE), num_columns, layers[layer, NUM_IN],
        )  # fmt: skip
        is_last = layer == len(layers) - 1
        for n in range(num_out):
            bias = spread(mem, layers[layer, BIASES] + n)
            for b in range(0, num_columns, length):
                place = out + n * batch_row + b
                z = load(mem, place) + bias
                if not is_last:
                    above = at_most(high, z, slope_above * z + offset_above, z)
                    z = at_most(z, low, slope_below * z + offset_below, above)
                store(mem, place, z)


@part
def output_slopes(
    mem: Any, layers: Any, labels: Any, order: Any, start: int, num: int, batch_row: int
) -> bool:
    """The gradient of the batch's mean cross-entropy by the logits; False if it is not finite.

    Columns beyond the last example get 0.
    """
    length = 64 // mem.itemsize
    last = len(layers) - 1
    num_classes, logits = layers[last, NUM_OUT], layers[last, OUTPUTS]
    slopes = layers[last, OUTPUT_SLOPES]
    per_example = filled(mem, 1.0) / filled(mem, num)
    for b in range(0, num, length):
        top = load(mem, logits + b)
        for c in range(1, num_classes):
            z = load(mem, logits + c * batch_row + b)
            top = at_most(z, top, top, z)
        total = filled(mem, 0.0)
        for c in range(num_classes):
            z = load(mem, logits + c * batch_row + b)
            chance = exp_vector(mem, z - top)
            total = total + chance
            store(mem, slopes + c * batch_row + b, chance)
        scale = per_example / total
        for c in range(num_classes):
            place = slopes + c * batch_row + b
            store(mem, place, load(mem, place) * scale)
    total_loss = 0.0
    for b in range(num):
        label = labels[order[start + b]]
        right = mem[logits + label * batch_row + b]
        top_logit = right
        for c in range(num_classes):
            z = mem[logits + c * batch_row + b]
            top_logit = z if not z <= top_logit else top_logit
        total_loss += top_logit - right
        mem[slopes + label * batch_row + b] -= 1.0 / num
    for b in range(num, rounded_up(num, length)):
        for c in range(num_classes):
            mem[slopes + c * batch_row + b] = 0.0
    return total_loss - total_loss == 0.0


@part
def backward(
    mem: Any,
    layers: Any,
    shape: Any,
    num: int,
    num_columns: int,
    batch_row: int,
    num_parameters: int,
) -> None:
    """Gradients of all parameters, behind these in ``mem``."""
    length = 64 // mem.itemsize
    low, high = spread(shape, 0), spread(shape, 1)
    slope_below, slope_above = spread(shape, 2), spread(shape, 4)
    one = filled(mem, 1.0)
    for layer in range(len(layers) - 1, -1, -1):
        num_in, num_out = layers[layer, NUM_IN], layers[layer, NUM_OUT]
        weights, row = layers[layer, WEIGHTS], layers[layer, WEIGHT_ROW]
        inputs, rows = layers[layer, INPUTS], layers[layer, INPUT_ROWS]
        slopes = layers[layer, OUTPUT_SLOPES]
        if layer > 0:
            for b in range(0, num_columns, length):
                for i in range(0, row, length):
                    transpose(mem, inputs + i * batch_row + b, batch_row, rows + b * row + i, row)
        product(
            mem, slopes, batch_row, 1, rows, row, num_parameters + weights, row,
            rounded_up(num_out, TILE), row, num,
        )  # fmt: skip
        for n in range(num_out):
            total = load(mem, slopes + n * batch_row)
            for b in range(length, num_columns, length):
                total = total + load(mem, slopes + n * batch_row + b)
            mem[num_parameters + layers[layer, BIASES] + n] = tree_sum(total)
        if layer > 0:
            target = layers[layer, INPUT_SLOPES]
            product(
                mem, weights, 1, row, slopes, batch_row, target, batch_row,
                rounded_up(num_in, TILE), num_columns, num_out,
            )  # fmt: skip
            for n in range(num_in):
                for b in range(0, num_columns, length):
                    a = load(mem, inputs + n * batch_row + b)
                    slope = at_most(a, low, slope_below, at_most(high, a, slope_above, one))
                    place = target + n * batch_row + b
                    store(mem, place, load(mem, place) * slope)


@part
def add_decay(mem: Any, num: int, weight_decay: float) -> None:
    """Add to each gradient so many times its weight or bias."""
    length = 64 // mem.itemsize
    factor = filled(mem, weight_decay)
    for i in range(0, num, length):
        store(mem, num + i, load(mem, num + i) + factor * load(mem, i))


@part
def adam(
    mem: Any, num: int, lr: float, decay: float, decay_square: float, eps: float, powers: Any
) -> None:
    """One step of Adam; ``powers`` holds both decays to the number of steps before."""
    length = 64 // mem.itemsize
    for i in range(2):
        powers[i] *= decay if i == 0 else decay_square
        if powers[i] < 2.0**-60:  # 1 - powers[i] is 1
            powers[i] = 0.0
    step_size = filled(mem, lr / (1.0 - powers[0]))
    correction = filled(mem, 1.0 / math.sqrt(1.0 - powers[1]))
    new, kept = filled(mem, 1.0 - decay), filled(mem, decay_square)
    new_square, least = filled(mem, 1.0 - decay_square), filled(mem, eps)
    tiny, minus_tiny, zero = filled(mem, _FLUSHED), filled(mem, -_FLUSHED), filled(mem, 0.0)
    for i in range(0, num, length):
        gradient = load(mem, num + i)
        mean = load(mem, 2 * num + i)
        mean = mean + (gradient - mean) * new
        mean = at_most(mean, tiny, at_most(minus_tiny, mean, zero, mean), mean)
        square = load(mem, 3 * num + i) * kept + (gradient * gradient) * new_square
        square = at_most(square, tiny, zero, square)
        store(mem, 2 * num + i, mean)
        store(mem, 3 * num + i, square)
        change = (step_size * mean) / (square_root(square) * correction + least)
        store(mem, i, load(mem, i) - change)


@part
def gradient_descent(mem: Any, num: int, lr: float) -> None:
    """One step of plain gradient descent."""
    length = 64 // mem.itemsize
    step_size = filled(mem, lr)
    for i in range(0, num, length):
        store(mem, i, load(mem, i) - step_size * load(mem, num + i))


@kernel
def train_steps(
    mem: Any,
    layers: Any,
    shape: Any,
    examples: Any,
    labels: Any,
    orders: Any,
    position: int,
    num_steps: int,
    batch_size: int,
    batch_row: int,
    num_parameters: int,
    is_adam: bool,
    constants: Any,
    powers: Any,
) -> int:
    """``num_steps`` steps; returns how many were done before a loss was not finite.

    ``orders`` has one row for each epoch of which steps are done, ``position`` is that of the first
    step in its epoch; ``constants`` are lr, both decays and eps of Adam, and the weight decay.
    """
    num_examples = len(examples)
    epoch = 0
    for step in range(num_steps):
        start = position * batch_size
        num = min(batch_size, num_examples - start)
        num_columns = rounded_up(num, 64 // mem.itemsize)
        order = orders[epoch]
        take_batch(mem, layers, examples, order, start, num, batch_row)
        forward(mem, layers, shape, num_columns, batch_row)
        if not output_slopes(mem, layers, labels, order, start, num, batch_row):
            return step
        backward(mem, layers, shape, num, num_columns, batch_row, num_parameters)
        if constants[4] != 0.0:
            add_decay(mem, num_parameters, constants[4])
        if is_adam:
            adam(
                mem, num_parameters, constants[0], constants[1], constants[2], constants[3], powers
            )
        else:
            gradient_descent(mem, num_parameters, constants[0])
        position += 1
        if start + num == num_examples:
            position, epoch = 0, epoch + 1
    return num_steps


@kernel
def evaluate(
    mem: Any,
    layers: Any,
    shape: Any,
    examples: Any,
    labels: Any,
    every: Any,
    batch_size: int,
    batch_row: int,
    results: Any,
) -> None:
    """Sum of cross-entropies in float64, and number of right answers; the first of equal logits."""
    last = len(layers) - 1
    num_classes, logits = layers[last, NUM_OUT], layers[last, OUTPUTS]
    total, num_right = 0.0, 0
    for start in range(0, len(examples), batch_size):
        num = min(batch_size, len(examples) - start)
        num_columns = rounded_up(num, 64 // mem.itemsize)
        take_batch(mem, layers, examples, every, start, num, batch_row)
        forward(mem, layers, shape, num_columns, batch_row)
        for b in range(num):
            guess = 0
            for c in range(1, num_classes):
                if mem[logits + c * batch_row + b] > mem[logits + guess * batch_row + b]:
                    guess = c
            top = float(mem[logits + guess * batch_row + b])
            chances = 0.0
            for c in range(num_classes):
                chances += exp_number(float(mem[logits + c * batch_row + b]) - top)
            label = labels[start + b]
            total += log_number(chances) + (top - float(mem[logits + label * batch_row + b]))
            num_right += guess == label
    results[0], results[1] = total, num_right
