"""The environment that runs the tests is the one that the lock describes, and it is whole."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.project.lock_file import (
    declared_ranges,
    locked_versions,
    oldest_python,
    supported_pythons,
)

# A GPU build of torch asks for these besides; the lock is the same for every build.
GPU_ONLY = ("nvidia-", "cuda-", "triton", "pytorch-triton")

of_the_lock = pytest.mark.skipif(
    not (Path(sys.prefix) / "finished").is_file(),
    reason="this environment was not made by `make environment` from the lock",
)


@of_the_lock
def test_installed_versions_are_the_locked_ones() -> None:
    differ = {}
    for name, locked in locked_versions().items():
        installed = _installed(name)
        if installed != locked:
            differ[name] = f"{installed} instead of {locked}"
    assert differ == {}, "make environment brings them back"


def test_installed_versions_lie_in_the_ranges() -> None:
    """In any environment, also in one that was made otherwise."""
    outside = {}
    for wanted in declared_ranges():
        installed = _installed(wanted.name)
        if installed is None or not wanted.specifier.contains(installed, prereleases=True):
            outside[str(wanted)] = installed
    assert outside == {}


def _installed(name: str) -> str | None:
    try:
        return version(name).partition("+")[0]
    except PackageNotFoundError:
        return None


def _refusing(pins: dict[str, str], python: str) -> list[str]:
    """Pins whose installed metadata does not admit a Python; most older ones do not speak of it."""
    found = []
    for name in pins:
        wants = distribution(name).metadata.get("Requires-Python")
        if wants is not None and not SpecifierSet(wants).contains(python):
            found.append(f"{name}=={pins[name]} wants Python {wants}")
    return found


@of_the_lock
@pytest.mark.parametrize("python", [oldest_python(), *supported_pythons()])
def test_every_pin_admits_every_supported_python(python: str) -> None:
    here = locked_versions()
    pins = locked_versions(".".join(python.split(".")[:2]))
    readable = {name: pin for name, pin in pins.items() if name in here}
    assert len(readable) > 100
    assert _refusing(readable, python) == []


@of_the_lock
def test_a_pin_that_asks_for_more_is_seen() -> None:
    """The oldest Python stands below every supported one, and nothing here admits Python 3.1."""
    assert oldest_python() == "3.11.0"
    assert any("numpy" in line for line in _refusing({"numpy": "of now"}, "3.1.0"))


@of_the_lock
@pytest.mark.parametrize("python", supported_pythons())
def test_lock_is_closed(python: str) -> None:
    """Whatever a locked package requires is locked too, in a version that satisfies it."""
    here, locked = locked_versions(), locked_versions(python)
    loose = []
    where = {"extra": "", "python_version": python, "python_full_version": f"{python}.0"}
    for name in locked.keys() & here.keys():
        for text in distribution(name).requires or []:
            wanted = Requirement(text)
            if wanted.marker is not None and not wanted.marker.evaluate(where):
                continue
            if canonicalize_name(wanted.name).startswith(GPU_ONLY):
                continue
            found = locked.get(canonicalize_name(wanted.name))
            if found is None or not wanted.specifier.contains(found, prereleases=True):
                loose.append(f"{name} wants {text}, locked is {found}")
    assert loose == []
