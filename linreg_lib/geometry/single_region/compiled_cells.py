"""Pieces at many points, and facets of many regions, by the compiled kernels in two threads.

Each thread takes chunks of points and writes where nobody else does, so that the numbers do not
depend on the threads, and memory beside the answers not on the number of points.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from linreg_lib.geometry.single_region.facet_kernels import Room, count_facets
from linreg_lib.geometry.single_region.network_tables import NetworkTables
from linreg_lib.geometry.single_region.pattern_kernels import read_pieces
from linreg_lib.geometry.single_region.program_kernels import Program
from linreg_lib.geometry.single_region.row_kernels import Passing, Rows

_CHUNK = 1 << 11  # points
_THREADS = 2
_KEPT = 48  # bases of certificates that are tried again


def keys_at(tables: NetworkTables, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pieces of all units at the points (m, n), as ``packed`` has them; where they are in doubt."""
    num, num_units = len(points), len(tables.biases)
    is_single = has_two_pieces(tables)
    keys = np.empty((num, -(-num_units // 8) if is_single else num_units), dtype=np.uint8)
    in_doubt = np.zeros(num, dtype=bool)
    width = max(points.shape[1], int(np.diff(tables.first).max()))

    def read(chunk: slice) -> None:
        hidden, values = np.empty((2, width))
        is_off = np.zeros(width, dtype=np.uint8)
        pieces = np.zeros((len(points[chunk]), num_units), dtype=np.uint8)
        read_pieces(tables, points[chunk], hidden, values, is_off, pieces, in_doubt[chunk])
        keys[chunk] = packed(pieces, is_single)

    _in_threads(read, num)
    return keys, in_doubt


def has_two_pieces(tables: NetworkTables) -> bool:
    """Whether a bit says on which piece a unit is."""
    return bool((tables.num_breakpoints <= 1).all())


def packed(pieces: np.ndarray, is_single: bool) -> np.ndarray:
    """Pieces (..., N), eight units in a byte where a bit is enough."""
    return np.packbits(pieces, axis=-1) if is_single else pieces


def facets_at(
    tables: NetworkTables,
    points: np.ndarray,
    keys: np.ndarray,
    box: tuple[np.ndarray, np.ndarray] | None,
    is_cone: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Facets of neurons (m,) and of walls (m,) of the regions around the points; which are open.

    ``keys``: their packed pieces, a row a point.
    """
    num, dim = points.shape
    num_units, is_single = len(tables.biases), has_two_pieces(tables)
    counts = np.zeros((2, num), dtype=np.int64)
    is_open = np.zeros(num, dtype=bool)
    low, high = (np.zeros(dim), np.zeros(dim)) if box is None else box

    def count(chunk: slice) -> None:
        pieces = keys[chunk]
        if is_single:
            pieces = np.unpackbits(pieces, axis=-1, count=num_units)
        count_facets(
            tables,
            points[chunk],
            pieces,
            low,
            high,
            is_cone,
            box is not None,
            _room(tables, dim),
            counts[0, chunk],
            counts[1, chunk],
            is_open[chunk],
        )

    _in_threads(count, num)
    return counts[0], counts[1], is_open


def _in_threads(work: Callable[[slice], None], num: int) -> None:
    chunks = [slice(start, start + _CHUNK) for start in range(0, num, _CHUNK)]
    num_threads = min(_THREADS, os.cpu_count() or 1, len(chunks))
    if num_threads < 2:
        for chunk in chunks:
            work(chunk)
        return
    with ThreadPoolExecutor(max_workers=num_threads) as threads:
        for _ in threads.map(work, chunks):
            pass


def _room(tables: NetworkTables, dim: int) -> Room:
    width = int(np.diff(tables.first).max())
    most = int(np.minimum(tables.num_breakpoints, 2).sum()) + 2 * dim
    return Room(
        passing=Passing(
            hidden=np.empty(max(width, dim)),
            values=np.empty(width),
            is_off=np.zeros(width, dtype=np.uint8),
            jacobian=np.empty((dim, width)),
            gradients=np.empty((dim, width)),
            varies=np.zeros(width, dtype=np.uint8),
        ),
        rows=_rows(dim, most),
        program=_program(dim, most),
        section=_rows(dim - 1, most),
        section_program=_program(dim - 1, most),
        axes=np.empty((dim - 1, dim)),
        state=np.zeros(most, dtype=np.uint8),
        heights=np.empty(most),
        ray=np.empty(dim),
        centre=np.empty(dim),
    )


def _rows(dim: int, most: int) -> Rows:
    sizes, errors, slips = np.empty((3, most))
    return Rows(units=np.empty((dim, most)), sizes=sizes, errors=errors, slips=slips)


def _program(dim: int, most: int) -> Program:
    return Program(
        units=np.empty((most, dim)),
        rooms=np.empty(most),
        errors=np.empty(most),
        counts=np.zeros(3, dtype=np.int64),
        walls=np.empty(2 * dim),
        is_true=np.zeros(2 * dim, dtype=np.uint8),
        basis=np.zeros(dim, dtype=np.int64),
        inverse=np.empty((dim, dim)),
        corner=np.empty(dim),
        weights=np.empty(dim),
        goal=np.empty(dim),
        entering=np.empty(dim),
        changes=np.empty(dim),
        kept_basis=np.zeros((_KEPT, dim), dtype=np.int64),
        kept_inverse=np.empty((_KEPT, dim, dim)),
        kept_steepness=np.empty(_KEPT),
    )
