"""Across which facets of a complex the gradient jumps."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex
from linreg_lib.geometry.questions.jumping_facets import jumping_facets
from linreg_lib.networks.arguments import checked_kind


def gradient_jumps(cx: PolyhedralComplex) -> np.ndarray:
    """Which (d-1)-faces separate regions with different affine maps, bool (f_{d-1},).

    Continuity makes the maps equal as soon as their matrices are.  Three steps, each exact: the
    rounded matrices differ by more than their error bound; or no switching neuron has an open path
    to the output; or else the maps are compared in rational arithmetic.
    """
    checked_kind("cx", cx, PolyhedralComplex, "a complex made by subdivide")
    return jumping_facets(cx.record)
