"""All protocols by name: a module a paper, imported when one of its protocols is asked for."""

from __future__ import annotations

from importlib import import_module

from linreg_lib.experiments.protocols.protocol import Protocol

#: the first part of a protocol's name, and of its module
PAPERS = ("hr19", "qw23", "f23")


def protocols() -> dict[str, Protocol]:
    """Every protocol by its name, paper by paper.

    >>> protocols()["qw23-epoch0"].columns["num_regions"]
    'activation regions of [-1, 1]^2, exact'
    """
    return {each.name: each for paper in PAPERS for each in _of_paper(paper)}


def protocol_named(name: object) -> Protocol:
    """A protocol by its name.

    Raises:
        TypeError: the name is no text.
        ValueError: there is none of that name; lists those that there are.
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be that of a protocol, got {name!r:.60}")
    paper = name.partition("-")[0]
    if paper in PAPERS:
        for each in _of_paper(paper):
            if each.name == name:
                return each
    raise ValueError(f"name is {name!r:.60}; the protocols are {', '.join(protocols())}")


def _of_paper(paper: str) -> tuple[Protocol, ...]:
    found: tuple[Protocol, ...] = import_module(
        f"linreg_lib.experiments.protocols.{paper}"
    ).PROTOCOLS
    return found
