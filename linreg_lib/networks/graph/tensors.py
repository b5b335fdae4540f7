"""Tensors of values, and what both readers do with them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.graph.maxima import maxima
from linreg_lib.networks.graph.values import (
    CARRY,
    Contest,
    Inputs,
    Value,
    affine,
    selection,
    units,
)
from linreg_lib.networks.graph.windows import averages, convolution, grouped, windows

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Tensor:
    """Entries of ``value``, in C order, as an array of ``shape``."""

    value: Value
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.value.size


class GraphMaker:
    """Operations on tensors, and the contests of the maxima that they made."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.inputs = Inputs(size=math.prod(shape))
        self.start = Tensor(value=self.inputs, shape=shape)
        self.contests: list[Contest] = []

    def constant(self, numbers: Array) -> Tensor:
        """Numbers as a tensor."""
        flat = np.asarray(numbers, dtype=np.float64).ravel()
        return Tensor(value=affine([], flat, flat.size), shape=np.shape(numbers))

    def moved(
        self,
        tensors: Sequence[Tensor | Array],
        move: Callable[..., NDArray[np.int64]],
        fill: float = 0.0,
    ) -> Tensor:
        """What moves entries to other places, or repeats them, or leaves some out.

        ``move`` does it to arrays of the tensors' shapes that hold 1, 2, 3, ... in all; where its
        result is 0 stands ``fill``.
        """
        parts = [each if isinstance(each, Tensor) else self.constant(each) for each in tensors]
        starts = np.cumsum([0, *(part.size for part in parts)])
        numbered = [
            np.arange(start + 1, start + part.size + 1).reshape(part.shape)
            for start, part in zip(starts, parts, strict=False)
        ]
        index = np.asarray(move(*numbered))
        return self.picked(parts, index, fill)

    def picked(
        self, parts: Sequence[Tensor], index: NDArray[np.int64], fill: float = 0.0
    ) -> Tensor:
        """The entries of all ``parts`` together, counted from 1, as ``index`` names them."""
        flat = index.ravel()
        bias = np.where(flat == 0, fill, 0.0)
        chosen = []
        start = 1
        for part in parts:
            own = (flat >= start) & (flat < start + part.size)
            if own.any():
                columns = np.where(own, flat - start, -1)
                chosen.append((part.value, selection(columns, part.size)))
            start += part.size
        return Tensor(value=affine(chosen, bias, flat.size), shape=index.shape)

    def broadcast(self, tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
        """Repeated along axes of length 1 or none."""
        if tensor.shape == shape:
            return tensor
        return self.moved([tensor], lambda index: np.broadcast_to(index, shape))

    def added(self, first: Tensor, second: Tensor, factor: float = 1.0) -> Tensor:
        """``first + factor * second``, broadcast."""
        shape = np.broadcast_shapes(first.shape, second.shape)
        one, two = self.broadcast(first, shape), self.broadcast(second, shape)
        identity = sparse.csr_array(sparse.eye_array(one.size))
        parts = [(one.value, identity), (two.value, sparse.csr_array(identity * factor))]
        return Tensor(value=affine(parts, None, one.size), shape=shape)

    def shifted(self, tensor: Tensor, numbers: Array) -> Tensor:
        """``tensor + numbers``, broadcast."""
        shape = np.broadcast_shapes(tensor.shape, np.shape(numbers))
        one = self.broadcast(tensor, shape)
        identity = sparse.csr_array(sparse.eye_array(one.size))
        bias = np.broadcast_to(numbers, shape).ravel()
        return Tensor(value=affine([(one.value, identity)], bias, one.size), shape=shape)

    def scaled(self, tensor: Tensor, numbers: Array) -> Tensor:
        """``tensor * numbers``, broadcast."""
        shape = np.broadcast_shapes(tensor.shape, np.shape(numbers))
        one = self.broadcast(tensor, shape)
        factors = np.broadcast_to(numbers, shape).ravel()
        matrix = sparse.csr_array(sparse.diags_array(factors))
        return Tensor(value=affine([(one.value, matrix)], None, one.size), shape=shape)

    def linear(self, tensor: Tensor, weight: Array, bias: Array | None = None) -> Tensor:
        """``weight @ row + bias`` for each row along the last axis."""
        if not tensor.shape or tensor.shape[-1] != weight.shape[1]:
            raise ValueError(f"takes {weight.shape[1]} features, but gets shape {tensor.shape}")
        num_rows = math.prod(tensor.shape[:-1])
        matrix = sparse.csr_array(weight)
        if num_rows > 1:
            matrix = sparse.csr_array(sparse.kron(sparse.eye_array(num_rows), matrix, format="csr"))
        return self.mapped(
            tensor,
            matrix,
            None if bias is None else np.tile(bias, num_rows),
            (*tensor.shape[:-1], len(weight)),
        )

    def mapped(
        self, tensor: Tensor, matrix: sparse.csr_array, bias: Array | None, shape: tuple[int, ...]
    ) -> Tensor:
        """An affine map of all entries."""
        matrix.eliminate_zeros()
        size = matrix.shape[0]
        return Tensor(value=affine([(tensor.value, matrix)], bias, size), shape=shape)

    def activated(
        self, tensor: Tensor, activation: PiecewiseLinear | Sequence[PiecewiseLinear]
    ) -> Tensor:
        """An activation of all entries, or one for each."""
        return Tensor(value=units(tensor.value, activation), shape=tensor.shape)

    def convolved(
        self,
        tensor: Tensor,
        weight: Array,
        bias: Array | None,
        axes: Sequence[NDArray[np.int64]],
        groups: int,
    ) -> Tensor:
        """A convolution of (images, channels, ...sizes) with the taps ``axes``."""
        sizes = tensor.shape[2:]
        places = windows(axes, sizes)
        matrix = convolution(weight, places, math.prod(sizes), groups)
        offsets = None if bias is None else np.repeat(bias, len(places))
        shape = (len(weight), *(len(axis) for axis in axes))
        return self.mapped_images(tensor, matrix, offsets, shape)

    def mapped_images(
        self, tensor: Tensor, matrix: sparse.csr_array, bias: Array | None, shape: tuple[int, ...]
    ) -> Tensor:
        """The same affine map of each image (the first axis) to one of ``shape``."""
        num = tensor.shape[0]
        if num != 1:
            matrix = sparse.csr_array(sparse.kron(sparse.eye_array(num), matrix, format="csr"))
            bias = None if bias is None else np.tile(bias, num)
        return self.mapped(tensor, matrix, bias, (num, *shape))

    def averaged(
        self, tensor: Tensor, axes: Sequence[NDArray[np.int64]], counts: Array | None = None
    ) -> Tensor:
        """Means over windows of (images, channels, ...sizes); ``counts``: what divides sums."""
        sizes = tensor.shape[2:]
        places = windows(axes, sizes)
        if counts is None:
            _require_entries(places)
            counts = (places >= 0).sum(axis=1).astype(np.float64)
        matrix = averages(places, math.prod(sizes), math.prod(tensor.shape[:2]), counts)
        shape = (*tensor.shape[:2], *(len(axis) for axis in axes))
        return self.mapped(tensor, matrix, None, shape)

    def pooled(self, tensor: Tensor, axes: Sequence[NDArray[np.int64]]) -> Tensor:
        """Maxima over windows of (images, channels, ...sizes)."""
        sizes = tensor.shape[2:]
        places = windows(axes, sizes)
        _require_entries(places)
        groups = grouped(places, math.prod(sizes), math.prod(tensor.shape[:2]))
        return self.largest(tensor, groups, (*tensor.shape[:2], *(len(axis) for axis in axes)))

    def largest(self, tensor: Tensor, groups: NDArray[np.int64], shape: tuple[int, ...]) -> Tensor:
        """The largest entry of each group of entries."""
        value, contest = maxima(tensor.value, groups)
        if contest is not None:
            self.contests.append(contest)
        return Tensor(value=value, shape=shape)

    def reduced(
        self, tensor: Tensor, axes: Sequence[int], keep: bool
    ) -> tuple[NDArray[np.int64], tuple[int, ...]]:
        """Groups of entries that a reduction over ``axes`` puts together, and its shape."""
        rest = [axis for axis in range(len(tensor.shape)) if axis not in axes]
        index = np.arange(tensor.size).reshape(tensor.shape)
        groups = index.transpose([*rest, *axes]).reshape(
            math.prod(tensor.shape[axis] for axis in rest), -1
        )
        shape = tuple(
            1 if axis in axes else size
            for axis, size in enumerate(tensor.shape)
            if keep or axis not in axes
        )
        return groups, shape

    def summed(self, tensor: Tensor, axes: Sequence[int], keep: bool, mean: bool) -> Tensor:
        """Sums or means over axes."""
        groups, shape = self.reduced(tensor, axes, keep)
        count = groups.shape[1] if mean else 1
        values = np.full(groups.size, 1.0 / count)
        where = (np.repeat(np.arange(len(groups)), groups.shape[1]), groups.ravel())
        matrix = sparse.csr_array((values, where), shape=(len(groups), tensor.size))
        return self.mapped(tensor, matrix, None, shape)

    def largest_of(self, tensors: Sequence[Tensor], smaller: bool = False) -> Tensor:
        """The largest (or smallest) of several tensors, entry by entry, broadcast."""
        shape = np.broadcast_shapes(*(each.shape for each in tensors))
        size, num = math.prod(shape), len(tensors)
        parts = [self.broadcast(each, shape) for each in tensors]
        together = self.moved(parts, lambda *index: np.stack(index))
        groups = np.arange(num * size).reshape(num, size).T
        if not smaller:
            return self.largest(together, groups, shape)
        minus = self.scaled(together, np.array(-1.0))
        return self.scaled(self.largest(minus, groups, shape), np.array(-1.0))

    def normalised(
        self, tensor: Tensor, mean: Array, variance: Array, scale: Array, bias: Array, eps: float
    ) -> Tensor:
        """Batch normalisation of (images, channels, ...), by statistics that are given."""
        if len(tensor.shape) < 2 or tensor.shape[1] != len(mean):
            raise ValueError(f"takes {len(mean)} channels, but gets shape {tensor.shape[1:]}")
        if not (variance + eps > 0).all():
            raise ValueError("running_var has an entry below -eps, so its root is none")
        shape = (-1, *[1] * (len(tensor.shape) - 2))
        centred = self.shifted(tensor, -mean.reshape(shape))
        scaled = self.scaled(centred, _over_root(scale, variance, eps).reshape(shape))
        return self.shifted(scaled, bias.reshape(shape))

    def clipped_below(self, tensor: Tensor, numbers: Array) -> Tensor:
        """``max(tensor, numbers)``, broadcast: a unit an entry."""
        return self._with_bounds(tensor, numbers, [0.0, 1.0])

    def clipped_above(self, tensor: Tensor, numbers: Array) -> Tensor:
        """``min(tensor, numbers)``, broadcast: a unit an entry."""
        return self._with_bounds(tensor, numbers, [1.0, 0.0])

    def _with_bounds(self, tensor: Tensor, numbers: Array, slopes: list[float]) -> Tensor:
        shape = np.broadcast_shapes(tensor.shape, np.shape(numbers))
        one = self.broadcast(tensor, shape)
        bounds = np.broadcast_to(numbers, shape).ravel().tolist()
        made = {
            each: CARRY
            if (each == -math.inf) == (slopes[0] == 0.0) and math.isinf(each)
            else PiecewiseLinear([each], slopes, value_at=(each, each))
            for each in set(bounds)
        }
        return self.activated(one, [made[each] for each in bounds])


def _require_entries(places: NDArray[np.int64]) -> None:
    if not (places >= 0).any(axis=1).all():
        raise ValueError("has a window that lies in the padding alone; take less padding")


def _over_root(scale: Array, variance: Array, eps: float) -> Array:
    """scale / sqrt(variance + eps), from 60 digits, then rounded to a float."""
    with localcontext() as context:
        context.prec = 60
        return np.array(
            [
                float(Decimal(s) / (Decimal(v) + Decimal(eps)).sqrt())
                for s, v in zip(scale.tolist(), variance.tolist(), strict=True)
            ]
        )


def clip(low: float, high: float) -> PiecewiseLinear:
    """``t`` between two bounds; -inf and inf for none.

    >>> clip(-1.0, 1.0)([-3.0, 0.5]).tolist()
    [-1.0, 0.5]
    """
    if math.isinf(low) and math.isinf(high):
        return CARRY
    if math.isinf(high):
        return PiecewiseLinear([low], [0.0, 1.0], value_at=(low, low))
    if math.isinf(low):
        return PiecewiseLinear([high], [1.0, 0.0], value_at=(high, high))
    return PiecewiseLinear([low, high], [0.0, 1.0, 0.0], value_at=(low, low))
