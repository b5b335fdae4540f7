"""Protocols of Fan and others (2023); ``f23_criteria`` says how each claim is judged by them.

Fig. 10: the paper gives the network (784-7-7-6-10, Kaiming), batch size (128), Adam at 1e-3 and 480
epochs; not its loss (here cross-entropy), biases (here of variance 1e-6), the epochs shown, the
size of the square, or how directions are drawn (here normal).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from linreg_lib.experiments.measured_runs.polygons_during_training import polygons_during_training
from linreg_lib.experiments.protocols import f23_covid
from linreg_lib.experiments.protocols.parameter import Parameter
from linreg_lib.experiments.protocols.polygon_columns import POLYGON_COLUMNS
from linreg_lib.experiments.protocols.protocol import Protocol

_FIRST_SEED = 10  # smaller ones were looked at before


def _along_directions(
    *, num_runs: int, moments: Sequence[float], half_widths: Sequence[float], **rest: Any
) -> Iterator[Mapping[str, Any]]:
    lists = {"moments": list(moments), "half_widths": list(half_widths)}
    for seed in range(_FIRST_SEED, _FIRST_SEED + num_runs):
        yield {"seed": seed, "through": "directions", **lists, **rest}


PROTOCOLS: tuple[Protocol, ...] = (
    Protocol(
        name="f23-fig10",
        paper="F23",
        title="Polygons in planes along random directions during training (Fig. 10)",
        serves=("F23-Fig10",),
        columns={
            "hidden": "widths of the hidden layers, the first one first",
            "seed": "decides weights, order of examples, images and directions",
            "dataset": "images it was trained on: mnist, or scikit-learn's 8x8 digits",
            "num_neurons": "hidden neurons",
            "epoch": "passes over the training images so far",
            "train_loss": "mean cross-entropy over all training images",
            "train_accuracy": "share of training images that are classified right",
            "test_accuracy": "share of test images that are classified right",
            **POLYGON_COLUMNS,
        },
        parameters={
            "hidden": Parameter(
                meaning="hidden widths of the network", tiny="4-4", quick="7-7-6", paper="7-7-6"
            ),
            "num_runs": Parameter(meaning="networks", tiny=2, quick=2, paper=10, least=1),
            "moments": Parameter(
                meaning="epochs at which the network is measured; the last one ends training",
                tiny=(0.0, 1.0, 4.0), quick=(0.0, 1.0, 5.0, 20.0),
                paper=(0.0, 0.1, 0.3, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 300.0, 400.0,
                       480.0),
                least=0.0,
            ),
            "half_widths": Parameter(
                meaning="half a side of the square; from black to white is 1",
                tiny=(5.0, 20.0), quick=(5.0, 20.0), paper=(1.0, 5.0, 20.0, 80.0, 320.0),
                least=1e-3,
            ),
            "num_planes": Parameter(
                meaning="planes in each network", tiny=2, quick=4, paper=20, least=1
            ),
            "dataset": Parameter(
                meaning="images to train on", tiny="digits", quick="mnist", paper="mnist",
                choices=("mnist", "digits"),
            ),
        },
        list_pieces=_along_directions,
        run_piece=polygons_during_training,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 12, "paper": 680},
    ),
    *f23_covid.PROTOCOLS,
)  # fmt: skip
