"""Whatever the library hands out prints in a line, and says what it is."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib import experiments, figures, geometry, networks, theory
from linreg_lib.estimate import Estimate
from linreg_lib.networks import Normal
from linreg_lib.short_repr import shown

LONGEST = 300
ROOMS = (
    "networks", "geometry", "theory", "experiments", "experiments.data", "experiments.protocols",
    "figures",
)  # fmt: skip
#: protocols and bases of which nobody has one
ABSTRACT = {"Domain", "LabelledData", "Law", "Support of networks"}
RNG = np.random.default_rng(0)
BOUNDED = lr.Box(-1, 1, dim=2)


@cache
def _net() -> lr.Network:
    return lr.Network.random([2, 9, 8, 3], biases="torch", rng=np.random.default_rng(1))


@cache
def _cx() -> lr.PolyhedralComplex:
    return lr.subdivide(_net(), BOUNDED)


@cache
def _space() -> lr.PolyhedralComplex:
    return lr.subdivide(_net(), lr.Space(2))


def _region() -> geometry.RegionPolytope:
    return geometry.region_of(_net(), [0.3, 0.2], box=(-1, 1))


def _law() -> theory.InitLaw:
    return theory.InitLaw(widths=(1, *[40] * 60, 1), biases=Normal(1.0))


def _arrangement() -> theory.Arrangement:
    return theory.Arrangement([(k, k * k + 1, 7 - k) for k in range(1, 8)], range(7))


def _rates() -> theory.RateProfile:
    line = theory.LinePiece.interval(0.0, 1.0)
    law = theory.InitLaw(widths=(1, 4, 1), biases=Normal(1.0))
    return theory.breakpoint_rates(
        law, line, np.linspace(0, 1, 30), num_networks=20, rng=np.random.default_rng(0)
    )


def _expectation() -> theory.BreakpointExpectation:
    law = theory.InitLaw(widths=(1, *[4] * 6, 1), biases=Normal(1.0))
    return theory.expected_breakpoints(
        law, theory.LinePiece.interval(0.0, 1.0), num_networks=20, rng=np.random.default_rng(0)
    )


def _points() -> experiments.LabelledPoints:
    return experiments.LabelledPoints(
        points=RNG.normal(size=(300, 2)), labels=RNG.integers(0, 2, 300), num_classes=2, name="toy"
    )


def _images(split: str = "train") -> experiments.Dataset:
    return experiments.Dataset(
        images=np.zeros((20, 8, 8), dtype=np.uint8), labels=np.arange(20) % 10, num_classes=10,
        name="digits", split=split, source="a long word " * 10,
    )  # fmt: skip


def _settings() -> experiments.TrainingSettings:
    return experiments.TrainingSettings(
        hidden_widths=(100,) * 40, data_name="toy", data_fingerprint="0" * 64, num_examples=2,
        num_steps=0, steps_per_epoch=1, batch_size=2, optimizer="sgd", lr=0.1, init="he",
        biases="Normal(sd=0.001)", activation="relu", dtype="float64", seed=0,
    )  # fmt: skip


def _snapshot() -> experiments.Snapshot:
    return experiments.Snapshot(
        epoch=0.0, step=0, network=_net(), train_loss=0.0, train_accuracy=1.0, test_accuracy=1.0
    )


def _with_fields(kind: type, **given: Any) -> Any:
    """An object that only its own programs make, with long values."""
    import dataclasses

    values = {"str": "word " * 40, "int": 7, "float": 0.5, "bool": True}
    made = {
        field.name: given.get(field.name, values.get(str(field.type), (1,) * 100))
        for field in dataclasses.fields(kind)
    }
    return kind(**made)


def _runs() -> experiments.RunResults:
    return experiments.run_many(lambda seed: {"numbers": np.arange(seed)}, [3, 4])


def _epoch0() -> experiments.Protocol:
    return experiments.protocols.protocols()["qw23-epoch0"]


@cache
def _protocol_run() -> experiments.ProtocolRun:
    return experiments.run_protocol("qw23-epoch0", profile="tiny")


OBJECTS: dict[str, Callable[[], Any]] = {
    # networks
    "AffineMap": lambda: _net().affine_map([0.5, 0.5]),
    "BoundedPreActivations": lambda: networks.running_error_bound(
        _net(), np.zeros((50, 2)), np.zeros((50, 2)), 2
    )[0],
    "Constant": lambda: networks.Constant(0.1),
    "Exponential": lambda: networks.Exponential(0.1),
    "Laplace": lambda: networks.Laplace(0.1),
    "Match": lambda: networks.Match(layer=0, neuron=0, lower=0, higher=1),
    "MaxUnit": lambda: networks.MaxUnit(
        num_entries=90,
        matches=tuple(
            networks.Match(layer=k, neuron=0, lower=k + 1, higher=89 + k if k else 0)
            for k in range(89)
        ),
    ),
    "MixedActivation": lambda: networks.MixedActivation(
        [lr.PiecewiseLinear([0.0, 0.1 * k], [0, 1, 0.5]) for k in range(1, 88)]
    ),
    "Network": lambda: lr.Network.random(
        [2, *range(3, 90), 1],
        rng=RNG,
        activation=[lr.PiecewiseLinear([0.0, 0.1 * k], [0, 1, 0.5]) for k in range(1, 88)],
    ),
    "Normal": lambda: networks.Normal(0.1),
    "PiecewiseLinear": lambda: lr.PiecewiseLinear(RNG.random(200).cumsum(), RNG.random(201)),
    "Uniform": lambda: networks.Uniform(0.1, 0.7),
    "Zero": lambda: networks.Zero,
    # geometry
    "AffineMaps": lambda: _cx().affine_maps(),
    "Box": lambda: lr.Box(RNG.random(784), 1 + RNG.random(784)),
    "CellFacets": lambda: geometry.facets_of_cells(_net(), RNG.random((70, 2))),
    "Certificate": lambda: _cx().certificate,
    "DecisionComplex": lambda: lr.decision_complex(_cx()),
    "Line": lambda: lr.Line(np.zeros(784), np.ones(784)),
    "LinearRegions": lambda: _cx().linear_regions(),
    "NeighbourGraph": lambda: _cx().neighbours(),
    "Plane": lambda: lr.Plane(np.zeros(784), RNG.normal(size=(2, 784)), 1.0),
    "Rectangle": lambda: lr.Rectangle(np.zeros(784), RNG.normal(size=(2, 784)), (1.0, 2.0)),
    "Slice": lambda: lr.Slice(np.zeros(784), RNG.normal(size=(4, 784)), RNG.uniform(1, 2, 4)),
    "LevelSet": lambda: lr.level_set(_cx()),
    "PolyhedralComplex": _cx,
    "Polytope": lambda: lr.Polytope(vertices=RNG.normal(size=(30, 3))),
    "RegionFacets": lambda: _region().facets(),
    "RegionPolytope": _region,
    "Segment": lambda: lr.Segment(np.zeros(784), np.ones(784)),
    "Simplex": lambda: lr.Simplex(np.eye(6, 5)),
    "Space": lambda: lr.Space(2),
    "Support": lambda: geometry.Support(layer=0, neuron=1, breakpoint=0),
    "Triangulation": lambda: geometry.pulling_triangulation(_cx()),
    "UnboundedComplex": _space,
    "UnboundedDecisionComplex": lambda: lr.decision_complex(_space()),
    "WalkResult": lambda: geometry.hit_and_run(_region(), 50, rng=RNG, num_walkers=2),
    # theory
    "Arrangement": _arrangement,
    "BestArrangement": lambda: theory.best_arrangement(20),
    "BreakpointExpectation": _expectation,
    "Flat": lambda: theory.intersection_poset(_arrangement()).flats[-1],
    "InitLaw": _law,
    "IntersectionPoset": lambda: theory.intersection_poset(_arrangement()),
    "LinePiece": lambda: theory.LinePiece.whole(np.zeros(784), np.ones(784)),
    "ProofStep": lambda: theory.zaslavsky_induction()[0],
    "RateProfile": _rates,
    "Region": lambda: theory.enumerate_regions(_arrangement())[0],
    # experiments
    "Census": lambda: _with_fields(experiments.Census),
    "CensusGroup": lambda: _with_fields(experiments.CensusGroup),
    "CovidCounts": experiments.load_covid,
    "Dataset": _images,
    "DatasetBanner": lambda: experiments.DatasetBanner(text="no " * 30, is_warning=True),
    "ExampleTriple": lambda: experiments.ExampleTriple(
        indices=np.arange(3), labels=np.arange(3), points=np.zeros((3, 784))
    ),
    "Fuzz": lambda: _with_fields(experiments.Fuzz),
    "FuzzGroup": lambda: _with_fields(experiments.FuzzGroup),
    "ImageData": lambda: experiments.ImageData(train=_images(), test=_images("test")),
    "LabelledPoints": _points,
    "LevelCrossings": lambda: experiments.level_crossings(
        lr.Network.from_arrays([[[1], [1]], [[1, -2]], [[1]]], [[0, -1], [0], [0]]),
        lr.Segment([-1.0], [4.0]),
        np.linspace(0, 1, 50),
    ),
    "NearestSwitches": lambda: experiments.nearest_switches(_net(), np.full((90, 2), 0.25)),
    "PieceSearch": lambda: experiments.PieceSearch(
        widths=(3,) * 70, num_networks=5, most=3, witness=_net()
    ),
    "PlaneTable": lambda: experiments.PlaneTable(
        epochs=np.ones(9), test_accuracies=np.ones(9), num_regions=np.ones(9, dtype=int),
        num_linear_regions=np.ones(9, dtype=int), mean_edges=np.ones(9), median_area=np.ones(9),
        total_area=np.ones(9), num_neurons=3, half_width=1.0, marks=np.zeros((3, 2)),
        complexes=(_cx(),) * 9,
    ),
    "Parameter": lambda: _epoch0().parameters["inits"],
    "PieceResults": lambda: experiments.run_pieces(
        lambda size: {"numbers": np.arange(size)}, [{"size": 3}, {"size": 4}]
    ),
    "Protocol": lambda: _epoch0(),
    "ProtocolRun": _protocol_run,
    "StoredTable": lambda: experiments.StoredTable(
        table=_protocol_run().table, manifest=_protocol_run().manifest
    ),
    "RunResults": _runs,
    "Snapshot": _snapshot,
    "TieCase": lambda: experiments.tie_catalogue()[0],
    "TrainingRun": lambda: experiments.TrainingRun(
        settings=_settings(), snapshots=(_snapshot(),) * 30, seconds=0.0
    ),
    "ScaledImages": lambda: experiments.scaled_images(experiments.load_images("digits"), "raw")[0],
    "TrainingSettings": _settings,
    "VertexErrors": lambda: experiments.vertex_errors(_net(), BOUNDED),
    "WeightedExamples": lambda: experiments.data.WeightedExamples(
        features=np.zeros((9, 2)), labels=np.zeros(9, dtype=int), weights=np.ones(9)
    ),
    # figures
    "Evolution": lambda: figures.evolution_of_regions([_cx(), _cx()], ["a", "b"], "A film"),
    "RegionCanvas": lambda: figures.region_canvas(_cx(), "Pieces of a square"),
    "Series": lambda: figures.Series(
        name="a", x=np.arange(90), measured=[Estimate(1 / 3, 0.1, 4)] * 90, predicted=np.arange(90)
    ),
}  # fmt: skip


def _public_classes() -> dict[str, type]:
    found: dict[str, type] = {}
    for room in ROOMS:
        module = importlib.import_module(f"linreg_lib.{room}")
        for name in getattr(module, "__all__", None) or vars(module):
            each = getattr(module, name)
            if name[0] != "_" and inspect.isclass(each) and not issubclass(each, Exception):
                if each is not networks.Support:  # of a law: an alias for a pair
                    found[name] = each
    return found


def test_every_public_class_is_here() -> None:
    assert _public_classes().keys() - ABSTRACT == OBJECTS.keys() - {"Zero"}


@pytest.mark.parametrize("name", OBJECTS)
def test_it_prints_in_a_line(name: str) -> None:
    thing = OBJECTS[name]()
    if name != "Zero":
        assert type(thing) is _public_classes()[name]
    text = repr(thing)
    assert len(text) <= LONGEST, text
    assert "\n" not in text
    assert " object at 0x" not in text
    if name not in ("DatasetBanner", "PiecewiseLinear"):
        assert text.startswith(type(thing).__name__) or name in ("Flat",), text


def test_small_values_are_shown_whole() -> None:
    tent = lr.Network.from_arrays([[[1.0], [1.0]], [[1.0, -2.0]]], [[0.0, -1.0], [0.5]])
    assert repr(tent.affine_map([0.5])) == "AffineMap(matrix=[[1.0]], offset=[0.5])"
    assert shown([np.zeros(9), "a"]) == "[<float64 (9,)>, 'a']"
    assert shown((1,)) == "(1,)"
