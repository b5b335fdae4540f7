"""On which rooms does a chapter stand? One checksum for each: its files, at any depth.

A room counts as used when its name stands anywhere in the chapter's code, and with it whatever its
import contract lets it use. So rather too many rooms are counted than one too few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from linreg_book.project import Project
from linreg_book.runs.checksums import files_below, joint_checksum

LIBRARY, TOOLS = "linreg_lib", "linreg_book"

#: What each room may use. ``linreg_lib`` stands for the modules beside the rooms: importing any
#: part of the library runs its ``__init__``, which takes names from geometry and networks; it
#: imports other rooms once code names them, so that they stand among the code's words.
MAY_USE: dict[str, tuple[str, ...]] = {
    LIBRARY: ("networks", "geometry"),
    "networks": (LIBRARY,),
    "geometry": (LIBRARY, "networks"),
    "theory": (LIBRARY, "networks"),
    "experiments": (LIBRARY, "networks", "geometry"),
    "figures": (LIBRARY, "networks", "geometry", "experiments"),
}

#: Words that lead to a room without its name: ``cx.plot()`` draws with figures.
NAMED_BY = {"plot": "figures"}

#: What works in the kernel of every chapter that records something.
IN_KERNEL = ("__init__.py", "errors.py", "markup.py", "records")
#: Changes no result: boxes are drawn again, with the words of the registry, when pages are staged.
_COSMETIC = (
    "records/boxes.py",
    "records/told_words.py",
    "records/claims.csv",
    "records/chapters.csv",
)
_NAMED_OF_TOOLS = re.compile(rf"\b{TOOLS}(?:\s*\.\s*(\w+)|\s+import\s*(\([^)]*\)|[^\n]*))")


def library_checksums(cells: Iterable[str], project: Project) -> dict[str, str]:
    """Room -> checksum, for the rooms on which the code cells stand.

    ``linreg_book`` is there too where it is used: the part of it that works in the kernel.
    """
    code = "\n".join(cells)
    checksums = {
        room: joint_checksum(_files(room, project.library), project.library)
        for room in rooms_used(code, project.library)
    }
    if TOOLS in _words(code):
        checksums[TOOLS] = joint_checksum(_tools_files(code, project.tools), project.tools)
    return checksums


def rooms_used(code: str, library: Path) -> list[str]:
    """The rooms of the library that code stands on, ``linreg_lib`` (what lies beside them) first.

    A room that the table does not know is counted always.
    """
    words = _words(code)
    if not words & {LIBRARY, TOOLS}:
        return []
    found = {path.name for path in library.iterdir() if (path / "__init__.py").is_file()}
    named = {NAMED_BY.get(word, word) for word in words}
    waiting = [LIBRARY, *(named & found), *(found - MAY_USE.keys())]
    used: set[str] = set()
    while waiting:
        room = waiting.pop()
        if room not in used:
            used.add(room)
            waiting += MAY_USE.get(room, found)
    return sorted(used & {LIBRARY, *found}, key=lambda room: (room != LIBRARY, room))


def _words(code: str) -> set[str]:
    return set(re.findall(r"\w+", code))


def _files(room: str, library: Path) -> list[Path]:
    if room != LIBRARY:
        return files_below(library / room)
    rooms = {path.parent for path in library.glob("*/__init__.py")}
    return [path for path in files_below(library) if not rooms & set(path.parents)]


def _tools_files(code: str, tools: Path) -> list[Path]:
    """What works in the kernel; everything, where the chapter names more of the tools than that."""
    named = {word for match in _NAMED_OF_TOOLS.findall(code) for word in _words(" ".join(match))}
    others = {path.stem for path in tools.iterdir()} - {Path(name).stem for name in IN_KERNEL}
    files = files_below(tools)
    if not named & others:
        kernel = [tools / name for name in IN_KERNEL]
        files = [path for path in files if any(path.is_relative_to(one) for one in kernel)]
    return [path for path in files if path.relative_to(tools).as_posix() not in _COSMETIC]
