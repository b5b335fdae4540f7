"""One neuron's breakpoints as its own bias takes every value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.experiments.lines.breakpoint_counts import breakpoint_counts
from linreg_lib.geometry import Segment, subdivide
from linreg_lib.locked import Locked
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_kind
from linreg_lib.networks.exact_floats import exact_floats, exact_number


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LevelCrossings(Locked):
    """A pre-activation along a segment, its own bias left out, and how often it takes each level.

    ``positions`` (m,): arc lengths of the graph's corners, the ends included; ``values`` (m,): the
    graph there; ``levels`` (k,); ``counts`` (k,): crossings of each level inside the segment.
    """

    positions: NDArray[np.float64]
    values: NDArray[np.float64]
    levels: NDArray[np.float64]
    counts: NDArray[np.int64]

    @property
    def num_pieces(self) -> int:
        """Affine pieces of the graph."""
        return len(self.positions) - 1

    def places(self, level: float) -> NDArray[np.float64]:
        """Arc lengths at which the graph crosses ``level``, by interpolation between corners."""
        level = exact_number("level", level)
        at = np.flatnonzero((self.values[:-1] < level) != (self.values[1:] < level))
        rise = self.values[at + 1] - self.values[at]
        step = self.positions[at + 1] - self.positions[at]
        return np.asarray(self.positions[at] + (level - self.values[at]) / rise * step)


def level_crossings(net: Network, segment: Segment, levels: ArrayLike) -> LevelCrossings:
    """Count the breakpoints of a last hidden layer of one neuron, for each value of its bias.

    The neuron's bias is set to minus each level in turn, and the breakpoints of the network so
    made are counted exactly; those of the earlier layers are subtracted.

    >>> net = Network.from_arrays([[[1.0], [1.0]], [[1.0, -2.0]], [[1.0]]],
    ...                           [[0.0, -1.0], [0.0], [0.0]])  # a tent of height 1
    >>> level_crossings(net, Segment([-1.0], [4.0]), [-0.5, 0.5, 1.5]).counts.tolist()
    [1, 2, 0]

    Raises:
        ValueError: the last hidden layer is the only one, or has not one neuron with one kink at 0.

    Source: HR19, proof of Proposition 11 (Eqs. 28-30).
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    checked_kind("segment", segment, Segment, "a Segment")
    if net.depth < 2 or net.hidden_widths[-1] != 1:
        raise ValueError(
            f"hidden widths are {net.hidden_widths}; two layers or more are needed, the last of"
            " one neuron"
        )
    if net.activations[-1].unit(0).breakpoints.tolist() != [0.0]:
        raise ValueError("the last hidden layer must have an activation with its one kink at 0")
    chosen = np.atleast_1d(exact_floats("levels", levels)).copy()
    before = subdivide(net, segment, upto_layer=net.depth - 1)
    positions = np.sort(before.vertices[:, 0])
    inputs = segment.embed(positions[:, None])
    values = net.pre_activations(inputs)[-1][:, 0] - net.biases[-2]
    moved = (
        Network.from_arrays(
            net.weights,
            [*net.biases[:-2], [-level], net.biases[-1]],
            activation=net.activations,
        )
        for level in chosen
    )
    counts = breakpoint_counts(moved, segment, "activation") - (before.num_regions - 1)
    for array in (positions, values, chosen, counts):
        array.setflags(write=False)
    return LevelCrossings(positions=positions, values=values, levels=chosen, counts=counts)
