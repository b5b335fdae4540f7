"""The same experiment under many seeds, in parallel, each result saved as soon as it is there."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.errors import DataError, LinregError
from linreg_lib.experiments.saved_runs.npz_with_header import field, open_npz, write_npz
from linreg_lib.experiments.saved_runs.progress import with_progress
from linreg_lib.locked import Locked
from linreg_lib.networks.arguments import checked_count, checked_counts, checked_flag, checked_path


class RunError(LinregError):
    """A run raised an error or its process died; the finished ones are saved."""


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
        for seed, arrays in zip(self.seeds, self.arrays, strict=True):
            if name not in arrays:
                raise ValueError(f"seed {seed} has no array {name!r}, only {', '.join(arrays)}")
            if arrays[name].shape != self.arrays[0][name].shape:
                raise ValueError(
                    f"array {name!r} has shape {arrays[name].shape} for seed {seed}, "
                    f"but {self.arrays[0][name].shape} for seed {self.seeds[0]}"
                )
        return np.stack([arrays[name] for arrays in self.arrays])


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

    Args:
        settings: keyword arguments of ``fn``; plain values (numbers, text, lists of these).

    Raises:
        RunError: a run raised (its error is the cause) or its process died; names the seeds.
            Results that were ready are in ``folder``, so that calling again goes on from there.
        DataError: a saved result is damaged; names the file.
        ValueError: no seeds, the same seed twice, or fewer than one job.

    >>> def halved(seed, power):
    ...     return {"value": np.array(seed / 2**power)}
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
    store = _Store(fn, settings, place)
    results = {}
    if resume:
        for seed in seeds:
            saved = store.read(seed)
            if saved is not None:
                results[seed] = saved
    num_reused = len(results)
    waiting = [seed for seed in seeds if seed not in results]
    finished = (_in_turn if jobs == 1 else _in_processes)(fn, settings, waiting, jobs)
    for seed, arrays in with_progress(finished, len(waiting), "runs", progress):
        results[seed] = store.write(seed, arrays)
    return RunResults(
        seeds=seeds, arrays=tuple(results[seed] for seed in seeds), num_reused=num_reused
    )


def _in_turn(
    fn: Callable[..., Mapping[str, Any]],
    settings: Mapping[str, Any],
    seeds: Sequence[int],
    jobs: int,
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for seed in seeds:
        try:
            arrays = fn(seed, **settings)
        except Exception as error:
            raise _failed(fn, seed, error) from error
        yield seed, arrays


def _in_processes(
    fn: Callable[..., Mapping[str, Any]],
    settings: Mapping[str, Any],
    seeds: Sequence[int],
    jobs: int,
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Results as they come; after a failure first those that are ready, then the error.

    Fresh processes, not forks: a fork of a process with running threads (torch's, BLAS's) can hang.
    """
    if not seeds:
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(seeds)), mp_context=context) as pool:
        futures: dict[Future[Mapping[str, Any]], int] = {
            pool.submit(fn, seed, **settings): seed for seed in seeds
        }
        failures: dict[int, Exception] = {}
        try:
            for future in as_completed(futures):
                if future.cancelled():
                    continue
                error = future.exception()
                if error is None:
                    yield futures[future], future.result()
                elif not isinstance(error, Exception):
                    raise error
                else:
                    failures[futures[future]] = error
                    for other in futures:  # not by shutdown, of which as_completed is not told
                        other.cancel()
        finally:  # also where the caller gives up: what has not begun does not begin
            pool.shutdown(wait=False, cancel_futures=True)
    dead = [seed for seed, error in failures.items() if isinstance(error, BrokenProcessPool)]
    for seed, failure in failures.items():
        if seed not in dead:
            raise _failed(fn, seed, failure) from failure
    if dead:
        raise RunError(
            f"a process that ran {_name(fn)} ended abruptly; no result for seeds {sorted(dead)}. "
            f"Likely it ran out of memory (try fewer than {jobs} jobs), was killed, or the calling "
            f"script lacks its `if __name__ == '__main__':`. Finished runs are kept."
        ) from failures[dead[0]]


def _failed(fn: Callable[..., Any], seed: int, error: Exception) -> RunError:
    return RunError(
        f"{_name(fn)} failed for seed {seed} with {type(error).__name__}: {error}. "
        "Finished runs are kept."
    )


class _Store:
    """The files of one function with one set of settings."""

    def __init__(
        self, fn: Callable[..., Any], settings: Mapping[str, Any], folder: Path | None
    ) -> None:
        self.folder = folder
        if folder is None:
            return
        try:
            described = json.dumps(
                {"function": _name(fn), "settings": settings}, sort_keys=True, allow_nan=True
            )
        except TypeError as error:
            raise TypeError(
                f"settings must be plain values when results are saved in a folder ({error})"
            ) from error
        self.key = hashlib.sha256(described.encode()).hexdigest()
        self.described = json.loads(described)
        self.stem = f"{_name(fn).rpartition('.')[2]}-{self.key[:12]}"

    def read(self, seed: int) -> Mapping[str, NDArray[Any]] | None:
        if self.folder is None or not self._file(seed).exists():
            return None
        file = self._file(seed)
        with open_npz(file, "result", "Delete it to compute it anew.") as (header, saved):
            run, of_seed = field(header, "run", dict), field(header, "seed", int)
            arrays = {name: saved[name] for name in saved if name != "header"}
            listed = field(header, "arrays", dict) if "arrays" in header else None
            if listed is not None and listed != _described(arrays):
                raise DataError(f"its arrays are {_described(arrays)}, its header says {listed}")
        if run != self.described or of_seed != seed:
            raise DataError(f"{file} holds another run than its name says. Delete it.")
        return arrays

    def write(self, seed: int, arrays: Mapping[str, Any]) -> Mapping[str, NDArray[Any]]:
        if not isinstance(arrays, Mapping):
            raise TypeError(f"fn must return a mapping of arrays, not {type(arrays).__name__}")
        plain = {name: np.asarray(value) for name, value in arrays.items()}
        if self.folder is not None:
            header = {"run": self.described, "seed": seed, "arrays": _described(plain)}
            write_npz(self._file(seed), plain, header)
        return plain

    def _file(self, seed: int) -> Path:
        assert self.folder is not None
        return self.folder / f"{self.stem}-seed{seed}.npz"


def _described(arrays: Mapping[str, NDArray[Any]]) -> dict[str, list[Any]]:
    """Type and shape of each array, as JSON gives them back."""
    return {name: [str(array.dtype), list(array.shape)] for name, array in arrays.items()}


def _name(fn: Callable[..., Any]) -> str:
    module, name = getattr(fn, "__module__", ""), getattr(fn, "__qualname__", type(fn).__name__)
    return f"{module}.{name}"
