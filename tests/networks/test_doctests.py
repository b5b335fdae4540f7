from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import linreg_lib.networks

MODULES = [
    info.name
    for info in pkgutil.walk_packages(linreg_lib.networks.__path__, "linreg_lib.networks.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    failures = doctest.testmod(importlib.import_module(name)).failed
    assert failures == 0
