"""A protocol run: its pieces, computed or read, become a table that says where it comes from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linreg_lib.experiments.protocols.manifest import manifest_of
from linreg_lib.experiments.protocols.observations import (
    Columns,
    frame,
    joined,
    require_pandas,
    rows_of_piece,
    table_bytes,
)
from linreg_lib.experiments.protocols.protocol import Protocol
from linreg_lib.experiments.protocols.registry import protocol_named
from linreg_lib.experiments.saved_runs.pieces import piece_tasks
from linreg_lib.experiments.saved_runs.run_tasks import run_tasks
from linreg_lib.experiments.saved_runs.task import Arrays, Task
from linreg_lib.networks.arguments import checked_count, checked_flag, checked_kind, checked_path

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ProtocolRun:
    """``table``: a row an observation, in the order of the pieces; ``manifest``: how it was made.

    ``content``: the table's bytes as they are stored, of which the manifest has the checksum.
    ``num_reused``: pieces that were read instead of computed.
    """

    table: pd.DataFrame
    manifest: Mapping[str, Any]
    content: bytes
    num_reused: int

    def __repr__(self) -> str:
        manifest = self.manifest
        return (
            f"ProtocolRun({manifest['protocol']!r}, {manifest['profile']!r}, "
            f"{manifest['num_rows']} rows, {manifest['num_pieces']} pieces, "
            f"{self.num_reused} reused)"
        )


def run_protocol(
    protocol: str | Protocol,
    *,
    profile: str = "quick",
    parameters: Mapping[str, Any] | None = None,
    jobs: int = 1,
    executor: Executor | None = None,
    folder: str | os.PathLike[str] | None = None,
    resume: bool = True,
    progress: bool = False,
) -> ProtocolRun:
    """Run an experiment of a paper: the same table whoever runs it, in whatever order.

    Args:
        protocol: its name (``experiments.protocols.protocols()`` lists them), or itself.
        profile: the size, ``"tiny"``, ``"quick"`` or ``"paper"``.
        parameters: values that take the place of the profile's.
        jobs, executor, folder, resume, progress: as for ``run_pieces``; with ``folder`` every
            finished piece is kept there, and an interrupted run goes on when it is called again.

    Raises:
        RunError, DataError: as for ``run_pieces``, and where a piece returns what is no row of the
            table; what was ready is kept.
        ValueError, TypeError: an unknown protocol, profile or parameter, or a value not taken.
        ImportError: pandas is missing.

    >>> run = run_protocol("qw23-epoch0", profile="tiny", parameters={"num_seeds": 2})
    >>> run
    ProtocolRun('qw23-epoch0', 'tiny', 4 rows, 2 pieces, 0 reused)
    >>> run.table["num_regions"].tolist()
    [213, 342, 851, 576]
    """
    chosen = protocol if isinstance(protocol, Protocol) else protocol_named(protocol)
    values = chosen.values(profile, parameters)
    jobs, resume = checked_count("jobs", jobs), checked_flag("resume", resume)
    place = None if folder is None else checked_path("folder", folder)
    if executor is not None:
        checked_kind("executor", executor, Executor, "a concurrent.futures.Executor")
        if jobs > 1:
            raise ValueError(f"jobs is {jobs}, beside an executor, which has its own: leave it out")
    require_pandas()
    pieces = [dict(piece) for piece in chosen.list_pieces(**values)]
    if not pieces:
        raise ValueError(f"{chosen.name} has no pieces for {values}")
    identity = {"protocol": chosen.name, "version": chosen.version}
    tasks = piece_tasks(chosen.name, identity, pieces)

    def check(task: Task, arrays: Arrays) -> None:
        rows_of_piece(chosen, task.keywords, arrays)

    finished, num_reused = run_tasks(
        chosen.run_piece,
        tasks,
        jobs=jobs,
        executor=executor,
        folder=place,
        resume=resume,
        progress=progress,
        unit="pieces",
        check=check,
    )
    rows = [
        rows_of_piece(chosen, task.keywords, each.arrays)
        for task, each in zip(tasks, finished, strict=True)
    ]
    columns: Columns = joined(rows, [task.words for task in tasks])
    content = table_bytes(columns)
    return ProtocolRun(
        table=frame(columns),
        manifest=manifest_of(chosen, profile, values, columns, content, finished),
        content=content,
        num_reused=num_reused,
    )
