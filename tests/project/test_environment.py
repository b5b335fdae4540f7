"""The environment that runs the tests is the one that the lock describes, and it is whole."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution, version

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project.lock_file import locked_versions

# A GPU build of torch asks for these besides; the lock is the same for every build.
GPU_ONLY = ("nvidia-", "cuda-", "triton", "pytorch-triton")


def test_installed_versions_are_the_locked_ones() -> None:
    differ = {}
    for name, locked in locked_versions().items():
        try:
            installed = version(name).partition("+")[0]
        except PackageNotFoundError:
            installed = "nothing"
        if installed != locked:
            differ[name] = f"{installed} instead of {locked}"
    assert differ == {}, "make environment brings them back"


def test_lock_is_closed() -> None:
    """Whatever a locked package requires here is locked too, in a version that satisfies it."""
    locked = locked_versions()
    loose = []
    for name in locked:
        for text in distribution(name).requires or []:
            wanted = Requirement(text)
            if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
                continue
            if canonicalize_name(wanted.name).startswith(GPU_ONLY):
                continue
            found = locked.get(canonicalize_name(wanted.name))
            if found is None or not wanted.specifier.contains(found, prereleases=True):
                loose.append(f"{name} wants {text}, locked is {found}")
    assert loose == []
