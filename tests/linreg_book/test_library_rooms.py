"""What a chapter's results depend on in the two packages is never counted too small."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

import linreg_lib
from linreg_book.chapters.chapter import find_chapters
from linreg_book.project import Project
from linreg_book.runs.fingerprint import describe_change
from linreg_book.runs.library_rooms import (
    _COSMETIC,
    IN_KERNEL,
    LIBRARY,
    MAY_USE,
    NAMED_BY,
    TOOLS,
    library_checksums,
    rooms_used,
)
from tests.linreg_book.book_project import ROOT, make_project

ROOMS = MAY_USE.keys() - {LIBRARY}
#: what the package imports when code names it (``lr.figures``), for type checkers as a statement
LATER = {(LIBRARY, f"{LIBRARY}.{room}") for room in linreg_lib._LATER}
CHAPTERS = find_chapters(ROOT / "notebooks")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    found = grimp.build_graph(LIBRARY, TOOLS, cache_dir=None)
    for importer, imported in LATER:
        found.remove_import(importer=importer, imported=imported)
    return found


def _room(module: str) -> str:
    second = (module.split(".") + [""])[1]
    return second if second in ROOMS else LIBRARY


def test_the_table_has_the_rooms_that_there_are() -> None:
    assert {path.parent.name for path in (ROOT / LIBRARY).glob("*/__init__.py")} == ROOMS


def test_the_table_is_not_smaller_than_the_imports(graph: grimp.ImportGraph) -> None:
    crossings = {
        (_room(module), _room(imported))
        for module in graph.modules
        if module.partition(".")[0] == LIBRARY
        for imported in graph.find_modules_directly_imported_by(module)
    }
    used = {(a, b) for a, b in crossings if a != b}
    assert ("geometry", "networks") in used
    assert {(a, b) for a, b in used if b not in MAY_USE[a]} == set()


def test_the_table_is_that_of_the_contracts() -> None:
    """Two rooms of which the table says nothing are forbidden to each other, and no others."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    forbidden = {
        (source.partition(".")[2], target.partition(".")[2])
        for contract in table["tool"]["importlinter"]["contracts"]
        if contract["type"] == "forbidden"
        for source in contract["source_modules"]
        for target in contract["forbidden_modules"]
    }
    pairs = {(a, b) for a in ROOMS for b in ROOMS if a != b}
    assert {(a, b) for a, b in pairs if b not in MAY_USE[a]} == pairs & forbidden


def test_the_library_imports_by_import_statements_alone() -> None:
    """What is imported by a name made at run time stands in no graph; the package's own __init__
    does so with rooms that code has to name first."""
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / LIBRARY).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr)
        in ("import_module", "__import__")
    ]
    assert found == ["linreg_lib/__init__.py"] * 2


@pytest.mark.parametrize("room", sorted(linreg_lib._LATER))
def test_rooms_that_wait_to_be_named_are_counted_when_they_are(room: str) -> None:
    assert room in rooms_used(f"import linreg_lib as lr\nlr.{room}.draw", ROOT / LIBRARY)
    assert room not in rooms_used("import linreg_lib as lr\nlr.subdivide", ROOT / LIBRARY)


def test_words_that_lead_to_a_room_do() -> None:
    assert set(NAMED_BY.values()) <= ROOMS
    assert all(hasattr(linreg_lib.PolyhedralComplex, word) for word in NAMED_BY)


def test_what_works_in_the_kernel_is_counted(graph: grimp.ImportGraph) -> None:
    """Everything that `from linreg_book import claim` runs, but what is drawn again later."""
    reached = graph.find_upstream_modules(TOOLS) | graph.find_upstream_modules(f"{TOOLS}.records")
    for module in sorted(reached | {TOOLS}):
        package, *rest = module.split(".")
        if package == LIBRARY:  # linreg_lib itself is among what every chapter stands on
            assert _room(module) in {LIBRARY, *MAY_USE[LIBRARY]}
        elif rest:
            file = "/".join(rest) + ".py"
            assert rest[0] in IN_KERNEL or f"{rest[0]}.py" in IN_KERNEL or file in _COSMETIC
    names = [*IN_KERNEL, *_COSMETIC]
    assert [name for name in names if not (ROOT / "book/tools" / TOOLS / name).exists()] == []


def _modules_imported(cells: list[str]) -> Iterator[str]:
    for cell in cells:
        for node in ast.walk(ast.parse(cell)):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("name", CHAPTERS)
def test_chapters_stand_on_whatever_they_reach(name: str, graph: grimp.ImportGraph) -> None:
    """By the graph of modules, an independent way to the rooms."""
    cells = CHAPTERS[name].code_cells
    reached = set()
    for imported in _modules_imported(cells):
        while imported and imported not in graph.modules:
            imported = imported.rpartition(".")[0]
        if imported:
            reached |= {imported} | graph.find_upstream_modules(imported)
    rooms = {_room(module) for module in reached if module.partition(".")[0] == LIBRARY}
    assert rooms <= set(rooms_used("\n".join(cells), ROOT / LIBRARY))
    assert len(rooms) > 2


BASE = ["linreg_lib", "geometry", "networks"]


@pytest.mark.parametrize(
    ("code", "rooms"),
    [
        ("import numpy as np", []),
        ("import linreg_lib as lr", BASE),
        ("from linreg_book import claim", BASE),
        ("from linreg_lib import (\n    theory, estimate)", [*BASE, "theory"]),
        ("from linreg_lib.theory.bounds import x", [*BASE, "theory"]),
        ("%matplotlib inline\nimport linreg_lib.theory as t", [*BASE, "theory"]),
        ("importlib.import_module('linreg_lib.' + 'theory')", [*BASE, "theory"]),
        ("def (:\nlinreg_lib theory", [*BASE, "theory"]),
        ("import linreg_lib\ncx.plot()", ["linreg_lib", "experiments", "figures", *BASE[1:]]),
        ("from linreg_lib import figures", ["linreg_lib", "experiments", "figures", *BASE[1:]]),
    ],
)
def test_rooms_that_are_named(code: str, rooms: list[str]) -> None:
    assert rooms_used(code, ROOT / LIBRARY) == rooms


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "book", [])


CELL = "import linreg_lib\nfrom linreg_lib import theory\nfrom linreg_book import claim"


def _change(project: Project, path: str, cell: str = CELL) -> set[str]:
    """The items that change when a line is added to that file, or the file is made."""
    before = library_checksums([cell], project)
    file = project.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as stream:
        stream.write("\n# one more line\n")
    after = library_checksums([cell], project)
    return {item for item in {*before, *after} if before.get(item) != after.get(item)}


@pytest.mark.parametrize(
    ("path", "items"),
    [
        ("linreg_lib/geometry/__init__.py", {"geometry"}),
        ("linreg_lib/geometry/deep/er/new.py", {"geometry"}),
        ("linreg_lib/networks/table.csv", {"networks"}),
        ("linreg_lib/errors.py", {"linreg_lib"}),
        ("linreg_lib/new.py", {"linreg_lib"}),
        ("linreg_lib/folder_without_init/new.py", {"linreg_lib"}),
        ("linreg_lib/theory/__init__.py", {"theory"}),
        # not in the table: it may use anything, and anything may use it
        ("linreg_lib/new_room/__init__.py", {"new_room", "experiments", "figures"}),
        ("linreg_lib/figures/__init__.py", set()),
        ("linreg_lib/geometry/__pycache__/box.pyc", set()),
        ("book/tools/linreg_book/records/criteria.py", {"linreg_book"}),
        ("book/tools/linreg_book/records/new.py", {"linreg_book"}),
        ("book/tools/linreg_book/markup.py", {"linreg_book"}),
        ("book/tools/linreg_book/records/boxes.py", set()),
        ("book/tools/linreg_book/records/told_words.py", set()),
        ("book/tools/linreg_book/records/claims.csv", set()),
        ("book/tools/linreg_book/records/chapters.csv", set()),
        ("book/tools/linreg_book/pages/tables.py", set()),
    ],
)
def test_a_change_shows_in_its_room(project: Project, path: str, items: set[str]) -> None:
    assert _change(project, path) == items


@pytest.mark.parametrize(
    "code",
    [
        "from linreg_book.pages import tables",
        "from linreg_book import claim, pages",
        "from linreg_book import (\n    claim,\n    pages)",
        "import linreg_book.pages.tables",
    ],
)
def test_a_chapter_that_names_more_of_the_tools_stands_on_all(project: Project, code: str) -> None:
    assert _change(project, "book/tools/linreg_book/pages/tables.py", code) == {"linreg_book"}


def test_a_file_that_moves_or_goes_is_seen(project: Project) -> None:
    file = project.library / "geometry" / "planted.py"
    moved = file.with_name("planted_.py")  # next in order: the name alone tells
    without = library_checksums([CELL], project)["geometry"]
    file.write_text("x = 1\n")
    planted = library_checksums([CELL], project)["geometry"]
    file.rename(moved)
    assert len({without, planted, library_checksums([CELL], project)["geometry"]}) == 3
    moved.unlink()
    assert library_checksums([CELL], project)["geometry"] == without


def test_reasons_in_words() -> None:
    old = {"library": {"geometry": "1", "theory": "1"}, "chapter": {"text": "1"}}
    assert describe_change(old, old) == ""
    new = {"library": {"geometry": "2", "figures": "1"}, "chapter": {"text": "2"}}
    told = "library changed: figures, geometry, theory; chapter text changed"
    assert describe_change(old, new) == told
