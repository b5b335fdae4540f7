"""Many segments at once: how many pieces a network cuts each of them into.

All segments go through a layer together: the values at the vertices so far, the crossings of each
piece sorted along it, and the values there by interpolation.  Whatever float64 cannot certify
(vertex_signs/float_sign_bounds.py) sends the whole segment to ``subdivide``, which decides it
exactly.  This is the reference; where numba is installed, compiled.py counts the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.cutting.subdivide import subdivide
from linreg_lib.geometry.domains.segment import Segment
from linreg_lib.geometry.lines.place_error import PLACE_ERROR
from linreg_lib.geometry.questions.jumping_facets import has_open_path, matrix_error
from linreg_lib.geometry.vertex_signs.float_sign_bounds import ErrorModel
from linreg_lib.networks import Activation, MixedActivation, Network
from linreg_lib.networks.arguments import checked_choice, checked_flag, checked_kind
from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.networks.exact_network import ExactNetwork
from linreg_lib.networks.float_constants import ROUNDED_DOWN

if TYPE_CHECKING:
    from linreg_lib.geometry.lines.compiled import CompiledLines

_BLOCK = 1024


def count_along_lines(
    net: Network,
    starts: npt.ArrayLike,
    ends: npt.ArrayLike,
    of: str = "activation",
    *,
    compiled: bool | None = None,
) -> npt.NDArray[np.int64]:
    """Number of pieces into which the network cuts each open segment, int (m,).

    ``starts`` and ``ends`` are inputs (m, n_in).  ``of="activation"`` counts pieces of different
    pattern; ``of="linear"`` joins neighbours along which the network, restricted to the line, has
    the same affine map (all outputs together).  Cuts at the ends do not count, nor does touching a
    breakpoint without crossing it; units that switch at the same point cut once.

    ``compiled`` uses the compiled kernels, which know ``of="activation"`` alone: None, where numba
    is installed; True insists; False never.  The counts are the same.

    Raises ValueError for shapes that do not fit, entries that are not finite, and for a row whose
    ends are equal (the message names the row); OverflowError if pre-activations overflow float64.

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[1.0], [1.0]], [[1.0, 1.0]]], [[0.0, -1.0], [0.0]])
    >>> lr.count_along_lines(net, [[-1.0], [-1.0], [0.0]], [[2.0], [0.5], [1.0]]).tolist()
    [3, 2, 1]

    Source: HR19, Section 3.1.
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    checked_choice("of", of, ("activation", "linear"))
    compiled = None if compiled is None else checked_flag("compiled", compiled)
    if compiled and of == "linear":
        raise ValueError(
            'compiled=True needs of="activation"; leave compiled out for linear regions'
        )
    a, b = _inputs(net, "starts", starts), _inputs(net, "ends", ends)
    if a.shape != b.shape:
        raise ValueError(f"starts has shape {a.shape}, ends has {b.shape}; they must agree")
    equal = np.flatnonzero((a == b).all(axis=1))
    if len(equal):
        raise ValueError(
            f"row {int(equal[0])}: starts and ends are equal; a segment needs two points"
        )
    if not len(a):
        return np.zeros(0, dtype=np.int64)
    if net.max_units:
        if compiled:
            raise ValueError(
                "compiled=True does not know maxima, which net takes; leave compiled out"
            )
        counts, doubtful = np.zeros(len(a), dtype=np.int64), np.ones(len(a), dtype=bool)
    else:
        counts, doubtful = _float_counts(net, a, b, of, compiled)
    for row in np.flatnonzero(doubtful):
        cx = subdivide(net, Segment(a[row], b[row]))
        counts[row] = cx.num_regions if of == "activation" else cx.linear_regions().num_regions
    return counts


def _float_counts(
    net: Network, starts: np.ndarray, ends: np.ndarray, of: str, compiled: bool | None
) -> tuple[np.ndarray, np.ndarray]:
    """Counts, and on which segments float64 does not certify them."""
    is_plain = all(_is_plain(activation) for activation in net.activations)
    if compiled and not is_plain:
        raise ValueError(
            "compiled=True needs layers of units that all have the same activation, with at least "
            "one breakpoint; leave compiled out"
        )
    if of == "activation" and compiled is not False and net.depth and is_plain:
        kernels = _kernels(required=compiled is True)
        if kernels is not None:
            try:
                fast = kernels(net, starts, ends)
                return fast.counts, fast.doubtful
            except OverflowError:  # perhaps of their bounds alone
                pass
    lines = _Lines(net, starts, ends, keep_patterns=of == "linear")
    for layer in range(net.depth):
        lines.add_layer(layer)
    counts = lines.counts() if of == "activation" else lines.linear_counts()
    return counts, lines.doubtful


def _is_plain(activation: Activation) -> bool:
    """What the kernels know: one activation for all units of a layer."""
    return not isinstance(activation, MixedActivation) and activation.num_breakpoints > 0


def _kernels(required: bool) -> type[CompiledLines] | None:
    try:
        from linreg_lib.geometry.lines.compiled import CompiledLines
    except ImportError as missing:
        if required:
            raise ImportError("compiled=True needs the package numba; install it") from missing
        return None
    return CompiledLines


def _inputs(net: Network, name: str, value: npt.ArrayLike) -> np.ndarray:
    array = exact_floats(name, value)
    if array.ndim != 2 or array.shape[1] != net.input_dim:
        raise ValueError(f"{name} has shape {array.shape}; it must be (m, {net.input_dim})")
    return array


class _Lines:
    """Vertices of all segments, segment after segment and in order along each."""

    def __init__(
        self, net: Network, starts: np.ndarray, ends: np.ndarray, keep_patterns: bool
    ) -> None:
        self.net = net
        self.starts, self.ends = starts, ends
        num = len(starts)
        self.line = np.repeat(np.arange(num), 2)
        # 0 at the start, 1 at the end of the segment.  A vertex' exact place is the weighted mean
        # that its values are; the rounded one here only measures how long pieces are.
        self.place = np.tile([0.0, 1.0], num)
        self.slack = np.zeros(2 * num)  # how far the exact crossing may be from there
        self.inputs: np.ndarray | None = np.stack([starts, ends], axis=1).reshape(2 * num, -1)
        self.hidden = np.zeros((0, 0))
        self.doubtful = np.zeros(num, dtype=bool)
        self.errors = ErrorModel(net)
        self.patterns = np.zeros((num, 0), dtype=np.uint8) if keep_patterns else None

    def _values(self, layer: int) -> np.ndarray:
        weight, bias = self.net.weights[layer], self.net.biases[layer]
        with np.errstate(over="ignore", invalid="ignore"):
            if self.inputs is not None:
                z = self.inputs @ weight.T + bias
                self.error = self.errors.first_layer(np.abs(self.inputs), 1, z)
                self.inputs = None
            else:
                z = self.hidden @ weight.T
                z += bias
                self.error = self.errors.next_layer(layer, self.hidden, z)
        return z

    @np.errstate(over="ignore", invalid="ignore")  # of bounds, which then certify nothing
    def add_layer(self, layer: int) -> None:
        activation = self.net.activations[layer]
        values = self._values(layer)
        found = []
        for index, breakpoints in enumerate(activation.breakpoint_table(values.shape[1]).T):
            excess = values - breakpoints if breakpoints.any() else values
            self._doubt(excess, layer)
            positive = excess > 0
            changes = positive[1:] != positive[:-1]
            changes[self.line[1:] != self.line[:-1]] = False
            first, unit = _nonzero(changes)
            at_a, at_b = excess[first, unit], excess[first + 1, unit]
            with np.errstate(divide="ignore", invalid="ignore"):
                weight = at_a / (at_a - at_b)
            which = np.full(len(first), index)
            found.append((first, unit, which, weight, np.abs(at_a - at_b)))
        if not found:  # a layer that only carries values
            self.hidden = activation(values)
            if self.patterns is not None:
                none = np.zeros((len(self.patterns), values.shape[1]), dtype=np.uint8)
                self.patterns = np.concatenate([self.patterns, none], axis=1)
            return
        columns = [np.concatenate(parts) for parts in zip(*found, strict=True)]
        order = np.lexsort([columns[3], columns[0]])
        first, unit, which, weight, change = (column[order] for column in columns)
        self._insert(values, first, unit, which, weight, change, layer)

    def _doubt(self, excess: np.ndarray, layer: int) -> None:
        """Segments with a vertex so close to a breakpoint that its side is not certain.

        The distance of the exact vertex counts with the slope along the longer piece beside it.
        """
        scale, beside = self._longer_piece()
        ratio = self.slack / scale
        ratio = self._known(ratio, self.line)
        row, column = self._suspects(excess, ratio, layer)
        value = self.error.value[column]
        size = np.abs(excess[row, column])
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is in doubt
            rise = np.abs(excess[row, column] - excess[beside[row], column]) + 2 * value
            certain = size > value + rise * ratio[row]
        self.doubtful[self.line[row[~certain]]] = True

    def _known(self, ratio: np.ndarray, line: np.ndarray) -> np.ndarray:
        """``ratio`` where it is finite; the other rows' segments are in doubt whatever follows."""
        known = np.isfinite(ratio)
        self.doubtful[line[~known]] = True
        return np.where(known, ratio, 0.0)

    def _suspects(
        self, excess: np.ndarray, ratio: np.ndarray, layer: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns that include all |excess| (rows, n) within their bounds.

        ``ratio`` (rows,) is how far off each row's place may be, as a share of a piece.  The few
        worst rows are looked at by themselves, lest they make all others suspect.
        """
        if not len(ratio):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        constant = ~self.net.weights[layer].any(axis=1) | (self.error.value == 0)
        # Units that are the same everywhere have their sign everywhere.
        value = np.where(constant, -np.inf, self.error.value)
        steepest = 2 * self.error.largest + 2 * self.error.value
        usual = np.partition(ratio, -1 - len(ratio) // 64)[-1 - len(ratio) // 64]
        worst = np.flatnonzero(ratio > usual)
        with np.errstate(over="ignore", invalid="ignore"):  # -inf plus inf is for constant units
            usual_bound = value + steepest * usual
            bound = value + steepest * ratio[worst, None]
        row, column = _below(excess, usual_bound)
        worst_row, worst_column = _nonzero(np.abs(excess[worst]) <= bound)
        return np.append(row, worst[worst_row]), np.append(column, worst_column)

    def _longer_piece(self) -> tuple[np.ndarray, np.ndarray]:
        """Length of the longer piece at each vertex, rounded down, and the vertex at its end."""
        gap = np.where(self.line[1:] == self.line[:-1], np.diff(self.place), 0.0)
        right, left = np.append(gap, 0.0), np.append(0.0, gap)
        rows = np.arange(len(self.place))
        length = np.maximum(right, left) - PLACE_ERROR
        after = np.minimum(rows + 1, rows[-1])  # both gaps are 0 where the last vertices coincide
        return np.maximum(length, 1e-300), np.where(right >= left, after, rows - 1)

    def _insert(
        self,
        values: np.ndarray,
        first: np.ndarray,
        unit: np.ndarray,
        which: np.ndarray,
        weight: np.ndarray,
        change: np.ndarray,
        layer: int,
    ) -> None:
        activation = self.net.activations[layer]
        line = self.line[first]
        step = self.place[first + 1] - self.place[first]
        place = self.place[first] + weight * step
        new_values = values[first + 1]
        new_values -= values[first]
        new_values *= weight[:, None]
        new_values += values[first]
        # slack = value error / certified slope, all along the segment: see
        # vertex_signs/float_sign_bounds.py
        change = change * ROUNDED_DOWN - 2 * self.error.value[unit]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(change > 0, self.error.value[unit] / change, np.inf)
            slack = np.where(change > 0, ratio * (step + PLACE_ERROR), np.inf)
        self._doubt_crossings(new_values, values, first, unit, which, ratio, line, layer)

        counts = np.bincount(first, minlength=len(values))
        shift = np.cumsum(counts) - counts
        total = len(values) + len(first)
        old_at = np.arange(len(values)) + shift
        new_at = np.ones(total, dtype=bool)
        new_at[old_at] = False
        merged = np.empty((total, values.shape[1]))
        merged[old_at], merged[new_at] = values, new_values
        if self.patterns is not None:
            pieces = np.flatnonzero(self.line[1:] == self.line[:-1])
            self._extend_patterns(merged, pieces, counts, old_at, layer)
        self.line = _merge(self.line, line, new_at)
        self.place = _merge(self.place, place, new_at)
        self.slack = _merge(self.slack, slack, new_at)
        self.hidden = activation(merged)

    def _doubt_crossings(
        self,
        new_values: np.ndarray,
        values: np.ndarray,
        first: np.ndarray,
        unit: np.ndarray,
        which: np.ndarray,
        ratio: np.ndarray,
        line: np.ndarray,
        layer: int,
    ) -> None:
        """Segments on which the order of two crossings in one piece is not certain.

        ``unit`` crosses its breakpoint number ``which``; ``ratio`` bounds the error of the place
        as a share of its piece.
        """
        table = self.net.activations[layer].breakpoint_table(values.shape[1])
        ratio = self._known(ratio, line)
        for index, breakpoints in enumerate(table.T):
            excess = new_values - breakpoints if breakpoints.any() else new_values
            row, column = self._suspects(excess, ratio, layer)
            own = (unit[row] == column) & (which[row] == index)
            row, column = row[~own], column[~own]
            at_a, at_b = values[first[row], column], values[first[row] + 1, column]
            value = self.error.value[column]
            with np.errstate(over="ignore", invalid="ignore"):
                bound = value + (np.abs(at_b - at_a) + 2 * value) * ratio[row]
            crosses = (at_a > breakpoints[column]) != (at_b > breakpoints[column])
            size = np.abs(excess[row, column])
            self.doubtful[line[row[crosses & ~(size > bound)]]] = True
        # The own value is the breakpoint, exactly.
        new_values[np.arange(len(unit)), unit] = table[unit, which]

    def _extend_patterns(
        self,
        merged: np.ndarray,
        pieces: np.ndarray,
        counts: np.ndarray,
        old_at: np.ndarray,
        layer: int,
    ) -> None:
        assert self.patterns is not None
        parent = np.repeat(np.arange(len(pieces)), counts[pieces] + 1)
        is_last = np.zeros(len(merged), dtype=bool)
        is_last[old_at[np.append(np.flatnonzero(self.line[1:] != self.line[:-1]), -1)]] = True
        left = np.flatnonzero(~is_last)
        activation = self.net.activations[layer]
        here = np.maximum(activation.piece(merged[left]), activation.piece(merged[left + 1]))
        self.patterns = np.concatenate([self.patterns[parent], here], axis=1)

    def counts(self) -> np.ndarray:
        return np.bincount(self.line, minlength=len(self.starts)) - 1

    @np.errstate(over="ignore", invalid="ignore")  # of slopes, which are then compared exactly
    def linear_counts(self) -> np.ndarray:
        """Pieces after joining neighbours with the same affine map along the line."""
        assert self.patterns is not None
        line = self.line[:-1][self.line[1:] == self.line[:-1]]
        slopes = self._slopes(line)
        size = np.abs(self.net.weights[0]) @ np.abs(self.ends - self.starts).T
        error = matrix_error(self.net, 2 * size, self.net.depth)
        left = np.flatnonzero(line[1:] == line[:-1])
        gap = np.abs(slopes[left + 1] - slopes[left])
        differ = (gap > 2 * error.T[line[left]]).any(axis=1)
        rest = np.flatnonzero(~differ)
        pairs = np.stack([left, left + 1], axis=1)
        rest = rest[has_open_path(self.net, self.patterns, pairs[rest], self.net.depth)]
        for at in rest:
            row = line[left[at]]
            if not self.doubtful[row]:
                segment = Segment(self.starts[row], self.ends[row])
                exact = ExactNetwork(self.net, *segment.exact_frame())
                maps = [exact.affine_map(self.patterns[i])[:, 0] for i in pairs[at]]
                differ[at] = bool((maps[0] != maps[1]).any())
        return 1 + np.bincount(line[left], weights=differ, minlength=len(self.starts)).astype(
            np.int64
        )

    def _slopes(self, line: np.ndarray) -> np.ndarray:
        """Derivatives of the outputs along the segments, from start to end, (pieces, n_out)."""
        assert self.patterns is not None
        rows = ((self.ends - self.starts) @ self.net.weights[0].T)[line]
        start = 0
        for layer, activation in enumerate(self.net.activations):
            stop = start + rows.shape[1]
            rows = rows * activation.slopes_on(self.patterns[:, start:stop])
            rows = rows @ self.net.weights[layer + 1].T
            start = stop
        return rows


def _below(values: np.ndarray, bound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where |values| (m, n) are at most ``bound`` (n,), in blocks that stay in the cache."""
    rows, columns = [], []
    for start in range(0, len(values), _BLOCK):
        row, column = _nonzero(np.abs(values[start : start + _BLOCK]) <= bound)
        rows.append(row + start)
        columns.append(column)
    return np.concatenate([*rows, []]).astype(int), np.concatenate([*columns, []]).astype(int)


def _nonzero(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``np.nonzero`` of a contiguous matrix with few True entries, several times faster."""
    row, column = np.divmod(np.flatnonzero(mask), mask.shape[1])
    return row, column


def _merge(old: np.ndarray, new: np.ndarray, new_at: np.ndarray) -> np.ndarray:
    merged = np.empty(len(new_at), dtype=old.dtype)
    merged[~new_at], merged[new_at] = old, new
    return merged
