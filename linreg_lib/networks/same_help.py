"""A class method and the function that does the same have one text: the function's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def give_help(kind: type, method: str, function: Callable[..., Any]) -> None:
    """From now on ``help(kind.method)`` says what ``help(function)`` says.

    Examples in the text bring the names that they use.
    """
    vars(kind)[method].__func__.__doc__ = function.__doc__
