"""Bars appear when they are asked for, and a package that is missing is named."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.experiments import run_many
from tests.experiments import run_functions as fns


def _cut(progress: bool) -> object:
    net = lr.Network.random([2, 3, 1], biases=0.1, rng=np.random.default_rng(0))
    return lr.subdivide(net, lr.Box(-1, 1, dim=2), compiled=False, progress=progress)


def _run(progress: bool) -> object:
    return run_many(fns.squares, [1, 2], progress=progress)


@pytest.mark.parametrize(("work", "shown"), [(_cut, "3/3 [.*neuron/s, regions="), (_run, "runs: ")])
def test_a_bar_is_shown_on_request(
    work: Callable[..., object], shown: str, capfd: pytest.CaptureFixture[str]
) -> None:
    work(progress=False)
    assert capfd.readouterr() == ("", "")
    work(progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert all(part in err for part in shown.split(".*"))


@pytest.mark.parametrize("work", [_cut, _run])
def test_a_missing_tqdm_is_named(
    work: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match=r'progress=True needs .* "linreg-lib\[progress\]"'):
        work(progress=True)
    work(progress=False)
