"""Torch's functions that act entry by entry, and maxima."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch

from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.exact_floats import exact_floats, exact_number
from linreg_lib.networks.from_torch.reads import Reads, refuse
from linreg_lib.networks.from_torch.unknown_tensor import UnknownTensor
from linreg_lib.networks.graph.tensors import clip
from linreg_lib.networks.named_activations import ACTIVATIONS


class Pointwise(Reads):
    """Readers of activations, bounds and maxima."""

    def activated(
        self, from_arguments: Callable[..., PiecewiseLinear], input: Any, *args: Any, **kwargs: Any
    ) -> UnknownTensor:
        return self._with(input, from_arguments(*args, **kwargs))

    def _with(self, input: Any, activation: Any) -> UnknownTensor:
        return self.unknown(self.maker.activated(input.known, activation))

    def read_prelu(self, input: Any, weight: Any) -> UnknownTensor:
        slopes = self.numbers("weight", weight).ravel()
        shape = input.known.shape
        if len(slopes) > 1:
            if len(shape) < 2 or shape[1] != len(slopes):
                raise ValueError(f"takes {len(slopes)} channels, but gets shape {shape[1:]}")
            slopes = slopes.reshape(-1, *[1] * (len(shape) - 2))
        leaky = ACTIVATIONS["leaky_relu"].from_arguments
        made = {each: leaky(each) for each in set(slopes.ravel().tolist())}
        every = np.broadcast_to(slopes, shape).ravel().tolist()
        return self._with(input, [made[each] for each in every])

    def read_rrelu(
        self, input: Any, lower: Any = 0.125, upper: Any = 1 / 3, training: bool = False
    ) -> UnknownTensor:
        if training:
            refuse("rrelu draws its slopes; call it with training=False")
        slope = (exact_number("lower", lower) + exact_number("upper", upper)) / 2
        return self._with(input, ACTIVATIONS["leaky_relu"].from_arguments(slope))

    def read_hardsigmoid(self, input: Any) -> UnknownTensor:
        ramp = PiecewiseLinear([-3.0, 3.0], [0.0, 1.0, 0.0], value_at=(-3.0, 0.0))
        return self.unknown(
            self.maker.scaled(self.maker.activated(input.known, ramp), np.array(1 / 6))
        )

    def read_threshold(self, input: Any, threshold: Any, value: Any) -> UnknownTensor:
        low, below = exact_number("threshold", threshold), exact_number("value", value)
        if low != below:
            refuse(
                f"it jumps: below {low} its value is {below}; only threshold = value is continuous"
            )
        return self._with(input, clip(low, np.inf))

    def read_softshrink(self, input: Any, lambd: Any = 0.5) -> UnknownTensor:
        bound = exact_number("lambd", lambd)
        kind = PiecewiseLinear([-bound, bound], [1.0, 0.0, 1.0]) if bound else clip(-np.inf, np.inf)
        return self._with(input, kind)

    def read_abs(self, input: Any) -> UnknownTensor:
        return self._with(input, PiecewiseLinear([0.0], [-1.0, 1.0]))

    read_absolute = read_abs

    def read_clamp(self, input: Any, min: Any = None, max: Any = None) -> UnknownTensor:
        result = input
        if min is not None:
            result = self.read_maximum(result, min)
        if max is not None:
            result = self.read_minimum(result, max)
        if all(isinstance(each, (int, float)) for each in (min, max)) and min < max:
            return self._with(input, clip(float(min), float(max)))
        return result

    read_clip = read_clamp

    def read_clamp_min(self, input: Any, min: Any) -> UnknownTensor:
        return self.read_clamp(input, min)

    def read_clamp_max(self, input: Any, max: Any) -> UnknownTensor:
        return self.read_clamp(input, None, max)

    def read_maximum(self, input: Any, other: Any) -> UnknownTensor:
        return self._larger(input, other, smaller=False)

    def read_minimum(self, input: Any, other: Any) -> UnknownTensor:
        return self._larger(input, other, smaller=True)

    read_fmax, read_fmin = read_maximum, read_minimum

    def _larger(self, input: Any, other: Any, smaller: bool) -> UnknownTensor:
        if not isinstance(input, UnknownTensor):
            input, other = other, input
        if isinstance(other, UnknownTensor):
            return self.unknown(self.maker.largest_of([input.known, other.known], smaller))
        bound = exact_floats("a bound", other, finite=False)
        clipped = self.maker.clipped_above if smaller else self.maker.clipped_below
        return self.unknown(clipped(input.known, bound))

    def read_max(
        self, input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None
    ) -> Any:
        if isinstance(dim, torch.Tensor) or other is not None:
            return self.read_maximum(input, dim if other is None else other)
        found = self.read_amax(input, dim, keepdim)
        return found if dim is None else LargestEntries(found, self._indices(found))

    def read_min(
        self, input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None
    ) -> Any:
        if isinstance(dim, torch.Tensor) or other is not None:
            return self.read_minimum(input, dim if other is None else other)
        found = self.read_amin(input, dim, keepdim)
        return found if dim is None else LargestEntries(found, self._indices(found))

    def _negated(self, input: Any) -> UnknownTensor:
        return self.unknown(self.maker.scaled(input.known, np.array(-1.0)))

    def _indices(self, of: UnknownTensor) -> UnknownTensor:
        """Which entry is largest: no piecewise linear function, so every use is refused."""
        return UnknownTensor(of.known, _refuse_index, self.like)

    def read_amax(self, input: Any, dim: Any = (), keepdim: bool = False) -> UnknownTensor:
        axes = self.axes_of(input, dim, "max")
        groups, shape = self.maker.reduced(input.known, axes, keepdim)
        return self.unknown(self.maker.largest(input.known, groups, shape))

    def read_amin(self, input: Any, dim: Any = (), keepdim: bool = False) -> UnknownTensor:
        return self._negated(self.read_amax(self._negated(input), dim, keepdim))


def _refuse_index(name: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    refuse("the index of the largest entry is used, which jumps; only values are supported")


class LargestEntries(NamedTuple):
    """What ``torch.max(x, dim)`` gives."""

    values: UnknownTensor
    indices: UnknownTensor
