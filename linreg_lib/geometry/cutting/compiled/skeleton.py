"""A complex in general position as its vertices and edges, and how it starts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np

from linreg_lib.geometry.cutting.compiled.vertex_rows import VertexRows, bits_of_slots
from linreg_lib.geometry.faces.lattice import Lattice
from linreg_lib.geometry.vertex_signs.support import Support
from linreg_lib.locked import Locked, locked
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


@dataclass(frozen=True, kw_only=True, repr=False)
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
    base = np.array([num_walls, *(num_walls + end for end in accumulate(counts))])
    first_word = np.array([0, *accumulate(-(-count // 64) for count in counts)])
    # Each layer's columns counted from 64 times its first word.
    shift = np.repeat(64 * first_word[:-1] - base[:-1], counts)
    columns = np.arange(num_walls, base[-1]) + shift
    word_of = np.zeros(base[-1], dtype=np.int64)
    word_of[num_walls:] = columns >> 6
    bit_of = np.zeros(base[-1], dtype=np.uint64)
    bit_of[num_walls:] = np.uint64(1) << (columns & 63).astype(np.uint64)
    always_zero = np.zeros(first_word[-1], dtype=np.uint64)
    layers = zip(base.tolist(), net.weights, net.biases, net.activations, strict=False)
    for at, weight, bias, activation in layers:
        constant = np.asarray(~weight.any(axis=1))
        if not constant.any():
            continue
        at_breakpoint = np.equal(bias[:, None], activation.breakpoint_table(len(bias)))
        zero = (constant[:, None] & at_breakpoint).ravel()
        for hyperplane in at + np.flatnonzero(zero):
            always_zero[word_of[hyperplane]] |= bit_of[hyperplane]
    return Columns(
        widths=tuple(net.hidden_widths),
        num_breakpoints=tuple(num_breakpoints),
        base=base,
        first_word=first_word,
        word_of=word_of,
        bit_of=bit_of,
        always_zero=always_zero,
    )


def initial_skeleton(lattice: Lattice) -> Skeleton | None:
    """The domain itself; None if it is not simple: more than d walls meet at some corner."""
    points = lattice.points.view[:, :-1].copy()
    ends, pairs = lattice.ends, [lattice.pairs(k) for k in range(2, lattice.dim)]
    found = _walls_and_neighbours(
        (points.shape[0], points.shape[1]),
        tuple(each.tobytes() for each in ends),
        tuple((faces.tobytes(), subfaces.tobytes()) for faces, subfaces in pairs),
    )
    if found is None:
        return None
    num_walls, hyperplanes, neighbours = found
    return Skeleton(
        num_walls=num_walls,
        points=points,
        hyperplanes=hyperplanes,
        neighbours=neighbours,
        words=np.zeros((len(points), 0), dtype=np.uint64),
    )


@lru_cache(maxsize=32)
def _walls_and_neighbours(
    shape: tuple[int, int], all_ends: tuple[bytes, ...], all_pairs: tuple[tuple[bytes, bytes], ...]
) -> tuple[int, np.ndarray, np.ndarray] | None:
    """Number of walls, hyperplanes and neighbours of (corners, d), by the lattice's integers."""
    num, dim = shape
    ends = [np.frombuffer(each, dtype=np.intp).tolist() for each in all_ends]
    corners = {0: [{v} for v in range(num)]}
    corners[1] = [{a, b} for a, b in zip(*ends, strict=True)]
    for k, pairs in enumerate(all_pairs, start=2):
        faces, subfaces = (np.frombuffer(each, dtype=np.intp).tolist() for each in pairs)
        corners[k] = [set() for _ in range(max(faces) + 1)]
        for face, sub in zip(faces, subfaces, strict=True):
            corners[k][face] |= corners[k - 1][sub]
    walls = corners[dim - 1]
    walls_at = [[w for w, wall in enumerate(walls) if v in wall] for v in range(num)]
    if any(len(each) != dim for each in walls_at):
        return None
    shift = bits_of_slots((0,) * dim)
    neighbours = np.full((num, 2 * dim), -1, dtype=np.int32)
    for a, b in zip(*ends, strict=True):
        for v, w in ((a, b), (b, a)):
            axis = _leaving(walls_at[v], walls, w)
            back = _leaving(walls_at[w], walls, v)
            neighbours[v, 2 * axis + 1] = (w << shift) | (2 * back + 1)
    hyperplanes = np.array(walls_at, dtype=np.int32).reshape(num, dim)
    return locked((len(walls), hyperplanes, neighbours))


def _leaving(walls_at: list[int], walls: list[set[int]], end: int) -> int:
    """The axis of the edge that leads from a corner to another one, ``end``."""
    return next(axis for axis, wall in enumerate(walls_at) if end not in walls[wall])
