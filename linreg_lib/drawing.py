"""Who draws a complex: geometry asks here, figures answer, and neither imports the other.

The package's ``__init__``, which knows all rooms, says who draws; that is looked up when the first
picture is asked for, so that matplotlib is imported by nobody who wants none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_Draw = Callable[..., Any]
_finders: list[Callable[[], _Draw]] = []


def draw_with(finder: Callable[[], _Draw]) -> None:
    """From now on what ``finder()`` returns draws complexes."""
    _finders[:] = [finder]


def drawn(cx: Any, axes: Any, **options: Any) -> Any:
    """Axes with the complex drawn; see ``PolyhedralComplex.plot``."""
    (finder,) = _finders
    return finder()(cx, axes, **options)
