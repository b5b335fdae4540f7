"""Every test here sees its own empty cache and no data folder, whatever the shell has set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from linreg_lib.experiments.data import DataUnavailableError, ImageData, load_mnist
from tests.experiments.fake_mnist import FakeMnist, write_fake_mnist
from tests.experiments.mirror_server import MirrorServer

_SHELL = {name: os.environ.get(name) for name in ("LINREG_DATA", "LINREG_CACHE", "XDG_CACHE_HOME")}


@pytest.fixture(autouse=True)
def _own_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LINREG_DATA", "LINREG_OFFLINE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LINREG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")  # a proxy must not answer for the local server
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def fake(tmp_path: Path) -> FakeMnist:
    return write_fake_mnist(tmp_path / "data" / "mnist")


@pytest.fixture
def server(fake: FakeMnist) -> Iterator[MirrorServer]:
    with MirrorServer(fake.folder) as running:
        yield running


@pytest.fixture(scope="session")
def real_mnist() -> ImageData:
    """MNIST itself, if the shell's LINREG_DATA or cache has it; never downloaded by a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _SHELL.items():
            if value is None:
                patch.delenv(name, raising=False)
            else:
                patch.setenv(name, value)
        try:
            return ImageData(
                train=load_mnist(split="train", download=False),
                test=load_mnist(split="test", download=False),
            )
        except DataUnavailableError as error:  # damaged files are no reason to skip
            pytest.skip(f"MNIST is not at hand (LINREG_DATA or cache): {error}")
