"""Vertices in doubt, many at a time, by the kernels of certifying_kernels.py."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.cutting.compiled import cell_kernels, certifying_kernels
from linreg_lib.geometry.cutting.compiled.corner_kernels import new_corner
from linreg_lib.geometry.cutting.compiled.exact_places import SkeletonPlaces
from linreg_lib.geometry.cutting.compiled.skeleton import Columns
from linreg_lib.geometry.cutting.compiled.vertex_rows import (
    VertexRows,
    bits_of_slots,
    neighbours_column,
)
from linreg_lib.geometry.vertex_signs.carried_bounds import spectral_bound
from linreg_lib.networks import Network


class CertifiedVertices:
    """Certifies vertices of one skeleton.

    ``frame`` (n, d) and ``offset`` (n,) are the first layer in coordinates, each with bounds of its
    errors; ``off_wall`` is how far a vertex may be from a wall that it lies on.
    """

    def __init__(
        self,
        net: Network,
        frame: tuple[np.ndarray, np.ndarray],
        offset: tuple[np.ndarray, np.ndarray],
        places: SkeletonPlaces,
        columns: Columns,
        off_wall: float,
    ) -> None:
        widths = net.hidden_widths
        num_layers, num_units, widest = len(widths), sum(widths), max(widths)
        about = list(zip(net.activations, widths, strict=True))
        normals = places.wall_normals()
        weights = [np.zeros((widths[0], 0)), *net.weights[1:num_layers]]
        most = max(activation.num_breakpoints for activation in net.activations)
        slopes, offsets = np.zeros((num_units, most + 1)), np.zeros((num_units, most + 1))
        breakpoints, first = [np.zeros(len(normals))], np.cumsum([0, *widths])
        for start, (activation, width) in zip(first[:-1], about, strict=True):
            own = slice(start, start + width), slice(0, activation.num_breakpoints + 1)
            slopes[own] = activation.slope_table(width)
            offsets[own] = activation.offset_table(width)
            breakpoints.append(activation.breakpoint_table(width).ravel())
        layer_of = np.full(int(columns.base[-1]), -1, dtype=np.int64)
        for layer, (base, end) in enumerate(zip(columns.base[:-1], columns.base[1:], strict=True)):
            layer_of[base:end] = layer
        self._tables = cell_kernels.Tables(
            first=first,
            begin=np.cumsum([0, *(weight.size for weight in weights)]),
            by_row=np.concatenate([weight.ravel() for weight in weights]),
            by_column=np.concatenate([weight.T.ravel() for weight in weights]),
            biases=np.concatenate(net.biases[:num_layers]),
            steepest=np.array([activation.steepest for activation, _ in about]),
            row_sum=np.array([np.abs(weight).sum(axis=1).max() for weight in weights]),
            norm=np.array([spectral_bound(weight) for weight in weights]),
            absolute_norm=np.array([spectral_bound(np.abs(weight)) for weight in weights]),
            slopes=slopes,
            offsets=offsets,
            frame=np.ascontiguousarray(frame[0]),
            frame_error=np.ascontiguousarray(frame[1]),
            offset=np.array(offset[0]),
            offset_error=np.array(offset[1]),
            walls=normals,
            wall_error=np.full(len(normals), off_wall * normals.shape[1] ** 0.5),
            num_breakpoints=np.array(columns.num_breakpoints),
            base=columns.base,
            first_word=columns.first_word,
            layer_of=layer_of,
            breakpoints=np.concatenate(breakpoints),
        )
        dim = normals.shape[1]
        z, h, slope, dz, dh = np.zeros((5, num_units))
        one, other = np.zeros((2, widest))
        matrix, matrix_error, inverse, work = np.zeros((4, dim, dim))
        residual, length, off, gradient, gradient_error, share = np.zeros((6, dim))
        self._scratch = cell_kernels.Scratch(
            z=z,
            h=h,
            slope=slope,
            dz=dz,
            dh=dh,
            worst=np.zeros(num_layers),
            one=one,
            other=other,
            matrix=matrix,
            matrix_error=matrix_error,
            inverse=inverse,
            work=work,
            residual=residual,
            length=length,
            off=off,
            gradient=gradient,
            gradient_error=gradient_error,
            share=share,
            corner=new_corner(dim),
        )

    def undecided(
        self,
        vertices: np.ndarray,
        layer: int,
        rows: VertexRows,
        values: np.ndarray,
        bounds: certifying_kernels.Bounds,
        margin: np.ndarray,
    ) -> np.ndarray:
        """Those of some vertices whose bits of a layer are not certain, by certifying_kernels."""
        vertices = np.array(vertices)
        num = certifying_kernels.certify(
            self._tables, self._scratch, vertices, layer, _parts(rows), values, bounds, margin
        )
        return vertices[:num]

    def distances(self, vertices: np.ndarray, rows: VertexRows) -> np.ndarray:
        """How far each of some vertices' coordinates may be from its exact place."""
        off = np.empty(len(vertices))
        certifying_kernels.locate(self._tables, self._scratch, vertices, _parts(rows), off)
        return off


def _parts(rows: VertexRows) -> certifying_kernels.Rows:
    axes = (0,) * rows.dim
    return certifying_kernels.Rows(
        floats=rows.all_floats[: rows.size],
        ints=rows.all_ints[: rows.size],
        words=rows.words,
        hyperplanes=rows.hyperplanes,
        births=rows.births,
        neighbours=neighbours_column(axes),
        shift=bits_of_slots(axes),
    )
