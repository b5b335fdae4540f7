"""The fingerprint of a chapter's run: everything that its result depends on."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from linreg_lib.publishing.chapter import Chapter
from linreg_lib.publishing.imports import reached_modules
from linreg_lib.publishing.project import Project

# Changing how a box looks changes no result: boxes are drawn again when the book is staged.
_COSMETIC = {"linreg_lib.publishing.boxes"}
_MNIST_MODULE_WORDS = ("mnist",)


def chapter_fingerprint(
    chapter: Chapter, parameters: Mapping[str, Any], project: Project
) -> dict[str, dict[str, str]]:
    """Section -> item -> checksum or value; equal fingerprints mean that nothing changed.

    Sections: ``chapter``, ``parameters``, ``library``, ``data``, ``lock``, ``python``.
    """
    modules = reached_modules(chapter.code_cells, project.library)
    library = {
        path.relative_to(project.library).as_posix(): file_checksum(path)
        for name, path in modules.items()
        if name not in _COSMETIC
    }
    lock = project.lock_file
    return {
        "chapter": {"text": hashlib.sha256(chapter.source.encode()).hexdigest()},
        "parameters": {name: repr(value) for name, value in sorted(parameters.items())},
        "library": library,
        "data": _data_checksums(chapter, modules, project),
        "lock": {"requirements.lock": file_checksum(lock) if lock.is_file() else "none"},
        "python": {"version": platform.python_version()},
    }


def describe_change(
    old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]
) -> str:
    """Why two fingerprints differ, in words; empty if they do not.

    >>> describe_change({"library": {"a.py": "1"}}, {"library": {"a.py": "2"}})
    'library changed: a.py'
    """
    reasons = []
    for section in (*new, *(section for section in old if section not in new)):
        before, after = old.get(section, {}), new.get(section, {})
        items = sorted(item for item in {*before, *after} if before.get(item) != after.get(item))
        if items:
            reasons.append(_reason(section, items))
    return "; ".join(reasons)


def _reason(section: str, items: list[str]) -> str:
    if section == "chapter":
        return "chapter text changed"
    if section == "lock":
        return "requirements.lock changed"
    if section == "python":
        return "Python changed"
    more = f" and {len(items) - 3} more" if len(items) > 3 else ""
    return f"{section} changed: {', '.join(items[:3])}{more}"


def file_checksum(path: Path) -> str:
    """SHA-256 of a file."""
    stat = path.stat()
    return _checksum(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4096)
def _checksum(path: Path, stamp: int, size: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _data_checksums(
    chapter: Chapter, modules: Mapping[str, Path], project: Project
) -> dict[str, str]:
    texts = [chapter.source]
    texts += [path.read_text(encoding="utf-8") for path in modules.values()]
    checksums = {}
    # Result tables that the chapter (or a module it reaches) names.
    results = project.pages / "results"
    for path in sorted(results.rglob("*")) if results.is_dir() else []:
        named = any(path.name in text for text in texts)
        if path.is_file() and named:
            checksums[f"results/{path.relative_to(results).as_posix()}"] = file_checksum(path)
    # Data shipped beside the modules that the chapter reaches (the registry of claims is drawn
    # into pages when they are staged, so that it changes no run).
    folders = {path.parent for name, path in modules.items() if ".publishing" not in name}
    for folder in sorted(folders):
        for path in sorted(folder.iterdir()):
            if path.is_file() and path.suffix not in (".py", ".pyc", ".pyi", ".typed", ""):
                checksums[path.relative_to(project.library).as_posix()] = file_checksum(path)
    if any(word in name for name in modules for word in _MNIST_MODULE_WORDS):
        checksums |= _external_data()
    return checksums


def _external_data() -> dict[str, str]:
    """Checksums of data files found outside the project: they decide which data a page shows."""
    environment = os.environ
    folders = []
    if environment.get("LINREG_DATA"):
        folders.append(Path(environment["LINREG_DATA"]).expanduser() / "mnist")
    if environment.get("LINREG_CACHE"):
        folders.append(Path(environment["LINREG_CACHE"]).expanduser() / "mnist")
    else:
        caches = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folders.append(caches.expanduser() / "linreg_lib" / "mnist")
    for folder in folders:
        files = sorted(folder.glob("*ubyte*")) if folder.is_dir() else []
        if files:
            return {f"mnist/{path.name}": file_checksum(path) for path in files}
    return {"mnist": "absent"}
