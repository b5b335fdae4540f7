"""A protocol that costs nothing, and its piece, which other processes can import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from linreg_lib.experiments import Parameter, Protocol


def list_pieces(
    *, words: Sequence[str], size: int, scale: float, odd: bool
) -> Iterator[Mapping[str, Any]]:
    for word in words:
        yield {"word": word, "size": size, "scale": scale, "odd": odd}


def run_piece(word: str, size: int, scale: float, odd: bool) -> Mapping[str, Any]:
    """Numbers with all their digits, infinities and none."""
    numbers = np.array([scale / 3, -0.0, np.inf, np.nan, 5e-324, 0.1 + 0.2, 1e22])[:size]
    return {"index": np.arange(len(numbers)), "number": numbers, "flag": numbers > 0}


TOY = Protocol(
    name="qw23-toy",
    paper="QW23",
    title="A toy",
    serves=("QW23-epoch0",),
    columns={
        "word": "the piece",
        "index": "of the observation",
        "number": "observed",
        "flag": "whether it is positive",
    },
    parameters={
        "words": Parameter(meaning="a", tiny=("x",), quick=("x", "y"), paper=("x", "y", "z")),
        "size": Parameter(meaning="b", tiny=1, quick=7, paper=7, least=0),
        "scale": Parameter(meaning="c", tiny=1.0, quick=0.1, paper=0.1, least=0.0),
        "odd": Parameter(meaning="d", tiny=False, quick=False, paper=True),
    },
    list_pieces=list_pieces,
    run_piece=run_piece,
    version=1,
    cpu_seconds={"tiny": 1, "quick": 1, "paper": 1},
)


def returning(**arrays: Any) -> Protocol:
    """The toy, with a piece that returns something else; for runs in this process."""
    return replace(TOY, run_piece=lambda **piece: arrays)
