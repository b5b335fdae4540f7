"""A Sphinx extension: the reference as one reads it, types by their short names."""

from __future__ import annotations

import re
import typing
from typing import Any, Literal, TypeAlias

from numpy.typing import ArrayLike, DTypeLike
from sphinx.application import Sphinx
from sphinx.ext.autodoc import AttributeDocumenter, PropertyDocumenter
from sphinx.util.typing import stringify_annotation

Mode: TypeAlias = Literal["smart", "fully-qualified-except-typing", "fully-qualified"]
# What Python makes of ``ArrayLike`` and ``npt.NDArray[np.float64]``.  (With autodoc_type_aliases
# no annotation with ``npt.`` in it would be looked up, and classes of one name be confused.)
_UNIONS = {
    stringify_annotation(union, mode): name
    for name, union in (("ArrayLike", ArrayLike), ("DTypeLike", DTypeLike))
    for mode in typing.get_args(Mode)
}
_SHAPE = r"tuple\[(?:~?typing\.)?Any, \.\.\.\]"
_ENTRIES = r"(?:~?numpy\.)?dtype\[((?:[^\[\]]|\[[^\[\]]*\])+)\]"
_NDARRAY = re.compile(rf"(?:~?numpy\.)?ndarray\[{_SHAPE}, {_ENTRIES}\]")
_PREFIX = re.compile(r"\b(?:npt|np)\.(?=[A-Za-z])")
_NUMPY = re.compile(r"~?\bnumpy\.(?=\w+\])")
_TYPE_FIELDS = (":type:", ":vartype ")
_VALUES = ("attribute", "data", "property")


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_autodocumenter(ShortAttribute, override=True)
    app.add_autodocumenter(ShortProperty, override=True)
    app.connect("autodoc-process-signature", _short_signature)
    # Napoleon (500) takes what stands before a colon for the type of a property.
    app.connect("autodoc-process-docstring", _sentence_first, priority=400)
    app.connect("autodoc-process-docstring", _short_fields, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def short_types(text: str) -> str:
    """A signature or type with arrays by the names that the source gives them.

    >>> short_types("(x: ArrayLike) -> numpy.ndarray[tuple[Any, ...], numpy.dtype[numpy.float64]]")
    '(x: ArrayLike) -> NDArray[float64]'
    """
    for union, name in _UNIONS.items():
        text = text.replace(union, name)
    return _NUMPY.sub("", _PREFIX.sub("", _NDARRAY.sub(r"NDArray[\1]", text)))


class ShortAttribute(AttributeDocumenter):
    """The documenter of an attribute."""

    def add_line(self, line: str, source: str, *lineno: int) -> None:
        super().add_line(_short_field(line), source, *lineno)


class ShortProperty(PropertyDocumenter):
    """The documenter of a property."""

    def add_line(self, line: str, source: str, *lineno: int) -> None:
        super().add_line(_short_field(line), source, *lineno)


def _short_field(line: str) -> str:
    return short_types(line) if line.lstrip().startswith(_TYPE_FIELDS) else line


def _short_signature(
    app: Sphinx,
    what: str,
    name: str,
    obj: Any,
    options: Any,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    return signature and short_types(signature), returns and short_types(returns)


def _sentence_first(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    if what in _VALUES and lines:
        lines[:0] = ["..", ""]  # an empty comment


def _short_fields(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    lines[:] = [_short_field(line) for line in lines]
