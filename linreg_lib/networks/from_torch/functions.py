"""What torch's functions do to a tensor of values: functions of torch, functional and tensors.

Each reader has its function's name and parameters; ``self`` is the ``FunctionReader``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse

from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.exact_floats import exact_floats, exact_number
from linreg_lib.networks.from_torch.names import (
    KEEPING,
    LIKE,
    LINEAR,
    MOVING,
    SAME,
    VIEWS,
)
from linreg_lib.networks.from_torch.unknown_tensor import (
    OUTDATED,
    UnknownTensor,
    name_of,
    replaced,
    tensors_in,
)
from linreg_lib.networks.from_torch.windowed import Windowed
from linreg_lib.networks.graph.tensors import GraphMaker, Tensor, clip
from linreg_lib.networks.graph.why_not import why_not
from linreg_lib.networks.named_activations import ACTIVATIONS
from linreg_lib.networks.unsupported import UnsupportedLayerError


def refuse(why: str) -> NoReturn:
    raise UnsupportedLayerError(why)


#: of parameters that functions and methods call otherwise
_OTHER_NAMES = {"self": "input", "axis": "dim"}


class FunctionReader(Windowed):
    """Carries out torch functions on ``UnknownTensor`` arguments."""

    def __init__(self, maker: GraphMaker, like: torch.Tensor) -> None:
        self.maker, self.like = maker, like
        self.names = {each.torch_function: each.from_arguments for each in ACTIVATIONS.values()}

    def unknown(self, tensor: Tensor, of: UnknownTensor | None = None) -> UnknownTensor:
        return UnknownTensor(tensor, self, self.like, None if of is None else of.storage)

    def __call__(self, name: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for each in tensors_in((args, kwargs)):
            if isinstance(each, UnknownTensor) and each.reader is not self:
                each.reader(name, func, args, kwargs)
            if isinstance(each, UnknownTensor) and each.is_outdated:
                refuse(OUTDATED)
        if kwargs.get("out") is not None:
            refuse(f"{_shown(func)} writes to out=; use what it returns")
        if name in KEEPING:
            with torch._C.DisableTorchFunctionSubclass():
                return func(*args, **kwargs)
        if name == "__setitem__":
            return self._set_entries(*args)
        bare = name[:-1] if name.endswith("_") and not name.endswith("__") else name
        bare = {"_threshold": "threshold", "get data": "detach"}.get(bare, bare.lstrip("_"))
        in_place = bare != name and name.endswith("_") and not name.endswith("__")
        in_place = in_place or bool(kwargs.get("inplace", False))
        target = args[0] if args else kwargs.get("input")
        if in_place and not isinstance(target, UnknownTensor):
            refuse(
                f"{_shown(func)} writes values that depend on the input into a tensor of numbers; "
                "make the result with torch.cat, torch.stack or torch.where"
            )
        result = self._result(name if name.startswith("__") else bare, func, args, kwargs)
        if in_place and isinstance(target, UnknownTensor):
            return target.changed_to(result.known)
        return result

    def _result(self, name: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if name in SAME:
            return self._same(name, *args, **kwargs)
        if name in LIKE:
            plain = replaced((args, kwargs), self._empty)
            return func(*plain[0], **plain[1])
        if name in self.names:
            return self._activated(self.names[name], *args, **kwargs)
        own = getattr(self, f"read_{name.strip('_')}", None)
        if own is not None:
            return self._own(own, name, args, kwargs)
        if name in MOVING or (name == "interpolate" and "nearest" in kwargs.get("mode", "nearest")):
            return self._moved(name, func, args, kwargs)
        if name in LINEAR:
            return self._linear(func, args, kwargs)
        refuse(f"{_shown(func)} is not supported: {why_not(name)}")

    def _own(
        self, own: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        named = {_OTHER_NAMES.get(key, key): each for key, each in kwargs.items()}
        named.pop("inplace", None)
        try:
            inspect.signature(own).bind(*args, **named)
        except TypeError as error:
            refuse(f"{name} is not supported with these arguments ({error})")
        return own(*args, **named)

    def _empty(self, tensor: torch.Tensor) -> torch.Tensor:
        if not isinstance(tensor, UnknownTensor):
            return tensor
        return torch.empty(tuple(tensor.known.shape), dtype=self.like.dtype)

    def numbers(self, name: str, value: Any) -> NDArray[np.float64]:
        """A tensor of numbers, or a number."""
        if isinstance(value, UnknownTensor):
            refuse(f"its {name} depends on the input")
        if isinstance(value, torch.Tensor) and value.is_complex():
            raise TypeError(f"{name} has dtype {value.dtype}; only real floats convert")
        found = exact_floats(name, value, finite=False)
        if not np.isfinite(found).all():
            raise ValueError(f"{name} has NaN or infinite entries")
        return found

    # what only moves entries

    def _same(self, name: str, input: Any, *args: Any, **kwargs: Any) -> Any:
        for each in (*args, *kwargs.values()):
            if isinstance(each, torch.dtype) and not each.is_floating_point:
                refuse(f"{name} to {each} rounds")
        return self.unknown(input.known) if name == "clone" else input

    def _moved(
        self,
        name: str,
        func: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        fill: float = 0.0,
    ) -> Any:
        parts: list[Tensor] = []
        starts = [1]

        def index_of(tensor: torch.Tensor) -> torch.Tensor:
            if not tensor.is_floating_point():
                if isinstance(tensor, UnknownTensor):
                    refuse("an index depends on the input")
                return tensor
            if isinstance(tensor, UnknownTensor):
                part = tensor.known
            else:
                part = self.maker.constant(self.numbers("a tensor", tensor))
            parts.append(part)
            first = starts[-1]
            starts.append(first + part.size)
            numbered = torch.arange(first, starts[-1], dtype=torch.float64)
            return numbered.reshape(part.shape)

        plain_args, plain_kwargs = replaced((args, kwargs), index_of)
        try:
            moved = func(*plain_args, **plain_kwargs)
        except (RuntimeError, IndexError) as error:
            raise ValueError(f"{_shown(func)}: {error}") from error
        sources = {each for each in tensors_in((args, kwargs)) if isinstance(each, UnknownTensor)}
        viewed = next(iter(sources)) if name in VIEWS else None

        def read(index: torch.Tensor) -> UnknownTensor:
            picked = self.maker.picked(parts, index.detach().numpy().astype(np.int64), fill)
            return self.unknown(picked, viewed)

        return replaced(moved, read)

    def read_pad(
        self, input: Any, pad: Any, mode: str = "constant", value: Any = None
    ) -> UnknownTensor:
        fill = 0.0 if value is None else exact_number("value", value)
        return self._moved("pad", torch.nn.functional.pad, (input, pad), {"mode": mode}, fill)

    def _set_entries(self, target: Any, key: Any, value: Any) -> None:
        if not isinstance(target, UnknownTensor):
            refuse(
                "values that depend on the input are written into a tensor of numbers; make the "
                "result with torch.cat, torch.stack or torch.where"
            )

        def put(into: torch.Tensor, new: torch.Tensor) -> torch.Tensor:
            into[key] = new
            return into

        if not isinstance(value, torch.Tensor):
            value = torch.tensor(value, dtype=torch.float64)
        target.changed_to(self._moved("put", put, (target, value), {}).known)

    # what is linear

    def _linear(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> UnknownTensor:
        """The matrix of a linear function, from the unit vectors: each entry is one product."""
        unknown = [each for each in tensors_in((args, kwargs)) if isinstance(each, UnknownTensor)]
        if len(unknown) != 1:
            refuse(f"{_shown(func)} multiplies values that both depend on the input")
        known = unknown[0].known

        def at(entry: int) -> torch.Tensor:
            vector = torch.zeros(known.size, dtype=torch.float64)
            vector[entry] = 1.0
            vector = vector.reshape(known.shape)
            plain_args, plain_kwargs = replaced(
                (args, kwargs),
                lambda each: (
                    vector
                    if isinstance(each, UnknownTensor)
                    else (each.detach().double() if each.is_floating_point() else each)
                ),
            )
            return func(*plain_args, **plain_kwargs)

        columns = []
        for entry in range(known.size):
            column = at(entry)
            columns.append(sparse.csc_array(column.numpy().reshape(-1, 1)))
        matrix = sparse.csr_array(sparse.hstack(columns, format="csr"))
        return self.unknown(self.maker.mapped(known, matrix, None, tuple(column.shape)))

    def read_add(self, input: Any, other: Any, *, alpha: Any = 1) -> UnknownTensor:
        factor = exact_number("alpha", alpha)
        if not isinstance(input, UnknownTensor):
            scaled = self.read_mul(other, factor) if factor != 1.0 else other
            return self.read_add(scaled, input)
        if isinstance(other, UnknownTensor):
            return self.unknown(self.maker.added(input.known, other.known, factor))
        return self.unknown(
            self.maker.shifted(input.known, factor * self.numbers("a summand", other))
        )

    read_radd = read_add

    def read_sub(self, input: Any, other: Any, *, alpha: Any = 1) -> UnknownTensor:
        return self.read_add(input, other, alpha=-exact_number("alpha", alpha))

    read_subtract = read_sub

    def read_rsub(self, input: Any, other: Any, *, alpha: Any = 1) -> UnknownTensor:
        return self.read_sub(other, input, alpha=alpha)

    def read_neg(self, input: Any) -> UnknownTensor:
        return self.read_mul(input, -1.0)

    read_negative = read_neg

    def read_mul(self, input: Any, other: Any) -> UnknownTensor:
        if isinstance(input, UnknownTensor) and isinstance(other, UnknownTensor):
            refuse("the product of two values that depend on the input is not piecewise linear")
        if not isinstance(input, UnknownTensor):
            input, other = other, input
        return self.unknown(self.maker.scaled(input.known, self.numbers("a factor", other)))

    read_multiply = read_rmul = read_mul

    def read_div(self, input: Any, other: Any, *, rounding_mode: Any = None) -> UnknownTensor:
        if rounding_mode is not None:
            refuse("a division that rounds to integers is not continuous")
        if isinstance(other, UnknownTensor):
            refuse("a division by a value that depends on the input is not piecewise linear")
        numbers = self.numbers("the divisor", other)
        if not numbers.all():
            raise ValueError("the divisor has an entry 0")
        return self.unknown(self.maker.scaled(input.known, 1.0 / numbers))

    def read_rdiv(self, input: Any, other: Any) -> UnknownTensor:
        return self.read_div(other, input)

    read_divide = read_true_divide = read_truediv = read_div

    def read_linear(self, input: Any, weight: Any, bias: Any = None) -> UnknownTensor:
        matrix = self.numbers("weight", weight)
        offsets = None if bias is None else self.numbers("bias", bias)
        if not isinstance(input, UnknownTensor) or matrix.ndim != 2:
            refuse("a matrix that depends on the input is not supported")
        shape = input.known.shape
        if not shape or shape[-1] != matrix.shape[1]:
            hint = "; put a Flatten before it" if len(shape) > 2 else ""
            raise ValueError(f"takes {matrix.shape[1]} features, but gets {shape[1:]}{hint}")
        return self.unknown(self.maker.linear(input.known, matrix, offsets))

    def read_matmul(self, input: Any, other: Any) -> UnknownTensor:
        known = isinstance(input, UnknownTensor) and not isinstance(other, UnknownTensor)
        if known and input.known.shape and other.ndim == 2:
            return self.read_linear(input, other.T)
        return self._linear(torch.matmul, (input, other), {})

    read_mm = read_matmul

    def read_rmatmul(self, input: Any, other: Any) -> UnknownTensor:
        return self.read_matmul(other, input)

    def read_addmm(
        self, input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1
    ) -> UnknownTensor:
        product = self.read_mul(self.read_matmul(mat1, mat2), alpha)
        return self.read_add(product, input, alpha=beta)

    def read_batch_norm(
        self,
        input: Any,
        running_mean: Any,
        running_var: Any,
        weight: Any = None,
        bias: Any = None,
        training: bool = False,
        momentum: Any = 0.1,
        eps: float = 1e-5,
        cudnn_enabled: bool = True,
    ) -> UnknownTensor:
        if running_mean is None or running_var is None:
            refuse(
                "has no running statistics (track_running_stats=False), so what it computes "
                "depends on the batch"
            )
        if training:
            refuse("batch_norm is called with training=True, so it depends on the batch")
        mean = self.numbers("running_mean", running_mean)
        variance = self.numbers("running_var", running_var)
        scale = np.ones(len(mean)) if weight is None else self.numbers("weight", weight)
        offset = np.zeros(len(mean)) if bias is None else self.numbers("bias", bias)
        return self.unknown(self.maker.normalised(input.known, mean, variance, scale, offset, eps))

    def _axes(self, input: Any, dim: Any, what: str) -> list[int]:
        num = len(input.known.shape)
        if dim is None or dim == ():
            dims: Sequence[int] = range(num)
        else:
            dims = [dim] if isinstance(dim, int) else list(dim)
        axes = sorted({each % num for each in dims}) if num else []
        if 0 in axes and num > 1 and input.known.shape[0] == 1:
            refuse(
                f"{what} runs over axis 0, that of the batch; name the axes of one input, "
                "for instance dim=1"
            )
        return axes

    def read_mean(
        self, input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
    ) -> UnknownTensor:
        axes = self._axes(input, dim, "mean")
        return self.unknown(self.maker.summed(input.known, axes, keepdim, mean=True))

    def read_sum(
        self, input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
    ) -> UnknownTensor:
        axes = self._axes(input, dim, "sum")
        return self.unknown(self.maker.summed(input.known, axes, keepdim, mean=False))

    # activations

    def _activated(
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

    # maxima

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

    def read_max(self, input: Any, dim: Any = None, keepdim: bool = False) -> Any:
        if isinstance(dim, torch.Tensor):
            return self.read_maximum(input, dim)
        found = self.read_amax(input, dim, keepdim)
        return found if dim is None else LargestEntries(found, self._indices(found))

    def read_min(self, input: Any, dim: Any = None, keepdim: bool = False) -> Any:
        if isinstance(dim, torch.Tensor):
            return self.read_minimum(input, dim)
        found = self.read_amin(input, dim, keepdim)
        return found if dim is None else LargestEntries(found, self._indices(found))

    def _indices(self, of: UnknownTensor) -> UnknownTensor:
        """Which entry is largest: no piecewise linear function, so every use is refused."""
        return UnknownTensor(of.known, _refuse_index, self.like)

    def read_amax(self, input: Any, dim: Any = (), keepdim: bool = False) -> UnknownTensor:
        axes = self._axes(input, dim, "max")
        groups, shape = self.maker.reduced(input.known, axes, keepdim)
        return self.unknown(self.maker.largest(input.known, groups, shape))

    def read_amin(self, input: Any, dim: Any = (), keepdim: bool = False) -> UnknownTensor:
        return self.read_neg(self.read_amax(self.read_neg(input), dim, keepdim))


def _refuse_index(name: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    refuse("the index of the largest entry is used, which jumps; only values are supported")


class LargestEntries(NamedTuple):
    """What ``torch.max(x, dim)`` gives."""

    values: UnknownTensor
    indices: UnknownTensor


def _shown(func: Any) -> str:
    """How errors call a function."""
    name = torch.overrides.resolve_name(func) or name_of(func)
    return name.removesuffix(".__get__")
