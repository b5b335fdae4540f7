"""Which modules of the library does a chapter reach, directly or through others?

Read from the sources without importing anything. Imports inside functions count, and so do
texts that name a module (lazy loading tables); imports for type checkers do not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

PACKAGE = "linreg_lib"
_MODULE_TEXT = re.compile(r"\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z")
_MAGIC = re.compile(r"^\s*[%!].*$", flags=re.MULTILINE)


def reached_modules(cells: Iterable[str], library: Path) -> dict[str, Path]:
    """Module name -> file, for every module of the library that the code cells reach."""
    waiting: list[str] = []
    for cell in cells:
        waiting += _modules_named(_MAGIC.sub("pass", cell), PACKAGE, False, library)
    reached: dict[str, Path] = {}
    while waiting:
        name = waiting.pop()
        path = module_path(name, library)
        if path is None or name in reached:
            continue
        reached[name] = path
        # Importing a.b.c runs a and a.b first.
        if "." in name:
            waiting.append(name.rpartition(".")[0])
        stamp = path.stat().st_mtime_ns
        waiting += _modules_in_file(path, stamp, name, library)
    return dict(sorted(reached.items()))


def module_path(name: str, library: Path) -> Path | None:
    """The file of a module of the library, or None if there is no such module."""
    parts = name.split(".")
    if parts[0] != PACKAGE:
        return None
    base = library.joinpath(*parts[1:])
    for candidate in (base / "__init__.py", base.with_name(base.name + ".py")):
        if candidate.is_file():
            return candidate
    return None


@lru_cache(maxsize=1024)
def _modules_in_file(path: Path, stamp: int, name: str, library: Path) -> tuple[str, ...]:
    is_package = path.name == "__init__.py"
    package = name if is_package else name.rpartition(".")[0]
    text = path.read_text(encoding="utf-8")
    return tuple(_modules_named(text, package, is_package, library))


def _modules_named(text: str, package: str, is_package: bool, library: Path) -> list[str]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return []  # running the chapter will say so better
    found: list[str] = []
    for node in _walk_without_typing(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node.module or "", node.level, package)
            found += [base, *(f"{base}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += _named_by_text(node.value, package, is_package)
    return [name for name in found if module_path(name, library) is not None]


def _absolute(module: str, level: int, package: str) -> str:
    if level == 0:
        return module
    parts = package.split(".")
    parents = parts[: len(parts) - level + 1]
    return ".".join([*parents, module] if module else parents)


def _named_by_text(text: str, package: str, is_package: bool) -> list[str]:
    if not _MODULE_TEXT.match(text):
        return []
    if text.startswith("."):
        return [package + text]
    if text.startswith(PACKAGE + "."):
        return [text]
    # Tables of lazy names live in packages: {"subdivide": "geometry.subdivide"}.
    return [f"{package}.{text}"] if is_package else []


def _walk_without_typing(tree: ast.AST) -> Iterable[ast.AST]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
            continue
        yield node
        waiting += ast.iter_child_nodes(node)
