"""Networks that take maxima, made by hand: what readers of other formats would make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from linreg_lib.networks import Match, MaxUnit, Network, PiecewiseLinear, identity, relu


def max_network(
    weight: np.ndarray,
    bias: np.ndarray,
    groups: Sequence[Sequence[int]],
    outgoing: np.ndarray,
    entries: PiecewiseLinear | None = None,
    after: PiecewiseLinear | None = None,
) -> Network:
    """x -> outgoing @ after(max over each group of entries(weight @ x + bias)).

    The maxima are taken one entry after the other, all groups at once, each as
    ``lower + relu(higher - lower)`` with ``lower`` carried; ``groups`` are of one size.
    """
    size, num = len(groups[0]), len(groups)
    weights, biases = [weight], [bias]
    activations: list[list[PiecewiseLinear]] = [[entries or identity()] * len(weight)]
    # Rows over the units of the last layer: the winners so far, and the entries to come.
    eye = np.eye(len(weight))
    winners = [eye[group[0]] for group in groups]
    waiting = [[eye[i] for i in group[1:]] for group in groups]
    matches: list[list[Match]] = [[] for _ in groups]
    for turn in range(1, size):
        rows: list[np.ndarray] = []
        kinds: list[PiecewiseLinear] = []
        for group in range(num):
            higher = waiting[group].pop(0)
            lower = turn + size - 2 if turn > 1 else 0
            matches[group].append(
                Match(layer=len(weights), neuron=len(rows), lower=lower, higher=turn)
            )
            rows += [higher - winners[group], winners[group]]
            kinds += [relu(), identity()]
        first_waiting = len(rows)
        for group in range(num):
            rows += waiting[group]
            kinds += [identity()] * len(waiting[group])
        weights.append(np.array(rows))
        biases.append(np.zeros(len(rows)))
        activations.append(kinds)
        eye = np.eye(len(rows))
        winners = [eye[2 * group] + eye[2 * group + 1] for group in range(num)]
        place = first_waiting
        for group in range(num):
            waiting[group] = [eye[place + i] for i in range(len(waiting[group]))]
            place += len(waiting[group])
    if after is not None:
        weights.append(np.array(winners))
        biases.append(np.zeros(num))
        activations.append([after] * num)
        winners = list(np.eye(num))
    weights.append(outgoing @ np.array(winners))
    biases.append(np.zeros(len(outgoing)))
    units = [MaxUnit(num_entries=size, matches=tuple(each)) for each in matches]
    return Network.from_arrays(weights, biases, activations, max_units=units)
