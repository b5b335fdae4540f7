"""``help`` of what users call says what it takes."""

from __future__ import annotations

import inspect
import pydoc
from collections.abc import Callable
from typing import Any

import pytest

import linreg_lib as lr
from linreg_lib import networks

MAKERS = [
    lr.Network.from_arrays,
    lr.Network.from_torch,
    lr.Network.from_onnx,
    lr.Network.from_nnet,
    lr.Network.random,
    lr.PolyhedralComplex.load,
    lr.Plane.through,
    lr.Slice.along,
    lr.subdivide,
    lr.decision_complex,
    lr.level_set,
    lr.count_along_lines,
]


@pytest.mark.parametrize("call", MAKERS, ids=lambda call: call.__qualname__)
def test_every_argument_is_explained(call: Callable[..., Any]) -> None:
    text = inspect.getdoc(call) or ""
    assert len(text) > 60
    for name in inspect.signature(call).parameters:
        assert name in text, name


@pytest.mark.parametrize(
    ("method", "function"),
    [
        (lr.Network.from_torch, networks.network_from_torch),
        (lr.Network.random, networks.random_network),
    ],
)
def test_methods_say_what_functions_say(
    method: Callable[..., Any], function: Callable[..., Any]
) -> None:
    assert method.__doc__ == function.__doc__
    parameters = [inspect.signature(each).parameters for each in (method, function)]
    assert parameters[0] == parameters[1]
    shown = pydoc.plain(pydoc.render_doc(method))
    assert "Args:" in shown
    assert "Raises:" in shown


def test_the_package_says_where_to_begin() -> None:
    shown = pydoc.plain(pydoc.render_doc(lr))
    for word in ("subdivide", "figures", "theory", "experiments", lr.__version__):
        assert word in shown
