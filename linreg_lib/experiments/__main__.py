"""Run an experiment of a paper, or go on with one, and store its table.

    python -m linreg_lib.experiments list
    python -m linreg_lib.experiments NAME --profile paper --jobs 2 --out FOLDER

Every piece is kept the moment it is there, so that an interrupted run goes on when the same command
is given again.  Pieces run in processes of their own, one thread each, also with ``--jobs 1``.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from linreg_lib.data_folders import cache_folder
from linreg_lib.errors import DataError, LinregError
from linreg_lib.experiments.protocols.parameter import PROFILES, Value
from linreg_lib.experiments.protocols.protocol import Protocol
from linreg_lib.experiments.protocols.protocol_run import run_protocol
from linreg_lib.experiments.protocols.registry import protocol_named, protocols
from linreg_lib.experiments.protocols.stored_table import refuse_larger, save_table
from linreg_lib.experiments.saved_runs.made_by import num_cores
from linreg_lib.experiments.saved_runs.worker_processes import worker_processes

_ALL = "all"
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 after an error, 2 for wrong arguments, 130 or 143 after an interruption."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.name == "list":
        _list()
        return 0
    chosen = chosen_protocols(parser, options)
    for name in _THREADS:
        os.environ.setdefault(name, "1")
    signal.signal(signal.SIGTERM, _terminated)
    if len(chosen) > 1:
        seconds = sum(each.cpu_seconds[options.profile] for each, _ in chosen)
        _say(f"{len(chosen)} protocols: {_lasts(seconds, options.jobs)} if nothing is kept yet")
    failed = []
    for protocol, values in chosen:
        try:
            _run(protocol, values, options)
        except (LinregError, ImportError) as error:
            failed.append(protocol.name)
            _say(f"error: {error}")
        except KeyboardInterrupt as stop:
            _say(
                f"{protocol.name}: interrupted. What is finished is kept in "
                f"{_work(protocol, options)}; the same command goes on from there."
            )
            return 143 if stop.args else 130
    if len(chosen) > 1 and failed:
        _say(f"error: no table of {', '.join(failed)}")
    return 1 if failed else 0


def chosen_protocols(
    parser: argparse.ArgumentParser, options: argparse.Namespace
) -> list[tuple[Protocol, dict[str, Value]]]:
    """Which protocols run, with all their parameters; ends with status 2 for what is not known."""
    if options.name == _ALL:
        if options.set:
            parser.error("--set is for one protocol; name it")
        return [(each, each.values(options.profile)) for each in protocols().values()]
    try:
        protocol = protocol_named(options.name)
        given: dict[str, Any] = {}
        for text in options.set:
            name, equals, value = text.partition("=")
            if not equals:
                parser.error(f"--set {text}: write NAME=VALUE")
            if name in given:
                parser.error(f"--set {name} is given twice")
            given[name] = protocol.parameter(name).parsed(name, value)
        return [(protocol, protocol.values(options.profile, given))]
    except (ValueError, TypeError) as error:
        parser.error(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m linreg_lib.experiments",
        description="Run an experiment of a paper; an interrupted one goes on.",
        epilog="'list' shows the protocols, their parameters and what they cost; 'all' runs them.",
    )
    parser.add_argument("name", metavar="NAME", help="a protocol, 'list' or 'all'")
    parser.add_argument(
        "--profile", choices=PROFILES, default="quick", help="the size (default: quick)"
    )
    parser.add_argument(
        "--jobs",
        type=_jobs,
        default=1,
        metavar="N",
        help="processes that share the pieces; 'auto': one for each core",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter other than in the profile; lists with commas",
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="store the table here")
    parser.add_argument(
        "--work",
        type=Path,
        metavar="FOLDER",
        help="keep the finished pieces here (default: a folder of the protocol in the cache)",
    )
    parser.add_argument(
        "--no-resume", action="store_true", help="compute what is kept there once more"
    )
    return parser


def _jobs(text: str) -> int:
    number = num_cores() if text == "auto" else int(text)
    if number < 1:
        raise ValueError
    return number


_jobs.__name__ = "number of processes"  # what argparse calls a wrong one


def _run(protocol: Protocol, values: dict[str, Value], options: argparse.Namespace) -> None:
    work = _work(protocol, options)
    if options.out is not None:
        refuse_larger(protocol.name, options.profile, options.out)
        _require_writable(options.out)
    usual = values == protocol.values(options.profile)
    lasts = _lasts(protocol.cpu_seconds[options.profile], options.jobs)
    cost = lasts if usual else "of another size than usual"
    _say(f"{protocol.name} ({options.profile}): {cost}; pieces are kept in {work}")
    with worker_processes(options.jobs) as executor:
        run = run_protocol(
            protocol,
            profile=options.profile,
            parameters=values,
            executor=executor,
            folder=work,
            resume=not options.no_resume,
            progress=find_spec("tqdm") is not None,
        )
    manifest = run.manifest
    print(
        f"{protocol.name} ({options.profile}): {manifest['num_rows']} rows of "
        f"{manifest['num_pieces']} pieces ({run.num_reused} were kept), {_cpu(manifest)}"
    )
    if options.out is not None:
        print(f"stored as {save_table(run, options.out)}")
    else:
        print(run.table.to_string(max_rows=10, index=False))
        print("not stored: --out FOLDER does that")


def _cpu(manifest: Any) -> str:
    hours = manifest["cpu_hours"]
    return "CPU time not known" if hours is None else f"{_time(3600 * hours)} of CPU time"


def _work(protocol: Protocol, options: argparse.Namespace) -> Path:
    chosen: Path | None = options.work
    return chosen if chosen is not None else cache_folder() / "experiments" / protocol.name


def _require_writable(folder: Path) -> None:
    """Before hours of work, not after."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK | os.X_OK)
    except OSError as error:
        raise DataError(f"--out {folder} cannot be used ({error.strerror or error})") from error
    if not writable:
        raise DataError(f"--out {folder} cannot be written")


def _list() -> None:
    for protocol in protocols().values():
        costs = ", ".join(f"{each} {_time(protocol.cpu_seconds[each])}" for each in PROFILES)
        print(f"{protocol.name}: {protocol.title}\n    CPU time on one core: {costs}")
        for name, each in protocol.parameters.items():
            usual = each.told(each.quick)
            print(f"    --set {name}=...  {each.meaning}: {each.words} (quick: {usual})")


def _lasts(cpu_seconds: float, jobs: int) -> str:
    processes = "one process" if jobs == 1 else f"{jobs} processes"
    return f"about {_time(cpu_seconds / jobs)} with {processes}"


def _time(seconds: float) -> str:
    """Two digits of it, in the unit that fits.

    >>> [_time(each) for each in (0.4, 59, 170, 5000, 5e5)]
    ['a second', '59 seconds', '2.8 minutes', '83 minutes', '140 hours']
    """
    if seconds < 1.5:
        return "a second"
    for unit, length in (("seconds", 1.0), ("minutes", 60.0), ("hours", 3600.0)):
        if seconds < 100 * length or unit == "hours":
            break
    return f"{float(f'{seconds / length:.2g}'):g} {unit}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _terminated(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt("terminated")


if __name__ == "__main__":
    sys.exit(main())
