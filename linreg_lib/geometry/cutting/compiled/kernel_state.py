"""What the kernels of cutting_kernels.py work on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linreg_lib.geometry.cutting.compiled.corner_kernels import Corner

# Positions in State.counts
NUM_VERTICES, NUM_BLOCKS, HYPERPLANE, PHASE, FIRST_NEW, NUM_DOUBTS, NUM_LEVELS = range(7)
NEED_VERTICES, NEED_BLOCKS, NUM_SIGNS = 7, 8, 9

DONE, GROW, DOUBT, LEVEL, BROKEN = range(5)

# Columns of State.lists and of State.blocks, where half-edges follow from ITEMS on
HEAD, FILL, TOTAL = range(3)
NEXT, ITEMS, BLOCK = 0, 1, 16
#: how many edges are looked at before they are cut
CHUNK = 256


class State(NamedTuple):
    """The arrays that the kernels work on.

    ``floats``, ``ints`` and ``words`` are three views of the same memory, a vertex a row, since
    whatever is asked of a vertex should lie in one or two cache lines: see vertex_rows.py.
    """

    counts: np.ndarray
    floats: np.ndarray
    ints: np.ndarray
    words: np.ndarray
    #: bits of a vertex' half-edges that lead upwards, see face_kernels.py
    up: np.ndarray
    #: the layer's values at the vertices, before the activation; not used in the first layer
    values: np.ndarray
    #: half-edges (see vertex_rows.py) that straddle a hyperplane, in linked blocks
    blocks: np.ndarray
    #: of each of the layer's hyperplanes: its first block, how full that is, how many in all
    lists: np.ndarray
    #: half-edges that are being cut, and those at the other ends
    cuts: np.ndarray
    #: in numbers the values at both ends, and the squared length
    gaps: np.ndarray
    #: vertices whose signs float64 does not certify
    doubts: np.ndarray
    #: new edges, as half-edges at both ends, that are too level for float64
    levels: np.ndarray
    #: the smallest certified distance so far
    margin: np.ndarray
    #: memory for corner_kernels.py
    corner: Corner


class Layer(NamedTuple):
    """What cuts: one layer's hyperplanes, a neuron's breakpoints one after the other."""

    #: number of its first hyperplane, where walls and earlier layers come first
    base: int
    #: of the vertices' words, the first that belongs to the layer
    first_word: int
    #: of each hyperplane so far, walls included: 1 if outside is below it, 2 if above, 0 if neither
    closed: np.ndarray
    #: of each of its hyperplanes; inf where a neuron has fewer than ``num_breakpoints``
    breakpoints: np.ndarray
    num_breakpoints: int
    #: of the first layer: values are affine functions of the coordinates
    is_first: bool
    frame: np.ndarray
    offset: np.ndarray
    #: whether no later layer needs the values of neurons that have cut already
    is_last: bool
    #: bounds for all hyperplanes up to this layer's, see vertex_signs/float_sign_bounds.py
    value_error: np.ndarray
    lipschitz: np.ndarray
    #: slack of the domain's own faces
    wall_slack: float
    #: what coordinates may add to the length of an edge, see ``ErrorModel.place``
    more_length: float
    #: False leaves the bounds out: for measuring what they cost
    certify: bool
    #: the functional that says what upwards is, its length, and the rounding error of its values
    functional: np.ndarray
    functional_norm: float
    functional_error: float
