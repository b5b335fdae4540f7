"""Many networks of one architecture trained at once."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from linreg_lib.experiments.data.dataset import LabelledData
from linreg_lib.experiments.lanes.checkpoint import CheckpointFile
from linreg_lib.experiments.lanes.lane_stack import Lane, LaneStack
from linreg_lib.experiments.lanes.parameter_layout import ParameterLayout
from linreg_lib.experiments.lanes.stack_training import Interrupted, train_stack
from linreg_lib.experiments.saved_runs.snapshots import TrainingRun
from linreg_lib.experiments.training.training_plan import TrainingPlan
from linreg_lib.extras import needs_extra
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import (
    checked_choice,
    checked_count,
    checked_counts,
    checked_flag,
    checked_list,
    checked_path,
)
from linreg_lib.progress_bar import progress_bar


def train_lanes(
    hidden_widths: Sequence[int],
    data: LabelledData | Sequence[LabelledData],
    *,
    seeds: Sequence[int],
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
    engine: Literal["auto", "compiled", "torch"] = "auto",
    device: str = "cpu",
    num_threads: int = 1,
    checkpoint: str | Path | None = None,
    progress: bool = False,
) -> tuple[TrainingRun, ...]:
    """Train a network for each seed, fast and repeatably: ``train_classifier`` for many at once.

    A lane is one of these trainings.  It starts from the same network and goes through the same
    orders of examples as ``train_classifier`` with its seed does; the arguments that both have mean
    the same.  From there on the two differ by rounding, which training may amplify without bound.

    The compiled engine needs numba, not torch.  Every sum has a fixed order, no product is fused
    with a sum, exp and log are computed by the kernels: a lane has the same bits on every machine
    with IEEE 754 arithmetic, whatever the threads, the other lanes, the snapshots, and however
    often it was killed and called again.  (Before the first step, NumPy draws network and orders.)
    Moments of Adam below 2^-100 are set to 0 there, and exp below exp(-87) is 0 (float64: -708).
    With torch the bits are those of one version of torch on one machine, for these lanes together.

    Args:
        data: one for all lanes, or one for each seed; sizes may differ, number of inputs and of
            classes may not.
        seeds: one for each lane; equal ones are allowed.
        initial: the network that every lane starts from, instead of one drawn by its seed.
        weight_decay: a factor; so many times each weight and bias is added to its gradient before
            the step, as torch's Adam and SGD do (not AdamW).  At 0 nothing is added.
        epochs, steps, snapshots_at: as in ``train_classifier``, for each lane by its own data.
        engine: ``"compiled"``, ``"torch"``, or ``"auto"``: compiled where numba is installed and
            the device is the CPU.  Name one where bits matter.
        device: of torch, such as ``"cuda"``; the compiled engine knows ``"cpu"`` alone.
        num_threads: lanes that are trained at the same time (compiled), or threads of torch.
        checkpoint: a folder (made if needed) where each lane is kept every 30 seconds and at its
            end; the same call with the same folder goes on there, after whatever ended it.

    Returns:
        One run a seed, in their order; ``test_accuracy`` is NaN.

    Raises:
        TrainingDivergedError: a loss is no longer finite; names the lane, its seed and step.  If
            several diverge, the compiled engine names the first: those before it are finished, and
            kept in ``checkpoint``.
        DataError: a file in ``checkpoint`` is damaged, or of a call with other arguments.
        ValueError: an argument makes no sense; names it.
        ImportError: the engine's package is not installed.

    Source: HR19, Section 3 (Adam at 1e-3, He normal weights, biases of variance 1e-6).

    >>> import numpy as np
    >>> from linreg_lib.experiments.data import load_moons
    >>> moons = load_moons(100, 0.1, rng=np.random.default_rng(0))
    >>> runs = train_lanes([8, 8], moons, seeds=[3, 4], epochs=2, batch_size=32)
    >>> [run.settings.seed for run in runs], runs[0].final.step
    ([3, 4], 8)
    """
    seeds = checked_counts("seeds", seeds, least=0, most=None)
    num_threads = checked_count("num_threads", num_threads)
    checked_flag("progress", progress)
    folder = None if checkpoint is None else _folder(checkpoint)
    way = _engine(engine, device)
    lanes = []
    input_dims: dict[int, int] = {}  # vectors are made once for this, not for each seed
    for number, (seed, each) in enumerate(zip(seeds, _one_for_each(data, len(seeds)))):
        if id(each) not in input_dims:
            input_dims[id(each)] = each.vectors().shape[1]
        plan = TrainingPlan.of(
            hidden_widths,
            each,
            input_dim=input_dims[id(each)],
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
        lanes.append(Lane(number=number, plan=plan, data=each))
    first = lanes[0].plan.first
    widths = [first.input_dim, *first.hidden_widths, first.output_dim]
    for lane in lanes:
        ends = lane.plan.first.input_dim, lane.plan.first.output_dim
        if ends != (widths[0], widths[-1]):
            raise ValueError(
                f"data[{lane.number}] has {ends[0]} inputs and {ends[1]} classes, but data[0] has "
                f"{widths[0]} and {widths[-1]}; train them in calls of their own"
            )
    largest = max(lane.plan.settings.num_examples for lane in lanes)
    layout = ParameterLayout(widths, min(batch_size, largest), dtype)
    total = sum(lane.plan.settings.num_steps for lane in lanes)
    with _steps_shown(total, progress) as report:
        work = _Work(layout, folder, report)
        if way == "torch":
            return _by_torch(lanes, work, device, num_threads)
        return _by_kernels(lanes, work, num_threads)


class _Work:
    """What all stacks are trained with."""

    def __init__(
        self, layout: ParameterLayout, folder: Path | None, report: Callable[[int], None]
    ) -> None:
        self.layout, self._folder, self._report = layout, folder, report
        #: lanes from this number on are of no use any more
        self.limit = 2**63
        self._lock = threading.Lock()

    def train(
        self, make: Callable[[], LaneStack], lanes: Sequence[Lane], engine: str
    ) -> list[TrainingRun]:
        """The runs of one stack; whatever stops it stops all stacks behind it."""
        number = lanes[0].number
        try:
            if number >= self.limit:
                raise Interrupted
            file = None
            if self._folder is not None:
                file = CheckpointFile(self._folder, lanes, self.layout, engine)
            return train_stack(
                make(),
                lanes,
                self.layout,
                file,
                report=self._report,
                must_stop=lambda: number >= self.limit,
            )
        except BaseException:
            with self._lock:
                self.limit = min(self.limit, number)
            raise


def _by_kernels(lanes: Sequence[Lane], work: _Work, num_threads: int) -> tuple[TrainingRun, ...]:
    with needs_extra('engine="compiled"', otherwise='take engine="torch"'):
        from linreg_lib.experiments.lanes.compiled_lane import CompiledLane

    def trained(lane: Lane) -> TrainingRun:
        return work.train(lambda: CompiledLane(lane, work.layout), [lane], "compiled")[0]

    if num_threads == 1:
        return tuple(trained(lane) for lane in lanes)
    with ThreadPoolExecutor(num_threads) as pool:
        waiting = [pool.submit(trained, lane) for lane in lanes]
        try:
            return tuple(each.result() for each in waiting)  # the first lane's error first
        except BaseException:
            work.limit = 0
            raise


def _by_torch(
    lanes: Sequence[Lane], work: _Work, device: str, num_threads: int
) -> tuple[TrainingRun, ...]:
    from linreg_lib.experiments.lanes.torch_lanes import TorchLanes, torch_threads

    runs: dict[int, TrainingRun] = {}
    with torch_threads(num_threads):
        for size in dict.fromkeys(lane.plan.settings.num_examples for lane in lanes):
            group = [lane for lane in lanes if lane.plan.settings.num_examples == size]

            def stack(group: list[Lane] = group) -> LaneStack:
                return TorchLanes(group, work.layout, device)

            for lane, run in zip(group, work.train(stack, group, "torch"), strict=True):
                runs[lane.number] = run
    return tuple(runs[lane.number] for lane in lanes)


def _engine(engine: str, device: Any) -> str:
    checked_choice("engine", engine, ("auto", "compiled", "torch"))
    if not isinstance(device, str):
        raise TypeError(f"device must be a name such as 'cpu' or 'cuda', got {device!r:.60}")
    if engine == "compiled" and device != "cpu":
        raise ValueError(
            f'device is {device!r}, but engine="compiled" knows "cpu" alone; take engine="torch"'
        )
    if engine == "auto":
        has_numba = importlib.util.find_spec("numba") is not None
        engine = "compiled" if device == "cpu" and has_numba else "torch"
    if engine == "torch":
        with needs_extra('engine="torch"', otherwise='take engine="compiled" (numba, on the CPU)'):
            import torch

        try:
            torch.empty(0, device=device)
        except (RuntimeError, AssertionError) as error:
            reason = str(error).splitlines()[0]
            raise ValueError(f"device is {device!r}, which torch has not here: {reason}") from error
    return engine


def _folder(checkpoint: Any) -> Path:
    """The folder, which is there from now on."""
    folder = checked_path("checkpoint", checkpoint)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise ValueError(f"checkpoint is {folder}, a file; give a folder") from error
    return folder


def _one_for_each(data: Any, num: int) -> list[LabelledData]:
    if hasattr(data, "vectors"):
        return [data] * num
    every: list[LabelledData] = checked_list("data", data, "labelled data")
    if len(every) != num:
        raise ValueError(f"data has {len(every)} entries for {num} seeds; give one for each")
    for number, each in enumerate(every):
        if not hasattr(each, "vectors"):
            raise TypeError(
                f"data[{number}] must be labelled data, such as a Dataset, "
                f"got {type(each).__name__}"
            )
    return every


@contextmanager
def _steps_shown(total: int, progress: bool) -> Iterator[Callable[[int], None]]:
    """What is told of steps that were made, shown as a bar if ``progress``."""
    if not progress:
        yield lambda num: None
        return
    lock = threading.Lock()
    with progress_bar(total=total, what="training", leave=False) as bar:

        def report(num: int) -> None:
            with lock:
                bar.update(num)

        yield report
