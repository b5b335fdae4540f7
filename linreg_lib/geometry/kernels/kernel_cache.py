"""Where compiled kernels are kept between processes: one folder for each state of their sources.

numba itself looks at the file that holds a kernel alone, so a constant or a helper that changes in
another file would leave the old machine code in use.  Here the folder's name is the checksum of all
sources that can take part, with the versions of what compiles them.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]
_PREFIX = "kernels-"
#: where kernels are
_ROOMS = ("geometry", "experiments/lanes")
#: folders of other states of the sources that are kept, the last ones used
_NUM_KEPT = 3
#: what makes a module one that kernels are in
_COMPILES = ("linreg_lib.geometry.kernels.jit", "linreg_lib.geometry.kernels.bits", "numba")
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)|import[ \t]+([^\n#]*))",
    re.MULTILINE,
)


def kernel_sources(package: Path = _PACKAGE) -> list[Path]:
    """The files of all modules that hold kernels, and of all modules that those import, and so on.

    What is imported may be a constant, whose value machine code contains.
    """
    paths = sorted(path for room in _ROOMS for path in (package / room).rglob("*.py"))
    texts = {path: _text(path) for path in paths}
    imported = {path: _imported(text) for path, text in texts.items()}
    waiting = [path for path, names in imported.items() if names & set(_COMPILES)]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        names = imported[path] if path in imported else _imported(_text(path))
        waiting += [each for name in names if (each := _file_of(name, package)) is not None]
    return sorted(found)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _imported(text: str) -> set[str]:
    """Names of modules, and of what may be modules, that a source imports anywhere."""
    names: set[str] = set()
    for module, what, plain in _IMPORT.findall(text):
        if plain:
            names |= {each.split()[0] for each in plain.split(",") if each.strip()}
            continue
        names |= {module, module.split(".")[0]} if module.startswith("numba") else {module}
        parts = (each.split()[0] for each in what.strip("() \n").split(",") if each.strip())
        names |= {f"{module}.{part}" for part in parts}
    return names


def _file_of(module: str, package: Path) -> Path | None:
    first, *rest = module.split(".")
    if first != package.name or not rest:
        return None
    path = package.joinpath(*rest).with_suffix(".py")
    return path if path.is_file() else None


def checksum(sources: Iterable[Path], versions: Sequence[str]) -> str:
    """16 hexadecimal digits for the content of the files and the versions."""
    digest = hashlib.sha256("\0".join(versions).encode())
    for path in sources:
        digest.update(b"\0" + path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder(parents: Iterable[Path], name: str) -> Path | None:
    """The first folder ``kernels-<name>`` that can be written in one of ``parents``; None: nowhere.

    Making a new one removes all others beside it but the last ones used.
    """
    for parent in parents:
        folder = parent / f"{_PREFIX}{name}"
        is_new = not folder.exists()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
            os.utime(folder)
        except OSError:
            continue
        if is_new:
            _remove_others(folder)
        return folder
    return None


def _remove_others(folder: Path) -> None:
    def last_use(path: Path) -> float:
        try:
            return path.stat().st_mtime
        except OSError:  # another process was faster
            return 0.0

    others = [path for path in folder.parent.glob(f"{_PREFIX}*") if path != folder]
    for path in sorted(others, key=last_use)[:-_NUM_KEPT]:
        shutil.rmtree(path, ignore_errors=True)
    if folder.parent == in_tree():
        # Kernels by file, as numba places them on its own.
        for path in [*folder.parent.glob("*.nbi"), *folder.parent.glob("*.nbc")]:
            try:
                path.unlink(missing_ok=True)
            except OSError:
                pass


def in_tree() -> Path:
    """Beside the modules' own byte code."""
    return _PACKAGE / "geometry" / "__pycache__"


def python_version() -> str:
    """Version and build of the interpreter."""
    return f"{sys.implementation.cache_tag} {sys.version}"
