"""Protocols of QW23 on moons and Gaussian quantiles: Tables 2 and 3, Fig. 3, and variants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from linreg_lib.experiments.measured_runs.pieces_of_planar_lines import pieces_of_planar_lines
from linreg_lib.experiments.measured_runs.planar_training import STARTS
from linreg_lib.experiments.measured_runs.regions_during_training import regions_during_training
from linreg_lib.experiments.protocols.parameter import Parameter
from linreg_lib.experiments.protocols.protocol import Protocol
from linreg_lib.experiments.protocols.qw23_paper import EPOCHS_2

_SEEDS_A_PIECE = 10
_HIDDEN = ("16-16-16", "32-32-32", "64-64-64")
_DATASETS = ("moons", "quantiles")
OF_TABLES = tuple(float(epoch) for epoch in EPOCHS_2)
_OF_LINES = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 80.0, 100.0)
AS_SET = {"noise": 0.1, "scaling": "stretched", "lr": 1e-3}

#: what the paper leaves open, changed one at a time, from the paper's network
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "noise-0": {"noise": 0.0},
    "noise-0.05": {"noise": 0.05},
    "noise-0.2": {"noise": 0.2},
    "noise-0.3": {"noise": 0.3},
    "common": {"scaling": "common"},
    "raw": {"scaling": "raw"},
    "lr-0.01": {"lr": 1e-2},
    "lr-0.003": {"lr": 3e-3},
    "lr-0.0001": {"lr": 1e-4},
    "he": {"start": "he"},
}


def _blocks(num_seeds: int) -> Iterator[Mapping[str, int]]:
    for first in range(0, num_seeds, _SEEDS_A_PIECE):
        yield {"first_seed": first, "num_seeds": min(_SEEDS_A_PIECE, num_seeds - first)}


def pieces_of_tables(
    *,
    datasets: Sequence[str],
    architectures: Sequence[str],
    starts: Sequence[str],
    num_seeds: int,
    num_points: int,
    moments: Sequence[float],
) -> Iterator[Mapping[str, Any]]:
    """Blocks of seeds that stay the same when more are asked for, but the last."""
    for dataset, hidden, start, block in product(
        datasets, architectures, starts, _blocks(num_seeds)
    ):
        yield {
            **AS_SET, "dataset": dataset, "hidden": hidden, "start": start, **block,
            "num_points": num_points, "moments": list(moments),
        }  # fmt: skip


def _pieces_of_variants(*, variants: Sequence[str], **rest: Any) -> Iterator[Mapping[str, Any]]:
    for word in variants:
        for piece in pieces_of_tables(starts=("paper",), **rest):
            if "noise" not in VARIANTS[word] or piece["dataset"] == "moons":
                yield {**piece, **VARIANTS[word]}


def _pieces_of_lines(
    *,
    datasets: Sequence[str],
    architectures: Sequence[str],
    starts: Sequence[str],
    num_runs: int,
    num_lines: int,
    num_points: int,
    moments: Sequence[float],
) -> Iterator[Mapping[str, Any]]:
    for dataset, hidden, start, seed in product(datasets, architectures, starts, range(num_runs)):
        yield {
            "dataset": dataset, "hidden": hidden, "start": start, "seed": seed,
            "num_lines": num_lines, "num_points": num_points, "moments": list(moments),
        }  # fmt: skip


def _whole(meaning: str, tiny: int, quick: int, paper: int, least: int = 1) -> Parameter:
    return Parameter(meaning=meaning, tiny=tiny, quick=quick, paper=paper, least=least)


def _moments(paper: tuple[float, ...]) -> Parameter:
    return Parameter(
        meaning="epochs at which the network is measured; the last one ends training",
        tiny=(0.0, 0.5, 2.0),
        quick=paper,
        paper=paper,
        least=0.0,
    )


def _starts(paper: tuple[str, ...]) -> Parameter:
    return Parameter(
        meaning="where training starts: the paper's network, torch's law, or He's",
        tiny=paper[:1], quick=paper, paper=paper, choices=STARTS,
    )  # fmt: skip


CHOSEN = {
    "datasets": Parameter(
        meaning="data sets", tiny=_DATASETS, quick=_DATASETS, paper=_DATASETS, choices=_DATASETS
    ),
    "architectures": Parameter(
        meaning="hidden widths of the networks", tiny=("8-8",), quick=_HIDDEN, paper=_HIDDEN
    ),
}
POINTS = _whole("points of the data set", 60, 1000, 1000, least=5)
_OF_RUN = {
    "dataset": "moons (two classes) or quantiles (Gaussian, five classes)",
    "hidden": "widths of the hidden layers, the first one first",
    "start": "paper (the network of torch.manual_seed(5)), torch (its law) or he (normal weights)",
}
COLUMNS = {
    **_OF_RUN,
    "noise": "standard deviation of the moons' noise, before scaling",
    "scaling": "each coordinate stretched to [-1, 1], one factor in common, or raw",
    "lr": "learning rate of Adam",
    "seed": "decides data, order of examples and, but for start = paper, the first network",
    "epoch": "passes over the data so far",
    "train_loss": "mean cross-entropy over all points",
    "train_accuracy": "share of points that are classified right",
    "num_regions": "activation regions of [-1, 1]^2, exact",
    "num_linear": "linear regions of [-1, 1]^2, exact",
    "num_crossed": "activation regions in which more than one label is predicted",
    "boundary_length": "length of the boundary between predicted labels in the square",
    "unsettled": "share of a grid of 101 x 101 points with another label than at the last epoch",
}

PROTOCOLS = (
    Protocol(
        name="qw23-tables",
        paper="QW23",
        title="Regions while networks learn moons and Gaussian quantiles (Tables 2 and 3)",
        serves=("QW23-Table2", "QW23-Table3", "QW23-memory", "QW23-refine"),
        columns=COLUMNS,
        parameters={
            **CHOSEN,
            "starts": _starts(("paper", "torch")),
            "num_seeds": _whole("networks of each kind", 2, 5, 200),
            "num_points": POINTS,
            "moments": _moments(OF_TABLES),
        },
        list_pieces=pieces_of_tables,
        run_piece=regions_during_training,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 24, "paper": 960},
    ),
    Protocol(
        name="qw23-tables-variants",
        paper="QW23",
        title="The same with other noise, scaling, learning rate and initialisation",
        serves=("QW23-Table2", "QW23-Table3"),
        columns=COLUMNS,
        parameters={
            "variants": Parameter(
                meaning="what is changed", tiny=("noise-0", "raw"), quick=tuple(VARIANTS),
                paper=tuple(VARIANTS), choices=tuple(VARIANTS),
            ),
            **CHOSEN,
            "num_seeds": _whole("networks of each kind", 1, 1, 100),
            "num_points": POINTS,
            "moments": _moments(OF_TABLES),
        },
        list_pieces=_pieces_of_variants,
        run_piece=regions_during_training,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 20, "paper": 2000},
    ),
    Protocol(
        name="qw23-lines",
        paper="QW23",
        title="Pieces along lines from the origin to training examples (Fig. 3)",
        serves=("QW23-Fig3",),
        columns={
            **_OF_RUN,
            "seed": COLUMNS["seed"] + ", and the lines",
            "num_lines": "lines through the origin and a training example each",
            "num_neurons": "hidden neurons",
            "epoch": COLUMNS["epoch"],
            "train_accuracy": COLUMNS["train_accuracy"],
            "part": "of each line: line (all of it), square (its part in [-1, 1]^2), ray (from the "
            "origin to the side of the square), example (from the origin to the example)",
            "mean_pieces": "mean number of pieces of different pattern, exact for each line",
            "stderr_lines": "its standard error over lines, for this network",
            "least": "smallest number of pieces",
            "most": "largest number of pieces",
        },
        parameters={
            **CHOSEN,
            "starts": _starts(("torch", "paper")),
            "num_runs": _whole("networks of each kind", 2, 3, 10),
            "num_lines": _whole("lines in each network", 4, 50, 100, 2),
            "num_points": POINTS,
            "moments": _moments(_OF_LINES),
        },
        list_pieces=_pieces_of_lines,
        run_piece=pieces_of_planar_lines,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 8, "paper": 45},
    ),
)  # fmt: skip
