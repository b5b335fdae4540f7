"""All protocols by name: a module a paper, imported when one of its protocols is asked for."""

from __future__ import annotations

from collections.abc import Callable

from linreg_lib.experiments.protocols.protocol import Protocol


def _hr19() -> tuple[Protocol, ...]:
    from linreg_lib.experiments.protocols.hr19 import PROTOCOLS

    return PROTOCOLS


def _qw23() -> tuple[Protocol, ...]:
    from linreg_lib.experiments.protocols.qw23 import PROTOCOLS

    return PROTOCOLS


def _f23() -> tuple[Protocol, ...]:
    from linreg_lib.experiments.protocols import f23, f23_init, f23_lenet

    return (*f23.PROTOCOLS, *f23_init.PROTOCOLS, *f23_lenet.PROTOCOLS)


#: the first part of a protocol's name, and of its module
PAPERS: dict[str, Callable[[], tuple[Protocol, ...]]] = {"hr19": _hr19, "qw23": _qw23, "f23": _f23}


def protocols() -> dict[str, Protocol]:
    """Every protocol by its name, paper by paper.

    >>> protocols()["qw23-epoch0"].columns["num_regions"]
    'activation regions of [-1, 1]^2, exact'
    """
    return {each.name: each for of_paper in PAPERS.values() for each in of_paper()}


def protocol_named(name: object) -> Protocol:
    """A protocol by its name.

    Raises:
        TypeError: the name is no text.
        ValueError: there is none of that name; lists those that there are.
    """
    if not isinstance(name, str):
        raise TypeError(f"protocol must be the name of one, got {name!r:.60}")
    paper = name.partition("-")[0]
    if paper in PAPERS:
        for each in PAPERS[paper]():
            if each.name == name:
                return each
    raise ValueError(f"protocol is {name!r:.60}; the protocols are {', '.join(protocols())}")
