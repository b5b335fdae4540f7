"""What the times were measured on and with."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from linreg_lib.experiments.saved_runs.made_by import processor

__all__ = ["processor", "versions"]


def versions() -> dict[str, str]:
    """Python and the packages that compute."""
    found = {"python": platform.python_version()}
    for package in ("numpy", "numba"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
