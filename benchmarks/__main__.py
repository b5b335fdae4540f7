"""Measure the rows, each in a process of its own, and print the table.

    python -m benchmarks [--out FILE] [--resume] [--only NAME ...]

``--out`` puts every row, as soon as it is measured, in the place of the old one; the others stay as
they are, so that an interrupted run leaves a whole table.  ``--resume`` leaves rows alone that were
measured on these sources, this machine and these versions; ``--only`` measures a few.  A row that
needs what is not here (a file, a package, a second core) is left as it is, with a word; named by
``--only`` it is an error.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import processor, versions
from benchmarks.record import UnusableRecord, described, loaded_record, save, still_holds
from benchmarks.rows import ROWS
from linreg_book.pages.benchmark_results import BenchmarkRow, read_row
from linreg_lib.engine_digest import engine_digest

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 480  # seconds that a row may take, by the clock on the wall


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 if a row failed (one that takes too long is a result)."""
    options = _parser().parse_args(arguments)
    chosen = [name for name in ROWS if name in (options.only or [name])]
    renewed: list[str] = []
    try:
        return _measure_all(chosen, options, renewed)
    except UnusableRecord as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        kept = "" if options.out is None else f" in {options.out}, the others are as they were"
        told = f"bench: interrupted; {len(renewed)} of {len(chosen)} rows are new{kept}"
        print(f"\n{told} (--resume measures what is missing)", file=sys.stderr)
        return 130


def _measure_all(chosen: list[str], options: argparse.Namespace, renewed: list[str]) -> int:
    record = loaded_record(options.out)
    now = {"source_digest": engine_digest(), "processor": processor(), "versions": versions()}
    failed = []
    for name in chosen:
        row = record["rows"].get(name)
        if not (options.resume and still_holds(row, now)):
            if (lack := ROWS[name].lack()) is not None:
                if options.only:
                    failed.append(name)
                    print(f"bench: {name}: {lack}", file=sys.stderr)
                else:
                    state = "" if row is None else ", and stays as it was"
                    print(f"{ROWS[name].title:58} is left out{state}: {lack}", flush=True)
                continue
            try:
                row = {**described(name), **_measured(name)}
            except subprocess.CalledProcessError as error:
                failed.append(name)
                print(f"{name} failed:\n{error.stderr[-2000:]}", file=sys.stderr)
                continue
            record["rows"][name] = row
            if options.out is not None:
                save(record, options.out)
            renewed.append(name)
        assert row is not None
        print(_line(read_row(name, row)), flush=True)
    return int(bool(failed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Time the engine.")
    parser.add_argument("--out", type=Path, metavar="FILE", help="keep the results here")
    parser.add_argument("--resume", action="store_true", help="measure only what is missing")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", choices=list(ROWS), help="a few of them"
    )
    return parser


def _measured(name: str) -> dict[str, Any]:
    load = round(os.getloadavg()[0], 2)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.measure", name],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=True,
        )
    except subprocess.TimeoutExpired:
        made = {"source_digest": engine_digest(), "processor": processor(), "versions": versions()}
        return {"stopped": LIMIT, "made": {**made, "load": load}}
    row = json.loads(done.stdout.splitlines()[-1])
    row["made"]["load"] = load
    return dict(row)


def _line(row: BenchmarkRow) -> str:
    if row.stopped:
        return f"{row.title:58} stopped after {row.stopped} s"
    parts = []
    for column, figure in row.figures.items():
        aim = "" if figure.aim is None else f" (aim {figure.aim:g})"
        parts.append(f"{column} {figure}{aim}")
    regions = f"{row.num_regions:>9,}" if row.num_regions else " " * 9
    return f"{row.title:58} {regions}  {'; '.join(parts)}"


if __name__ == "__main__":
    raise SystemExit(main())
