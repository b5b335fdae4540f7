"""Where downloaded files are kept between runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """The folder in which verified downloads are kept; it need not exist yet.

    ``LINREG_CACHE`` names it outright.
    Otherwise it is ``linreg_lib`` in ``XDG_CACHE_HOME``, or in the platform's own place for caches
    (``~/.cache`` on Linux, ``~/Library/Caches`` on macOS, ``%LOCALAPPDATA%`` on Windows).

    >>> cache_folder().is_absolute()
    True
    """
    if chosen := os.environ.get("LINREG_CACHE"):
        return Path(chosen).expanduser().absolute()
    if shared := os.environ.get("XDG_CACHE_HOME"):
        return Path(shared).expanduser().absolute() / "linreg_lib"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "linreg_lib"
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "linreg_lib"
    return Path.home() / ".cache" / "linreg_lib"


def is_offline() -> bool:
    """Whether ``LINREG_OFFLINE`` forbids downloads (any value but empty, 0, false and no)."""
    value = os.environ.get("LINREG_OFFLINE", "").strip().lower()
    return value not in {"", "0", "false", "no"}
