"""Theory: what is predicted, from widths and laws alone; no partition is ever computed here."""

from __future__ import annotations

from linreg_lib.theory.arrangements.arrangement import Arrangement, rows_in_general_position
from linreg_lib.theory.arrangements.characteristic import (
    central_subsets_by_size_and_rank,
    characteristic_polynomial,
    num_bounded_regions,
    num_regions,
    whitney_sum,
)
from linreg_lib.theory.arrangements.closed_counts import (
    alternating_tail,
    central_count,
    central_count_doubled,
    zaslavsky_bound,
)
from linreg_lib.theory.arrangements.derivations import central_count_proof, zaslavsky_induction
from linreg_lib.theory.arrangements.flats import Flat, IntersectionPoset, intersection_poset
from linreg_lib.theory.arrangements.region_enumeration import Region, enumerate_regions
from linreg_lib.theory.coupon_collector import (
    expected_draws,
    expected_found,
    stopping_law,
    unseen_chance_bound,
)
from linreg_lib.theory.lines.derivations import shallow_derivation, wide_limit_derivation
from linreg_lib.theory.lines.expected_breakpoints import (
    BreakpointExpectation,
    RateProfile,
    breakpoint_rates,
    expected_breakpoints,
)
from linreg_lib.theory.lines.gaussian_crossings import (
    crossing_probability,
    crossing_rate,
    wide_limit_breakpoints,
    wide_limit_rates,
)
from linreg_lib.theory.lines.line_piece import LinePiece
from linreg_lib.theory.lines.second_layer import second_layer_crossings
from linreg_lib.theory.lines.shallow_quadrature import shallow_expected_breakpoints, shallow_rate
from linreg_lib.theory.pattern_enumeration import enumerate_patterns
from linreg_lib.theory.proof_step import ProofStep
from linreg_lib.theory.random_networks.init_law import InitLaw, hr19_bias_law
from linreg_lib.theory.sign_flips.masks import breakpoints_by_masks
from linreg_lib.theory.sign_flips.open_paths import hr19_goodness_bound, probability_good
from linreg_lib.theory.sign_flips.symmetry import sign_flipped_copies
from linreg_lib.theory.sign_flips.whole_lines import whole_line_breakpoints, whole_line_regions
from linreg_lib.theory.sign_flips.whole_planes import whole_plane_regions
from linreg_lib.theory.widths.layer_arrangements import layer_arrangements
from linreg_lib.theory.widths.piece_bounds import (
    BestArrangement,
    best_arrangement,
    fewest_neurons,
    live_piece_bound,
    most_zeros,
    product_bound,
)

__all__ = [
    "Arrangement",
    "BestArrangement",
    "BreakpointExpectation",
    "Flat",
    "InitLaw",
    "IntersectionPoset",
    "LinePiece",
    "ProofStep",
    "RateProfile",
    "Region",
    "alternating_tail",
    "best_arrangement",
    "breakpoint_rates",
    "breakpoints_by_masks",
    "central_count",
    "central_count_doubled",
    "central_count_proof",
    "central_subsets_by_size_and_rank",
    "characteristic_polynomial",
    "crossing_probability",
    "crossing_rate",
    "enumerate_patterns",
    "enumerate_regions",
    "expected_breakpoints",
    "expected_draws",
    "expected_found",
    "fewest_neurons",
    "hr19_bias_law",
    "hr19_goodness_bound",
    "intersection_poset",
    "layer_arrangements",
    "live_piece_bound",
    "most_zeros",
    "num_bounded_regions",
    "num_regions",
    "probability_good",
    "product_bound",
    "rows_in_general_position",
    "second_layer_crossings",
    "shallow_derivation",
    "shallow_expected_breakpoints",
    "shallow_rate",
    "sign_flipped_copies",
    "stopping_law",
    "unseen_chance_bound",
    "whitney_sum",
    "whole_line_breakpoints",
    "whole_line_regions",
    "whole_plane_regions",
    "wide_limit_breakpoints",
    "wide_limit_derivation",
    "wide_limit_rates",
    "zaslavsky_bound",
    "zaslavsky_induction",
]
