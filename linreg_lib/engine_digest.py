"""Checksum of the engine's code: whether a stored measurement is of the engine as it is now."""

from __future__ import annotations

import ast
import functools
import hashlib
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

_LIBRARY = Path(__file__).resolve().parent
_ENGINE = ("geometry", "networks")
# Nothing that is measured cuts, counts or certifies by these: they stand above the cutting.
_BESIDE = ("geometry/single_region", "geometry/triangulations", "geometry/__init__.py")
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def engine_digest() -> str:
    """Checksum (16 hex digits) of the code of networks and of cutting, as it is now.

    Questions about one region at a point and triangulations stand beside the engine: no census,
    fuzz run or benchmark calls them. Docstrings, comments and blank lines do not count: a better
    explanation makes no measurement stale.
    """
    digest = hashlib.sha256()
    for path in engine_files():
        name = path.relative_to(_LIBRARY.parent).as_posix()
        digest.update(name.encode() + b"\0" + code_alone(path.read_text("utf-8")).encode())
    return digest.hexdigest()[:16]


def engine_files() -> list[Path]:
    """The files whose code the checksum reads, in its order."""
    paths = sorted(p for folder in _ENGINE for p in (_LIBRARY / folder).rglob("*.py"))
    beside = [_LIBRARY / each for each in _BESIDE]
    return [p for p in paths if not any(p == each or each in p.parents for each in beside)]


@functools.cache
def code_alone(source: str) -> str:
    """The lines of ``source`` without docstrings, comments, blank lines and space at the end.

    Positions are read from the parser and the tokens, and the text itself is kept: the same for
    every version of Python, which writing the tree out again is not.
    """
    lines = source.split("\n")
    for (row, start), (last, end) in sorted(_comments_and_docstrings(source), reverse=True):
        # Columns of the parser count bytes.
        kept = lines[row].encode()[:start] + lines[last].encode()[end:]
        lines[row : last + 1] = [kept.decode()]
    return "\n".join(line.rstrip() for line in lines if line.strip()) + "\n"


def _comments_and_docstrings(
    source: str,
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Begin and end (row, byte), rows from 0."""
    lines = source.split("\n")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            text = node.body[0]
            assert text.end_lineno is not None
            assert text.end_col_offset is not None
            yield (text.lineno - 1, text.col_offset), (text.end_lineno - 1, text.end_col_offset)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start[0] - 1, token.start[1]
            start = len(lines[row][:column].encode())
            yield (row, start), (row, start + len(token.string.encode()))
