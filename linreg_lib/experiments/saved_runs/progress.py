"""A progress bar on request, and nothing otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from linreg_lib.networks.arguments import checked_flag
from linreg_lib.progress_bar import progress_bar

T = TypeVar("T")


def with_progress(items: Iterable[T], total: int, what: str, progress: bool) -> Iterable[T]:
    """``items``, shown as a bar while they pass if ``progress`` (needs tqdm).

    >>> list(with_progress(range(3), 3, "steps", False))
    [0, 1, 2]
    """
    if not checked_flag("progress", progress):
        return items
    bar: Iterable[T] = progress_bar(items, total=total, what=what, leave=False)
    return bar
