"""What the kernels of this room work on: faces of all dimensions, numbered through.

Vertices, edges, ..., cells are *faces*, each a row of ``ints``, ``floats`` and ``masks``.  A face's
boundary is a stretch of ``pool``, at an edge its two ends.  What only vertices have (places,
values) is kept in arrays of their own, a row a vertex, and a vertex' HEAD is its row.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

#: of faces and columns in kernels: made int64 wherever they are read, so that kernels which call
#: each other are compiled once
Number = int | np.signedinteger[Any]

# Columns of State.ints
DIM, HEAD, SIZE, ORIGIN, STAMP, POSITIVE, SECTION, MARK, INTS = range(9)
# Columns of State.floats: how far rounded vertices may lie off the face's hull; how far its
# vertices may be from their own exact places; a lower bound of the slope of what cut it last
SLACK, FAR, SLOPE, FLOATS = range(4)
# Positions in State.counts
NUM_FACES, NUM_VERTICES, NUM_CELLS, NUM_POOL, NUM_BLOCKS, COLUMN, PHASE, NUM_DOUBTS = range(8)
NUM_STAMPS, NUM_MARKS, NUM_SIGNS, FIRST_CUT = 8, 9, 10, 11
NEED_FACES, NEED_VERTICES, NEED_POOL, NEED_BLOCKS, NEED_CUTS, NEED_BOUND = range(20, 26)
ROOM_FACES, ROOM_VERTICES, COUNTS = range(26, 29)

DONE, GROW, DOUBT, BROKEN = range(4)

# Columns of State.lists and of State.blocks, where faces follow from ITEMS on
HEAD_BLOCK, FILL, TOTAL = range(3)
NEXT, ITEMS, BLOCK = 0, 1, 16


class State(NamedTuple):
    """The arrays, with room to grow; ``counts`` says how much of them is in use."""

    dim: int
    counts: np.ndarray
    #: (faces, INTS), (faces, FLOATS)
    ints: np.ndarray
    floats: np.ndarray
    #: (faces, 2, words): the layer's columns above which, and below which, a face has vertices
    masks: np.ndarray
    pool: np.ndarray
    #: homogeneous coordinates (vertices, d + 1), values of the layer (vertices, n)
    points: np.ndarray
    values: np.ndarray
    #: bits of the inputs of the layer that are not known to be exactly 0
    live: np.ndarray
    #: bits of the breakpoints of finished layers that a vertex lies on
    zeros: np.ndarray
    #: on which edge each vertex was born, by what: see vertex_signs/crossings.py
    births: np.ndarray
    #: the number of each vertex as a face
    names: np.ndarray
    #: faces with vertices on both sides of a column, in linked blocks; a list for each dimension
    #: and column: its first block, how full that is, how many in all
    blocks: np.ndarray
    lists: np.ndarray
    #: faces that are being cut, by dimension; the boundary of one section
    cuts: np.ndarray
    bound: np.ndarray
    #: vertices with signs in doubt, bits of these; whether such a vertex must be placed anew
    doubts: np.ndarray
    doubt_bits: np.ndarray
    squeezed: np.ndarray
    #: the smallest certified distance so far
    margin: np.ndarray


class Layer(NamedTuple):
    """What cuts: the layer's columns, each a breakpoint of a neuron."""

    number: int
    #: of each column: the neuron, which of its breakpoints, where that is
    neurons: np.ndarray
    indices: np.ndarray
    breakpoints: np.ndarray
    #: of each column: the sign of bias minus breakpoint, and the bits of inputs with a weight
    bias_signs: np.ndarray
    supports: np.ndarray
    #: bounds (n,), see vertex_signs/float_sign_bounds.py
    value_error: np.ndarray
    lipschitz: np.ndarray
    #: how far rounding leads vertices off a hull, in all generations to come
    rounding: float
    #: values before this neuron are not needed once its turn has come: the last layer
    forgets: bool
