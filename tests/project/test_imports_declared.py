"""Whatever the code imports, its pyproject.toml asks for by name."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project.lock_file import PROJECTS, ROOT, declared_ranges, project_table

OWN = {"linreg_lib", "linreg_book", "tests", "benchmarks"}


def _imported(folder: Path) -> Iterator[tuple[str, str]]:
    """File and top-level module of every import of somebody else's code."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            for name in names:
                module = name.partition(".")[0]
                if module not in OWN and module not in sys.stdlib_module_names:
                    yield str(path.relative_to(ROOT)), module


def _undeclared(folder: Path, declared: set[str]) -> set[str]:
    owners = packages_distributions()
    return {
        f"{file}: {module}"
        for file, module in _imported(folder)
        if not {canonicalize_name(name) for name in owners.get(module, [])} & declared
    }


@pytest.mark.parametrize(
    ("folder", "projects"),
    [
        ("linreg_lib", PROJECTS[:1]),
        ("book/tools/linreg_book", PROJECTS[1:]),
        ("tests", PROJECTS),
        ("benchmarks", PROJECTS),
    ],
)
def test_imports_are_declared(folder: str, projects: tuple[str, ...]) -> None:
    declared = {canonicalize_name(wanted.name) for wanted in declared_ranges(*projects)}
    assert _undeclared(ROOT / folder, declared) == set()


def test_the_library_needs_no_test_tools() -> None:
    extras = project_table()["optional-dependencies"]
    tools = {Requirement(text).name for extra in ("test", "dev") for text in extras[extra]}
    running = {wanted.name for wanted in declared_ranges(PROJECTS[0])} - tools
    declared = {canonicalize_name(name) for name in running}
    assert _undeclared(ROOT / "linreg_lib", declared) == set()
