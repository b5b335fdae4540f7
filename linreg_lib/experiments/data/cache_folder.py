"""Where downloaded files are kept between runs, and whether there may be downloads."""

from __future__ import annotations

import os

from linreg_lib.data_folders import cache_folder

__all__ = ["cache_folder", "is_offline"]


def is_offline() -> bool:
    """Whether ``LINREG_OFFLINE`` forbids downloads (any value but empty, 0, false and no)."""
    value = os.environ.get("LINREG_OFFLINE", "").strip().lower()
    return value not in {"", "0", "false", "no"}
