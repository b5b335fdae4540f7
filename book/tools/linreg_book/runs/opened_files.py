"""Which files did a chapter open for reading? Written down while it runs, in its own kernel.

The kernel loads this module as an IPython extension, which listens to Python's audit events: every
``open`` of a file that belongs to nobody else (the interpreter, the library's sources, caches,
temporary files), and every data set that the library looked up by name. What is read by compiled
code without ``open``, or by processes that the chapter starts, is not seen.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linreg_book import errors as tools_errors
from linreg_lib import errors as library_errors
from linreg_lib.data_folders import (
    DATA_SET_EVENT,
    cache_folder,
    data_set_folder,
    named_data_folder,
)
from linreg_lib.errors import DataError

LIST_VARIABLE = "LINREG_OPENED_FILES"
_BEGIN = "begin"
_MOST = 5000
_SOURCES = (".py", ".pyc", ".pyi", ".so", ".pyd", ".nbi", ".nbc")
_SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr", "/bin", "/lib", "/lib64", "/var", "/System")

_NEVER = ("__pycache__", f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_SETTINGS = (
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "MPLCONFIGDIR",
    "IPYTHONDIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "NUMBA_CACHE_DIR",
)
# They have their own checksums.
_OWN_SOURCES = tuple(
    str(Path(file).resolve().parent) for file in (library_errors.__file__, tools_errors.__file__)
)


@dataclass(kw_only=True)
class OpenedFiles:
    """What a chapter read.

    Attributes:
        files: absolute path -> (modification time in ns, size) when it was opened; None if it
            was not there.
        data_sets: name -> the folder that it was found in.
        without: name of a data set that was nowhere -> what there was of it.
    """

    files: dict[str, tuple[int, int] | None] = field(default_factory=dict)
    data_sets: dict[str, str] = field(default_factory=dict)
    without: dict[str, str] = field(default_factory=dict)


def load_ipython_extension(shell: Any) -> None:
    """Begin to write the list, in the file that ``LINREG_OPENED_FILES`` names."""
    target = os.environ.pop(LIST_VARIABLE, "")
    if target:
        sys.addaudithook(_Listener(target))


class _Listener:
    def __init__(self, target: str) -> None:
        self._stream = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        self._seen: set[str] = set()
        self._ignored = _ignored_folders()
        self._roots = [os.path.abspath(root) for root in (os.getcwd(), *_data_roots())]
        self._home = os.path.expanduser("~")
        self._write([_BEGIN])

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        try:
            if event == "open":
                self._look(*arguments)
            elif event == DATA_SET_EVENT:
                name, folder = map(str, arguments)
                self._write(["data set", name, folder, "" if folder else data_set_state(name)])
        except Exception:  # a listener must not stop what it listens to
            self._write(["lost"])

    def _look(self, path: Any, mode: Any, flags: Any) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return  # a file descriptor
        name = os.path.abspath(os.fsdecode(path))
        if name in self._seen or not self._is_data(name):
            return
        self._seen.add(name)
        if len(self._seen) > _MOST:
            raise OverflowError
        if isinstance(flags, int) and (
            flags & os.O_WRONLY or flags & os.O_RDWR and flags & os.O_CREAT
        ):
            return  # it writes the file; what it reads back later is its own
        try:
            found = os.stat(name)
        except OSError:
            self._write(["file", name, None])
            return
        if stat.S_ISREG(found.st_mode):
            self._write(["file", name, [found.st_mtime_ns, found.st_size]])

    def _is_data(self, name: str) -> bool:
        if name.endswith(_SOURCES) or any(word in name for word in _NEVER):
            return False
        for root in self._roots:
            if _within(name, root):
                return not _is_hidden(name, root) and not _any_within(name, _OWN_SOURCES)
        if _any_within(name, self._ignored):
            return False
        if _within(name, self._home):
            return not _is_hidden(name, self._home)
        return not _any_within(name, _SYSTEM)

    def _write(self, entry: list[Any]) -> None:
        os.write(self._stream, (json.dumps(entry) + "\n").encode())


def _data_roots() -> list[str]:
    """Where data may lie; a variable that names no folder is told to the chapter that reads it."""
    roots = []
    for find in (cache_folder, named_data_folder):
        with contextlib.suppress(DataError):
            roots.append(str(find() or ""))
    return [root for root in roots if root]


def _ignored_folders() -> list[str]:
    named = {os.environ.get(name, "") for name in _SETTINGS}
    home = os.path.expanduser("~")
    own = {os.path.join(home, "Library"), os.path.join(home, "AppData"), tempfile.gettempdir()}
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix}
    prefixes |= {os.path.realpath(prefix) for prefix in prefixes}
    return sorted(os.path.abspath(one) for one in named | own | prefixes | {*_OWN_SOURCES} if one)


def _within(name: str, folder: str) -> bool:
    return name == folder or name.startswith(folder.rstrip(os.sep) + os.sep)


def _any_within(name: str, folders: Iterable[str]) -> bool:
    return any(_within(name, folder) for folder in folders)


def _is_hidden(name: str, folder: str) -> bool:
    """Hidden below that folder: settings, caches, version control; or built there."""
    inside = os.path.relpath(name, folder).split(os.sep)
    return inside[0] == "_build" or any(part.startswith(".") and part != "." for part in inside)


def data_set_state(name: str) -> str:
    """What there is now of a data set: the names of its files, ``absent``, or why neither."""
    try:
        names = sorted(os.listdir(data_set_folder(name)))
    except DataError as error:
        return str(error)
    except OSError:
        names = []
    shown = [one for one in names if not one.startswith(".")]
    return ", ".join(shown) if shown else "absent"


def read_opened(path: Path) -> OpenedFiles | None:
    """The list that a kernel wrote; None if it is not there or not whole."""
    opened = OpenedFiles()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        entries = [json.loads(line) for line in lines]
    except (OSError, ValueError):
        return None
    if not entries or entries[0] != [_BEGIN] or ["lost"] in entries:
        return None
    for kind, *rest in entries[1:]:
        if kind == "file":
            name, stamp = rest
            opened.files[name] = tuple(stamp) if stamp else None
        elif kind == "data set":
            name, folder, state = rest
            if folder:
                opened.data_sets[name] = folder
            else:
                opened.without[name] = state
    return opened
