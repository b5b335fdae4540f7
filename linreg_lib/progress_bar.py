"""A progress bar, from a package that need not be there until somebody asks for one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


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
    try:
        from tqdm.auto import tqdm
    except ImportError as missing:
        raise ImportError(
            "progress=True needs the package tqdm; install it or leave out progress"
        ) from missing
    return tqdm(items, total=total, desc=what, unit=unit, leave=leave)
