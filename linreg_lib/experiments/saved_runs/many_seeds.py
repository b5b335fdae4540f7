"""The same experiment under many seeds, in parallel, each result saved as soon as it is there."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from linreg_lib.experiments.saved_runs.pieces import stacked_arrays
from linreg_lib.experiments.saved_runs.run_tasks import function_name, run_tasks
from linreg_lib.experiments.saved_runs.task import Task
from linreg_lib.locked import Locked
from linreg_lib.networks.arguments import checked_count, checked_counts, checked_flag, checked_path


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RunResults(Locked):
    """What every run returned: ``seeds`` in the order asked for, and one mapping of arrays each.

    ``num_reused`` of them were read from the folder.
    """

    seeds: tuple[int, ...]
    arrays: tuple[Mapping[str, NDArray[Any]], ...]
    num_reused: int

    def __len__(self) -> int:
        return len(self.seeds)

    def __iter__(self) -> Iterator[Mapping[str, NDArray[Any]]]:
        return iter(self.arrays)

    def __repr__(self) -> str:
        return (
            f"RunResults({len(self)} runs, {self.num_reused} reused, {', '.join(self.arrays[0])})"
        )

    def stacked(self, name: str) -> NDArray[Any]:
        """Array ``name`` of every run along a new first axis, shape (num_runs, ...).

        Raises:
            ValueError: a run has no such array, or one of another shape than the first; names it.
        """
        return stacked_arrays(name, [f"seed {seed}" for seed in self.seeds], self.arrays)


def run_many(
    fn: Callable[..., Mapping[str, Any]],
    seeds: Sequence[int],
    *,
    settings: Mapping[str, Any] | None = None,
    jobs: int = 1,
    folder: str | os.PathLike[str] | None = None,
    resume: bool = True,
    progress: bool = False,
) -> RunResults:
    """Call ``fn(seed, **settings)`` for every seed; ``fn`` returns a mapping of names to arrays.

    With ``folder``, each result is written there (``.npz``, no pickles) the moment it is there, and
    with ``resume`` a result of the same function, settings and seed is read instead of computed.
    A change of the code of ``fn`` is not noticed: use another folder, or ``resume=False``.
    With ``jobs > 1`` the runs share that many fresh processes (one thread each is best); ``fn``
    must then be importable there, that is defined at the top of a module.
    :func:`run_pieces` is the same for pieces that differ in more than a seed.

    Args:
        settings: keyword arguments of ``fn``; plain values (numbers, text, lists of these).

    Raises:
        RunError: a run raised (its error is the cause), its process died or its result could not be
            saved; names the seed. Results that were ready are in ``folder``, so that calling again
            goes on from there.
        DataError: a saved result is damaged, or ``folder`` cannot be used; names the file.
        ValueError: no seeds, the same seed twice, or fewer than one job.

    >>> def halved(seed, power):
    ...     return {"value": seed / 2**power}
    >>> run_many(halved, [4, 6], settings={"power": 1}).stacked("value").tolist()
    [2.0, 3.0]
    """
    seeds = tuple(checked_counts("seeds", seeds, least=-(2**63), most=None))
    jobs = checked_count("jobs", jobs)
    resume = checked_flag("resume", resume)
    if not callable(fn):
        raise TypeError(f"fn must be a function of a seed, got {type(fn).__name__}")
    if settings is not None and not isinstance(settings, Mapping):
        raise TypeError(f"settings must be a mapping, got {type(settings).__name__}")
    place = None if folder is None else checked_path("folder", folder)
    settings = {} if settings is None else dict(settings)
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds must be different and at least one, not {list(seeds)}")
    finished, num_reused = run_tasks(
        fn,
        _tasks(fn, seeds, settings, saved=place is not None),
        jobs=jobs,
        executor=None,
        folder=place,
        resume=resume,
        progress=progress,
        unit="runs",
    )
    return RunResults(
        seeds=seeds, arrays=tuple(each.arrays for each in finished), num_reused=num_reused
    )


def _tasks(
    fn: Callable[..., Any], seeds: Sequence[int], settings: Mapping[str, Any], *, saved: bool
) -> list[Task]:
    """Under the names, and with the headers, that files of runs have always had."""
    described = {"function": function_name(fn), "settings": settings}
    try:
        text = json.dumps(described, sort_keys=True)
    except TypeError as error:
        if saved:
            raise TypeError(
                f"settings must be plain values when results are saved in a folder ({error})"
            ) from error
        text = "{}"  # no file will be called after it
    stem = (
        f"{function_name(fn).rpartition('.')[2]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    )
    return [
        Task(
            arguments=(seed,),
            keywords=settings,
            words=f"seed {seed}",
            stem=f"{stem}-seed{seed}",
            identity={"run": json.loads(text), "seed": seed},
        )
        for seed in seeds
    ]
