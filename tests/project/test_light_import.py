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


def test_names_are_those_that_users_look_for() -> None:
    found = {name for name in dir(linreg_lib) if not name.startswith("__")}
    assert found == {*linreg_lib.__all__, *LATER, "networks", "geometry"}
    assert "__version__" in dir(linreg_lib)


def test_help_needs_no_extra() -> None:
    """Whoever looks at each name (``help`` does) meets no room whose packages are missing."""
    program = (
        "import sys\n"
        "for name in ('matplotlib', 'torch', 'sympy', 'numba', 'sklearn'):\n"
        "    sys.modules[name] = None\n"
        "import inspect, pydoc, linreg_lib as lr\n"
        "assert 'figures' not in dict(inspect.getmembers(lr))\n"
        "assert 'decision_complex' in pydoc.render_doc(lr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_alarm_rings() -> None:
    assert "scipy.optimize" in _modules_after_importing("scipy.optimize")
