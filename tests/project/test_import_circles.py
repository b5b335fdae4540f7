"""No module imports itself by way of others, not even inside functions."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


def _circle(modules: dict[str, set[str]]) -> list[str]:
    """Modules of which each imports the one before it, and the first the last; empty if none."""
    try:
        TopologicalSorter(modules).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle
    return []


@pytest.mark.parametrize("package", ["linreg_book"])
def test_no_import_circle(package: str) -> None:
    graph = grimp.build_graph(package, exclude_type_checking_imports=True, cache_dir=None)
    modules = {name: set(graph.find_modules_directly_imported_by(name)) for name in graph.modules}
    assert len(modules) > 40
    assert _circle(modules) == []


def test_a_circle_is_seen() -> None:
    assert set(_circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
