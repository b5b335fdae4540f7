"""The fingerprint of a chapter's run: everything that its result depends on."""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from linreg_book.chapters.chapter import Chapter
from linreg_book.project import Project
from linreg_book.runs.checksums import file_checksum
from linreg_book.runs.library_rooms import library_checksums
from linreg_book.runs.opened_files import OpenedFiles, data_set_state
from linreg_lib.data_folders import data_set_folder
from linreg_lib.errors import DataError

_DATA_SET = re.compile(r"(?P<name>[a-z]{2,}):(?P<file>.*)")
_ABSENT, _UNKNOWN = "absent", "unknown"


def chapter_fingerprint(
    chapter: Chapter,
    parameters: Mapping[str, Any],
    project: Project,
    data: Iterable[str] = (),
) -> dict[str, dict[str, str]]:
    """Section -> item -> checksum or value; equal fingerprints mean that nothing changed.

    Sections: ``chapter``, ``parameters``, ``library``, ``data``, ``lock``, ``python``.

    Args:
        data: the files that the last run opened, as :func:`data_read` named them. A chapter whose
            code, parameters and those files are the same opens the same files again, so that
            nothing else need be asked.
    """
    lock = project.lock_file
    return {
        "chapter": {"text": hashlib.sha256(chapter.source.encode()).hexdigest()},
        "parameters": {name: repr(value) for name, value in sorted(parameters.items())},
        "library": library_checksums(chapter.code_cells, project),
        "data": {key: _data_now(key, project) for key in data},
        "lock": {"requirements.lock": file_checksum(lock) if lock.is_file() else "none"},
        "python": {"version": platform.python_version()},
    }


def describe_change(
    old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]
) -> str:
    """Why two fingerprints differ, in words; empty if they do not.

    >>> describe_change({"library": {"theory": "1"}}, {"library": {"theory": "2"}})
    'library changed: theory'
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
    return f"{section} changed: {', '.join(item.rstrip(':') for item in items[:3])}{more}"


def data_read(opened: OpenedFiles | None, project: Project) -> dict[str, str]:
    """What a run read: file -> checksum.

    A file is named by its path in the project, by its data set (``mnist:NAME``, wherever that
    was found) or in full. What changed while the chapter ran, and a run that wrote no list, are
    ``unknown``, which equals no checksum: the chapter runs again.
    """
    if opened is None:
        return {"what it reads": _UNKNOWN}
    read = {}
    for path, stamp in opened.files.items():
        read[_data_key(path, opened, project)] = _checksum_as_opened(Path(path), stamp)
    read |= {f"{name}:": state for name, state in opened.without.items()}
    return dict(sorted(read.items()))


def _data_key(path: str, opened: OpenedFiles, project: Project) -> str:
    for name, folder in opened.data_sets.items():
        if Path(path).is_relative_to(folder):
            return f"{name}:{Path(path).relative_to(folder).as_posix()}"
    if Path(path).is_relative_to(project.root):
        return Path(path).relative_to(project.root).as_posix()
    return path


def _checksum_as_opened(path: Path, stamp: tuple[int, int] | None) -> str:
    try:
        found = path.stat()
    except OSError:
        return _ABSENT if stamp is None else _UNKNOWN
    if stamp != (found.st_mtime_ns, found.st_size):
        return _UNKNOWN
    return _checksum_or(path, _UNKNOWN)


def _data_now(key: str, project: Project) -> str:
    found = _DATA_SET.match(key)
    if not found:
        path = project.root / key
        return _checksum_or(path, _ABSENT)
    if not found["file"]:
        return data_set_state(found["name"])
    try:
        folder = data_set_folder(found["name"])
    except DataError as error:  # no checksum: the chapter runs, and tells it
        return str(error)
    return _checksum_or(folder / found["file"], _ABSENT)


def _checksum_or(path: Path, otherwise: str) -> str:
    try:
        return file_checksum(path)
    except OSError:
        return otherwise
