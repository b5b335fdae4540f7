"""Which module imports which, wherever in a file the import stands."""

from __future__ import annotations

import ast
import graphlib
from pathlib import Path


def import_graph(folder: Path, package: str) -> dict[str, set[str]]:
    """For each module of a package (in ``folder``) the modules of it that it imports.

    Counted are imports at the top, in functions and under ``TYPE_CHECKING``, relative ones too.
    """
    modules = {_name(path, folder, package): path for path in sorted(folder.rglob("*.py"))}
    return {
        name: {
            found
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            for target in _targets(node, name if path.stem == "__init__" else _parent(name))
            if (found := _module_of(target, modules)) is not None and found != name
        }
        for name, path in modules.items()
    }


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Modules each of which imports the next, the first one again at the end; empty if none do."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(reversed(error.args[1]))
    return []


def _name(path: Path, folder: Path, package: str) -> str:
    parts = path.relative_to(folder).with_suffix("").parts
    return ".".join([package, *(part for part in parts if part != "__init__")])


def _parent(name: str) -> str:
    return name.rpartition(".")[0]


def _targets(node: ast.AST, package: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    for _ in range(node.level - 1):
        package = _parent(package)
    start = node.module or ""
    if node.level:
        start = f"{package}.{start}".rstrip(".")
    return [f"{start}.{each.name}" for each in node.names]


def _module_of(target: str, modules: dict[str, Path]) -> str | None:
    """The module that a name is or is in: the longest beginning that is a module."""
    while target and target not in modules:
        target = _parent(target)
    return target or None
