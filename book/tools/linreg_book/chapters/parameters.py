"""The parameters cell of a chapter: typed names with ranges, and values that fit them."""

from __future__ import annotations

import ast
import contextlib
import difflib
import io
import math
import re
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linreg_book.chapters.parameter_range import ParameterRange, read_range
from linreg_book.errors import ParameterError

TYPES = ("int", "float", "str", "bool", "list[int]", "list[float]", "list[str]")
PROFILES = ("tiny", "quick", "paper")
_UNREADABLE = (SyntaxError, ValueError, TypeError, MemoryError, RecursionError)
_LONGEST = 80  # characters of a value in a message


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One entry of a parameters cell: ``SEED: int = 7  # in 0..99: seed of the draws``.

    Attributes:
        type: one of :data:`TYPES`.
        comment: its range (see ``parameter_range``), a colon, and what it means.
        range: what the comment's beginning allows; None where it does not say.
    """

    name: str
    type: str
    default: Any
    comment: str
    range: ParameterRange | None

    @property
    def choices(self) -> tuple[str, ...]:
        """The allowed texts that the comment lists; empty if it lists none."""
        return self.range.choices if self.range else ()

    @property
    def wanted(self) -> str:
        """Type and range, as a message says them."""
        if self.range is None:
            return self.type
        return f"{self.type}{' ' if self.range.text.startswith('in') else ', '}{self.range.text}"


def read_parameters(source: str, *, where: str) -> tuple[Parameter, ...]:
    """Read a parameters cell without running it.

    Raises:
        ParameterError: naming the line, if it is no ``NAME: type = literal  # range: meaning``, or
            the value is out of its range.

    >>> read_parameters("SEED: int = 7  # in 0..99: seed of the draws", where="example")[0].type
    'int'
    """
    tree = _parsed(source, where=f"{where}: the parameters cell")
    comments = _comments_by_line(source)
    parameters = [_read_line(node, comments, where) for node in tree.body]
    names = [parameter.name for parameter in parameters]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"{where}: parameter {name} is declared twice")
    fit_values(parameters, {one.name: one.default for one in parameters}, where=f"{where}, default")
    return tuple(parameters)


def read_assignments(source: str, *, where: str) -> dict[str, Any]:
    """The values of a cell of plain assignments, as papermill writes them, without running it.

    Raises:
        ParameterError: if a line is no ``NAME = literal``.
    """
    values: dict[str, Any] = {}
    for node in _parsed(source, where=where).body:
        try:
            (target,) = node.targets  # type: ignore[attr-defined]
            call = node.value  # type: ignore[attr-defined]
            # papermill writes float('nan') and float('inf'), which are no literals
            is_float = isinstance(call, ast.Call) and ast.unparse(call.func) == "float"
            value = ast.literal_eval(call.args[0] if is_float else call)
            values[target.id] = float(value) if is_float else value
        except (AttributeError, IndexError, *_UNREADABLE):
            text = _shown(ast.unparse(node), bare=True)
            raise ParameterError(f"{where}: {text} assigns no literal") from None
    return values


def fit_values(
    parameters: Sequence[Parameter], values: Mapping[str, Any], *, where: str
) -> dict[str, Any]:
    """Check given values against the declared parameters; whole numbers become floats where due.

    Raises:
        ParameterError: one message with every unknown name and every value that does not fit.
    """
    declared = {parameter.name: parameter for parameter in parameters}
    fitted: dict[str, Any] = {}
    problems = []
    for name, value in values.items():
        if name not in declared:
            near = difflib.get_close_matches(str(name).upper(), declared, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(declared)}"
            problems.append(f"unknown parameter {_shown(name, bare=True)}; {hint}")
            continue
        try:
            fitted[name] = _fit_value(declared[name], value)
        except ParameterError as error:
            problems.append(str(error))
    if problems:
        raise ParameterError(f"{where}: {'; '.join(problems)}")
    return fitted


def _fit_value(parameter: Parameter, value: Any) -> Any:
    """The value as the parameter's type wants it; a hint where a command line is to blame."""
    complaint = _complaint(parameter, value)
    kind = parameter.type
    if not kind.startswith("list["):
        fitted = _fit_single(kind, value, complaint)
    elif isinstance(value, list | tuple):
        fitted = [_fit_single(kind[5:-1], item, complaint) for item in value]
    else:
        raise ParameterError(f"{complaint}; give lists with -y '{{{parameter.name}: [...]}}'")
    if parameter.range is not None and not parameter.range.allows(fitted):
        raise ParameterError(complaint)
    return fitted


def _complaint(parameter: Parameter, value: Any) -> str:
    return f"{parameter.name} must be {parameter.wanted}, got {_shown(value)}"


def _shown(value: Any, bare: bool = False) -> str:
    try:
        text = str(value) if bare else repr(value)
    except ValueError:  # Python does not write integers of thousands of digits
        return "a number of thousands of digits"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _fit_single(kind: str, value: Any, complaint: str) -> Any:
    if kind == "bool":
        if isinstance(value, bool):
            return value
        hint = "; write True or False" if isinstance(value, str) else ""
        raise ParameterError(complaint + hint)
    if kind == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind == "float" and isinstance(value, int | float) and not isinstance(value, bool):
        with contextlib.suppress(OverflowError):
            if math.isfinite(value):
                return float(value)
        raise ParameterError(f"{complaint}, which is no finite number of 64 bits")
    if kind == "float" and isinstance(value, str):
        raise ParameterError(f"{complaint}; YAML reads 1e-3 as text, write 1.0e-3")
    if kind == "str" and isinstance(value, str):
        return value
    raise ParameterError(complaint)


def _read_line(node: ast.stmt, comments: Mapping[int, str], where: str) -> Parameter:
    line = f"{where}, parameters cell, line {node.lineno}"
    if not (
        isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.value is not None
    ):
        raise ParameterError(f"{line}: write NAME: type = value  # range: meaning")
    name, kind = node.target.id, ast.unparse(node.annotation)
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        raise ParameterError(f"{line}: parameter {name} must be in UPPER_CASE")
    if kind not in TYPES:
        raise ParameterError(f"{line}: type {kind} of {name} is none of {', '.join(TYPES)}")
    comment = comments.get(node.end_lineno or node.lineno, "")
    if not comment:
        raise ParameterError(f"{line}: {name} needs a comment that says what it means")
    if "=" in comment:
        # papermill --help-notebook cannot read an entry with a second equals sign.
        raise ParameterError(f"{line}: the comment of {name} must not contain '='")
    try:
        default = ast.literal_eval(node.value)
    except _UNREADABLE:
        raise ParameterError(f"{line}: the default of {name} must be a literal") from None
    try:
        allowed = read_range(comment, kind)
    except ParameterError as error:
        raise ParameterError(f"{line}: {name}: {error}") from None
    if name == "PROFILE":
        allowed = ParameterRange(text=f"one of {', '.join(PROFILES)}", choices=PROFILES)
    return Parameter(name=name, type=kind, default=default, comment=comment, range=allowed)


def _parsed(source: str, *, where: str) -> ast.Module:
    try:
        return ast.parse(source)
    except _UNREADABLE as error:
        raise ParameterError(f"{where} does not parse: {error}") from None


def _comments_by_line(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }
