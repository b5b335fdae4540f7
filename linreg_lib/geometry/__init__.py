"""Measured: domains, and the polyhedral complexes into which networks cut them."""

from __future__ import annotations

from linreg_lib.geometry.affine_maps import AffineMaps
from linreg_lib.geometry.cell_facets import CellFacets, facets_of_cells
from linreg_lib.geometry.complex import Certificate, PolyhedralComplex, Support
from linreg_lib.geometry.domains import Box, Domain, Line, Plane, Segment
from linreg_lib.geometry.hyperplanes import cut_by_hyperplanes
from linreg_lib.geometry.linear_regions import LinearRegions, gradient_jumps
from linreg_lib.geometry.lines import count_along_lines
from linreg_lib.geometry.subdivision import subdivide

__all__ = [
    "AffineMaps",
    "Box",
    "CellFacets",
    "Certificate",
    "Domain",
    "Line",
    "LinearRegions",
    "Plane",
    "PolyhedralComplex",
    "Segment",
    "Support",
    "count_along_lines",
    "cut_by_hyperplanes",
    "facets_of_cells",
    "gradient_jumps",
    "subdivide",
]
