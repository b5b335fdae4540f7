"""A plugin of pytest: the library's own tests, with the packages that are there.

    python -m pytest -p tests.library_alone --seconds 100 --doctest-modules tests linreg_lib

What belongs to no room of the library is left out.  A test that asks for a package which is not
installed is skipped and names it; so is whatever has not begun when the seconds are over.
"""

from __future__ import annotations

import doctest
import re
import sys
import time
from collections import Counter
from collections.abc import Generator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

OWN = {"linreg_lib", "tests", "benchmarks"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seconds", type=float, default=float("inf"), help="begin no test later")


def pytest_collection_finish(session: pytest.Session) -> None:
    session.config.stash[_BEGUN] = time.monotonic()


_BEGUN = pytest.StashKey[float]()


def library_rooms(root: Path) -> set[str]:
    """Every package of linreg_lib."""
    return {path.parent.name for path in (root / "linreg_lib").glob("*/__init__.py")}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    parts = collection_path.relative_to(config.rootpath).parts
    if len(parts) != 2 or not collection_path.is_dir():
        return None
    return True if parts[1] not in library_rooms(config.rootpath) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test once before any is repeated with other parameters: time may be short."""
    rounds: Counter[str] = Counter()
    place = {}
    for item in items:
        name = item.nodeid.partition("[")[0]
        place[item.nodeid] = rounds[name]
        rounds[name] += 1
    items.sort(key=lambda item: place[item.nodeid])


def pytest_runtest_setup(item: pytest.Item) -> None:
    seconds = item.config.getoption("--seconds")
    if time.monotonic() - item.config.stash[_BEGUN] > seconds:
        pytest.skip(f"not begun within {seconds:g} s")


def absent_package(error: BaseException | None) -> str | None:
    """The top name of somebody else's module that an error says is not installed."""
    while error is not None:
        if isinstance(error, pytest.skip.Exception):  # of importorskip, at the top of a module
            found = re.match(r"could not import '(\w+)", str(error))
            return found[1] if found else None
        if isinstance(error, ModuleNotFoundError) and error.name:
            top = error.name.partition(".")[0]
            if top not in OWN and find_spec(top) is None:
                return top
        if isinstance(error, doctest.UnexpectedException):
            return absent_package(error.exc_info[1])
        if (half := _half_imported(error)) is not None:
            return absent_package(half)
        failures = getattr(error, "failures", None)  # of doctests: the first explains the others
        if failures and isinstance(failures[0], BaseException):
            return absent_package(failures[0])
        error = error.__cause__ or error.__context__
    return None


def _half_imported(error: BaseException) -> BaseException | None:
    """Why a module of our own lacks a name: pytest keeps one whose import failed half-way."""
    name = getattr(error, "name", None) if type(error) is ImportError else None
    if not name or name.partition(".")[0] not in OWN:
        return None
    sys.modules.pop(name, None)
    try:
        import_module(name)
    except (ImportError, pytest.skip.Exception) as cause:
        return cause
    return None


def _skip_if_absent(
    report: pytest.CollectReport | pytest.TestReport,
    call: pytest.CallInfo[object] | None,
    path: Path,
) -> None:
    if report.outcome == "failed" and call is not None and call.excinfo is not None:
        name = absent_package(call.excinfo.value)
        if name is not None:
            report.outcome = "skipped"
            report.longrepr = (str(path), 0, f"Skipped: {name} is not installed")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _skip_if_absent(report, getattr(report, "call", None), collector.path)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[object]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _skip_if_absent(report, call, item.path)
    return report
