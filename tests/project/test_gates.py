"""ruff, mypy and the import contracts, exactly as `make lint` and the commit hooks call them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.project.lock_file import ROOT

BIN = Path(sys.executable).parent

GATES = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "import contracts": ["lint-imports"],
}


def _run(command: list[str], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    executable = BIN / command[0]
    return subprocess.run(
        [str(executable), *command[1:]], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("gate", GATES)
def test_gate(gate: str) -> None:
    process = _run(GATES[gate])
    assert process.returncode == 0, process.stdout + process.stderr


def _leaves() -> list[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    own = next(c for c in contracts["contracts"] if c["name"] == "leaf modules stand on nothing")
    return [module.removeprefix("linreg_lib.") for module in own["source_modules"]]


def test_contracts_see_a_crossing(tmp_path: Path) -> None:
    """A theory that looks at geometry, planted in a copy of the house's plan, is caught."""
    package = tmp_path / "linreg_lib"
    rooms = ("networks", "geometry", "theory", "experiments", "figures", "publishing")
    for room in rooms:
        (package / room).mkdir(parents=True)
        (package / room / "__init__.py").touch()
    for module in ("__init__", *_leaves()):
        (package / f"{module}.py").touch()
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    assert _run(["lint-imports", "--no-cache"], tmp_path).returncode == 0
    (package / "theory" / "__init__.py").write_text("import linreg_lib.geometry\n")
    process = _run(["lint-imports", "--no-cache"], tmp_path)
    assert process.returncode == 1
    assert "theory predicts" in process.stdout
