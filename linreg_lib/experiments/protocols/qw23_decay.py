"""Protocols of QW23's trainings with weight decay, which the paper does not mention.

An example program in the public repository yui-wy/analysis-relu-network, which seems to be by an
author of QW23, trains by torch's Adam with a weight decay of 1e-4.  These protocols repeat Table 1,
and Tables 2 and 3, with it and change nothing else.  ``qw23_decay_criteria`` says, written before
they ran, how the question is judged; verdicts on the paper's claims are judged without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from linreg_lib.experiments.measured_runs.regions_during_training import regions_during_training
from linreg_lib.experiments.measured_runs.regions_of_random_labels import regions_of_random_labels
from linreg_lib.experiments.protocols import qw23_random, qw23_tables
from linreg_lib.experiments.protocols.parameter import Parameter
from linreg_lib.experiments.protocols.protocol import Protocol

#: of the program named above
DECAY = 1e-4
_AFTERWARDS = tuple(epoch for epoch in qw23_random.OF_TABLE if epoch > 1000)
_UP_TO_1000 = tuple(epoch for epoch in qw23_random.OF_TABLE if epoch <= 1000)
_UP_TO_100 = tuple(epoch for epoch in qw23_random.OF_TABLE if epoch <= 100)
_TINY = (0.0, 1.0, 3.0)


def _pieces_of_random_labels(
    *,
    num_samples: Sequence[int],
    num_runs: int,
    num_long: int,
    doses: Sequence[float],
    dose_samples: Sequence[int],
    num_dose_runs: int,
    hidden: str,
    moments: Sequence[float],
    later_moments: Sequence[float],
    dose_moments: Sequence[float],
) -> Iterator[Mapping[str, Any]]:
    """A piece a network; with more runs the first ones stay the same.

    The first ``num_long`` runs of the largest number of samples go on to ``later_moments``.
    """
    common = {**qw23_random.AS_SET, "start": "paper", "hidden": hidden}
    for size, seed in product(sorted(num_samples, reverse=True), range(num_runs)):
        is_long = size == max(num_samples) and seed < num_long
        until = sorted({*moments, *later_moments}) if is_long else list(moments)
        yield {
            **common, "weight_decay": DECAY, "num_points": size, "seed": seed, "moments": until
        }  # fmt: skip
    for dose, size, seed in product(doses, dose_samples, range(num_dose_runs)):
        yield {
            **common, "weight_decay": dose, "num_points": size, "seed": seed,
            "moments": list(dose_moments),
        }  # fmt: skip


def _pieces_of_tables(*, noises: Sequence[float], **rest: Any) -> Iterator[Mapping[str, Any]]:
    for piece in qw23_tables.pieces_of_tables(starts=("paper",), **rest):
        for noise in noises if piece["dataset"] == "moons" else noises[:1]:
            yield {**piece, "noise": noise, "weight_decay": DECAY}


def _moments(
    meaning: str, quick: tuple[float, ...], paper: tuple[float, ...], tiny: tuple[float, ...]
) -> Parameter:
    return Parameter(meaning=meaning, tiny=tiny, quick=quick, paper=paper, least=0.0)


def _number(meaning: str, tiny: int, quick: int, paper: int) -> Parameter:
    return Parameter(meaning=meaning, tiny=tiny, quick=quick, paper=paper, least=1)


_WEIGHT_DECAY = {"weight_decay": "a factor; so many times each weight is added to its gradient"}
_DOSES = Parameter(
    meaning="other weight decays", tiny=(1e-3,), quick=(1e-5, 1e-3), paper=(1e-5, 1e-3), least=0.0
)
_DOSE_SAMPLES = Parameter(
    meaning="numbers of samples with these", tiny=(20,), quick=(500, 10_000), paper=(500, 10_000),
    least=2,
)  # fmt: skip

PROTOCOLS = (
    Protocol(
        name="qw23-random-decay",
        paper="QW23",
        title="Random labels with weight decay, which the paper does not mention",
        serves=("QW23-Table1", "QW23-Table1-trend", "QW23-intricate"),
        columns={**_WEIGHT_DECAY, **qw23_random.COLUMNS},
        parameters={
            "num_samples": qw23_random.SAMPLES,
            "num_runs": _number("networks of each number of samples", 2, 1, 20),
            "num_long": _number("of these, with most samples, trained on", 1, 1, 2),
            "doses": _DOSES,
            "dose_samples": _DOSE_SAMPLES,
            "num_dose_runs": _number("networks of each of these", 2, 1, 10),
            "hidden": qw23_random.THREE,
            "moments": _moments(
                "epochs at which a network is measured, the last one ends its training",
                _UP_TO_100, _UP_TO_1000, _TINY,
            ),
            "later_moments": _moments(
                "further epochs of those that are trained on", (300.0,), _AFTERWARDS, (4.0,)
            ),
            "dose_moments": _moments(
                "epochs with other weight decays", _UP_TO_100, _UP_TO_1000, _TINY
            ),
        },
        list_pieces=_pieces_of_random_labels,
        run_piece=regions_of_random_labels,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 5, "paper": 600},
    ),
    Protocol(
        name="qw23-tables-decay",
        paper="QW23",
        title="Moons and Gaussian quantiles with weight decay, which the paper does not mention",
        serves=("QW23-Table2", "QW23-Table3"),
        columns={**_WEIGHT_DECAY, **qw23_tables.COLUMNS},
        parameters={
            "noises": Parameter(
                meaning="standard deviations of the moons' noise", tiny=(0.1,), quick=(0.1, 0.2),
                paper=(0.1, 0.2), least=0.0,
            ),
            **qw23_tables.CHOSEN,
            "num_seeds": _number("networks of each kind", 1, 2, 20),
            "num_points": qw23_tables.POINTS,
            "moments": Parameter(
                meaning="epochs at which the network is measured; the last one ends training",
                tiny=(0.0, 0.5, 2.0), quick=qw23_tables.OF_TABLES, paper=qw23_tables.OF_TABLES,
                least=0.0,
            ),
        },
        list_pieces=_pieces_of_tables,
        run_piece=regions_during_training,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 10, "paper": 90},
    ),
)  # fmt: skip
