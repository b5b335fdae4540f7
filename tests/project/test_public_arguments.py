"""Every argument of every public function refuses what it cannot mean, by name."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.project.argument_table import table

pytest.importorskip("torch")
ROOMS = ("networks", "geometry", "theory", "experiments", "figures")

#: made by the library, not by users: their constructors take what a function computed
RESULTS = {
    "networks": {"BoundedPreActivations", "Law", "Support"},
    "geometry": {
        "AffineMaps", "CellFacets", "Certificate", "DecisionComplex", "LevelSet", "LinearRegions",
        "NeighbourGraph", "PolyhedralComplex", "RegionFacets", "RegionPolytope", "Support",
        "Triangulation", "UnboundedComplex", "UnboundedDecisionComplex", "WalkResult",
    },
    "theory": {
        "BestArrangement", "BreakpointExpectation", "Flat", "IntersectionPoset", "ProofStep",
        "RateProfile", "Region",
    },
    "experiments": {
        "Census", "CensusGroup", "CovidCounts", "Dataset", "DatasetBanner", "ExampleTriple",
        "Fuzz", "FuzzGroup", "ImageData", "LevelCrossings", "NearestSwitches", "Parameter",
        "PieceResults", "PieceSearch", "PlaneTable", "Protocol", "ProtocolRun", "RunResults",
        "ScaledImages", "Snapshot", "StoredTable", "TieCase", "TrainingRun", "TrainingSettings",
        "VertexErrors",
    },
    "figures": {"RegionCanvas", "Series"},
}  # fmt: skip

#: methods that only the engine calls, and functions whose arguments are checked elsewhere
ELSEWHERE = {
    "BoundedPreActivations.uncertain", "PiecewiseLinear.num_breakpoints_below",
    *(
        f"{each}.{method}"
        for each in ("PiecewiseLinear", "MixedActivation")
        for method in (
            "breakpoint_table", "count_breakpoints", "has_offset_on", "num_breakpoints_below",
            "offset_table", "offsets_on", "slope_table", "slopes_on", "unit",
        )
    ),
    "MaxUnit.largest", "MaxUnit.matters", "MaxUnit.winners",
    "Law.density", "Law.sample", "Constant.density",
    "Certificate.see_gaps", "Certificate.see_margins",
    "Domain.homogeneous_size", "RegionFacets.spread", "Space.homogeneous_size",
    "Space.starting_from", "DecisionComplex.after_layer",
    # from torch and from files: tests/networks; files and names of data and runs: tests/experiments
    "Network.from_nnet", "Network.from_onnx", "Network.from_torch", "network_from_torch",
    "RunResults.stacked", "PieceResults.stacked", "dataset_banner",
    # parameters of protocols, which test_protocols.py gives wrong values
    "Parameter.checked", "Parameter.default", "Parameter.parsed", "Parameter.told",
    "Protocol.arguments", "Protocol.parameter", "Protocol.values",
    # labels and pictures: a wrong one is seen, and decides no number
    "draw_bars", "evolution_of_regions", "label_colours", "mark_points", "note", "pattern_colours",
}  # fmt: skip


def _calls(room: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public functions, classes that users make, and methods, each with an argument at least."""
    module = importlib.import_module(f"linreg_lib.{room}")
    for name in getattr(module, "__all__", None) or vars(module):
        each = getattr(module, name)
        if name.startswith("_") or not callable(each):
            continue
        if not inspect.isclass(each):
            yield name, each
        elif not issubclass(each, Exception):
            if name not in RESULTS[room] and inspect.signature(each).parameters:
                yield name, each
            for method, found in vars(each).items():
                plain = getattr(found, "__func__", found)
                if inspect.isfunction(plain) and (method == "__call__" or method[0] != "_"):
                    yield f"{name}.{method}", plain


@pytest.mark.parametrize("room", ROOMS)
def test_the_table_is_complete(room: str) -> None:
    rows = table(room)
    missing = []
    for name, call in _calls(room):
        parameters = inspect.signature(call).parameters
        names = set(parameters) - {"self", "cls", "options"}
        if names and name not in ELSEWHERE and name not in rows:
            missing.append(name)
    assert not missing


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.filterwarnings("ignore")
def test_what_is_right_is_taken(room: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, (call, arguments) in table(room).items():
        if name not in (
            "PolyhedralComplex.load",
            "load_mnist",
            "load_run",
            "load_table",
        ):  # there is no file
            call(**{each: value.valid for each, value in arguments.items()})


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.filterwarnings("ignore")
def test_what_is_wrong_is_refused_by_name(room: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    faults = []
    for name, (call, arguments) in table(room).items():
        given = {each: value.valid for each, value in arguments.items()}
        for argument, kind in arguments.items():
            for value in kind.wrong():
                what = f"{name}({argument}={value!r:.60}, a {type(value).__name__})"
                try:
                    call(**{**given, argument: value})
                except (ValueError, TypeError, IndexError) as error:
                    if not any(each in str(error) for each in (argument, kind.says or argument)):
                        faults.append(f"{what} is not named: {error}")
                except Exception as error:
                    faults.append(f"{what} raises {type(error).__name__}: {error}")
                else:
                    faults.append(f"{what} is taken")
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)
