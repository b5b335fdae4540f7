"""What computed a result: sources, versions, machine; asked where the result is computed."""

from __future__ import annotations

import functools
import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from linreg_lib.engine_digest import engine_digest

_LIBRARY = Path(__file__).resolve().parents[2]
_PACKAGES = ("numpy", "scipy", "numba", "torch", "scikit-learn", "pandas")
_PATIENCE = 20.0  # seconds for git


@functools.cache
def _made_by() -> dict[str, Any]:
    commit, dirty = _commit()
    return {
        "commit": commit,
        "dirty": dirty,
        "engine_digest": engine_digest(),
        "versions": versions(),
        "platform": platform.platform(),
        "processor": processor(),
        "num_cores": num_cores(),
    }


def made_by() -> dict[str, Any]:
    """Commit (None outside a checkout, with ``dirty`` None), engine, versions and machine.

    ``dirty``: whether the library differs from that commit.  Found once a process, at the first
    question, since it is the sources imported then that compute.
    """
    return dict(_made_by())


def versions() -> dict[str, str]:
    """Python and the packages that compute; those that are not installed are left out."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def processor() -> str:
    """The processor's model name."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def num_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _commit() -> tuple[str | None, bool | None]:
    """Of the checkout that holds the library itself, not of one that an environment lies in."""
    name = _LIBRARY.name
    if _git("ls-files", "--error-unmatch", f"{name}/__init__.py") is None:
        return None, None
    commit = _git("rev-parse", "HEAD")
    changed = _git("status", "--porcelain", "--", name)
    if commit is None or changed is None:
        return None, None
    return commit.strip(), bool(changed.strip())


def _git(*arguments: str) -> str | None:
    """What git says in the folder that the library lies in; None where it fails."""
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(_LIBRARY.parent), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout if done.returncode == 0 else None
