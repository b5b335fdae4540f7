"""The site of the tiny book."""

from __future__ import annotations

import pytest

from linreg_book.project import Project
from tests.tiny_book import TinyBook


@pytest.fixture(scope="session")
def built(tiny_book: TinyBook) -> Project:
    """The project whose `_build/html` is the tiny book's site."""
    assert tiny_book.exit_code == 0, tiny_book.said[-4000:]
    return Project(tiny_book.root)
