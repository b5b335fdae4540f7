"""The parameters cell of a chapter: typed names with comments, and values that fit them."""

from __future__ import annotations

import ast
import difflib
import io
import math
import re
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linreg_lib.publishing.errors import ParameterError

TYPES = ("int", "float", "str", "bool", "list[int]", "list[float]", "list[str]")
PROFILES = ("tiny", "quick", "paper")
_CHOICES = re.compile(r"\bone of:?\s+(?P<choices>[\w.+-]+(?:\s*(?:,|\bor\b)\s*[\w.+-]+)+)")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One line of a parameters cell, for instance ``SEED: int = 7  # seed of the draws``.

    Attributes:
        type: one of :data:`TYPES`.
        comment: what it means; ``one of: a, b, c`` in it limits a text to these values.
    """

    name: str
    type: str
    default: Any
    comment: str

    @property
    def choices(self) -> tuple[str, ...]:
        """The allowed texts that the comment lists; empty if it lists none."""
        if self.name == "PROFILE":
            return PROFILES
        found = _CHOICES.search(self.comment) if self.type in ("str", "list[str]") else None
        return tuple(re.split(r"\s*(?:,|\bor\b)\s*", found["choices"])) if found else ()


def read_parameters(source: str, *, where: str) -> tuple[Parameter, ...]:
    """Read a parameters cell without running it.

    Raises:
        ParameterError: naming the line, if it is no ``NAME: type = literal  # comment``.

    >>> read_parameters("SEED: int = 7  # seed of the draws", where="example")[0].type
    'int'
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ParameterError(f"{where}: the parameters cell does not parse: {error}") from None
    comments = _comments_by_line(source)
    parameters = [_read_line(node, comments, where) for node in tree.body]
    names = [parameter.name for parameter in parameters]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"{where}: parameter {name} is declared twice")
    for parameter in parameters:
        fit_value(parameter, parameter.default, where=f"{where}, default")
    return tuple(parameters)


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
            near = difflib.get_close_matches(name.upper(), declared, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            problems.append(f"unknown parameter {name}{hint}")
            continue
        try:
            fitted[name] = fit_value(declared[name], value, where="")
        except ParameterError as error:
            problems.append(str(error))
    if problems:
        known = ", ".join(f"{one.name}: {one.type}" for one in parameters)
        listed = "\n  ".join(problems)
        raise ParameterError(f"{where}:\n  {listed}\n  parameters are {known}")
    return fitted


def fit_value(parameter: Parameter, value: Any, *, where: str) -> Any:
    """The value as the parameter's type wants it.

    Raises:
        ParameterError: if it does not fit, with a hint where a command line is to blame.
    """
    place = f"{where}: " if where else ""
    complaint = f"{place}{parameter.name} must be {parameter.type}, got {value!r}"
    kind = parameter.type
    if kind.startswith("list["):
        if not isinstance(value, list | tuple):
            raise ParameterError(f"{complaint}; give lists with -y '{{{parameter.name}: [...]}}'")
        items = [_fit_single(kind[5:-1], item, complaint) for item in value]
        _check_choices(parameter, items, complaint)
        return items
    fitted = _fit_single(kind, value, complaint)
    _check_choices(parameter, [fitted], complaint)
    return fitted


def _fit_single(kind: str, value: Any, complaint: str) -> Any:
    if kind == "bool":
        if isinstance(value, bool):
            return value
        hint = "; write True or False" if isinstance(value, str) else ""
        raise ParameterError(complaint + hint)
    if kind == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind == "float" and isinstance(value, int | float) and not isinstance(value, bool):
        if math.isnan(value):
            raise ParameterError(complaint)
        return float(value)
    if kind == "float" and isinstance(value, str):
        raise ParameterError(f"{complaint}; YAML reads 1e-3 as text, write 1.0e-3")
    if kind == "str" and isinstance(value, str):
        return value
    raise ParameterError(complaint)


def _check_choices(parameter: Parameter, items: Sequence[Any], complaint: str) -> None:
    for item in items:
        if parameter.choices and item not in parameter.choices:
            raise ParameterError(f"{complaint}; one of {', '.join(parameter.choices)}")


def _read_line(node: ast.stmt, comments: Mapping[int, str], where: str) -> Parameter:
    line = f"{where}, parameters cell, line {node.lineno}"
    if not (
        isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.value is not None
    ):
        raise ParameterError(f"{line}: write NAME: type = value  # comment")
    name, kind = node.target.id, ast.unparse(node.annotation)
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        raise ParameterError(f"{line}: parameter {name} must be in UPPER_CASE")
    if kind not in TYPES:
        raise ParameterError(f"{line}: type {kind} of {name} is none of {', '.join(TYPES)}")
    if node.end_lineno != node.lineno:
        raise ParameterError(f"{line}: {name} must fit on one line")
    comment = comments.get(node.lineno, "")
    if not comment:
        raise ParameterError(f"{line}: {name} needs a comment that says what it means")
    if "=" in comment:
        # papermill --help-notebook cannot read a line with a second equals sign.
        raise ParameterError(f"{line}: the comment of {name} must not contain '='")
    try:
        default = ast.literal_eval(node.value)
    except ValueError:
        raise ParameterError(f"{line}: the default of {name} must be a literal") from None
    return Parameter(name=name, type=kind, default=default, comment=comment)


def _comments_by_line(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }
