"""`import linreg_lib` stays light."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import linreg_lib

HEAVY = (
    "torch", "sympy", "scipy.optimize", "matplotlib", "numba", "sklearn", "pooch", "requests",
    "platformdirs", "pandas", "dask", "distributed",
)  # fmt: skip

_LIST_MODULES = "import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"


def _modules_after_importing(module: str) -> set[str]:
    process = subprocess.run(
        [sys.executable, "-c", _LIST_MODULES.format(module=module)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(process.stdout))


def test_import_loads_nothing_heavy() -> None:
    loaded = _modules_after_importing("linreg_lib")
    assert "linreg_lib" in loaded
    assert loaded & set(HEAVY) == set()


LATER = ("experiments", "figures", "theory")


def test_rooms_wait_until_they_are_named() -> None:
    loaded = _modules_after_importing("linreg_lib")
    assert not {f"linreg_lib.{room}" for room in LATER} & loaded
    program = "import sys, linreg_lib as lr\nassert '{0}' in dir(lr)\nassert lr.{0}.__name__"
    for room in LATER:
        subprocess.run([sys.executable, "-c", program.format(room)], check=True)


def test_other_names_are_missed() -> None:
    with pytest.raises(AttributeError, match="'linreg_lib' has no attribute 'subdivde'"):
        linreg_lib.subdivde  # noqa: B018
    assert {"subdivide", "networks", "geometry", *LATER} <= set(dir(linreg_lib))


def test_the_alarm_rings() -> None:
    assert "scipy.optimize" in _modules_after_importing("scipy.optimize")
