"""A progress bar, from a package that need not be there until somebody asks for one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from linreg_lib.extras import needs_extra


def progress_bar(
    items: Iterable[Any] | None = None,
    *,
    total: int,
    what: str | None = None,
    unit: str = "it",
    leave: bool = True,
) -> Any:
    """A bar of tqdm on standard error, or in a notebook; iterated over, or updated by hand.

    ``leave``: whether it stays on the screen when it is full.

    Raises:
        ImportError: tqdm is not installed.

    >>> list(progress_bar(range(3), total=3, what="steps", leave=False))
    [0, 1, 2]
    """
    with needs_extra("progress=True", otherwise="leave out progress"):
        from tqdm.auto import tqdm
    return tqdm(items, total=total, desc=what, unit=unit, leave=leave)
