from __future__ import annotations

from pathlib import Path

import pytest

from linreg_book.runs.fingerprint import describe_change
from linreg_book.runs.imports import reached_modules


@pytest.fixture
def library(tmp_path: Path) -> Path:
    files = {
        "__init__.py": "from linreg_lib.leaf import x\n",
        "leaf.py": "x = 1\n",
        "room/__init__.py": 'LAZY = {"late": "late"}\n',
        "room/direct.py": "from ..leaf import x\nfrom . import sibling\n",
        "room/sibling.py": "def f():\n    from linreg_lib.room.inside import y\n",
        "room/inside.py": "",
        "room/late.py": "",
        "room/typed.py": "",
        "room/typing_only.py": (
            "from typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    from linreg_lib.room.typed import T\n"
        ),
        "room/broken.py": "def (:\n",
        "other/__init__.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def names(library: Path, *cells: str) -> set[str]:
    return {name.removeprefix("linreg_lib") for name in reached_modules(cells, library)}


def test_follows_imports_inside_functions_and_relative_ones(library: Path) -> None:
    reached = names(library, "from linreg_lib.room.direct import z")
    assert reached >= {"", ".leaf", ".room", ".room.direct", ".room.sibling", ".room.inside"}
    assert ".other" not in reached


def test_lazy_tables_count_and_typing_does_not(library: Path) -> None:
    assert ".room.late" in names(library, "import linreg_lib.room")
    assert ".room.typed" not in names(library, "import linreg_lib.room.typing_only")


def test_magic_broken_cells_and_strangers(library: Path) -> None:
    assert names(library, "%matplotlib inline\nimport linreg_lib.leaf") == {"", ".leaf"}
    assert names(library, "def (", "import numpy") == set()
    assert ".room.broken" in names(library, "import linreg_lib.room.broken")


def test_reasons_in_words() -> None:
    old = {"library": {"a.py": "1", "b.py": "1"}, "chapter": {"text": "1"}}
    assert describe_change(old, old) == ""
    new = {"library": {"a.py": "2", "c.py": "1"}, "chapter": {"text": "2"}}
    assert describe_change(old, new) == "library changed: a.py, b.py, c.py; chapter text changed"
