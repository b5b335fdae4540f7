from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import linreg_lib.networks

MODULES = [
    f"linreg_lib.networks.{info.name}"
    for info in pkgutil.iter_modules(linreg_lib.networks.__path__)
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    failures = doctest.testmod(importlib.import_module(name)).failed
    assert failures == 0
