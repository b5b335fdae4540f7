"""Protocols of F23 on polytopes at initialisation (Section V.A, Figs. 4 to 6).

The paper gives the networks, the four methods by name with a link to PyTorch, equal biases for all
neurons, 8000 uniform points of [-1, 1]^3 and five repeats.  It leaves out, and is chosen here:

- Kaiming: normal weights of variance 2 / inputs; orthogonal: gain 1; biases of outputs as well;
- whether faces on the cube's walls count: both are counted, the first is the main reading, as the
  paper speaks of an outer bounding box and counts faces on it in its Theorem 3;
- pooled or averaged repeats: a row a network, so that either can be had;
- depth: the one network printed with depth 5 has four hidden layers, so depths 5 and 8 are four and
  seven hidden layers; five and eight hidden layers are tried for Xavier uniform.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from linreg_lib.experiments.measured_runs.polytopes_found import polytopes_found
from linreg_lib.experiments.protocols.parameter import Parameter
from linreg_lib.experiments.protocols.protocol import Protocol

#: seeds of smaller numbers were looked at before
FIRST_SEED = 100
METHODS = ("xavier_uniform", "xavier_normal", "he", "orthogonal")
#: the text's and the caption's of Fig. 6
OF_BIASES = ("xavier_uniform", "orthogonal")
_BIAS, _HALF_SIDE = 0.01, 1.0


def _once(settings: Iterator[tuple[str, str, float, float]], num_runs: int, **rest: Any) -> Any:
    """A piece for each different setting and seed, in order of the settings."""
    for hidden, init, bias, half_side in dict.fromkeys(settings):
        for seed in range(FIRST_SEED, FIRST_SEED + num_runs):
            yield {
                "hidden": hidden, "init": init, "bias": bias, "half_side": half_side,
                "seed": seed, **rest,
            }  # fmt: skip


def _settings(
    architectures: Sequence[str],
    equal: Sequence[str],
    biases: Sequence[float],
    half_sides: Sequence[float],
) -> Iterator[tuple[str, str, float, float]]:
    first, last = architectures[0], architectures[-1]
    for hidden, init in product(architectures, METHODS):
        yield hidden, init, _BIAS, _HALF_SIDE
    for init, half_side in product(METHODS, half_sides):
        yield first, init, _BIAS, half_side
    for init, hidden in product(OF_BIASES, equal):
        yield hidden, init, _BIAS, _HALF_SIDE
    for init, bias in product(OF_BIASES, biases):
        yield last, init, bias, _HALF_SIDE


def _pieces(
    *,
    architectures: Sequence[str],
    equal: Sequence[str],
    biases: Sequence[float],
    half_sides: Sequence[float],
    **rest: Any,
) -> Iterator[Mapping[str, Any]]:
    yield from _once(_settings(architectures, equal, biases, half_sides), **rest)


def _deep(
    layers: Sequence[int], widths: Sequence[int], few: Sequence[int], other_layers: Sequence[int]
) -> Iterator[tuple[str, str, float, float]]:
    for init in METHODS:
        of_figure = init == METHODS[0]
        for depth, width in product(layers, widths if of_figure else few):
            yield "-".join([str(width)] * depth), init, _BIAS, _HALF_SIDE
    for depth, width in product(other_layers, widths[:-1]):
        yield "-".join([str(width)] * depth), METHODS[0], _BIAS, _HALF_SIDE


def _deep_pieces(
    *,
    layers: Sequence[int],
    widths: Sequence[int],
    few_widths: Sequence[int],
    other_layers: Sequence[int],
    **rest: Any,
) -> Iterator[Mapping[str, Any]]:
    yield from _once(_deep(layers, widths, few_widths, other_layers), **rest)


_COLUMNS = {
    "hidden": "widths of the hidden layers, the first one first",
    "init": "law of the weights: xavier_uniform, xavier_normal, he (Kaiming, normal), orthogonal",
    "bias": "the bias of every neuron",
    "half_side": "half a side of the cube around 0",
    "seed": "decides weights and points",
    "num_neurons": "hidden neurons",
    "num_found": "different activation regions of the points",
    "num_once": "those that hold one point",
    "num_regions": "all activation regions in the cube, exact; 0: not cut, too many",
    "num_undecided": "inequalities of regions found that might be faces, and are not counted",
    "faces": "number of faces that the next columns are about",
    "found": "regions found with so many faces, those on the cube's walls counted",
    "found_inner": "regions found with so many faces that lie on no wall",
    "in_points": "points in regions with so many faces, walls counted",
    "all": "of all regions, those with so many faces, walls counted; 0: not cut",
    "all_inner": "of all regions, those with so many faces that lie on no wall; 0: not cut",
    "volume": "share of the cube in regions with so many faces, walls counted; 0: not cut",
    "expected": "mean number of such regions that so many points find; 0: not cut",
    "corrected": "sum of 1 / probability to be found over such regions found; 0: not cut",
}


def _runs(tiny: int, quick: int, paper: int) -> Parameter:
    return Parameter(meaning="networks of each kind", tiny=tiny, quick=quick, paper=paper, least=1)


_POINTS = Parameter(meaning="uniform points of the cube", tiny=300, quick=8000, paper=8000, least=1)
_MOST = Parameter(
    meaning="networks are cut whose neurons, as planes, would make at most so many regions",
    tiny=2000, quick=300_000, paper=300_000, least=0,
)  # fmt: skip

PROTOCOLS = (
    Protocol(
        name="f23-init",
        paper="F23",
        title="Polytopes found by random points, and all there are: methods, widths, biases, cubes",
        serves=("F23-Fig4", "F23-Fig4-width", "F23-Fig6", "F23-Fig6-zero", "F23-bbox"),
        columns=_COLUMNS,
        parameters={
            "architectures": Parameter(
                meaning="networks of Fig. 4; cubes are varied for the first, biases for the last",
                tiny=("6-4", "8-6"), quick=("40-20",), paper=("40-20", "80-40"),
            ),
            "equal": Parameter(
                meaning="networks with as many neurons as the first, in one layer or in more",
                tiny=("10", "5-5"), quick=("60", "15-15-15-15"),
                paper=("60", "30-30", "20-20-20", "15-15-15-15", "10-10-10-10-10-10"),
            ),
            "biases": Parameter(
                meaning="the bias of every neuron",
                tiny=(0.0, 0.01, 0.1), quick=(0.0, 0.01, 0.1), paper=(0.0, 0.01, 0.05, 0.1),
                least=0.0,
            ),
            "half_sides": Parameter(
                meaning="half a side of the cube", tiny=(0.2, 1.0), quick=(0.2, 1.0, 5.0),
                paper=(0.2, 1.0, 5.0, 25.0), least=1e-3,
            ),
            "num_runs": _runs(2, 2, 5),
            "num_points": _POINTS,
            "most_regions": _MOST,
        },
        list_pieces=_pieces,
        run_piece=polytopes_found,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 15, "paper": 190},
    ),
    Protocol(
        name="f23-deep",
        paper="F23",
        title="Polytopes of deep networks found by random points (Fig. 5)",
        serves=("F23-Fig5", "F23-4-10"),
        columns=_COLUMNS,
        parameters={
            "layers": Parameter(
                meaning="numbers of hidden layers", tiny=(2, 3), quick=(4, 7), paper=(4, 7), least=1
            ),
            "widths": Parameter(
                meaning="neurons in each layer, Xavier uniform", tiny=(3, 6), quick=(20, 40),
                paper=(20, 40, 80, 160), least=1,
            ),
            "few_widths": Parameter(
                meaning="neurons in each layer, other methods", tiny=(3,), quick=(20,),
                paper=(20, 40), least=1,
            ),
            "other_layers": Parameter(
                meaning="hidden layers in the other reading of depth, without the last width",
                tiny=(4,), quick=(5,), paper=(5, 8), least=1,
            ),
            "num_runs": _runs(2, 1, 5),
            "num_points": _POINTS,
            "most_regions": _MOST,
        },
        list_pieces=_deep_pieces,
        run_piece=polytopes_found,
        version=1,
        cpu_seconds={"tiny": 1, "quick": 10, "paper": 390},
    ),
)  # fmt: skip
