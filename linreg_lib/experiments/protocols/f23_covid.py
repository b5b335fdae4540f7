"""Protocols of F23 on the COVID risk, Section V.B; ``f23_covid_criteria`` says how they are judged.

The paper gives the network (5-20-20-1), Xavier's uniform law, binary cross-entropy, Adam at 0.1,
400 epochs, a random 0.8 of the patients to train on, 8,000 points from [-1, 1]^3, and the box
[-5, 5]^3. It does not give the batch size (here all patients, 4096 and 128), the biases at the
start (here 0.01, as for its untrained networks; torch's for comparison), seeds, the epochs
shown, or what three coordinates of a network with five inputs are: here the cubes [-1, 1]^5 and
[-5, 5]^5, and for comparison a slice in which the first three features move. Trained in float64.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from linreg_lib.experiments.measured_runs.covid_polytopes import BIASES, covid_polytopes
from linreg_lib.experiments.protocols.parameter import Parameter
from linreg_lib.experiments.protocols.protocol import Protocol

_FIRST_SEED = 10  # smaller ones were looked at before


def _pieces(
    *, biases: Sequence[str], num_runs: int, batch_sizes: Sequence[int], moments: Sequence[int],
    **rest: Any,
) -> Iterator[Mapping[str, Any]]:  # fmt: skip
    lists = {"batch_sizes": list(batch_sizes), "moments": list(moments)}
    for word, seed in product(biases, range(_FIRST_SEED, _FIRST_SEED + num_runs)):
        yield {"biases": word, "seed": seed, **lists, **rest}


_COLUMNS = {
    "hidden": "widths of the hidden layers, the first one first",
    "biases": "at the start: all 0.01, all 0, or by torch's law",
    "seed": "decides patients trained on, first network, order of patients and points",
    "batch_size": "patients a step; 0 stands for all",
    "epoch": "passes over the patients so far",
    "train_loss": "mean binary cross-entropy over the patients trained on",
    "train_accuracy": "share of these that are classified right",
    "test_loss": "mean binary cross-entropy over the other patients",
    "test_accuracy": "share of these that are classified right",
    "silent_at_data_1": "units of hidden layer 1 that are 0 at all 32 inputs",
    "silent_at_data_2": "units of hidden layer 2 that are 0 at all 32 inputs",
    "polytopes": "cube-r: all of [-r, r]^5; points: those of points in [-1, 1]^5, in [-5, 5]^5; "
    "slice: the same with three features moving, the others 0",
    "num_polytopes": "how many polytopes, exact; of points: different ones that were hit",
    "silent_1": "units of hidden layer 1 that are 0 in all of the window",
    "silent_2": "units of hidden layer 2 that are 0 in all of the window",
    "faces": "number of faces; numbers that do not occur have no row",
    "num_with_walls": "polytopes with so many faces, those on the window's walls counted",
    "num_without_walls": "polytopes with so many faces on neurons",
}


def _parameters(**sizes: Parameter) -> dict[str, Parameter]:
    return {
        "hidden": Parameter(
            meaning="hidden widths of the network, two layers", tiny="4-4", quick="20-20",
            paper="20-20",
        ),
        **sizes,
        "num_points": Parameter(
            meaning="points", tiny=300, quick=8000, paper=8000, least=1
        ),
    }  # fmt: skip


def _moments(quick: tuple[int, ...], paper: tuple[int, ...]) -> Parameter:
    return Parameter(
        meaning="epochs at which the network is measured, increasing; the last one ends training",
        tiny=(0, 1, 4), quick=quick, paper=paper, least=0,
    )  # fmt: skip


PROTOCOLS: tuple[Protocol, ...] = (
    Protocol(
        name="f23-covid",
        paper="F23",
        title="Faces of the polytopes of a network that learns the COVID risk (Fig. 7)",
        serves=("F23-Fig7", "F23-Fig7-shift", "F23-Fig7-threshold", "F23-count-direction"),
        columns=_COLUMNS,
        parameters=_parameters(
            biases=Parameter(
                meaning="biases at the start", tiny=("0.01",), quick=("0.01",), paper=("0.01",),
                choices=tuple(BIASES),
            ),
            num_runs=Parameter(meaning="networks", tiny=2, quick=2, paper=10, least=1),
            batch_sizes=Parameter(
                meaning="patients a step; 0 stands for all", tiny=(0, 50_000), quick=(0, 16_384),
                paper=(0, 4096, 128), least=0,
            ),
            moments=_moments((0, 1, 20), (0, 1, 5, 20, 100, 400)),
        ),
        list_pieces=_pieces,
        run_piece=covid_polytopes,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 30, "paper": 270},
    ),
    Protocol(
        name="f23-covid-biases",
        paper="F23",
        title="The same with other biases at the start",
        serves=("F23-Fig7", "F23-Fig7-shift", "F23-Fig7-threshold"),
        columns=_COLUMNS,
        parameters=_parameters(
            biases=Parameter(
                meaning="biases at the start", tiny=("torch",), quick=("torch",), paper=("torch",),
                choices=tuple(BIASES),
            ),
            num_runs=Parameter(meaning="networks of each", tiny=1, quick=1, paper=5, least=1),
            batch_sizes=Parameter(
                meaning="patients a step; 0 stands for all", tiny=(0,), quick=(0,), paper=(0,),
                least=0,
            ),
            moments=_moments((0, 20), (0, 20, 100, 400)),
        ),
        list_pieces=_pieces,
        run_piece=covid_polytopes,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 12, "paper": 34},
    ),
)  # fmt: skip
