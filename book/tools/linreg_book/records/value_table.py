"""A table of computed values in a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from linreg_book.errors import RecordError
from linreg_book.markup import Html, fill, join, typeset, with_minus
from linreg_book.records.plain_values import plain_value, short_text

#: numbers with their error, or a range of them: these stay on one line
_NUMBERS = re.compile(r"[\d.,%±–−×⁻⁰¹²³⁴⁵⁶⁷⁸⁹\s-]+")


class ValueTable:
    """Named columns of equal length; a cell that ends with it shows the table.

    Args:
        columns: heading -> values, in order; the first column names the rows. Text between
            dollar signs is set as a formula.
        label: what the table holds, in a few words: its caption.

    Raises:
        RecordError: if there is no column, columns differ in length, or the label is empty.

    >>> print(ValueTable({"n": [1, 2], "$2^n$": [2, 4]}, label="Powers of two"))
    n | $2^n$
    1 | 2
    2 | 4
    """

    def __init__(self, columns: Mapping[str, Sequence[Any]], *, label: str) -> None:
        if not columns:
            raise RecordError("a table needs at least one column")
        if not label.strip():
            raise RecordError("a table needs a label: it is its caption")
        lengths = {heading: len(values) for heading, values in columns.items()}
        if len(set(lengths.values())) > 1:
            raise RecordError(f"columns of a table must be equally long, got {lengths}")
        self.label = label
        self.headings = tuple(columns)
        texts = [[short_text(plain_value(v)) for v in values] for values in columns.values()]
        self.rows = tuple(zip(*texts, strict=True))

    def __str__(self) -> str:
        return "\n".join(" | ".join(line) for line in (self.headings, *self.rows))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = join(
            fill('<th scope="col" style="min-width: 2rem">{}</th>', typeset(heading))
            for heading in self.headings
        )
        body = join(
            fill(
                '<tr><th scope="row">{}</th>{}</tr>',
                typeset(first),
                join(_cell(text) for text in others),
            )
            for first, *others in self.rows
        )
        return fill(
            '<div class="linreg-scroll" role="region" aria-label="{}" tabindex="0">'
            '<table class="linreg-table linreg-values"><caption><span>{}</span></caption>'
            "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
            with_minus(self.label).replace("$", ""),
            typeset(self.label),
            heads,
            body,
        )


def _cell(text: str) -> Html:
    """A cell; columns of short numbers need not be as wide as those of prose."""
    one_line = "; white-space: nowrap" if _NUMBERS.fullmatch(text) else ""
    return fill('<td style="min-width: 2rem{}">{}</td>', one_line, typeset(text))
