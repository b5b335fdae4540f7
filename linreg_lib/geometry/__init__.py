"""Measured: domains, and the polyhedral complexes into which networks cut them."""

from __future__ import annotations

from linreg_lib.geometry.affine_maps import AffineMaps
from linreg_lib.geometry.complex import Certificate, PolyhedralComplex, Support
from linreg_lib.geometry.domains import Box, Domain, Line, Plane, Segment
from linreg_lib.geometry.lines import count_along_lines
from linreg_lib.geometry.subdivision import subdivide

__all__ = [
    "AffineMaps",
    "Box",
    "Certificate",
    "Domain",
    "Line",
    "Plane",
    "PolyhedralComplex",
    "Segment",
    "Support",
    "count_along_lines",
    "subdivide",
]
