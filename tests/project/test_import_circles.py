"""No files of a package import each other in a circle, not even inside functions or for types."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

import linreg_book
import linreg_lib
from tests.project.import_graph import circle, import_graph


@pytest.mark.parametrize("package", [linreg_lib, linreg_book], ids=lambda package: package.__name__)
def test_no_circle(package: ModuleType) -> None:
    assert package.__file__ is not None
    graph = import_graph(Path(package.__file__).parent, package.__name__)
    assert sum(map(len, graph.values())) > 2 * len(graph)  # it sees imports at all
    assert circle(graph) == []


def test_circles_are_found_wherever_an_import_stands(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    sources = {
        "__init__.py": "from room.first import f\n",
        "first.py": "import numpy\ndef f():\n    from room import second\n    return second\n",
        "second.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import room.inner\n",
        "inner/__init__.py": "from .third import g\n",
        "inner/third.py": "def g():\n    from ..first import f\n    return f\n",
    }
    for name, text in sources.items():
        (tmp_path / name).write_text(text)
    graph = import_graph(tmp_path, "room")
    assert graph == {
        "room": {"room.first"},
        "room.first": {"room.second"},
        "room.second": {"room.inner"},
        "room.inner": {"room.inner.third"},
        "room.inner.third": {"room.first"},
    }
    found = circle(graph)
    assert found[0] == found[-1]
    assert len(found) == 5
    assert all(after in graph[before] for before, after in zip(found, found[1:], strict=False))
    (tmp_path / "inner" / "third.py").write_text("def g(): ...\n")
    assert circle(import_graph(tmp_path, "room")) == []
