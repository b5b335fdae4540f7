"""Measured: domains, and the polyhedral complexes into which networks cut them."""

from __future__ import annotations

from linreg_lib.errors import UnboundedQuestionError
from linreg_lib.geometry.complex.gradient_jumps import gradient_jumps
from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex
from linreg_lib.geometry.complex.whole_space_complex import UnboundedComplex
from linreg_lib.geometry.cutting.hyperplanes import cut_by_hyperplanes
from linreg_lib.geometry.cutting.subdivide import subdivide
from linreg_lib.geometry.decision.decision_complex import (
    DecisionComplex,
    UnboundedDecisionComplex,
    decision_complex,
)
from linreg_lib.geometry.decision.level_set import LevelSet, level_set
from linreg_lib.geometry.domains.box import Box
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.domains.line import Line
from linreg_lib.geometry.domains.plane import Plane
from linreg_lib.geometry.domains.polytope import Polytope
from linreg_lib.geometry.domains.rectangle import Rectangle
from linreg_lib.geometry.domains.segment import Segment
from linreg_lib.geometry.domains.simplex import Simplex
from linreg_lib.geometry.domains.slice import Slice
from linreg_lib.geometry.domains.space import Space
from linreg_lib.geometry.lines.lines import count_along_lines
from linreg_lib.geometry.questions.affine_maps import AffineMaps
from linreg_lib.geometry.questions.linear_regions import LinearRegions
from linreg_lib.geometry.questions.neighbours import NeighbourGraph
from linreg_lib.geometry.single_region.facets_at_points import CellFacets, facets_of_cells
from linreg_lib.geometry.single_region.hit_and_run import WalkResult, hit_and_run, walk_regions
from linreg_lib.geometry.single_region.region_polytope import (
    RegionFacets,
    RegionPolytope,
    region_of,
)
from linreg_lib.geometry.triangulations.delaunay import delaunay_triangulation
from linreg_lib.geometry.triangulations.extreme_triangulations import (
    extreme_counts,
    extreme_triangulation,
)
from linreg_lib.geometry.triangulations.pulling import (
    lexicographic_order,
    pulling_counts,
    pulling_triangulation,
)
from linreg_lib.geometry.triangulations.triangulation import Triangulation
from linreg_lib.geometry.vertex_signs.certificate import Certificate
from linreg_lib.geometry.vertex_signs.support import Support

__all__ = [
    "AffineMaps",
    "Box",
    "CellFacets",
    "Certificate",
    "DecisionComplex",
    "Domain",
    "LevelSet",
    "Line",
    "LinearRegions",
    "NeighbourGraph",
    "Plane",
    "PolyhedralComplex",
    "Polytope",
    "Rectangle",
    "RegionFacets",
    "RegionPolytope",
    "Segment",
    "Simplex",
    "Slice",
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
    "level_set",
    "lexicographic_order",
    "pulling_counts",
    "pulling_triangulation",
    "region_of",
    "subdivide",
    "walk_regions",
]
