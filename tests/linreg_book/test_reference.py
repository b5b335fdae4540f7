"""The reference lists what is public: each name once, with a docstring, and nothing else."""

from __future__ import annotations

import importlib
import re

import pytest

from tests.linreg_book.book_project import ROOT

ENTRY = re.compile(r"^\.\. auto(?:class|function|exception|data):: (\S+)$", re.MULTILINE)
PAGES = {path.stem: path.read_text() for path in (ROOT / "book" / "reference").glob("*.md")}
ENTRIES = [name for text in PAGES.values() for name in ENTRY.findall(text)]
PACKAGES = (
    "linreg_lib",
    "linreg_lib.networks",
    "linreg_lib.geometry",
    "linreg_lib.theory",
    "linreg_lib.experiments",
    "linreg_lib.experiments.data",
    "linreg_lib.experiments.protocols",
    "linreg_lib.figures",
    "linreg_book",
)


def _named(entry: str) -> object:
    module, _, name = entry.rpartition(".")
    return getattr(importlib.import_module(module), name)


def _public(package: str) -> dict[str, object]:
    module = importlib.import_module(package)
    names = getattr(module, "__all__", None) or [n for n in vars(module) if not n.startswith("_")]
    found = {name: getattr(module, name) for name in names}
    return {name: thing for name, thing in found.items() if callable(thing)}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_has_an_entry(package: str) -> None:
    listed = [id(_named(entry)) for entry in ENTRIES]
    missing = [name for name, thing in _public(package).items() if id(thing) not in listed]
    assert not missing


def test_every_entry_is_something_once_and_says_what() -> None:
    assert len(ENTRIES) > 200
    assert len(set(ENTRIES)) == len(ENTRIES)
    for entry in ENTRIES:
        thing = _named(entry)
        assert not callable(thing) or (thing.__doc__ or "").strip(), entry


def test_every_page_is_in_the_contents_and_on_the_first_page() -> None:
    contents = (ROOT / "_toc.yml").read_text()
    for page in PAGES:
        assert f"file: book/reference/{page}\n" in contents
        assert page == "index" or f"]({page}.md)" in PAGES["index"]
