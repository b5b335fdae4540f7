"""What an experiment of a paper is: its parameters, its pieces, and the columns of its table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from linreg_lib.experiments.protocols.parameter import PROFILES, Parameter, Value
from linreg_lib.networks.arguments import checked_choice

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """An experiment that can be run at three sizes, piece by piece.

    ``list_pieces(**parameters)`` gives the pieces in the order of the table's rows, each a mapping
    of plain keyword arguments of ``run_piece``, which lies at the top of a module and returns the
    observations of a piece: scalars, or arrays (n,) for n rows.  It may take a keyword
    ``checkpoint``, as for ``run_pieces``.

    Args:
        name: the paper's key and what is run, for instance ``"qw23-table1"``.
        paper: the paper's key, ``"QW23"``.
        title: one line.
        serves: ids of the claims whose verdicts use the table.
        columns: name -> one line of meaning, in order. A column is an argument of the pieces or
            something that they return; arguments that are no column only say which piece it is.
        parameters: name -> what it takes, and its sizes.
        version: raised when the meaning of a piece changes: results of another version are left
            alone.
        cpu_seconds: profile -> what it took, on one core, measured once.

    Raises:
        ValueError: a name, a profile or a column is not what it should be.
    """

    name: str
    paper: str
    title: str
    serves: tuple[str, ...]
    columns: Mapping[str, str]
    parameters: Mapping[str, Parameter]
    list_pieces: Callable[..., Iterable[Mapping[str, Any]]]
    run_piece: Callable[..., Mapping[str, Any]]
    version: int
    cpu_seconds: Mapping[str, float]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or not self.name.startswith(f"{self.paper.lower()}-"):
            raise ValueError(
                f"name is {self.name!r}; it must be {self.paper.lower()}- and small letters, "
                "digits and hyphens"
            )
        if not self.serves or not all(each.startswith(f"{self.paper}-") for each in self.serves):
            raise ValueError(f"serves is {self.serves!r}; give ids of claims of {self.paper}")
        if wrong := [each for each in self.columns if not each.isidentifier()]:
            raise ValueError(f"columns has {wrong[0]!r}, which is no name")
        if set(self.cpu_seconds) != set(PROFILES):
            raise ValueError(f"cpu_seconds has {sorted(self.cpu_seconds)}, not {list(PROFILES)}")
        if self.version < 1:
            raise ValueError(f"version is {self.version}; the first one is 1")

    def __repr__(self) -> str:
        return f"Protocol({self.name!r}, {self.title!r})"

    def values(self, profile: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Value]:
        """All parameters: those of ``profile``, where ``parameters`` does not say otherwise.

        Raises:
            ValueError, TypeError: an unknown profile or parameter, or a value that is not taken.
        """
        checked_choice("profile", profile, PROFILES)
        if parameters is not None and not isinstance(parameters, Mapping):
            raise TypeError(f"parameters must be a mapping, got {type(parameters).__name__}")
        given = dict(parameters or {})
        for name in given:
            self.parameter(name)
        return {
            name: each.checked(name, given.get(name, each.default(profile)))
            for name, each in self.parameters.items()
        }

    def parameter(self, name: Any) -> Parameter:
        """The parameter; raises ValueError where there is none of that name."""
        if name not in self.parameters:
            raise ValueError(
                f"parameters has {name!r}; {self.name} knows {', '.join(self.parameters)}"
            )
        return self.parameters[name]

    def arguments(self, profile: str, values: Mapping[str, Value]) -> list[str]:
        """What follows ``python -m linreg_lib.experiments`` so that it runs with these values."""
        words = [self.name, "--profile", profile]
        for name, each in self.parameters.items():
            if values[name] != each.default(profile):
                words += ["--set", f"{name}={each.told(values[name])}"]
        return words
