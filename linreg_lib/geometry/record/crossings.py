"""Where each vertex of a complex was born, as one table."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex


def birth_table(cx: PolyhedralComplex, num_vertices: int | None = None) -> np.ndarray:
    """Rows (a, b, layer, neuron, breakpoint) of vertices ever made, int (vertices, 5).

    The vertices of the domain before any cut come first, with rows of -1; ``a`` and ``b`` come
    before the vertex itself.  ``cx._vertex_ids`` are numbers of rows.  There are at least
    ``num_vertices`` rows, by default up to the last vertex of ``cx``.
    """
    num_corners = cx.domain.initial_lattice().points.size
    if num_vertices is None:
        num_vertices = int(cx._vertex_ids.max(initial=-1)) + 1
    num_vertices = max(num_corners, num_vertices)
    table = np.full((num_vertices, 5), -1, dtype=np.int64)
    for vertex in range(num_corners, num_vertices):
        birth = cx._exact._births(vertex)
        table[vertex] = (*birth.ends, birth.layer, birth.neuron, birth.breakpoint)
    return table
