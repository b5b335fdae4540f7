"""Protocols of QW23 on random labels: Table 1, Figs. 4 and 5, and what its collapse may hang on.

Adam without weight decay, as the paper says nothing of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from linreg_lib.experiments.measured_runs.planar_training import STARTS
from linreg_lib.experiments.measured_runs.regions_of_random_labels import regions_of_random_labels
from linreg_lib.experiments.protocols.parameter import Parameter
from linreg_lib.experiments.protocols.protocol import Protocol
from linreg_lib.experiments.protocols.qw23_paper import EPOCHS_1, TABLE_1

SIZES = tuple(TABLE_1)
OF_TABLE = tuple(float(epoch) for epoch in EPOCHS_1)
_OF_VARIANTS = tuple(epoch for epoch in OF_TABLE if epoch <= 3000)
_SHORT = tuple(epoch for epoch in OF_TABLE if epoch <= 300)
AS_SET = {"dataset": "uniform", "lr": 1e-3, "batch_size": 32, "dtype": "float32"}

#: one change each from training as the paper has it, from the paper's network
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "grid": {"dataset": "grid"},
    "torch": {"start": "torch"},
    "he": {"start": "he"},
    "lr-0.01": {"lr": 1e-2},
    "lr-0.0001": {"lr": 1e-4},
    "batch-8": {"batch_size": 8},
    "batch-256": {"batch_size": 256},
    "float64": {"dtype": "float64"},
}


def _pieces(
    *,
    num_samples: Sequence[int],
    starts: Sequence[str],
    num_runs: int,
    hidden: str,
    moments: Sequence[float],
) -> Iterator[Mapping[str, Any]]:
    """A piece a network, the longest ones first; with more runs the first ones stay the same."""
    for size, start, seed in product(sorted(num_samples, reverse=True), starts, range(num_runs)):
        yield {
            **AS_SET, "num_points": size, "start": start, "hidden": hidden, "seed": seed,
            "moments": list(moments),
        }  # fmt: skip


def _pieces_of_variants(*, variants: Sequence[str], **rest: Any) -> Iterator[Mapping[str, Any]]:
    for word in variants:
        for piece in _pieces(starts=("paper",), **rest):
            yield {**piece, **VARIANTS[word]}


def _counts(meaning: str, tiny: tuple[int, ...], paper: tuple[int, ...]) -> Parameter:
    return Parameter(meaning=meaning, tiny=tiny, quick=paper, paper=paper, least=2)


def _runs(tiny: int, quick: int, paper: int) -> Parameter:
    return Parameter(meaning="networks of each kind", tiny=tiny, quick=quick, paper=paper, least=1)


def _moments(quick: tuple[float, ...], paper: tuple[float, ...]) -> Parameter:
    return Parameter(
        meaning="epochs at which the network is measured; the last one ends training",
        tiny=(0.0, 1.0, 3.0), quick=quick, paper=paper, least=0.0,
    )  # fmt: skip


SAMPLES = _counts("points with random labels", (20, 70), SIZES)
THREE = Parameter(
    meaning="hidden widths, three layers", tiny="8-8-8", quick="32-32-32", paper="32-32-32"
)
_LAYERS = (1, 2, 3)
COLUMNS = {
    "num_points": "points with random labels 0 and 1",
    "dataset": "uniform (independent points in the square) or grid (places of a square grid)",
    "start": "paper (the network of torch.manual_seed(5)), torch (its law) or he (normal weights)",
    "hidden": "widths of the hidden layers, the first one first",
    "lr": "learning rate of Adam",
    "batch_size": "examples a step",
    "dtype": "numbers in which it was trained",
    "seed": "decides data, order of examples and, but for start = paper, the first network",
    "epoch": "passes over the data so far",
    "train_loss": "mean cross-entropy over all points",
    "train_accuracy": "share of points that are classified right",
    "num_regions": "activation regions of [-1, 1]^2, exact",
    "num_linear": "linear regions of [-1, 1]^2, exact",
    "num_regions_2": "activation regions of [-2, 2]^2, exact",
    "num_regions_10": "activation regions of [-10, 10]^2, exact",
    "num_regions_plane": "activation regions of the plane, exact",
    **{f"silent_{k}": f"units of hidden layer {k} that are 0 in all the square" for k in _LAYERS},
    **{
        f"silent_at_data_{k}": f"units of hidden layer {k} that are 0 at all points"
        for k in _LAYERS
    },
    **{f"silent_in_plane_{k}": f"units of hidden layer {k} that are 0 everywhere" for k in _LAYERS},
    **{f"active_{k}": f"units of hidden layer {k} that are on in all the square" for k in _LAYERS},
    **{f"weights_{k}": f"Euclidean norm of the weights of layer {k}" for k in (*_LAYERS, 4)},
    **{f"biases_{k}": f"Euclidean norm of the biases of layer {k}" for k in (*_LAYERS, 4)},
    "largest_logit": "largest |output| at the points",
    "median_gradient": "median over points of |gradient of output 1 minus output 0|",
    "mean_gradient": "mean over points of the same",
}

PROTOCOLS = (
    Protocol(
        name="qw23-random",
        paper="QW23",
        title="Regions while a network learns random labels (Table 1, Figs. 4 and 5)",
        serves=(
            "QW23-Table1", "QW23-Table1-trend", "QW23-2000", "QW23-200", "QW23-intricate",
            "QW23-memory",
        ),
        columns=COLUMNS,
        parameters={
            "num_samples": SAMPLES,
            "starts": Parameter(
                meaning="where training starts: the paper's network, torch's law, or He's",
                tiny=("paper",), quick=("paper",), paper=("paper",), choices=STARTS,
            ),
            "num_runs": _runs(2, 3, 20),
            "hidden": THREE,
            "moments": _moments(_SHORT, OF_TABLE),
        },
        list_pieces=_pieces,
        run_piece=regions_of_random_labels,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 11, "paper": 6000},
    ),
    Protocol(
        name="qw23-random-variants",
        paper="QW23",
        title="Random labels with other points, starts, learning rates, batches and precision",
        serves=("QW23-Table1", "QW23-Table1-trend", "QW23-intricate"),
        columns=COLUMNS,
        parameters={
            "variants": Parameter(
                meaning="what is changed", tiny=("grid", "float64"), quick=tuple(VARIANTS),
                paper=tuple(VARIANTS), choices=tuple(VARIANTS),
            ),
            "num_samples": SAMPLES,
            "num_runs": _runs(1, 1, 5),
            "hidden": THREE,
            "moments": _moments((0.0, 10.0, 30.0, 100.0), _OF_VARIANTS),
        },
        list_pieces=_pieces_of_variants,
        run_piece=regions_of_random_labels,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 15, "paper": 900},
    ),
)  # fmt: skip
