"""An experiment in pieces, in parallel, each result saved as soon as it is there."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.saved_runs.run_tasks import function_name, parameters_of, run_tasks
from linreg_lib.experiments.saved_runs.task import Task
from linreg_lib.locked import Locked
from linreg_lib.networks.arguments import (
    checked_count,
    checked_flag,
    checked_kind,
    checked_list,
    checked_path,
)

_HEX = 16  # digits of a checksum in a file's name; its header holds what it is the checksum of
_SHOWN = 100  # characters of a piece in messages


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PieceResults(Locked):
    """What every piece returned, in the order asked for: one mapping of arrays each.

    ``num_reused`` of them were read from the folder.  ``process_seconds`` (num_pieces,): of the
    processor, NaN where a file does not say.  ``made_by``: commit, engine, versions and machine,
    of each piece (empty where a file does not say).
    """

    pieces: tuple[Mapping[str, Any], ...]
    arrays: tuple[Mapping[str, NDArray[Any]], ...]
    num_reused: int
    process_seconds: NDArray[np.float64]
    made_by: tuple[Mapping[str, Any], ...]

    def __len__(self) -> int:
        return len(self.pieces)

    def __iter__(self) -> Iterator[Mapping[str, NDArray[Any]]]:
        return iter(self.arrays)

    def __repr__(self) -> str:
        names = ", ".join(self.arrays[0])
        return f"PieceResults({len(self)} pieces, {self.num_reused} reused, {names})"

    def stacked(self, name: str) -> NDArray[Any]:
        """Array ``name`` of every piece along a new first axis, shape (num_pieces, ...).

        Raises:
            ValueError: a piece has no such array, or one of another shape than the first.
        """
        words = [piece_words(number, piece) for number, piece in enumerate(self.pieces)]
        return stacked_arrays(name, words, self.arrays)


def run_pieces(
    fn: Callable[..., Mapping[str, Any]],
    pieces: Sequence[Mapping[str, Any]],
    *,
    jobs: int = 1,
    executor: Executor | None = None,
    folder: str | os.PathLike[str] | None = None,
    resume: bool = True,
    progress: bool = False,
    version: int = 0,
) -> PieceResults:
    """Call ``fn(**piece)`` for every piece; ``fn`` returns a mapping of names to arrays.

    With ``folder``, each result is written there (``.npz``, no pickles) the moment it is there, and
    with ``resume`` a result of the same function, version and piece is read instead of computed.
    A change of the code of ``fn`` is not noticed: raise ``version``, or give ``resume=False``.
    Two runs may share a folder; what both do is done twice and saved once.

    A long piece may keep a checkpoint: a function with a parameter ``checkpoint`` gets a folder of
    its own inside ``folder`` (None without one), which is there when the piece begins, is found as
    it was left when an interrupted piece begins anew, and is removed when its result is saved.

    Args:
        fn: where other processes run it, defined at the top of a module.
        pieces: keyword arguments, plain values (numbers, text, lists of these).
        jobs: fresh processes that share the pieces (one thread each is best); 1: this process.
        executor: any ``concurrent.futures.Executor`` instead, for instance that of a Dask client
            (``client.get_executor()``); it is not shut down. Its workers see ``folder`` under the
            same path where pieces keep checkpoints.
        version: of what a piece means; part of its identity.

    Raises:
        RunError: a piece raised (its error is the cause), its process died or it could not be
            saved; names the piece. What was ready is in ``folder``: calling again goes on.
        DataError: a saved result is damaged or another piece's, or ``folder`` cannot be used.
        ValueError, TypeError: no pieces, the same one twice, or one that ``fn`` does not take.

    >>> def halved(value, power):
    ...     return {"value": value / 2**power}
    >>> run_pieces(halved, [{"value": 4, "power": 1}, {"value": 6, "power": 2}]).stacked("value")
    array([2. , 1.5])
    """
    jobs = checked_count("jobs", jobs)
    resume = checked_flag("resume", resume)
    version = checked_count("version", version, least=0)
    if not callable(fn):
        raise TypeError(f"fn must be a function, got {type(fn).__name__}")
    place = None if folder is None else checked_path("folder", folder)
    if executor is not None:
        checked_kind("executor", executor, Executor, "a concurrent.futures.Executor")
        if jobs > 1:
            raise ValueError(f"jobs is {jobs}, beside an executor, which has its own: leave it out")
    listed = [dict(_mapping(i, each)) for i, each in enumerate(_listed(pieces))]
    for number, piece in enumerate(listed):
        _require_taken(fn, number, piece)
    identity = {"function": function_name(fn), "version": version}
    tasks = piece_tasks(function_name(fn).rpartition(".")[2], identity, listed)
    finished, num_reused = run_tasks(
        fn,
        tasks,
        jobs=jobs,
        executor=executor,
        folder=place,
        resume=resume,
        progress=progress,
        unit="pieces",
    )
    return PieceResults(
        pieces=tuple(listed),
        arrays=tuple(each.arrays for each in finished),
        num_reused=num_reused,
        process_seconds=np.array([_or_nan(each.process_seconds) for each in finished]),
        made_by=tuple(dict(each.made_by or {}) for each in finished),
    )


def piece_tasks(
    stem: str, identity: Mapping[str, Any], pieces: Sequence[Mapping[str, Any]]
) -> list[Task]:
    """A task a piece, in files that begin with ``stem``.

    Raises:
        TypeError: a piece holds something but plain values.
        ValueError: two pieces are the same.
    """
    tasks: list[Task] = []
    seen: dict[str, int] = {}
    for number, piece in enumerate(pieces):
        of_piece = {**identity, "piece": _plain(number, piece)}
        text = json.dumps(of_piece, sort_keys=True)
        key = hashlib.sha256(text.encode()).hexdigest()[:_HEX]
        if text in seen:
            raise ValueError(f"pieces[{seen[text]}] and pieces[{number}] are the same: {piece}")
        seen[text] = number
        tasks.append(
            Task(
                keywords=piece,
                words=piece_words(number, piece),
                stem=f"{stem}-{key}",
                identity=of_piece,
            )
        )
    return tasks


def piece_words(number: int, piece: Mapping[str, Any]) -> str:
    """What messages call a piece.

    >>> piece_words(3, {"init": "he", "width": 16})
    "piece 3 (init='he', width=16)"
    """
    text = ", ".join(f"{name}={value!r}" for name, value in piece.items())
    return f"piece {number} ({text if len(text) <= _SHOWN else text[:_SHOWN] + '...'})"


def stacked_arrays(
    name: str, words: Sequence[str], arrays: Sequence[Mapping[str, NDArray[Any]]]
) -> NDArray[Any]:
    """Array ``name`` of all results along a new first axis; ``words`` name them in errors."""
    for word, each in zip(words, arrays, strict=True):
        if name not in each:
            raise ValueError(f"{word} has no array {name!r}, only {', '.join(each)}")
        if each[name].shape != arrays[0][name].shape:
            raise ValueError(
                f"array {name!r} has shape {each[name].shape} for {word}, "
                f"but {arrays[0][name].shape} for {words[0]}"
            )
    return np.stack([each[name] for each in arrays])


def _listed(pieces: Any) -> list[Any]:
    if isinstance(pieces, Mapping):
        raise TypeError("pieces must be a sequence of mappings; for one piece, give [piece]")
    listed = checked_list("pieces", pieces, "mappings")
    if not listed:
        raise ValueError("pieces is empty; give one at least")
    return listed


def _mapping(number: int, piece: Any) -> Mapping[str, Any]:
    if not isinstance(piece, Mapping):
        raise TypeError(
            f"pieces[{number}] must be a mapping of keyword arguments, got {type(piece).__name__}"
        )
    for name in piece:
        if not isinstance(name, str):
            raise TypeError(f"pieces[{number}] has the key {name!r}; keyword arguments are text")
    return piece


def _require_taken(fn: Callable[..., Any], number: int, piece: Mapping[str, Any]) -> None:
    """Raises before anything runs, where ``fn`` would not take the piece."""
    if "checkpoint" in piece and "checkpoint" in parameters_of(fn):
        raise ValueError(f"pieces[{number}] has a checkpoint, which is given while it runs")
    if not parameters_of(fn):
        return  # perhaps it does not say what it takes
    given = {"checkpoint": None} if "checkpoint" in parameters_of(fn) else {}
    try:
        inspect.signature(fn).bind(**piece, **given)
    except TypeError as error:
        raise TypeError(
            f"pieces[{number}] is not what {function_name(fn)} takes: {error}"
        ) from None


def _plain(number: int, piece: Mapping[str, Any]) -> Any:
    try:
        return json.loads(json.dumps(piece, sort_keys=True))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"pieces[{number}] must hold plain values, numbers, text and lists of these ({error})"
        ) from error


def _or_nan(seconds: float | None) -> float:
    return float("nan") if seconds is None else seconds
