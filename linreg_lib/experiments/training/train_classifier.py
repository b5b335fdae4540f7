"""Training of fully connected classifiers, with the network kept at chosen moments."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from linreg_lib.experiments.data.dataset import LabelledData
from linreg_lib.experiments.saved_runs.progress import with_progress
from linreg_lib.experiments.saved_runs.snapshots import Snapshot, TrainingRun, TrainingSettings
from linreg_lib.experiments.training.training_plan import (
    TrainingDivergedError,
    TrainingPlan,
    check_training_data,
)
from linreg_lib.extras import needs_extra
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import (
    checked_choice,
)
from linreg_lib.networks.named_activations import ACTIVATIONS

if TYPE_CHECKING:
    import torch

_EVALUATION_ROWS = 10_000  # rows of one forward pass: few calls, little memory


def train_classifier(
    hidden_widths: Sequence[int],
    data: LabelledData,
    *,
    seed: int,
    test: LabelledData | None = None,
    epochs: float | None = None,
    steps: int | None = None,
    snapshots_at: Sequence[float] | None = None,
    lr: float = 1e-3,
    batch_size: int = 128,
    optimizer: Literal["adam", "sgd"] = "adam",
    weight_decay: float = 0.0,
    init: str = "he",
    biases: Any = None,
    activation: str = "relu",
    dtype: Literal["float32", "float64"] = "float32",
    initial: Network | None = None,
    progress: bool = False,
) -> TrainingRun:
    """Train a network on ``data.vectors()`` by cross-entropy; keep it at the asked epochs.

    The first network is ``Network.random`` with weights ``init`` and law ``biases`` (by default
    normal with variance 1e-6, HR19 Section 3), or ``initial``; its numbers are rounded to ``dtype``
    once, before training, and the snapshot at epoch 0 holds them exactly.
    Each epoch goes through the data once in a new random order; the last batch may be smaller.
    One thread, no randomness but ``seed``: on one machine with one version of torch, two runs with
    the same arguments give the same networks bit for bit, and more snapshots change none of them.

    Args:
        hidden_widths: neurons in each hidden layer; input and output sizes come from ``data``.
        test: data for ``Snapshot.test_accuracy``, which is NaN without.
        epochs, steps: how long to train, in passes over the data (may be fractional, rounded to
            whole steps) or in optimiser steps; one of them, or neither to end with the last
            snapshot.
        snapshots_at: epochs, fractional allowed, each rounded to whole steps; two that round to the
            same step give one snapshot. By default the start and the end.
        activation: a name of named_activations.py: ``"relu"``, ``"leaky_relu"``, ...
        lr: learning rate of Adam (torch's other defaults) or of plain gradient descent.
        weight_decay: a factor; so many times each weight and bias is added to its gradient, as
            torch's Adam and SGD do (not AdamW).

    Raises:
        TrainingDivergedError: the loss is no longer finite; names step and epoch.
        ValueError: an argument makes no sense; names it.

    Source: HR19, Section 3 (Adam at 1e-3, He normal weights, biases of variance 1e-6).

    >>> from linreg_lib.experiments.data import load_moons
    >>> moons = load_moons(200, 0.1, rng=np.random.default_rng(0))
    >>> run = train_classifier([8, 8], moons, seed=1, snapshots_at=[0, 0.5, 2], batch_size=32)
    >>> [snapshot.step for snapshot in run.snapshots], run.initial.network.hidden_widths
    ([0, 4, 14], (8, 8))
    """
    started = time.perf_counter()
    _check_test(test, data)
    _torch_activation(activation)
    vectors = data.vectors()
    plan = TrainingPlan.of(
        hidden_widths,
        data,
        input_dim=vectors.shape[1],
        seed=seed,
        epochs=epochs,
        steps=steps,
        snapshots_at=snapshots_at,
        lr=lr,
        batch_size=batch_size,
        optimizer=optimizer,
        weight_decay=weight_decay,
        init=init,
        biases=biases,
        activation=activation,
        dtype=dtype,
        initial=initial,
    )
    with _one_deterministic_thread():
        trainer = _Trainer(plan.first, vectors, data, test, plan.settings)
        del vectors
        snapshots = trainer.run(plan.snapshot_steps, plan.order_rng, progress)
    return TrainingRun(
        settings=plan.settings,
        snapshots=tuple(snapshots),
        seconds=time.perf_counter() - started,
    )


class _Trainer:
    """The torch side of one run: parameters, data and optimiser as plain tensors."""

    def __init__(
        self,
        first: Network,
        vectors: np.ndarray,
        data: LabelledData,
        test: LabelledData | None,
        settings: TrainingSettings,
    ) -> None:
        import torch

        self.settings = settings
        self.dtype: torch.dtype = getattr(torch, settings.dtype)
        self.first = first
        self.weights = [self._parameter(matrix) for matrix in first.weights]
        self.biases = [self._parameter(offset) for offset in first.biases]
        self.activation = _torch_activation(settings.activation)
        parameters = [*self.weights, *self.biases]
        self.optimizer: torch.optim.Optimizer
        if settings.optimizer == "adam":
            self.optimizer = torch.optim.Adam(
                parameters, lr=settings.lr, weight_decay=settings.weight_decay, fused=True
            )
        else:
            self.optimizer = torch.optim.SGD(
                parameters, lr=settings.lr, weight_decay=settings.weight_decay
            )
        self.inputs, self.labels = self._tensors(vectors, data.labels)
        self.test = None if test is None else self._tensors(test.vectors(), test.labels)

    def run(self, at: frozenset[int], rng: np.random.Generator, progress: bool) -> list[Snapshot]:
        import torch

        num_steps, per_epoch = self.settings.num_steps, self.settings.steps_per_epoch
        batch_size, num_examples = self.settings.batch_size, len(self.labels)
        snapshots = [self._snapshot(0)] if 0 in at else []
        order = torch.empty(0, dtype=torch.int64)
        for step in with_progress(range(num_steps), num_steps, "training", progress):
            position = step % per_epoch
            if position == 0:
                order = torch.from_numpy(rng.permutation(num_examples))
            rows = order[position * batch_size : (position + 1) * batch_size]
            loss = self._loss(self.inputs[rows], self.labels[rows])
            self._check_finite(loss.item(), step)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            if step + 1 in at:
                snapshots.append(self._snapshot(step + 1))
        return snapshots

    def _parameter(self, array: np.ndarray) -> torch.Tensor:
        import torch

        return torch.tensor(array, dtype=self.dtype, requires_grad=True)

    def _tensors(
        self, vectors: np.ndarray, labels: np.ndarray
    ) -> tuple[torch.Tensor, torch.Tensor]:
        import torch

        inputs = torch.from_numpy(np.array(vectors, dtype=self.settings.dtype))
        return inputs, torch.from_numpy(np.array(labels, dtype=np.int64))

    def _forward(self, inputs: torch.Tensor) -> torch.Tensor:
        from torch.nn.functional import linear

        *hidden, last = zip(self.weights, self.biases, strict=True)
        for weight, bias in hidden:
            inputs = self.activation(linear(inputs, weight, bias))
        return linear(inputs, *last)

    def _loss(self, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        from torch.nn.functional import cross_entropy

        return cross_entropy(self._forward(inputs), labels)

    def _check_finite(self, loss: float, step: int) -> None:
        if not math.isfinite(loss):
            raise TrainingDivergedError(
                f"the loss is {loss} at step {step} (epoch "
                f"{step / self.settings.steps_per_epoch:.3g}) with lr={self.settings.lr:g}; "
                "lower lr, or look for values out of range in the data"
            )

    def _snapshot(self, step: int) -> Snapshot:
        loss, accuracy = self._evaluate(self.inputs, self.labels)
        self._check_finite(loss, step)
        return Snapshot(
            epoch=step / self.settings.steps_per_epoch,
            step=step,
            network=Network.from_arrays(
                [weight.detach().double().numpy() for weight in self.weights],
                [bias.detach().double().numpy() for bias in self.biases],
                activation=self.settings.activation,
            ),
            train_loss=loss,
            train_accuracy=accuracy,
            test_accuracy=math.nan if self.test is None else self._evaluate(*self.test)[1],
        )

    def _evaluate(self, inputs: torch.Tensor, labels: torch.Tensor) -> tuple[float, float]:
        """Mean loss and accuracy over all of the given examples."""
        import torch
        from torch.nn.functional import cross_entropy

        total, num_right = 0.0, 0
        with torch.no_grad():
            for start in range(0, len(labels), _EVALUATION_ROWS):
                part = slice(start, start + _EVALUATION_ROWS)
                logits = self._forward(inputs[part]).double()
                total += cross_entropy(logits, labels[part], reduction="sum").item()
                num_right += int((logits.argmax(dim=1) == labels[part]).sum())
        return total / len(labels), num_right / len(labels)


@contextlib.contextmanager
def _one_deterministic_thread() -> Iterator[None]:
    """Sums in one fixed order: torch's settings are put back afterwards."""
    import torch

    threads = torch.get_num_threads()
    strict = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    try:
        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
        yield
    finally:
        torch.use_deterministic_algorithms(strict, warn_only=warn_only)
        torch.set_num_threads(threads)


def _torch_activation(name: str) -> Any:
    with needs_extra("training"):  # the first that asks for torch
        from torch.nn import functional

    known = checked_choice("activation", name, ACTIVATIONS)
    return getattr(functional, ACTIVATIONS[known].torch_function)


def _check_test(test: LabelledData | None, data: LabelledData) -> None:
    check_training_data("data", data)
    if test is None:
        return
    if not hasattr(test, "vectors"):
        raise TypeError(f"test must be labelled data, such as a Dataset, got {type(test).__name__}")
    if (test.name, test.num_classes) != (data.name, data.num_classes):
        raise ValueError(
            f"test is {test.name} with {test.num_classes} classes, but data is {data.name} with "
            f"{data.num_classes}; take both from the same data set"
        )
