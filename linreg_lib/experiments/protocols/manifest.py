"""What a table says of itself: how to make it again, and what made it."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from linreg_lib.experiments.protocols.observations import Columns
from linreg_lib.experiments.protocols.parameter import Value
from linreg_lib.experiments.protocols.protocol import Protocol
from linreg_lib.experiments.saved_runs.task import Finished

COMMAND = ("python", "-m", "linreg_lib.experiments")


def manifest_of(
    protocol: Protocol,
    profile: str,
    values: Mapping[str, Value],
    columns: Columns,
    content: bytes,
    finished: Sequence[Finished],
) -> dict[str, Any]:
    """As JSON has it: plain values, lists and dictionaries.

    ``made_by`` has an entry for each state of the library, environment and machine that computed
    pieces, with the number of these; ``cpu_hours`` are theirs together, without what interrupted
    pieces had done (null where a file does not say).
    """
    kinds = {name: kind for name, (kind, _) in columns.items()}
    return {
        "protocol": protocol.name,
        "version": protocol.version,
        "paper": protocol.paper,
        "title": protocol.title,
        "serves": list(protocol.serves),
        "command": shlex.join([*COMMAND, *protocol.arguments(profile, values)]),
        "profile": profile,
        "parameters": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
        },
        "seeds": _seeds(columns),
        "columns": {
            name: {"kind": kinds[name], "meaning": meaning}
            for name, meaning in protocol.columns.items()
        },
        "num_rows": next(iter(columns.values()))[1].size,
        "num_pieces": len(finished),
        "cpu_hours": _cpu_hours(finished),
        "made_by": _makers(finished),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "num_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _seeds(columns: Columns) -> str | None:
    """Those of the column ``seed``, as ranges: ``"0-24, 30"``; None where there is none."""
    kind, column = columns.get("seed", ("", np.array([])))
    if kind != "integer":
        return None
    seeds = np.unique(column)
    runs = np.split(seeds, np.flatnonzero(np.diff(seeds) != 1) + 1) if seeds.size else []
    return ", ".join(f"{run[0]}-{run[-1]}" if run.size > 1 else str(run[0]) for run in runs)


def _cpu_hours(finished: Sequence[Finished]) -> float | None:
    seconds = [each.process_seconds for each in finished]
    if any(each is None for each in seconds):
        return None
    return round(sum(each for each in seconds if each is not None) / 3600, 6)


def _makers(finished: Sequence[Finished]) -> list[dict[str, Any]]:
    """What computed the pieces, each with the number of pieces, in their order."""
    counts: dict[str, int] = {}
    for each in finished:
        text = json.dumps(each.made_by or {}, sort_keys=True)
        counts[text] = counts.get(text, 0) + 1
    return [{**json.loads(text), "num_pieces": number} for text, number in counts.items()]
