"""What all readers of torch's functions share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
import torch
from numpy.typing import NDArray

from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.networks.from_torch.unknown_tensor import UnknownTensor, name_of
from linreg_lib.networks.graph.tensors import GraphMaker, Tensor
from linreg_lib.networks.unsupported import UnsupportedLayerError


def refuse(why: str) -> NoReturn:
    """Raise UnsupportedLayerError."""
    raise UnsupportedLayerError(why)


def shown(func: Any) -> str:
    """How errors call a function."""
    name = torch.overrides.resolve_name(func) or name_of(func)
    return name.removesuffix(".__get__")


class Reads:
    """Makes tensors of the graph ``maker``; ``like``: of which dtype and device they say to be."""

    def __init__(self, maker: GraphMaker, like: torch.Tensor) -> None:
        self.maker, self.like = maker, like

    def __call__(self, name: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What the function gives."""
        raise NotImplementedError

    def unknown(self, tensor: Tensor, of: UnknownTensor | None = None) -> UnknownTensor:
        """A tensor as torch sees it; ``of``: of which it is a view."""
        return UnknownTensor(tensor, self, self.like, None if of is None else of.storage)

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

    def axes_of(self, input: Any, dim: Any, what: str) -> list[int]:
        """The axes that a reduction runs over."""
        num = len(input.known.shape)
        dims: Sequence[int] = [dim] if isinstance(dim, int) else list(dim or ())
        dims = dims or range(num)
        axes = sorted({each % num for each in dims}) if num else []
        if 0 in axes and num > 1 and input.known.shape[0] == 1:
            refuse(
                f"{what} runs over axis 0, that of the batch; name the axes of one input, "
                "for instance dim=1"
            )
        return axes
