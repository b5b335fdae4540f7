"""A stack of lanes from its first step, or from its checkpoint, to its last."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from linreg_lib.experiments.lanes.checkpoint import CheckpointFile, Kept
from linreg_lib.experiments.lanes.epoch_orders import EpochOrders
from linreg_lib.experiments.lanes.lane_stack import Lane, LaneStack
from linreg_lib.experiments.lanes.parameter_layout import ParameterLayout
from linreg_lib.experiments.saved_runs.snapshots import Snapshot, TrainingRun
from linreg_lib.experiments.training.training_plan import TrainingDivergedError

#: seconds of work between two checkpoints
SECONDS_BETWEEN = 30.0
#: multiplications of one call, well below a second; orders of examples that are drawn for it
_MOST_PRODUCTS, _MOST_ORDERED = 5e9, 2**20


class Interrupted(Exception):
    """Training was asked to stop, and has kept what was done."""


def train_stack(
    stack: LaneStack,
    lanes: Sequence[Lane],
    layout: ParameterLayout,
    file: CheckpointFile | None,
    *,
    report: Callable[[int], None],
    must_stop: Callable[[], bool],
) -> list[TrainingRun]:
    """The runs of the lanes.

    ``report`` is told how many steps of all lanes were made; ``must_stop`` is asked every second or
    so.

    Raises:
        TrainingDivergedError: names the first of the lanes that diverged, and its step.
        DataError: the checkpoint is damaged, or not of these lanes.
        Interrupted: ``must_stop`` said so.
    """
    settings = lanes[0].plan.settings
    orders = [EpochOrders(settings.num_examples, lane.plan.order_rng) for lane in lanes]
    kept = file.read() if file is not None else None
    if kept is None:
        kept = Kept(step=0, numbers={}, orders=[])
    else:
        stack.restore(kept.numbers)
        for each, state in zip(orders, kept.orders, strict=True):
            each.restore(state, epoch=_epoch_of(kept.step, settings.steps_per_epoch))
        report(kept.step * len(lanes))
    moments = sorted(lanes[0].plan.snapshot_steps)
    longest = _chunk(layout, settings.batch_size, len(lanes))
    started = written = time.perf_counter()
    before = kept.seconds
    if moments[0] == 0 and not kept.steps:
        _keep_snapshot(stack, lanes, kept)
    while kept.step < settings.num_steps:
        later = [moment for moment in moments if moment > kept.step]
        end = min([kept.step + longest, settings.num_steps, *later[:1]])
        _advance(stack, lanes, orders, kept, end)
        report((end - kept.step) * len(lanes))
        kept.step = end
        if later and end == later[0]:
            _keep_snapshot(stack, lanes, kept)
        now = time.perf_counter()
        kept.seconds = before + now - started
        is_over = end == settings.num_steps
        stops = must_stop() and not is_over
        if file is not None and (is_over or stops or now - written >= SECONDS_BETWEEN):
            _write(file, stack, orders, kept)
            written = now
        if stops:
            raise Interrupted
    return _runs(lanes, layout, kept)


def _epoch_of(step: int, per_epoch: int) -> int:
    """The epoch whose order was drawn last after so many steps: that of the last one."""
    return max(step - 1, 0) // per_epoch


def _advance(
    stack: LaneStack, lanes: Sequence[Lane], orders: Sequence[EpochOrders], kept: Kept, end: int
) -> None:
    per_epoch = lanes[0].plan.settings.steps_per_epoch
    epoch, position = divmod(kept.step, per_epoch)
    num_epochs = -(-end // per_epoch) - epoch
    rows = [each.epochs(epoch, num_epochs) for each in orders]
    done = stack.advance(rows, position, end - kept.step)
    for lane, num in zip(lanes, done.tolist(), strict=True):
        if num < end - kept.step:
            raise _diverged(lane, kept.step + num)


def _keep_snapshot(stack: LaneStack, lanes: Sequence[Lane], kept: Kept) -> None:
    losses, accuracies = stack.evaluate()
    for lane, loss in zip(lanes, losses.tolist(), strict=True):
        if not np.isfinite(loss):
            raise _diverged(lane, kept.step)
    kept.steps.append(kept.step)
    kept.parameters.append(stack.numbers()["parameters"])
    kept.losses.append(losses)
    kept.accuracies.append(accuracies)


def _diverged(lane: Lane, step: int) -> TrainingDivergedError:
    settings = lane.plan.settings
    return TrainingDivergedError(
        f"lane {lane.number}, seed {settings.seed}: the loss is not finite at step {step} (epoch "
        f"{step / settings.steps_per_epoch:.3g}) with lr={settings.lr:g}; "
        "lower lr, or look for values out of range in the data"
    )


def _write(
    file: CheckpointFile, stack: LaneStack, orders: Sequence[EpochOrders], kept: Kept
) -> None:
    kept.numbers = stack.numbers()
    kept.orders = [each.state for each in orders]
    file.write(kept)


def _chunk(layout: ParameterLayout, batch_size: int, num_lanes: int) -> int:
    """How many steps are made in one call."""
    products = 3.0 * layout.num_parameters * batch_size * num_lanes
    ordered = batch_size * num_lanes
    return max(1, int(min(_MOST_PRODUCTS / products, _MOST_ORDERED / ordered)))


def _runs(lanes: Sequence[Lane], layout: ParameterLayout, kept: Kept) -> list[TrainingRun]:
    runs = []
    for place, lane in enumerate(lanes):
        settings = lane.plan.settings
        snapshots = tuple(
            Snapshot(
                epoch=step / settings.steps_per_epoch,
                step=step,
                network=layout.network(parameters[place], settings.activation),
                train_loss=float(losses[place]),
                train_accuracy=float(accuracies[place]),
                test_accuracy=float("nan"),
            )
            for step, parameters, losses, accuracies in zip(
                kept.steps, kept.parameters, kept.losses, kept.accuracies, strict=True
            )
        )
        runs.append(
            TrainingRun(settings=settings, snapshots=snapshots, seconds=kept.seconds / len(lanes))
        )
    return runs
