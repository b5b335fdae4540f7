from __future__ import annotations

from pathlib import Path

import linreg_book
from linreg_book.pages.api_page import api_markdown

SOURCE = '''
"""A module."""

def cut(net: int, *, deep: bool = False) -> int:
    """Cuts a *net* with $2^n$ and ``code``.

    Args:
        net: what to cut.

    >>> cut(1)
    2
    """

def _hidden() -> None:
    """Not shown."""

def undocumented() -> None:
    pass

class Thing:
    """A thing."""

    def __init__(self, size: int) -> None:
        self.size = size

    @property
    def area(self) -> float:
        """Its area."""
        return 1.0
'''


def test_lists_what_is_public_and_documented(tmp_path: Path) -> None:
    room = tmp_path / "geometry"
    room.mkdir()
    (room / "__init__.py").write_text('"""Measured."""\n')
    (room / "cut.py").write_text(SOURCE)
    page = api_markdown(tmp_path, tmp_path / "tools")
    assert "## linreg_lib.geometry" in page
    assert "cut(net: int, *, deep: bool=False) -> int" in page
    assert r"Cuts a \*net\* with \$2^n\$ and `code`." in page
    assert "```pycon\n>>> cut(1)" in page
    assert "class Thing(size: int)" in page
    assert ".area: float" in page
    assert "hidden" not in page
    assert "undocumented" not in page


def test_keeps_to_what_a_room_exports(tmp_path: Path) -> None:
    room = tmp_path / "geometry"
    room.mkdir()
    (room / "__init__.py").write_text('"""Measured."""\n__all__ = ["Thing"]\n')
    (room / "cut.py").write_text(SOURCE)
    page = api_markdown(tmp_path, tmp_path / "tools")
    assert "### `Thing`" in page
    assert "### `cut`" not in page


def test_what_chapters_import_of_the_tools_is_there() -> None:
    tools = Path(linreg_book.__file__).parent
    page = api_markdown(tools / "no library", tools)
    assert "## linreg_book" in page
    for name in ("claim", "record", "within_stderr", "ValueTable"):
        assert f"### `{name}`" in page
    assert "### `stage_book`" not in page


def test_titled_sections_and_long_signatures(tmp_path: Path) -> None:
    room = tmp_path / "geometry"
    room.mkdir()
    (room / "__init__.py").write_text('"""Measured."""\n')
    names = ", ".join(f"argument_{index}: tuple[int, int]" for index in range(4))
    (room / "cut.py").write_text(
        f'def cut({names}) -> int:\n    """Cuts.\n\n    Raises\n    ------\n    ValueError\n'
        '        Always.\n\n    Examples\n    --------\n    >>> cut(1)\n    2\n    """\n'
    )
    page = api_markdown(tmp_path, tmp_path / "tools")
    assert "cut(\n    argument_0: tuple[int, int],\n    argument_1" in page
    assert "**Raises**\n\n```text\nValueError\n    Always." in page
    assert "**Examples**\n\n```pycon\n>>> cut(1)" in page
