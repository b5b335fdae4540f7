"""The skeleton that fewer layers had cut, from that of more.

Its vertices are those all of whose hyperplanes belong to the earlier layers: these bend at each
other alone, so that later layers made new vertices on their edges and moved none.  Its edges go on
through the later vertices: such a vertex was born on the edge, and the hyperplane of the later
layer is the one that the edge leaves, on the other side.
"""

from __future__ import annotations

import numpy as np

from linreg_lib.errors import BrokenInvariantError
from linreg_lib.geometry.cutting.compiled.skeleton import Columns, Skeleton


def earlier_skeleton(
    skeleton: Skeleton, columns: Columns, num_layers: int
) -> tuple[Skeleton, np.ndarray]:
    """The skeleton of the first layers, and which vertices of this one it has, ascending."""
    bits = skeleton.slot_bits
    slots = (1 << bits) - 1
    # A vertex was born by the last of its hyperplanes.
    is_earlier = skeleton.hyperplanes[:, -1] < columns.base[num_layers]
    kept = np.flatnonzero(is_earlier)
    ends = skeleton.neighbours[kept].ravel()
    walking = np.flatnonzero(ends >= 0)
    while len(walking):
        walking = walking[~is_earlier[ends[walking] >> bits]]
        at = ends[walking]
        ends[walking] = skeleton.neighbours[at >> bits, (at & slots) ^ 1]
        if (ends[walking] < 0).any():
            raise BrokenInvariantError(
                "an edge of earlier layers ends at a later one; this is a fault of linreg_lib: "
                "please report the network and the domain"
            )
    place = np.full(len(is_earlier), -1, dtype=ends.dtype)
    place[kept] = np.arange(len(kept))
    ends = np.where(ends >= 0, place[ends >> bits] << bits | ends & slots, ends)
    earlier = Skeleton(
        num_walls=skeleton.num_walls,
        points=skeleton.points[kept],
        hyperplanes=skeleton.hyperplanes[kept],
        neighbours=ends.reshape(len(kept), -1),
        words=skeleton.words[kept, : int(columns.first_word[num_layers])],
    )
    return earlier, kept
