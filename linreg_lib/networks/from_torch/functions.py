"""What torch's functions do to a tensor of values: functions of torch, functional and tensors.

Each reader has its function's name and parameters; ``self`` is the ``FunctionReader``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.networks.from_torch.names import (
    CONVERTING,
    INDEXED,
    KEEPING,
    LIKE,
    LINEAR,
    MOVING,
    SAME,
    VIEWS,
)
from linreg_lib.networks.from_torch.pointwise import Pointwise
from linreg_lib.networks.from_torch.reads import refuse, shown
from linreg_lib.networks.from_torch.unknown_tensor import (
    OUTDATED,
    UnknownTensor,
    replaced,
    tensors_in,
)
from linreg_lib.networks.from_torch.windowed import Windowed
from linreg_lib.networks.graph.tensors import GraphMaker, Tensor
from linreg_lib.networks.graph.why_not import why_not
from linreg_lib.networks.named_activations import ACTIVATIONS

#: of parameters that functions and methods call otherwise
_OTHER_NAMES = {"self": "input", "axis": "dim"}


class FunctionReader(Windowed, Pointwise):
    """Carries out torch functions on ``UnknownTensor`` arguments."""

    def __init__(self, maker: GraphMaker, like: torch.Tensor) -> None:
        super().__init__(maker, like)
        self.names = {each.torch_function: each.from_arguments for each in ACTIVATIONS.values()}

    def __call__(self, name: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for each in tensors_in((args, kwargs)):
            if isinstance(each, UnknownTensor) and each.reader is not self:
                each.reader(name, func, args, kwargs)
            if isinstance(each, UnknownTensor) and each.is_outdated:
                refuse(OUTDATED)
        if kwargs.get("out") is not None:
            refuse(f"{shown(func)} writes to out=; use what it returns")
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
                f"{shown(func)} writes values that depend on the input into a tensor of numbers; "
                "make the result with torch.cat, torch.stack or torch.where"
            )
        result = self._result(name if name.startswith("__") else bare, func, args, kwargs)
        if in_place and isinstance(target, UnknownTensor):
            return target.changed_to(result.known)
        return result

    def _result(self, name: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if name in SAME:
            return args[0]
        if name in CONVERTING:
            return self._converted(name, *args, **kwargs)
        if name in LIKE:
            if any(isinstance(each, UnknownTensor) for each in tensors_in((args[1:], kwargs))):
                refuse(f"{shown(func)} fills a tensor with values that depend on the input")
            return func(self._empty(args[0]), *args[1:], **kwargs)
        _require_float(name, kwargs.get("dtype"))
        if name in self.names:
            return self.activated(self.names[name], *args, **kwargs)
        own = getattr(self, f"read_{name.strip('_')}", None) or self.over_windows(name)
        if own is not None:
            return self._own(own, name, args, kwargs)
        if name in MOVING:
            return self._moved(name, func, args, kwargs)
        if name in LINEAR:
            return self.by_unit_vectors(func, args, kwargs)
        refuse(f"{shown(func)} is not supported: {why_not(name)}")

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

    # what only moves entries

    def _converted(self, name: str, input: Any, *args: Any, **kwargs: Any) -> UnknownTensor:
        for each in (*args, *kwargs.values()):
            _require_float(name, each.dtype if isinstance(each, torch.Tensor) else each)
        # As a view, so that what is only right if it is a copy, or if it is none, is refused.
        return self.unknown(input.known, input)

    def read_clone(self, input: Any, *, memory_format: Any = None) -> UnknownTensor:
        return self.unknown(input.known)

    def _moved(
        self,
        name: str,
        func: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        fill: float = 0.0,
    ) -> Any:
        if name in INDEXED and any(
            isinstance(each, UnknownTensor) for each in tensors_in((args[1:], kwargs))
        ):
            refuse(f"{shown(func)} has an index that depends on the input, so it jumps")
        parts: list[Tensor] = []
        starts = [1]

        def index_of(tensor: torch.Tensor) -> torch.Tensor:
            if name in INDEXED and not tensor.is_floating_point():
                return tensor.cpu()
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
            raise ValueError(f"{shown(func)}: {error}") from error
        viewed = None
        if name in VIEWS:
            viewed = args[0] if args else kwargs.get("input")
            if not isinstance(viewed, UnknownTensor):
                viewed = None
            if name.startswith("atleast") and len(args) > 1:
                refuse(f"{shown(func)} takes several tensors; give it one at a time")

        def read(index: torch.Tensor) -> UnknownTensor:
            places = index.detach().numpy()
            whole = places.astype(np.int64)
            if not np.array_equal(whole, places) or whole.min(initial=0) < 0:
                refuse(f"{shown(func)} does more than move entries")
            return self.unknown(self.maker.picked(parts, whole, fill), viewed)

        return replaced(moved, read)

    def read_pad(
        self, input: Any, pad: Any, mode: str = "constant", value: Any = None
    ) -> UnknownTensor:
        fill = 0.0 if value is None else exact_number("value", value)
        return self._moved("pad", torch.nn.functional.pad, (input, pad), {"mode": mode}, fill)

    def read_broadcast_tensors(self, *tensors: Any) -> tuple[torch.Tensor, ...]:
        shape = torch.broadcast_shapes(*(tuple(each.shape) for each in tensors))
        return tuple(each.expand(shape) for each in tensors)

    def read_masked_fill(self, input: Any, mask: Any, value: Any) -> UnknownTensor:
        return self.read_where(mask, value, input)

    def read_where(self, condition: Any, input: Any, other: Any) -> UnknownTensor:
        if getattr(input, "dtype", None) is torch.bool:  # x.where(condition, other)
            condition, input = input, condition
        if isinstance(condition, UnknownTensor):
            refuse("torch.where chooses by values that depend on the input")

        def chosen(one: torch.Tensor, two: torch.Tensor) -> torch.Tensor:
            return torch.where(condition.cpu(), one, two)

        return self._moved("where", chosen, (self._tensor(input), self._tensor(other)), {})

    def _tensor(self, value: Any) -> torch.Tensor:
        return (
            value if isinstance(value, torch.Tensor) else torch.tensor(value, dtype=torch.float64)
        )

    def read_interpolate(
        self,
        input: Any,
        size: Any = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: Any = None,
        recompute_scale_factor: Any = None,
        antialias: bool = False,
    ) -> UnknownTensor:
        function = torch.nn.functional.interpolate
        rest = (size, scale_factor, mode, align_corners, recompute_scale_factor, antialias)
        if "nearest" in mode:
            return self._moved("interpolate", function, (input, *rest), {})
        return self.by_unit_vectors(function, (input, *rest), {})

    def _set_entries(self, target: Any, key: Any, value: Any) -> None:
        if not isinstance(target, UnknownTensor):
            refuse(
                "values that depend on the input are written into a tensor of numbers; make the "
                "result with torch.cat, torch.stack or torch.where"
            )

        def put(into: torch.Tensor, new: torch.Tensor) -> torch.Tensor:
            into[key] = new
            return into

        moved = self._moved("put", put, (target, self._tensor(value)), {})
        target.changed_to(moved.known)


def _require_float(name: str, kind: Any) -> None:
    if isinstance(kind, torch.dtype) and not kind.is_floating_point:
        refuse(f"{name} to {kind} rounds")
