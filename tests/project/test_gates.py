"""ruff, mypy and the import contracts, exactly as `make lint` and the commit hooks call them."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

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


def _contracts() -> list[dict[str, Any]]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = table["tool"]["importlinter"]["contracts"]
    return contracts


def _modules_named() -> set[str]:
    """Every module that a contract names, layers of containers included."""
    named: set[str] = set()
    for contract in _contracts():
        for key in ("source_modules", "forbidden_modules", "modules"):
            named |= set(contract.get(key, []))
        layers = {
            module.strip().strip("()")
            for layer in contract.get("layers", [])
            for module in re.split(r"[|:]", layer)
        }
        containers = contract.get("containers", [])
        named |= {f"{one}.{layer}" for one in containers for layer in layers} or layers
    return {name for name in named if "*" not in name}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """An empty copy of the house: its contracts, and a package for each module they name."""
    for name in _modules_named():
        folder = tmp_path.joinpath(*name.split("."))
        folder.mkdir(parents=True, exist_ok=True)
        for package in (folder, *folder.parents):
            if package == tmp_path:
                break
            (package / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return tmp_path


def test_every_module_that_a_contract_names_is_there() -> None:
    for name in _modules_named():
        first, *rest = name.split(".")
        package = ROOT / "book" / "tools" if first == "linreg_book" else ROOT
        base = package.joinpath(first, *rest)
        assert base.is_dir() or base.with_suffix(".py").is_file(), name


@pytest.mark.parametrize(
    ("room", "imported", "contract"),
    [
        ("linreg_lib/theory", "linreg_lib.geometry", "theory predicts"),
        (
            "linreg_lib/theory/linear_algebra",
            "linreg_lib.theory.arrangements",
            "theory's rooms look downwards",
        ),
        ("linreg_lib/geometry/questions", "linreg_lib.geometry.cutting", "geometry's rooms"),
        (
            "linreg_lib/geometry/cutting/reference",
            "linreg_lib.geometry.cutting.compiled",
            "two ways to cut",
        ),
        ("linreg_lib/figures", "linreg_book", "the library knows nothing of the book"),
        ("linreg_book", "linreg_lib.networks", "the book's tools know no mathematics"),
    ],
)
def test_contracts_see_a_crossing(plan: Path, room: str, imported: str, contract: str) -> None:
    """An import that is not allowed, planted in a copy of the house's plan, is caught."""
    assert _run(["lint-imports", "--no-cache"], plan).returncode == 0
    (plan / room / "__init__.py").write_text(f"import {imported}\n")
    process = _run(["lint-imports", "--no-cache"], plan)
    assert process.returncode == 1
    assert re.search(rf"^{re.escape(contract)}.* BROKEN$", process.stdout, re.MULTILINE)
