"""Breakpoints of a network with one input, found by solving interval by interval.

Plain Python on lists; works with floats and, without any rounding, with fractions. It knows
nothing of linreg_lib: activations are (breakpoints, slopes, offsets).
"""

from __future__ import annotations


def count_breakpoints(weights, biases, activations, low, high, of):
    """Cuts strictly inside (low, high); None for an end means unbounded.

    ``of="activation"``: different points at which a neuron switches; ``of="linear"``: those at
    which the slope of some output changes.
    """
    cuts = []
    for layer in range(len(weights) - 1):
        found = set()
        for left, right in _intervals(cuts, low, high):
            inside = _inside(left, right)
            for slope, offset in _affine(weights, biases, activations, layer, inside):
                for breakpoint in activations[layer][0]:
                    if slope != 0:
                        x = (breakpoint - offset) / slope
                        if (left is None or left < x) and (right is None or x < right):
                            found.add(x)
        cuts = sorted({*cuts, *found})
    if of == "activation":
        return len(cuts)
    last = len(weights) - 1
    slopes = [
        [slope for slope, _ in _affine(weights, biases, activations, last, _inside(a, b))]
        for a, b in _intervals(cuts, low, high)
    ]
    return sum(_differ(a, b) for a, b in zip(slopes[:-1], slopes[1:], strict=True))


def count_for(net, low, high, of):
    """The same for a float network object with one input."""
    activations = [
        (a.breakpoints.tolist(), a.slopes.tolist(), a.offsets.tolist()) for a in net.activations
    ]
    weights = [weight.tolist() for weight in net.weights]
    return count_breakpoints(weights, [b.tolist() for b in net.biases], activations, low, high, of)


def _intervals(cuts, low, high):
    edges = [low, *cuts, high]
    return list(zip(edges[:-1], edges[1:], strict=True))


def _inside(left, right):
    if left is None and right is None:
        return 0
    if left is None:
        return right - 1
    return left + 1 if right is None else (left + right) / 2


def _affine(weights, biases, activations, layer, x):
    """(slope, offset) of each pre-activation of ``layer`` near x."""
    rows = [(1, 0)]
    for index in range(layer + 1):
        rows = [
            (
                sum(w * slope for w, (slope, _) in zip(line, rows, strict=True)),
                sum(w * offset for w, (_, offset) in zip(line, rows, strict=True)) + bias,
            )
            for line, bias in zip(weights[index], biases[index], strict=True)
        ]
        if index < layer:
            rows = [_activated(row, activations[index], x) for row in rows]
    return rows


def _activated(row, activation, x):
    breakpoints, slopes, offsets = activation
    value = row[0] * x + row[1]
    piece = sum(b < value for b in breakpoints)
    return slopes[piece] * row[0], slopes[piece] * row[1] + offsets[piece]


def _differ(a, b):
    return any(
        abs(p - q) > 1e-9 * (abs(p) + abs(q)) if isinstance(p, float) else p != q
        for p, q in zip(a, b, strict=True)
    )
