"""The checksum that decides whether a stored measurement is of the engine as it is."""

from __future__ import annotations

import ast

import pytest

from linreg_lib.engine_digest import code_alone

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
