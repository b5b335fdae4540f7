"""A complex in general position as its vertices and edges, and how it starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from linreg_lib.geometry.cutting.compiled.vertex_rows import VertexRows, bits_of_slots
from linreg_lib.geometry.faces.lattice import Lattice
from linreg_lib.geometry.vertex_signs.support import Support
from linreg_lib.locked import Locked
from linreg_lib.networks import Network


@dataclass(kw_only=True)
class Skeleton:
    """Vertices, each on d hyperplanes and with up to 2 d neighbours: see cutting_kernels.py."""

    num_walls: int
    #: coordinates (vertices, d)
    points: np.ndarray
    #: (vertices, d): walls, then the columns of all layers
    hyperplanes: np.ndarray
    #: (vertices, 2 d): across the hyperplane a, on its negative side at 2 a, positive at 2 a + 1;
    #: (neighbour << slot_bits) | the slot in which it has this vertex; negative: none
    neighbours: np.ndarray
    #: bits of the columns that a vertex lies above, layer by layer in words of their own
    words: np.ndarray
    #: what the arrays are parts of, if they are
    rows: VertexRows | None = None

    @classmethod
    def on(cls, rows: VertexRows, num_walls: int, num_words: int) -> Skeleton:
        """Of all rows in use, with that many of their words."""
        words = rows.words
        if num_words < words.shape[1]:
            words = words[:, :num_words].copy()
        return cls(
            num_walls=num_walls,
            points=rows.points,
            hyperplanes=rows.hyperplanes,
            neighbours=rows.neighbours,
            words=words,
            rows=rows,
        )

    def __reduce__(self) -> str | tuple[Any, ...]:
        if self.rows is None:
            return super().__reduce__()
        # The rows once, and not their parts beside them.
        return Skeleton.on, (self.rows, self.num_walls, self.words.shape[1])

    @property
    def slot_bits(self) -> int:
        """How many bits of a neighbour's name are the slot."""
        return bits_of_slots((0,) * self.dim)

    @property
    def dim(self) -> int:
        """Dimension d."""
        return self.hyperplanes.shape[1]


@dataclass(frozen=True, kw_only=True)
class Columns(Locked):
    """The layers' columns (a neuron's breakpoints side by side) as hyperplanes and as bits.

    Hyperplanes are numbered walls first; each layer's bits have words of their own.
    """

    widths: tuple[int, ...]
    num_breakpoints: tuple[int, ...]
    #: first hyperplane and first word of each layer, and the end
    base: np.ndarray
    first_word: np.ndarray
    #: word and bit of each hyperplane; walls have none
    word_of: np.ndarray
    bit_of: np.ndarray
    #: bits of neurons without weights that are at a breakpoint everywhere
    always_zero: np.ndarray

    def support_of(self, hyperplane: int) -> Support:
        """What a hyperplane that is no wall belongs to."""
        layer = int(np.searchsorted(self.base, hyperplane, side="right")) - 1
        neuron, index = divmod(hyperplane - int(self.base[layer]), self.num_breakpoints[layer])
        return Support(layer=layer, neuron=neuron, breakpoint=index)

    def supports_of(self, hyperplanes: np.ndarray) -> np.ndarray:
        """Layer, neuron and breakpoint (n, 3) of hyperplanes (n,) that are no walls."""
        layers = np.searchsorted(self.base, hyperplanes, side="right") - 1
        num = np.array([*self.num_breakpoints, 1])[layers]
        neurons, indices = np.divmod(hyperplanes - self.base[layers], num)
        return np.stack([layers, neurons, indices], axis=1)


def columns_of(net: Network, num_walls: int) -> Columns:
    """The columns of all hidden layers."""
    num_breakpoints = [activation.num_breakpoints for activation in net.activations]
    counts = [n * t for n, t in zip(net.hidden_widths, num_breakpoints, strict=True)]
    first_word = np.cumsum([0, *(-(-count // 64) for count in counts)])
    columns = [np.arange(count) for count in counts]
    words = [first + (c >> 6) for first, c in zip(first_word[:-1], columns, strict=True)]
    none = np.zeros(num_walls, dtype=np.int64)
    word_of = np.concatenate([none, *words])
    bit_of = np.uint64(1) << (np.concatenate([none, *columns]) & 63).astype(np.uint64)
    bit_of[:num_walls] = 0
    always_zero = np.zeros(first_word[-1], dtype=np.uint64)
    at = num_walls
    for weight, bias, activation in zip(net.weights, net.biases, net.activations, strict=False):
        constant = np.asarray(~weight.any(axis=1))
        at_breakpoint = np.equal(bias[:, None], activation.breakpoint_table(len(bias)))
        zero = (constant[:, None] & at_breakpoint).ravel()
        for hyperplane in at + np.flatnonzero(zero):
            always_zero[word_of[hyperplane]] |= bit_of[hyperplane]
        at += zero.size
    return Columns(
        widths=tuple(net.hidden_widths),
        num_breakpoints=tuple(num_breakpoints),
        base=num_walls + np.cumsum([0, *counts]),
        first_word=first_word,
        word_of=word_of,
        bit_of=bit_of,
        always_zero=always_zero,
    )


def initial_skeleton(lattice: Lattice) -> Skeleton | None:
    """The domain itself; None if it is not simple: more than d walls meet at some corner."""
    dim, num = lattice.dim, lattice.points.size
    corners = {0: [{v} for v in range(num)]}
    corners[1] = [{int(a), int(b)} for a, b in zip(*lattice.ends, strict=True)]
    for k in range(2, dim):
        corners[k] = [set() for _ in range(lattice.num_faces[k])]
        for face, sub in zip(*lattice.pairs(k), strict=True):
            corners[k][face] |= corners[k - 1][sub]
    walls = corners[dim - 1]
    walls_at = [[w for w, wall in enumerate(walls) if v in wall] for v in range(num)]
    if any(len(each) != dim for each in walls_at):
        return None
    shift = bits_of_slots((0,) * dim)
    neighbours = np.full((num, 2 * dim), -1, dtype=np.int32)
    for a, b in zip(*lattice.ends, strict=True):
        for v, w in ((a, b), (b, a)):
            axis = _leaving(walls_at[v], walls, w)
            back = _leaving(walls_at[w], walls, v)
            neighbours[v, 2 * axis + 1] = (w << shift) | (2 * back + 1)
    return Skeleton(
        num_walls=len(walls),
        points=lattice.points.view[:, :-1].copy(),
        hyperplanes=np.array(walls_at, dtype=np.int32).reshape(num, dim),
        neighbours=neighbours,
        words=np.zeros((num, 0), dtype=np.uint64),
    )


def _leaving(walls_at: list[int], walls: list[set[int]], end: int) -> int:
    """The axis of the edge that leads from a corner to another one, ``end``."""
    return next(axis for axis, wall in enumerate(walls_at) if end not in walls[wall])
