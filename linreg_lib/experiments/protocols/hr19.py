"""Protocols of Hanin and Rolnick (2019): pieces along lines, distances to the boundary.

The paper names two networks: three hidden layers of width 64, and "depth 4 and width 16", which is
read as four hidden layers since "depth 3 and width 64" is Fig. 1's "three hidden layers". The other
architectures, with two more of depth 4 and 5 and four of 224 neurons, are ours, as are the batch
size of 128, the loss (cross-entropy), pixels in [0, 1] and the moments. ``hr19_criteria`` says how
each claim is judged. The seconds of size paper are extrapolated from single pieces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from linreg_lib.experiments.data.scaled_images import PIXEL_SCALES
from linreg_lib.experiments.measured_runs.at_initialisation import pieces_and_distances_at_start
from linreg_lib.experiments.measured_runs.distances_during_training import (
    LEVELS,
    distance_histograms,
    distances_during_training,
)
from linreg_lib.experiments.measured_runs.pieces_during_training import pieces_during_training
from linreg_lib.experiments.measured_runs.pieces_without_biases import pieces_without_biases
from linreg_lib.experiments.measured_runs.polygons_during_training import polygons_during_training
from linreg_lib.experiments.protocols.parameter import Parameter
from linreg_lib.experiments.protocols.polygon_columns import POLYGON_COLUMNS
from linreg_lib.experiments.protocols.protocol import Protocol

_SEEDS_A_PIECE = 25
_SMALL = ("16-16-16-16", "32-32-32", "64-64-64")
_OF_224 = ("128-64-32", "32-64-128", "56-56-56-56", "45-45-45-45-44")
_ALL = (*_SMALL, *_OF_224, "200-100-50", "128-128-128")
_FINE = tuple(round(0.05 * step, 2) for step in range(11))  # 0 to 0.5, panel (a)
_LATE = (0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0)
_OF_FIG6 = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 13.0,
            16.0, 20.0)  # fmt: skip
_UNSEEN = 10  # smaller seeds were looked at before criteria were set

_HIDDEN = "widths of the hidden layers, the first one first"
_SEED = "decides weights, order of examples, lines and points"
_DATASET = "images it was trained on: mnist, or scikit-learn's 8x8 digits"
_OF_MOMENT = {
    "num_neurons": "hidden neurons",
    "epoch": "passes over the training images so far",
    "train_loss": "mean cross-entropy over all training images",
    "train_accuracy": "share of training images that are classified right",
    "test_accuracy": "share of test images that are classified right",
}
_OF_DISTANCES = {
    "hidden": _HIDDEN,
    "seed": _SEED,
    "dataset": _DATASET,
    "scale": "units of brightness: unit, symmetric, raw or standard",
    **_OF_MOMENT,
    "factor": "from black to white: lengths over it are in units of [0, 1]",
    "points": "normal (with the training images' means and variances), training or test",
    "num_points": "how many of these",
}


def _hidden(tiny: tuple[str, ...], quick: tuple[str, ...], paper: tuple[str, ...]) -> Parameter:
    return Parameter(meaning="hidden widths of the networks", tiny=tiny, quick=quick, paper=paper)


def _whole(meaning: str, tiny: int, quick: int, paper: int, least: int = 1) -> Parameter:
    return Parameter(meaning=meaning, tiny=tiny, quick=quick, paper=paper, least=least)


def _moments(quick: tuple[float, ...], paper: tuple[float, ...]) -> Parameter:
    return Parameter(
        meaning="epochs at which the network is measured; the last one ends training",
        tiny=(0.0, 0.5, 2.0),
        quick=quick,
        paper=paper,
        least=0.0,
    )


_DATA = Parameter(
    meaning="images to train on", tiny="digits", quick="mnist", paper="mnist",
    choices=("mnist", "digits"),
)  # fmt: skip
_POINTS = {
    "num_normal": _whole("normal points", 50, 1000, 10_000, least=2),
    "num_examples": _whole("training points, and as many test points", 20, 500, 2000, least=2),
}


def _runs(
    *, architectures: Sequence[str], num_runs: int, moments: Sequence[float], **rest: Any
) -> Iterator[Mapping[str, Any]]:
    """A piece a network; with other numbers of runs the first ones stay the same."""
    for hidden, seed in product(architectures, range(num_runs)):
        yield {"hidden": hidden, "seed": seed, "moments": list(moments), **rest}


def _runs_of_scales(*, scales: Sequence[str], **rest: Any) -> Iterator[Mapping[str, Any]]:
    for scale in scales:
        for run in _runs(**rest):
            yield {**run, "scale": scale}


def _unit_runs(**rest: Any) -> Iterator[Mapping[str, Any]]:
    return _runs_of_scales(scales=("unit",), **rest)


def _blocks_of_seeds(
    *, architectures: Sequence[str], num_networks: int, **rest: Any
) -> Iterator[Mapping[str, Any]]:
    for hidden, first in product(architectures, range(0, num_networks, _SEEDS_A_PIECE)):
        num = min(_SEEDS_A_PIECE, num_networks - first)
        yield {"hidden": hidden, "first_seed": first, "num_seeds": num, **rest}


def _with_and_without(
    *, architectures: Sequence[str], bias_sds: Sequence[float], num_runs: int, **rest: Any
) -> Iterator[Mapping[str, Any]]:
    for hidden, sd, seed in product(architectures, bias_sds, range(num_runs)):
        yield {"hidden": hidden, "bias_sd": sd, "seed": seed, **rest}


def _through_three(
    *, num_runs: int, half_widths: Sequence[float], **rest: Any
) -> Iterator[Mapping[str, Any]]:
    squares = {"through": "examples", "half_widths": list(half_widths)}
    for run in _runs(num_runs=num_runs, **rest):
        yield {**run, **squares, "seed": _UNSEEN + run["seed"]}


_SUMMARY = {
    **_OF_DISTANCES,
    "mean": "mean distance to the nearest switch",
    "stderr_points": "its standard error over points, for this network",
    "least": "smallest distance",
    "most": "largest distance",
    **{f"q{level}": f"distance below which {level} of 1000 points are" for level in LEVELS},
    "log10_mean": "mean of log10(distance)",
    "log10_sd": "its standard deviation over points",
    "log10_skewness": "its skewness over points",
    "num_unseen": "points whose nearest switch the output does not see: B_N is farther away",
    "mean_seen": "mean distance over the others, which is that to B_N",
    "share_first": "share of points whose nearest switch is one of the first layer",
}

PROTOCOLS = (
    Protocol(
        name="hr19-start",
        paper="HR19",
        title="Pieces along lines and distances of many untrained networks (Figs. 5, 6 at epoch 0)",
        serves=("HR19-Fig5a", "HR19-Fig6b", "HR19-Fig6-predict", "HR19-line-total"),
        columns={
            "hidden": _HIDDEN,
            "seed": "of the network, its lines and its points",
            "dataset": "images that lines and points are taken from",
            "num_neurons": "hidden neurons",
            "mean_pieces": "mean number of pieces of a whole line, by activation pattern",
            "stderr_lines": "its standard error over lines, for this network",
            "mean_linear": "mean number of pieces of a whole line, by affine map",
            "mean_near": "mean number of pieces between 0.5 and 1.5 times the example",
            "mean_distance": "mean distance of normal points to the nearest switch",
            "stderr_points": "its standard error over points, for this network",
            "num_unseen": "points whose nearest switch the output does not see",
        },
        parameters={
            "architectures": _hidden(("8-8", "10-6"), _SMALL, _ALL),
            "num_networks": _whole("networks of each architecture", 3, 25, 100),
            "num_lines": _whole("lines through the origin and a training example", 5, 50, 100, 2),
            "num_normal": _whole("normal points", 20, 500, 1000, 2),
            "dataset": _DATA,
        },
        list_pieces=_blocks_of_seeds,
        run_piece=pieces_and_distances_at_start,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 20, "paper": 650},
    ),
    Protocol(
        name="hr19-fig5",
        paper="HR19",
        title="Pieces along lines through the origin during training (Fig. 5)",
        serves=(
            "HR19-setup", "HR19-Fig5a", "HR19-Fig5b", "HR19-train-heuristic", "HR19-run-variance",
            "HR19-simpler", "HR19-far",
        ),
        columns={
            "hidden": _HIDDEN,
            "seed": _SEED,
            "dataset": _DATASET,
            "num_lines": "lines through the origin and a training example each",
            **_OF_MOMENT,
            "part": "of the line t * example: whole, or from t to t",
            "of": "pieces of different activation pattern, or of different affine map (linear)",
            "mean_pieces": "mean number of pieces, exact for each line",
            "stderr_lines": "its standard error over lines, for this network",
            "least": "smallest number of pieces",
            "most": "largest number of pieces",
        },
        parameters={
            "architectures": _hidden(("8-8", "6-4-3"), _SMALL, _ALL),
            "num_runs": _whole("networks of each architecture", 2, 2, 5),
            "num_lines": _whole("lines in each network", 4, 50, 100, 2),
            "moments": _moments((0.0, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0), (*_FINE, *_LATE)),
            "dataset": _DATA,
        },
        list_pieces=_runs,
        run_piece=pieces_during_training,
        version=1,
        cpu_seconds={"tiny": 5, "quick": 26, "paper": 1400},
    ),
    Protocol(
        name="hr19-fig6",
        paper="HR19",
        title="Distances to the nearest boundary during training (Fig. 6)",
        serves=(
            "HR19-setup", "HR19-Fig6a", "HR19-Fig6b", "HR19-Fig6c", "HR19-Fig6-predict",
            "HR19-Fig6-points", "HR19-run-variance", "HR19-simpler", "HR19-far",
        ),
        columns=_SUMMARY,
        parameters={
            "architectures": _hidden(("8-8", "6-4-3"), _SMALL, _ALL),
            "num_runs": _whole("networks of each architecture", 2, 2, 12),
            "moments": _moments((0.0, 0.1, 0.3, 1.0, 2.0), _OF_FIG6),
            **_POINTS,
            "dataset": _DATA,
        },
        list_pieces=_unit_runs,
        run_piece=distances_during_training,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 28, "paper": 5500},
    ),
    Protocol(
        name="hr19-scale",
        paper="HR19",
        title="Distances in other units of brightness, which the paper does not give (Fig. 6)",
        serves=("HR19-Fig6a",),
        columns=_SUMMARY,
        parameters={
            "architectures": _hidden(("8-8",), ("32-32-32",), ("32-32-32", "64-64-64")),
            "scales": Parameter(
                meaning="units of brightness", tiny=("unit", "raw"), quick=PIXEL_SCALES,
                paper=PIXEL_SCALES, choices=PIXEL_SCALES,
            ),
            "num_runs": _whole("networks of each architecture", 1, 1, 3),
            "moments": _moments((0.0, 0.3, 1.0), _OF_FIG6),
            **_POINTS,
            "dataset": _DATA,
        },
        list_pieces=_runs_of_scales,
        run_piece=distances_during_training,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 13, "paper": 650},
    ),
    Protocol(
        name="hr19-fig7",
        paper="HR19",
        title="Histograms of log distance, depth 4 and width 16, at epochs 0, 1 and 20 (Fig. 7)",
        serves=("HR19-Fig7", "HR19-Fig7-spread"),
        columns={
            **_OF_DISTANCES,
            "low": "lower end of a bin of log10(distance)",
            "high": "upper end, which belongs to it",
            "num_in_bin": "points in it; empty bins are left out",
        },
        parameters={
            "architectures": _hidden(("6-6-6-6",), ("16-16-16-16",), ("16-16-16-16",)),
            "num_runs": _whole("networks (the paper shows one)", 1, 1, 12),
            "moments": _moments((0.0, 1.0, 20.0), (0.0, 1.0, 20.0)),
            "num_normal": _whole("normal points", 50, 10_000, 10_000, least=2),
            "num_examples": _POINTS["num_examples"],
            "dataset": _DATA,
        },
        list_pieces=_unit_runs,
        run_piece=distance_histograms,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 16, "paper": 190},
    ),
    Protocol(
        name="hr19-zero-bias",
        paper="HR19",
        title="Lines and planes with and without biases, at initialisation (Section 3)",
        serves=("HR19-zero-bias",),
        columns={
            "hidden": _HIDDEN,
            "bias_sd": "standard deviation of the biases; weights are those of the seed",
            "seed": "of weights, lines and planes",
            "dataset": "images that lines and planes go through",
            "num_neurons": "hidden neurons",
            "place": "line, segment or plane, through the origin or through examples alone",
            "num_counted": "how many of these",
            "mean_regions": "mean number of activation regions, exact for each",
            "stderr": "its standard error over them, for this network; nan of one",
            "least": "smallest number",
            "most": "largest number",
        },
        parameters={
            "architectures": _hidden(("6", "5-5"), _SMALL[:2], (*_SMALL, "56-56-56-56")),
            "bias_sds": Parameter(
                meaning="standard deviations of the biases", tiny=(0.0, 1e-3), quick=(0.0, 1e-3),
                paper=(0.0, 1e-6, 1e-3, 1e-1), least=0.0,
            ),
            "num_runs": _whole("networks", 1, 2, 10),
            "num_lines": _whole("lines of each kind", 3, 50, 100),
            "num_planes": _whole("planes of each kind", 1, 2, 5),
            "dataset": _DATA,
        },
        list_pieces=_with_and_without,
        run_piece=pieces_without_biases,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 6, "paper": 800},
    ),
    Protocol(
        name="hr19-fig8",
        paper="HR19",
        title="Regions in squares through three examples during training (Figs. 1 and 8)",
        serves=("HR19-Fig8",),
        columns={
            "hidden": _HIDDEN,
            "seed": "decides weights, order of examples, and which examples",
            "dataset": _DATASET,
            **_OF_MOMENT,
            **POLYGON_COLUMNS,
            "half_width": "half a side of the square over the radius of the disc of the examples",
        },
        parameters={
            "architectures": _hidden(("8-8",), ("64-64-64",), ("64-64-64",)),
            "num_runs": _whole("networks of each architecture", 2, 1, 10),
            "moments": _moments((0.0, 0.1, 0.3, 1.0, 2.0), _OF_FIG6),
            "half_widths": Parameter(
                meaning="half a side over the radius of the disc of the examples",
                tiny=(1.25, 5.0), quick=(1.25, 5.0), paper=(0.5, 1.25, 2.5, 5.0, 20.0, 80.0),
                least=0.01,
            ),
            "num_planes": _whole("planes in each network", 2, 1, 3),
            "dataset": _DATA,
        },
        list_pieces=_through_three,
        run_piece=polygons_during_training,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 9, "paper": 650},
    ),
)  # fmt: skip
