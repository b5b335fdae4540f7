"""Hidden widths as a word, "64-64-64", so that they can stand in a table and on a command line."""

from __future__ import annotations

import re

from linreg_lib.networks.arguments import checked_counts


def widths_of(word: str, name: str = "hidden") -> list[int]:
    """The widths that a word such as "128-64-32" means, first hidden layer first.

    Raises:
        TypeError: no text.
        ValueError: text of another form, or a width of 0.

    >>> widths_of("128-64-32")
    [128, 64, 32]
    """
    if not isinstance(word, str):
        raise TypeError(f'{name} must be text like "64-64-64", got {type(word).__name__}')
    if not re.fullmatch(r"[0-9]{1,6}(-[0-9]{1,6})*", word):
        raise ValueError(f'{name} is {word!r:.60}; it must be widths with hyphens, like "64-64-64"')
    return checked_counts(name, [int(part) for part in word.split("-")])
