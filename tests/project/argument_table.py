"""Every public function and method with arguments: what each takes, and of which kind it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

import linreg_lib as lr
from linreg_lib import experiments, figures, geometry, networks, theory
from linreg_lib.estimate import Estimate
from linreg_lib.networks import Normal
from tests.project.wrong_arguments import Argument

Row = tuple[Callable[..., Any], dict[str, Argument]]

_MAYBE = {"may_be_none": True}
NUM, POS, END = "number", "positive", "number or inf"
NET = lr.Network.from_arrays([[[1.0, 0.5], [0.25, 1.0]], [[1.0, 1.0]]], [[0.0, 0.5], [0.0]])
LINE_NET = lr.Network.from_arrays([[[1.0], [-1.0]], [[1.0, 1.0]]], [[0.5, 0.0], [0.0]])
CLASSIFIER = lr.Network.from_arrays([[[1.0, 0.5]], [[1.0], [0.0]]], [[0.0], [0.0, 0.5]])
TENT = lr.Network.from_arrays([[[1.0], [1.0]], [[1.0, -2.0]], [[1.0]]], [[0, -1.0], [0], [0]])
BOX = lr.Box(-1.0, 1.0, dim=2)
MIXED = networks.MixedActivation([networks.relu(), networks.identity()])
MATCH = networks.Match(layer=0, neuron=0, lower=0, higher=1)


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)


def arg(valid: Any, kind: str, **options: Any) -> Argument:
    return Argument(valid, kind, **options)


def _of(valid: str = "linear") -> Argument:
    return arg(valid, "choice")


def _object(valid: Any, **options: Any) -> Argument:
    return arg(valid, "object", **options)


def _networks() -> dict[str, Row]:
    law_arrays = {"b": arg([0.5, 1.0], "array or nan")}
    draws = {"shape": arg(3, "shape"), "rng": arg(_rng(), "rng")}
    random = {
        "widths": arg([2, 3, 1], "counts"),
        "init": _object("he"),
        "biases": arg(0.5, "number", **_MAYBE),
        "rng": arg(_rng(), "rng"),
        "activation": _object("relu"),
    }
    arrays = {
        "weights": arg([[[1.0, 2.0]]], "array"),
        "biases": arg([[0.5]], "array"),
        "activation": _object("relu"),
        "max_units": _object([]),
    }
    x = {"x": arg([0.5, 1.0], "array")}
    table: dict[str, Row] = {
        "Network.from_arrays": (lr.Network.from_arrays, arrays),
        "Network.random": (lr.Network.random, random),
        "random_network": (networks.random_network, random),
        "Network.permuted": (
            NET.permuted,
            {"layer": arg(0, "index"), "order": arg([1, 0], "array")},
        ),
        "Network.rescaled": (
            NET.rescaled,
            {"layer": arg(0, "index"), "powers": arg([1, 0], "array")},
        ),
        "Network.affine_map_of": (NET.affine_map_of, {"pattern": arg([1, 0], "array")}),
        "AffineMap": (
            networks.AffineMap,
            {
                "matrix": arg([[1.0]], "array or nan"),
                "offset": arg([0.0], "array or nan"),
            },
        ),
        "AffineMap.__call__": (
            networks.AffineMap(matrix=np.eye(2), offset=np.zeros(2)),
            {"x": arg([0.5, 1.0], "array or nan")},
        ),
        "PiecewiseLinear": (
            lr.PiecewiseLinear,
            {
                "breakpoints": arg([0.0], "array"),
                "slopes": arg([0.0, 1.0], "array"),
                "value_at": arg([0.0, 0.0], "array"),
            },
        ),
        "MixedActivation": (
            networks.MixedActivation,
            {"units": _object([networks.relu()])},
        ),
        "MixedActivation.__call__": (MIXED, {"t": arg([0.5, 1.0], "array or nan")}),
        "MixedActivation.piece": (MIXED.piece, {"t": arg([0.5, 1.0], "array or nan")}),
        "activation_of_units": (
            networks.activation_of_units,
            {"units": _object([networks.relu()])},
        ),
        "Match": (
            networks.Match,
            {each: arg(0, "level") for each in ("layer", "neuron", "lower", "higher")},
        ),
        "MaxUnit": (
            networks.MaxUnit,
            {"num_entries": arg(2, "count"), "matches": _object([MATCH])},
        ),
        "PiecewiseLinear.__call__": (networks.relu(), {"t": arg([0.5], "array or nan")}),
        "PiecewiseLinear.piece": (networks.relu().piece, {"t": arg([0.5], "array or nan")}),
        "leaky_relu": (networks.leaky_relu, {"slope": arg(0.5, NUM)}),
        "activation_named": (networks.activation_named, {"activation": _object("relu")}),
        "Constant": (networks.Constant, {"value": arg(0.5, NUM)}),
        "Exponential": (
            networks.Exponential,
            {"scale": arg(0.5, POS), "sign": arg(1, "sign")},
        ),
        "Laplace": (networks.Laplace, {"scale": arg(0.5, POS)}),
        "Normal": (networks.Normal, {"sd": arg(0.5, POS), "mean": arg(0.5, NUM)}),
        "Uniform": (networks.Uniform, {"low": arg(0.0, NUM), "high": arg(1.0, NUM)}),
        "hyperplane_network": (
            networks.hyperplane_network,
            {"rows": arg([[1, 0]], "array", says="hyperplane 0")},
        ),
        "summed_network": (
            partial(networks.summed_network, ([[1.0], [2.0]], [0.0, 0.0])),
            {"activation": _object("relu")},
        ),
        "integer_networks": (
            networks.integer_networks,
            {
                "widths": arg([1, 1], "counts"),
                "weights": arg([1], "array"),
                "biases": arg([1], "array"),
                "activation": _object("relu"),
            },
        ),
        "perturbed": (
            networks.perturbed,
            {
                "net": _object(NET),
                "sd": arg(0.5, NUM),
                "rng": arg(_rng(), "rng"),
                "biases": arg(True, "flag"),
            },
        ),
        "running_error_bound": (
            partial(networks.running_error_bound, NET),
            {
                "points": arg([0.5, 1.0], "array or nan"),
                "input_error": arg([0.5, 1.0], "array or nan"),
                "upto_layer": arg(1, "level"),
            },
        ),
        "sawtooth": (
            networks.sawtooth,
            {"num_levels": arg(1, "count"), "clipped": arg(False, "flag")},
        ),
        "zigzag": (networks.zigzag, {"num_levels": arg(1, "count")}),
    }
    table["Network"] = (
        lambda weights, biases, activations: lr.Network(
            weights=weights, biases=biases, activations=activations
        ),
        {**{k: arrays[k] for k in ("weights", "biases")}, "activations": _object([])},
    )
    for name in ("points", "__call__", "pre_activations", "pattern", "piece_range", "affine_map"):
        table[f"Network.{name}"] = (getattr(NET, name), x)
    for law in (
        Normal(1.0),
        networks.Uniform(0, 1),
        networks.Laplace(1.0),
        networks.Exponential(1.0),
        networks.Constant(1.0),
    ):
        name = type(law).__name__
        table[f"{name}.sample"] = (law.sample, draws)
        if name != "Constant":
            table[f"{name}.density"] = (law.density, law_arrays)
    return table


def _geometry() -> dict[str, Row]:
    cx = lr.subdivide(NET, BOX)
    space = lr.subdivide(NET, lr.Space(2))
    decided = lr.decision_complex(lr.subdivide(CLASSIFIER, BOX))
    square = geometry.RegionPolytope.from_inequalities(
        [[1, 0], [-1, 0], [0, 1], [0, -1]], [1, 1, 1, 1], [0, 0]
    )
    walk = geometry.hit_and_run(square, 5, rng=_rng())
    order = {"order": arg(np.arange(len(cx.vertices)).tolist(), "array", **_MAYBE)}
    walks = {
        "num_steps": arg(3, "count"),
        "num_walkers": arg(1, "count"),
        "moves": arg(True, "flag"),
        "patience": arg(2, "limit"),
        "reach": arg(1.0, POS, **_MAYBE),
    }
    sides = {
        "sense": arg("most", "choice"),
        "max_candidates": arg(50, "count"),
        "time_limit": arg(5.0, END),
    }
    table: dict[str, Row] = {
        "Box": (
            lr.Box,
            {
                "low": arg([-1.0, -1.0], "array"),
                "high": arg([1.0, 1.0], "array"),
                "dim": arg(2, "count", **_MAYBE),
            },
        ),
        "Segment": (lr.Segment, {"start": arg([0.0], "array"), "end": arg([1.0], "array")}),
        "Line": (lr.Line, {"point": arg([0.0], "array"), "direction": arg([1.0], "array")}),
        "Plane": (
            lr.Plane,
            {
                "origin": arg([0.0, 0.0], "array"),
                "basis": arg([[1.0, 0.0], [0.0, 1.0]], "array"),
                "half_width": arg(1.0, POS),
            },
        ),
        "Plane.through": (
            lr.Plane.through,
            {
                "p": arg([0.0, 0.0], "array"),
                "q": arg([1.0, 0.0], "array"),
                "r": arg([0.0, 1.0], "array"),
                "half_width": arg(4.0, POS, **_MAYBE),
            },
        ),
        "Slice": (
            lr.Slice,
            {
                "origin": arg([0.0, 0.0], "array"),
                "basis": arg([[1.0, 0.0], [0.0, 1.0]], "array"),
                "half_widths": arg([1.0, 2.0], "array"),
            },
        ),
        "Slice.along": (
            lr.Slice.along,
            {
                "axes": arg([1, 0], "counts"),
                "low": arg([0.0, 0.0], "array"),
                "high": arg([1.0, 2.0], "array"),
                "at": arg([0.0, 0.0], "array"),
            },
        ),
        "Rectangle": (
            lr.Rectangle,
            {
                "origin": arg([0.0, 0.0], "array"),
                "basis": arg([[1.0, 0.0], [0.0, 1.0]], "array"),
                "half_widths": arg([1.0, 2.0], "array"),
            },
        ),
        "Polytope": (
            lr.Polytope,
            {"vertices": arg([[0, 0], [1, 0], [0, 1]], "array", **_MAYBE)},
        ),
        "Polytope halfspaces": (
            lambda normals, limits: lr.Polytope(halfspaces=(normals, limits)),
            {
                "normals": arg([[-1, 0], [0, -1], [1, 1]], "array", says="halfspaces[0]"),
                "limits": arg([0, 0, 1], "array", says="halfspaces[1]"),
            },
        ),
        "Simplex": (lr.Simplex, {"vertices": arg([[0, 0], [1, 0], [0, 1]], "array")}),
        "Space": (lr.Space, {"dim": arg(2, "count")}),
        "Polytope.contains": (
            lr.Simplex([[0, 0], [1, 0], [0, 1]]).contains,
            {"coordinates": arg([0.5, 0.5], "array or nan")},
        ),
        "Space.contains": (lr.Space(1).contains, {"coordinates": arg([0.5], "array or nan")}),
        "RegionPolytope.from_inequalities": (
            geometry.RegionPolytope.from_inequalities,
            {
                "normals": arg([[1.0]], "array"),
                "offsets": arg([1.0], "array"),
                "point": arg([0.0], "array"),
            },
        ),
        "PolyhedralComplex.facets_per_region": (cx.facets_per_region, {"walls": arg(True, "flag")}),
        "PolyhedralComplex.plot": (cx.plot, {"axes": _object(None, **_MAYBE)}),
        "PolyhedralComplex.boundary": (cx.boundary, {"k": arg(1, "index")}),
        "PolyhedralComplex.after_layer": (cx.after_layer, {"layer": arg(1, "index")}),
        "PolyhedralComplex.supports_of_facet": (
            cx.supports_of_facet,
            {"facet": arg(0, "index")},
        ),
        "PolyhedralComplex.save": (cx.save, {"path": arg("here", "path")}),
        "PolyhedralComplex.load": (lr.PolyhedralComplex.load, {"path": arg("here", "path")}),
        "NeighbourGraph.of": (cx.neighbours().of, {"region": arg(0, "index")}),
        "Triangulation.faces": (
            geometry.pulling_triangulation(cx).faces,
            {"k": arg(0, "index")},
        ),
        "WalkResult.facets_found": (walk.facets_found, {"steps": arg([1, 2], "array")}),
        "WalkResult.stopping_steps": (walk.stopping_steps, {"patience": arg(2, "count")}),
        "WalkResult.facets_at_stop": (walk.facets_at_stop, {"patience": arg(2, "count")}),
        "count_along_lines": (
            lr.count_along_lines,
            {
                "net": _object(NET),
                "starts": arg([[0.0, 0.0]], "array"),
                "ends": arg([[1.0, 0.0]], "array"),
                "of": _of("activation"),
                "compiled": arg(False, "flag", **_MAYBE),
            },
        ),
        "cut_by_hyperplanes": (
            geometry.cut_by_hyperplanes,
            {"rows": arg([[1, 0]], "array", says="hyperplane 0"), "domain": arg(1.0, POS)},
        ),
        "decision_complex": (
            lr.decision_complex,
            {"cx": _object(lr.subdivide(CLASSIFIER, BOX)), "max_regions": arg(50, "limit")},
        ),
        "level_set": (
            lr.level_set,
            {
                "cx": _object(cx),
                "output": arg(0, "index"),
                "level": arg(0.0, NUM),
                "max_regions": arg(50, "limit"),
            },
        ),
        "delaunay_triangulation": (
            geometry.delaunay_triangulation,
            {"cx": _object(cx), **order, "max_exact_simplices": arg(50, "limit")},
        ),
        "pulling_triangulation": (geometry.pulling_triangulation, {"cx": _object(cx), **order}),
        "pulling_counts": (geometry.pulling_counts, {"cx": _object(cx), **order}),
        "lexicographic_order": (
            geometry.lexicographic_order,
            {"cx": _object(cx), "exact": arg(True, "flag")},
        ),
        "extreme_counts": (geometry.extreme_counts, {"cx": _object(cx), **sides}),
        "extreme_triangulation": (
            geometry.extreme_triangulation,
            {"cx": _object(cx), "cell": arg(0, "index"), **sides},
        ),
        "facets_of_cells": (
            geometry.facets_of_cells,
            {
                "net": _object(NET),
                "points": arg([[0.5, 0.5]], "array"),
                "domain": _object(BOX, **_MAYBE),
                "compiled": arg(False, "flag", **_MAYBE),
            },
        ),
        "gradient_jumps": (geometry.gradient_jumps, {"cx": _object(cx)}),
        "region_of": (
            geometry.region_of,
            {
                "net": _object(NET),
                "x": arg([0.5, 0.5], "array"),
                "box": arg([-1.0, 1.0], "array", **_MAYBE),
            },
        ),
        "subdivide": (
            lr.subdivide,
            {
                "net": _object(NET),
                "domain": _object(BOX),
                "upto_layer": arg(1, "level"),
                "max_regions": arg(50, "limit"),
                "num_threads": arg(1, "count"),
                "progress": arg(False, "flag"),
                "compiled": arg(False, "flag", **_MAYBE),
            },
        ),
        "hit_and_run": (
            geometry.hit_and_run,
            {
                "polytope": _object(square),
                "rng": arg(_rng(), "rng"),
                **walks,
                "ends": arg(2, "count"),
            },
        ),
        "walk_regions": (
            geometry.walk_regions,
            {
                "polytopes": _object([square]),
                "rng": arg(_rng(), "rng"),
                **walks,
                "num_threads": arg(1, "count"),
            },
        ),
    }
    for name, each in (
        ("PolyhedralComplex", cx),
        ("UnboundedComplex", space),
        ("DecisionComplex", decided),
    ):
        table[f"{name}.on_wall"] = (each.on_wall, {"k": arg(1, "index")})
        table[f"{name}.volume"] = (
            each.volume,
            {"codim": arg(1, "index"), "of": _of("activation")},
        )
        table[f"{name}.locate"] = (each.locate, {"points": arg([[0.5, 0.5]], "array")})
    places = {
        "embed": ("coordinates", "array or nan"),
        "project": ("points", "array or nan"),
        "contains": ("coordinates", "array or nan"),
    }
    for name, (argument, kind) in places.items():
        method = getattr(BOX, name)
        table[f"Domain.{name}"] = (method, {argument: arg([0.5, 0.5], kind)})
    return table


def _theory() -> dict[str, Row]:
    lines = theory.Arrangement([(1, 0), (0, 1)], [0, 1])
    law = theory.InitLaw(widths=(1, 2, 1), biases=Normal(1.0))
    piece = theory.LinePiece.interval(-1.0, 1.0)
    shallow = theory.InitLaw(widths=(1, 2, 1), init=Normal(1.0), biases=Normal(1.0))
    arrangement = _object(lines)
    both = {"num_hyperplanes": arg(3, "count"), "dimension": arg(2, "count")}
    rows = {"rows": arg([[1, 0], [1, 1]], "array"), "dimension": arg(1, "count")}
    sampled = {"rng": arg(_rng(), "rng"), "of": _of(), "num_networks": arg(4, "count")}
    on_line = {"law": _object(law), "line": _object(piece)}
    own_bias = {"own_bias": arg("pinned", "choice")}
    widths = {"widths": arg([2, 1], "counts")}
    table: dict[str, Row] = {
        "Arrangement": (
            theory.Arrangement,
            {
                "normals": arg([[1, 2]], "rationals"),
                "offsets": arg([1], "rationals"),
                "dimension": arg(2, "count", **_MAYBE),
            },
        ),
        "Arrangement.subarrangement": (lines.subarrangement, {"indices": arg([0], "counts")}),
        "Arrangement.without": (lines.without, {"index": arg(0, "index")}),
        "Arrangement.restricted_to": (lines.restricted_to, {"index": arg(0, "index")}),
        "InitLaw": (
            theory.InitLaw,
            {"widths": arg((1, 2, 1), "counts"), "activation": _object("relu")},
        ),
        "InitLaw.bias_law": (law.bias_law, {"layer": arg(0, "index")}),
        "InitLaw.weight_law": (law.weight_law, {"layer": arg(0, "index")}),
        "InitLaw.sample": (law.sample, {"rng": arg(_rng(), "rng")}),
        "LinePiece": (
            theory.LinePiece,
            {
                "point": arg([0.0], "array"),
                "direction": arg([1.0], "array"),
                "low": arg(0.0, END),
                "high": arg(1.0, END),
            },
        ),
        "LinePiece.interval": (
            theory.LinePiece.interval,
            {"low": arg(0.0, END), "high": arg(1.0, END)},
        ),
        "LinePiece.between": (
            theory.LinePiece.between,
            {"start": arg([0.0], "array"), "end": arg([1.0], "array")},
        ),
        "LinePiece.whole": (
            theory.LinePiece.whole,
            {"point": arg([0.0], "array"), "direction": arg([1.0], "array")},
        ),
        "LinePiece.at": (piece.at, {"positions": arg([0.0], "array")}),
        "alternating_tail": (theory.alternating_tail, both),
        "best_arrangement": (theory.best_arrangement, {"num_neurons": arg(3, "count")}),
        "breakpoint_rates": (
            theory.breakpoint_rates,
            {**on_line, "positions": arg([0.0], "array"), **sampled, **own_bias},
        ),
        "breakpoints_by_masks": (theory.breakpoints_by_masks, {**on_line, **sampled}),
        "central_count": (theory.central_count, both),
        "central_count_doubled": (theory.central_count_doubled, both),
        "central_subsets_by_size_and_rank": (
            theory.central_subsets_by_size_and_rank,
            {**rows, "max_subsets": arg(50, "count"), "repeats_count": arg(True, "flag")},
        ),
        "crossing_probability": (
            theory.crossing_probability,
            {"line": _object(piece), "weight_sd": arg(1.0, POS), "bias_sd": arg(1.0, NUM)},
        ),
        "crossing_rate": (
            theory.crossing_rate,
            {
                "line": _object(piece),
                "positions": arg([0.0], "array"),
                "weight_sd": arg(1.0, POS),
                "bias_sd": arg(1.0, NUM),
            },
        ),
        "enumerate_regions": (
            theory.enumerate_regions,
            {"arrangement": arrangement, "max_regions": arg(50, "count")},
        ),
        "expected_breakpoints": (
            theory.expected_breakpoints,
            {
                **on_line,
                **sampled,
                **own_bias,
                "points_per_network": arg(2, "count"),
                "spread": arg(1.0, POS, **_MAYBE),
            },
        ),
        "expected_draws": (theory.expected_draws, {"chances": arg([0.5], "array")}),
        "expected_found": (
            theory.expected_found,
            {"chances": arg([0.5], "array"), "num_draws": arg([1], "array")},
        ),
        "fewest_neurons": (theory.fewest_neurons, {"num_pieces": arg(3, "count")}),
        "hr19_bias_law": (theory.hr19_bias_law, {"law": _object(Normal(1.0))}),
        "hr19_goodness_bound": (
            theory.hr19_goodness_bound,
            {"hidden_widths": arg([2], "counts")},
        ),
        "intersection_poset": (
            theory.intersection_poset,
            {"arrangement": arrangement, "max_flats": arg(50, "count")},
        ),
        "layer_arrangements": (theory.layer_arrangements, {"num_neurons": arg(2, "count")}),
        "live_piece_bound": (theory.live_piece_bound, widths),
        "most_zeros": (theory.most_zeros, {"width": arg(2, "count")}),
        "probability_good": (
            theory.probability_good,
            {"hidden_widths": arg([2], "counts"), "layer": arg(0, "index")},
        ),
        "product_bound": (theory.product_bound, widths),
        "rows_in_general_position": (theory.rows_in_general_position, rows),
        "second_layer_crossings": (
            theory.second_layer_crossings,
            {
                "width": arg(2, "count"),
                "rng": arg(_rng(), "rng"),
                "offset": arg(0.0, NUM),
                "first_bias_sd": arg(1.0, NUM),
                "second_bias_sd": arg(1.0, NUM),
                "num_networks": arg(2, "count"),
            },
        ),
        "shallow_expected_breakpoints": (
            theory.shallow_expected_breakpoints,
            {"law": _object(shallow), "low": arg(0.0, NUM), "high": arg(1.0, NUM)},
        ),
        "shallow_rate": (theory.shallow_rate, {"law": _object(shallow), "x": arg(0.0, NUM)}),
        "sign_flipped_copies": (theory.sign_flipped_copies, {"net": _object(LINE_NET)}),
        "stopping_law": (
            theory.stopping_law,
            {"chances": arg([0.5], "array"), "patience": arg(2, "count")},
        ),
        "unseen_chance_bound": (
            theory.unseen_chance_bound,
            {
                "patience": arg(2, "count"),
                "risk": arg(0.5, POS),
                "num_looks": arg(2, "count"),
            },
        ),
        "whitney_sum": (
            theory.whitney_sum,
            {**rows, "include_empty": arg(True, "flag"), "repeats_count": arg(True, "flag")},
        ),
        "whole_line_breakpoints": (
            theory.whole_line_breakpoints,
            {"law": _object(law), "of": _of()},
        ),
        "whole_line_regions": (
            theory.whole_line_regions,
            {"num_neurons": arg(2, "count"), "activation": _object("relu")},
        ),
        "whole_plane_regions": (
            theory.whole_plane_regions,
            {"law": _object(theory.InitLaw(widths=(2, 2, 1), biases=Normal(1.0)))},
        ),
        "wide_limit_breakpoints": (theory.wide_limit_breakpoints, on_line),
        "wide_limit_rates": (
            theory.wide_limit_rates,
            {**on_line, "positions": arg([0.0], "array")},
        ),
        "zaslavsky_bound": (theory.zaslavsky_bound, both),
        "enumerate_patterns": (
            theory.enumerate_patterns,
            {
                "net": _object(LINE_NET),
                "reading": arg("interior", "choice"),
                "max_patterns": arg(50, "count"),
                "low": arg(-1.0, "exact"),
                "high": arg(1.0, "exact"),
            },
        ),
        "RateProfile.total": (
            theory.breakpoint_rates(law, piece, [0.0], rng=_rng(), num_networks=2).total,
            {"index": arg(0, "index")},
        ),
    }
    for name in ("characteristic_polynomial", "num_regions", "num_bounded_regions"):
        table[name] = (
            getattr(theory, name),
            {"arrangement": arrangement, "method": arg("flats", "choice")},
        )
    return table


def _experiments() -> dict[str, Row]:
    from tests.project.argument_helpers import halved, tiny_run

    segment = lr.Segment([-1.0], [1.0])
    of_lines = {"domain": _object(segment), "of": _of()}
    line_box = lr.Box(-1.0, 1.0, dim=1)
    net_and_box = {"net": _object(LINE_NET), "box": _object(line_box)}
    moons = experiments.load_moons(8, 0.1, rng=_rng())
    rows_of_one = arg([[0.25]], "array")
    distances = {
        "hidden": arg("2", "choice"),
        "seed": arg(0, "seed"),
        "moments": arg([0.0], "array"),
        "num_normal": arg(2, "count"),
        "num_examples": arg(2, "count"),
        "dataset": arg("digits", "choice"),
        "scale": arg("unit", "choice"),
        "batch_size": arg(64, "count"),
        "path": arg(None, "path", **_MAYBE),
    }
    digits = experiments.load_digits_dataset("test")
    run = tiny_run()
    crossings = experiments.level_crossings(TENT, segment, [0.5])
    estimates = [Estimate(1.0, 0.5, 3), Estimate(2.0, 0.5, 3)]
    return {
        "Dataset.vectors": (digits.vectors, {"scale": arg("unit", "choice")}),
        "Dataset.subset": (digits.subset, {"rows": arg([0, 1], "array")}),
        "LabelledPoints": (
            partial(experiments.LabelledPoints, num_classes=2, name="toy"),
            {
                "points": arg([[0.5, 1.0]], "array or nan"),
                "labels": arg([0], "array"),
            },
        ),
        "LevelCrossings.places": (crossings.places, {"level": arg(0.5, NUM)}),
        "TrainingRun.nearest": (run.nearest, {"epoch": arg(0.5, NUM)}),
        "breakpoint_counts": (
            experiments.breakpoint_counts,
            {"networks": _object([LINE_NET]), **of_lines},
        ),
        "exact_mean_breakpoints": (
            experiments.exact_mean_breakpoints,
            {"networks": _object([LINE_NET]), **of_lines},
        ),
        "mean_breakpoints": (
            experiments.mean_breakpoints,
            {
                "draw": arg(lambda rng: LINE_NET, "function"),
                **of_lines,
                "num_networks": arg(2, "count"),
                "rng": arg(_rng(), "rng"),
            },
        ),
        "certification_share": (experiments.certification_share, net_and_box),
        "count_along_whole_lines": (
            experiments.count_along_whole_lines,
            {
                "net": _object(LINE_NET),
                "points": rows_of_one,
                "directions": rows_of_one,
                "of": _of(),
            },
        ),
        "count_on_part": (
            experiments.count_on_part,
            {
                "net": _object(LINE_NET),
                "examples": rows_of_one,
                "part": arg("0..1", "choice"),
                "of": _of(),
            },
        ),
        "nearest_switches": (
            experiments.nearest_switches,
            {"net": _object(LINE_NET), "points": rows_of_one},
        ),
        "distance_to_gradient_jump": (
            experiments.distance_to_gradient_jump,
            {"net": _object(LINE_NET), "x": arg([0.25], "array"), "max_regions": arg(5, "count")},
        ),
        "scaled_images": (
            experiments.scaled_images,
            {
                "images": _object(experiments.load_images("digits")),
                "scale": arg("raw", "choice"),
            },
        ),
        "normal_points_like": (
            experiments.normal_points_like,
            {
                "vectors": arg([[0.0, 1.0], [2.0, 3.0]], "array"),
                "num_points": arg(2, "count"),
                "rng": arg(_rng(), "rng"),
            },
        ),
        "pieces_during_training": (
            experiments.pieces_during_training,
            {
                "hidden": arg("2", "choice"),
                "seed": arg(0, "seed"),
                "moments": arg([0.0], "array"),
                "num_lines": arg(2, "count"),
                "dataset": arg("digits", "choice"),
                "batch_size": arg(64, "count"),
                "path": arg(None, "path", **_MAYBE),
            },
        ),
        "distances_during_training": (experiments.distances_during_training, distances),
        "distance_histograms": (experiments.distance_histograms, distances),
        "pieces_and_distances_at_start": (
            experiments.pieces_and_distances_at_start,
            {
                "hidden": arg("2", "choice"),
                "first_seed": arg(0, "seed"),
                "num_seeds": arg(1, "count"),
                "num_lines": arg(2, "count"),
                "num_normal": arg(2, "count"),
                "dataset": arg("digits", "choice"),
                "path": arg(None, "path", **_MAYBE),
            },
        ),
        "pieces_without_biases": (
            experiments.pieces_without_biases,
            {
                "hidden": arg("2", "choice"),
                "seed": arg(0, "seed"),
                "bias_sd": arg(0.5, NUM),
                "num_lines": arg(1, "count"),
                "num_planes": arg(1, "count"),
                "dataset": arg("digits", "choice"),
                "path": arg(None, "path", **_MAYBE),
            },
        ),
        "polygons_during_training": (
            experiments.polygons_during_training,
            {
                "hidden": arg("2", "choice"),
                "seed": arg(0, "seed"),
                "moments": arg([0.0], "array"),
                "half_widths": arg([1.0], "array"),
                "num_planes": arg(1, "count"),
                "through": arg("directions", "choice"),
                "dataset": arg("digits", "choice"),
                "batch_size": arg(128, "count"),
                "path": arg(None, "path", **_MAYBE),
            },
        ),
        "squares_through": (
            partial(experiments.squares_through, digits),
            {
                "through": arg("directions", "choice"),
                "half_widths": arg([1.0], "array"),
                "num_planes": arg(1, "count"),
                "seed": arg(0, "seed"),
            },
        ),
        "naive_count": (experiments.naive_count, net_and_box),
        "naive_patterns": (experiments.naive_patterns, net_and_box),
        "vertex_errors": (experiments.vertex_errors, net_and_box),
        "growth_base": (
            experiments.growth_base,
            {"levels": arg([0.0, 1.0], "array"), "counts": _object(estimates)},
        ),
        "level_crossings": (
            experiments.level_crossings,
            {"net": _object(TENT), "segment": _object(segment), "levels": arg([0.5], "array")},
        ),
        "load_census": (experiments.load_census, {"path": arg(None, "path", **_MAYBE)}),
        "load_fuzz": (experiments.load_fuzz, {"path": arg(None, "path", **_MAYBE)}),
        "load_digits_dataset": (
            experiments.load_digits_dataset,
            {"split": arg("train", "choice")},
        ),
        "load_images": (
            experiments.load_images,
            {"dataset": arg("digits", "choice"), "path": arg(None, "path", **_MAYBE)},
        ),
        "load_mnist": (
            experiments.load_mnist,
            {
                "path": arg("nowhere", "path"),
                "split": arg("train", "choice"),
                "download": arg(False, "flag"),
                "timeout": arg(1.0, POS),
            },
        ),
        "load_moons": (
            experiments.load_moons,
            {"n": arg(4, "count"), "noise": arg(0.1, NUM), "rng": arg(_rng(), "rng")},
        ),
        "load_quantiles": (
            experiments.load_quantiles,
            {
                "n": arg(6, "count"),
                "num_classes": arg(2, "count"),
                "rng": arg(_rng(), "rng"),
                "dim": arg(2, "count"),
            },
        ),
        "load_run": (experiments.load_run, {"file": arg("nowhere", "path")}),
        "save_run": (
            experiments.save_run,
            {"run": _object(run), "file": arg("nowhere", "path")},
        ),
        "pieces_under_noise": (
            experiments.pieces_under_noise,
            {
                "net": _object(LINE_NET),
                "sd": arg(0.1, NUM),
                "num_draws": arg(1, "count"),
                "rng": arg(_rng(), "rng"),
                "noise_on": arg("both", "choice"),
                "of": _of(),
                "interval": arg([0.0, 1.0], "array"),
            },
        ),
        "regions_in_plane": (
            experiments.regions_in_plane,
            {
                "run": _object(run),
                "points": arg([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], "array"),
                "half_width": arg(4.0, POS, **_MAYBE),
                "max_regions": arg(500, "limit"),
                "keep_complexes": arg(False, "flag"),
                "progress": arg(False, "flag"),
            },
        ),
        "run_many": (
            experiments.run_many,
            {
                "fn": arg(halved, "function"),
                "seeds": arg([1], "seeds"),
                "settings": _object(None),
                "jobs": arg(1, "count"),
                "folder": arg(None, "path", **_MAYBE),
                "resume": arg(True, "flag"),
                "progress": arg(False, "flag"),
            },
        ),
        "run_pieces": (
            experiments.run_pieces,
            {
                "fn": arg(halved, "function"),
                "pieces": _object([{"seed": 1}]),
                "jobs": arg(1, "count"),
                "executor": _object(None),
                "folder": arg(None, "path", **_MAYBE),
                "resume": arg(True, "flag"),
                "progress": arg(False, "flag"),
                "version": arg(0, "level"),
            },
        ),
        "run_protocol": (
            experiments.run_protocol,
            {
                "protocol": arg("qw23-epoch0", "choice"),
                "profile": arg("tiny", "choice"),
                "parameters": _object({"num_seeds": 1}),
                "jobs": arg(1, "count"),
                "executor": _object(None),
                "folder": arg(None, "path", **_MAYBE),
                "resume": arg(True, "flag"),
                "progress": arg(False, "flag"),
            },
        ),
        "save_table": (
            experiments.save_table,
            {
                "run": _object(experiments.run_protocol("qw23-epoch0", profile="tiny")),
                "folder": arg("tables", "path"),
            },
        ),
        "load_table": (
            experiments.load_table,
            {"name": arg("qw23-epoch0", "path"), "folder": arg("tables", "path", **_MAYBE)},
        ),
        "search_pieces": (
            experiments.search_pieces,
            {
                "widths": arg([1], "counts"),
                "num_networks": arg(2, "count"),
                "rng": arg(_rng(), "rng"),
                "of": _of("activation"),
                "enough": arg(2, "limit"),
                "largest": arg(2, "count"),
                "half_length": arg(4.0, POS),
            },
        ),
        "three_examples": (
            partial(experiments.three_examples, digits),
            {"labels": arg([0, 1, 2], "counts"), "rng": arg(_rng(), "rng", **_MAYBE)},
        ),
        "train_classifier": (
            experiments.train_classifier,
            {
                "hidden_widths": arg([2], "counts"),
                "data": _object(moons),
                "seed": arg(0, "seed"),
                "test": _object(None),
                "epochs": arg(1.0, NUM, **_MAYBE),
                "snapshots_at": arg([0.0], "array", **_MAYBE),
                "lr": arg(0.01, POS),
                "batch_size": arg(4, "count"),
                "optimizer": arg("sgd", "choice"),
                "weight_decay": arg(0.01, NUM),
                "activation": arg("relu", "choice"),
                "dtype": arg("float32", "choice"),
                "initial": _object(None),
                "progress": arg(False, "flag"),
            },
        ),
        "train_classifier steps": (
            lambda steps: experiments.train_classifier([2], moons, seed=0, steps=steps),
            {"steps": arg(1, "count", **_MAYBE)},
        ),
        "train_lanes": (
            partial(experiments.train_lanes, checkpoint=None),
            {
                "hidden_widths": arg([2], "counts"),
                "data": _object(moons),
                "seeds": arg([0, 1], "counts"),
                "epochs": arg(1.0, NUM, **_MAYBE),
                "snapshots_at": arg([0.0], "array", **_MAYBE),
                "lr": arg(0.01, POS),
                "batch_size": arg(4, "count"),
                "optimizer": arg("sgd", "choice"),
                "weight_decay": arg(0.01, NUM),
                "activation": arg("relu", "choice"),
                "dtype": arg("float32", "choice"),
                "initial": _object(None),
                "engine": arg("torch", "choice"),
                "num_threads": arg(1, "count"),
                "progress": arg(False, "flag"),
            },
        ),
        "train_lanes steps": (
            lambda steps: experiments.train_lanes([2], moons, seeds=[0], steps=steps),
            {"steps": arg(1, "count", **_MAYBE)},
        ),
    }


def _figures() -> dict[str, Row]:
    cx = lr.subdivide(NET, BOX)
    solid_net = lr.Network.from_arrays([[[1, 0, 0]], [[1]]], [[0], [0]])
    solid = lr.subdivide(solid_net, lr.Box(-1, 1, dim=3))
    line = lr.subdivide(LINE_NET, lr.Segment([-1.0], [1.0]))
    figure, axes = plt.subplots()
    space = plt.figure().add_subplot(projection="3d")
    estimates = [Estimate(1.0, 0.5, 3)]
    series = figures.Series(name="a", x=[1.0], measured=estimates, predicted=[1.0])
    shown = {"colour_by": arg("region", "choice"), "limits": arg([0.0, 1.0], "array", **_MAYBE)}
    return {
        "compare": (
            partial(figures.compare, x_label="x", y_label="y"),
            {
                "series": arg([series], "object"),
                "num_stderr": arg(2.0, NUM),
                "log_x": arg(False, "flag"),
                "log_y": arg(False, "flag"),
            },
        ),
        "draw_counts": (
            partial(figures.draw_counts, axes, x_label="x"),
            {
                "counts": arg([3, 4], "array"),
                "log": arg(True, "flag"),
                "threshold": arg(1.0, NUM, **_MAYBE),
            },
        ),
        "draw_graph": (
            partial(figures.draw_graph, axes, line, LINE_NET),
            {
                "output": arg(0, "index"),
                "marks": arg("dots", "choice"),
                "series": arg(0, "count"),
            },
        ),
        "draw_measured": (
            partial(figures.draw_measured, axes, [1.0], estimates),
            {"num_stderr": arg(2.0, NUM), "series": arg(0, "count")},
        ),
        "draw_predicted": (
            partial(figures.draw_predicted, axes, [1.0], [1.0]),
            {"series": arg(0, "count", **_MAYBE), "bound": arg("upper", "choice")},
        ),
        "draw_runs": (
            partial(figures.draw_runs, axes, [1.0], [[1.0]]),
            {"series": arg(0, "count")},
        ),
        "draw_regions": (
            partial(figures.draw_regions, axes, cx),
            {"edges": arg(True, "flag"), "walls": arg(True, "flag"), **shown},
        ),
        "draw_level_set": (
            partial(figures.draw_level_set, axes, lr.level_set(cx, level=0.25)),
            {"width": arg(1.0, POS)},
        ),
        "draw_layers": (
            partial(figures.draw_layers, [cx]),
            {"max_columns": arg(1, "count"), "colour_by": shown["colour_by"]},
        ),
        "plot_complex": (
            lambda edges, axes=axes: figures.plot_complex(cx, axes, edges=edges),
            {"edges": arg(True, "flag"), "axes": _object(axes, **_MAYBE)},
        ),
        "draw_solid": (
            partial(figures.draw_solid, space, solid),
            {"edges": arg(True, "flag"), **shown},
        ),
        "draw_solid cut": (
            lambda normal, offset: figures.draw_solid(space, solid, cut=(normal, offset)),
            {
                "normal": arg([1.0, 0.0, 1.0], "array"),
                "offset": arg(0.0, NUM, says="cut[1]"),
            },
        ),
        "section": (
            partial(figures.section, solid),
            {"normal": arg([1.0, 0.0, 0.0], "array"), "offset": arg(0.5, NUM)},
        ),
        "new_figure": (
            figures.new_figure,
            {
                "rows": arg(1, "count"),
                "columns": arg(1, "count"),
                "num_panels": arg(1, "count", **_MAYBE),
            },
        ),
        "region_canvas": (
            partial(figures.region_canvas, cx, "four"),
            {"max_regions": arg(50, "count"), "max_bytes": arg(10**7, "count")},
        ),
        "compare_graphs": (
            partial(figures.compare_graphs, [line], [LINE_NET], titles=["a"]),
            {
                "output": arg(0, "index"),
                "marks": arg("dots", "choice"),
                "max_columns": arg(1, "count"),
            },
        ),
        "Evolution": (
            partial(figures.Evolution, [figure], ["a"], "b"),
            {"interval": arg(1.0, POS), "max_bytes": arg(10**6, "count")},
        ),
    }


@cache
def table(room: str) -> dict[str, Row]:
    """The rows of one room, by the names of functions and methods."""
    return {
        "networks": _networks,
        "geometry": _geometry,
        "theory": _theory,
        "experiments": _experiments,
        "figures": _figures,
    }[room]()
