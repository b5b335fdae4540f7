"""Measured: domains, and the polyhedral complexes into which networks cut them."""

from __future__ import annotations

from linreg_lib.geometry.affine_maps import AffineMaps
from linreg_lib.geometry.cell_facets import CellFacets, facets_of_cells
from linreg_lib.geometry.certificate import Certificate
from linreg_lib.geometry.complex import PolyhedralComplex, Support
from linreg_lib.geometry.decision import (
    DecisionComplex,
    UnboundedDecisionComplex,
    decision_complex,
)
from linreg_lib.geometry.delaunay import delaunay_triangulation
from linreg_lib.geometry.domains import Box, Domain, Line, Plane, Segment
from linreg_lib.geometry.extreme_triangulations import extreme_counts, extreme_triangulation
from linreg_lib.geometry.hit_and_run import WalkResult, hit_and_run, walk_regions
from linreg_lib.geometry.hyperplanes import cut_by_hyperplanes
from linreg_lib.geometry.linear_regions import LinearRegions, gradient_jumps
from linreg_lib.geometry.lines import count_along_lines
from linreg_lib.geometry.neighbours import NeighbourGraph
from linreg_lib.geometry.polytope import Polytope, Simplex
from linreg_lib.geometry.pulling import lexicographic_order, pulling_counts, pulling_triangulation
from linreg_lib.geometry.region_polytope import RegionFacets, RegionPolytope, region_of
from linreg_lib.geometry.space import Space
from linreg_lib.geometry.subdivision import subdivide
from linreg_lib.geometry.triangulation import Triangulation
from linreg_lib.geometry.unbounded_complex import UnboundedComplex, UnboundedQuestionError

__all__ = [
    "AffineMaps",
    "Box",
    "CellFacets",
    "Certificate",
    "DecisionComplex",
    "Domain",
    "Line",
    "LinearRegions",
    "NeighbourGraph",
    "Plane",
    "PolyhedralComplex",
    "Polytope",
    "RegionFacets",
    "RegionPolytope",
    "Segment",
    "Simplex",
    "Space",
    "Support",
    "Triangulation",
    "UnboundedComplex",
    "UnboundedDecisionComplex",
    "UnboundedQuestionError",
    "WalkResult",
    "count_along_lines",
    "cut_by_hyperplanes",
    "decision_complex",
    "delaunay_triangulation",
    "extreme_counts",
    "extreme_triangulation",
    "facets_of_cells",
    "gradient_jumps",
    "hit_and_run",
    "lexicographic_order",
    "pulling_counts",
    "pulling_triangulation",
    "region_of",
    "subdivide",
    "walk_regions",
]
