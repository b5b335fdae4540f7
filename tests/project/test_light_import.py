"""`import linreg_lib` stays light."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = (
    "torch", "sympy", "scipy.optimize", "matplotlib", "numba", "sklearn", "pooch", "requests",
    "platformdirs",
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


def test_the_alarm_rings() -> None:
    assert "scipy.optimize" in _modules_after_importing("scipy.optimize")
