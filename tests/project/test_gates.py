"""ruff, mypy and the import contracts, exactly as `make lint` and the commit hooks call them."""

from __future__ import annotations

import subprocess
import sys
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


def _plan(folder: Path) -> Path:
    """The house's files under ``folder``, all empty, with its contracts."""
    for file in (ROOT / "linreg_lib").rglob("*.py"):
        empty = folder / file.relative_to(ROOT)
        empty.parent.mkdir(parents=True, exist_ok=True)
        empty.touch()
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return folder / "linreg_lib"


CROSSINGS = {
    "theory predicts: it knows networks alone, and never geometry": {
        "theory/__init__.py": "import linreg_lib.geometry"
    },
    "theory's rooms look downwards": {
        "theory/linear_algebra/elimination.py": "import linreg_lib.theory.arrangements.flats"
    },
    "no circles among theory's files": {
        "theory/lines/derivations.py": "import linreg_lib.theory.lines.second_layer",
        "theory/lines/second_layer.py": (
            "def late():\n    import linreg_lib.theory.lines.derivations"
        ),
    },
}


@pytest.mark.parametrize("contract", CROSSINGS)
def test_contracts_see_a_crossing(tmp_path: Path, contract: str) -> None:
    """Imports against the arrows, planted in a copy of the house's plan, are caught."""
    package = _plan(tmp_path)
    assert _run(["lint-imports", "--no-cache"], tmp_path).returncode == 0
    for name, source in CROSSINGS[contract].items():
        (package / name).write_text(source + "\n")
    process = _run(["lint-imports", "--no-cache"], tmp_path)
    assert process.returncode == 1
    assert f"{contract} BROKEN" in process.stdout
    assert process.stdout.count(" BROKEN") == 1
