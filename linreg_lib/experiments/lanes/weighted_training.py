"""Training on few inputs that stand for many examples: one logit, binary cross-entropy, Adam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.experiments.lanes.lane_stack import DECAY, DECAY_SQUARE, EPS
from linreg_lib.extras import needs_extra
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_count, checked_integers, checked_kind
from linreg_lib.networks.exact_floats import exact_floats, exact_number
from linreg_lib.short_repr import ShortRepr


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WeightedMoment(ShortRepr):
    """A network after ``epoch`` passes; loss and accuracy are means over all training examples."""

    epoch: int
    network: Network
    train_loss: float
    train_accuracy: float


def train_on_counts(
    initial: Network,
    inputs: ArrayLike,
    counts: ArrayLike,
    *,
    epochs: Sequence[int],
    lr: float,
    batch_size: int | None = None,
    rng: np.random.Generator,
) -> tuple[WeightedMoment, ...]:
    """Train by Adam in float64, and keep the network after each of the ``epochs`` (increasing).

    An epoch goes through all examples once in a new random order, ``batch_size`` in a step; the
    loss of a step is the mean over its examples, and depends on them only through how many there
    are of each input and label, so that an input is looked at once.  With ``batch_size=None`` all
    examples make one step, and nothing is random.

    Args:
        initial: ReLU network with one output, the logit of label 1; its numbers are taken as they
            are.
        inputs: different inputs (m, d).
        counts: how many examples have each input and label, integers (m, 2).

    The same bits on every machine with IEEE 754 arithmetic.

    Raises:
        ValueError: shapes that do not fit, an activation other than ReLU, no examples.
        ImportError: numba is missing.

    A single weight on the inputs 0 and 1, three examples in four right:

    >>> net = Network.from_arrays([[[1.0]], [[1.0]]], [[0.0], [0.0]])
    >>> start, end = train_on_counts(net, [[0.0], [1.0]], [[3, 1], [1, 3]], epochs=[0, 200],
    ...                              lr=0.1, rng=np.random.default_rng(0))
    >>> round(start.train_loss, 3), round(end.train_loss, 3), end.train_accuracy
    (0.628, 0.562, 0.75)
    """
    with needs_extra("training on counts"):
        from linreg_lib.experiments.lanes import weighted_kernels as kernels

    rows, amounts = _checked_examples(initial, inputs, counts)
    moments = [checked_count("epochs", each, least=0) for each in epochs]
    if not moments or sorted(set(moments)) != moments:
        raise ValueError(f"epochs is {moments}; give some, increasing")
    rate = exact_number("lr", lr)
    if not rate > 0:
        raise ValueError(f"lr must be a positive number, not {rate}")
    layout = _Layout(initial)
    examples = np.repeat(np.arange(amounts.size, dtype=np.int32), amounts.reshape(-1))
    size = len(examples) if batch_size is None else checked_count("batch_size", batch_size)
    constants, powers = np.array([rate, DECAY, DECAY_SQUARE, EPS]), np.ones(2)
    places = layout.mem, layout.places, layout.widths, rows
    step_counts = np.zeros_like(amounts)
    found, sums = [], np.zeros(2)
    for epoch in range(moments[-1] + 1):
        if epoch in moments:
            kernels.evaluate_counts(*places, amounts, layout.values, sums)
            loss, accuracy = (sums / len(examples)).tolist()
            found.append(
                WeightedMoment(
                    epoch=epoch, network=layout.network(), train_loss=loss, train_accuracy=accuracy
                )
            )
        if epoch < moments[-1]:
            rest = layout.values, layout.slopes, constants, powers
            if size >= len(examples):
                kernels.batch_step(*places, amounts, *rest)
            else:
                order = rng.permutation(examples)
                kernels.weighted_epoch(*places, order, size, step_counts, *rest)
    return tuple(found)


class _Layout:
    """Parameters of a network as weighted_kernels.py has them, and places to work in."""

    def __init__(self, net: Network) -> None:
        self.widths = np.array([net.input_dim, *net.hidden_widths, net.output_dim])
        parts: list[NDArray[np.float64]] = []
        places, end = [], 0
        for weights, biases in zip(net.weights, net.biases, strict=True):
            places.append((end, end + weights.size))
            end += weights.size + biases.size
            parts += [weights.T.reshape(-1), biases]
        self.places = np.array(places)
        self.mem = np.zeros((4, end))
        self.mem[0] = np.concatenate(parts)
        self.values = np.zeros((len(places) + 1, int(self.widths.max())))
        self.slopes = np.zeros(2 * int(self.widths.max()))

    def network(self) -> Network:
        weights, biases = [], []
        sizes = self.widths.tolist()
        for (start, middle), num_in, num_out in zip(
            self.places.tolist(), sizes[:-1], sizes[1:], strict=True
        ):
            weights.append(self.mem[0, start:middle].reshape(num_in, num_out).T.copy())
            biases.append(self.mem[0, middle : middle + num_out].copy())
        return Network.from_arrays(weights, biases)


def loss_and_accuracy(net: Network, inputs: ArrayLike, counts: ArrayLike) -> tuple[float, float]:
    """Mean binary cross-entropy, and share of examples on the right side of logit 0.

    Arguments as those of ``train_on_counts``; a logit of 0 says label 0.
    """
    with needs_extra("training on counts"):
        from linreg_lib.experiments.lanes import weighted_kernels as kernels

    rows, amounts = _checked_examples(net, inputs, counts)
    layout, sums = _Layout(net), np.zeros(2)
    kernels.evaluate_counts(
        layout.mem, layout.places, layout.widths, rows, amounts, layout.values, sums
    )
    loss, accuracy = (sums / amounts.sum()).tolist()
    return loss, accuracy


def _checked_examples(
    net: Network, inputs: ArrayLike, counts: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    checked_kind("net", net, Network, "a linreg_lib.Network")
    rows = np.ascontiguousarray(exact_floats("inputs", inputs))
    amounts = np.ascontiguousarray(checked_integers("counts", counts, ndim=2))
    if rows.ndim != 2 or rows.shape[1] != net.input_dim:
        raise ValueError(f"inputs needs shape (m, {net.input_dim}), not {rows.shape}")
    if amounts.shape != (len(rows), 2) or not amounts.sum() or (amounts < 0).any():
        raise ValueError(f"counts needs shape ({len(rows)}, 2), none negative, and some examples")
    if net.output_dim != 1 or any(repr(each) != "relu()" for each in net.activations):
        raise ValueError("net must be a ReLU network with one output")
    return rows, amounts
