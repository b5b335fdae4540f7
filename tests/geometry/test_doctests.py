from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import linreg_lib.geometry

MODULES = [
    f"linreg_lib.geometry.{info.name}"
    for info in pkgutil.iter_modules(linreg_lib.geometry.__path__)
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_public_entry_points_have_examples() -> None:
    finder = doctest.DocTestFinder()
    for name in ("subdivide", "count_along_lines", "Box", "Segment", "Plane"):
        found = finder.find(getattr(linreg_lib.geometry, name), name)
        assert any(each.examples for each in found), name
