"""The checksum that decides whether a stored measurement is of the engine as it is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import linreg_lib.geometry as geometry
from linreg_lib.engine_digest import code_alone, engine_files

ROOT = Path(__file__).resolve().parents[2]

SOURCE = '''"""A module # not a comment."""

x = "# kept"  # gone
ü = {"é": 1}  # gone, after letters of two bytes


class A:
    """Gone,
    with its end."""

    def f(self, y):
        """Gone."""; z = """kept
  # kept"""
        return y + z  # gone

    # gone
    def only_documented(self):
        """Gone."""
'''
CODE = '''
x = "# kept"
ü = {"é": 1}
class A:
    def f(self, y):
        ; z = """kept
  # kept"""
        return y + z
    def only_documented(self):
'''


def test_docstrings_comments_and_blank_lines_do_not_count() -> None:
    assert code_alone(SOURCE) == CODE.lstrip("\n")


@pytest.mark.parametrize(
    ("before", "after"), [("y + z", "y - z"), ('"# kept"', '"# kept "'), ("  # kept", " # kept")]
)
def test_code_and_strings_count(before: str, after: str) -> None:
    changed = SOURCE.replace(before, after)
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(SOURCE))
    assert code_alone(changed) != code_alone(SOURCE)


def test_what_is_measured_calls_nothing_that_the_checksum_leaves_out() -> None:
    read = {path.relative_to(ROOT).as_posix() for path in engine_files()}
    beside = set()
    for name in geometry.__all__:
        home = getattr(getattr(geometry, name), "__module__", "").replace(".", "/")
        if home.startswith("linreg_lib/geometry/") and f"{home}.py" not in read:
            beside.add(name)
    assert {"facets_of_cells", "hit_and_run", "delaunay_triangulation"} <= beside
    measuring = [
        *(ROOT / "benchmarks").rglob("*.py"),
        *(ROOT / "tests" / "geometry").glob("fuzz*.py"),
        ROOT / "tests" / "geometry" / "twin_census.py",
    ]
    measuring.remove(ROOT / "benchmarks" / "cell_facets.py")  # its row has a checksum of its own
    assert len(measuring) > 3
    for path in measuring:
        assert not beside & set(re.findall(r"\w+", path.read_text("utf-8"))), path.name
