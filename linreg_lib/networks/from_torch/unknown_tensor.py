"""A torch tensor without numbers, that knows how it depends on the inputs.

A module's own forward runs on it; every function that meets it is asked here for what it does.
So what is read is what runs: hooks, replaced forwards, pruned and normalised weights, subclasses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import torch

from linreg_lib.networks.graph.tensors import Tensor
from linreg_lib.networks.unsupported import UnsupportedLayerError

#: asked what a function does: (name, function, arguments, keywords) -> result
Reader = Callable[[str, Any, tuple[Any, ...], dict[str, Any]], Any]


OUTDATED = (
    "a tensor is used after a view of it was changed in place; make the change out of place "
    "(inplace=False, x = x + y instead of x += y)"
)


class Storage:
    """What tensors that are views of each other share; ``version`` counts changes in place."""

    def __init__(self) -> None:
        self.version = 0


class UnknownTensor(torch.Tensor):
    """``known``: its entries as values of the graph."""

    known: Tensor
    reader: Reader
    storage: Storage
    version: int

    @staticmethod
    def __new__(
        cls, known: Tensor, reader: Reader, like: torch.Tensor, storage: Storage | None = None
    ) -> UnknownTensor:
        made = torch.Tensor._make_wrapper_subclass(
            cls, known.shape, dtype=like.dtype, device=like.device
        )
        made.known, made.reader = known, reader
        made.storage = Storage() if storage is None else storage
        made.version = made.storage.version
        return made

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        pass

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return f"UnknownTensor(shape={tuple(self.known.shape)})"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    @classmethod
    def __torch_function__(
        cls, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """What torch calls instead of the function."""
        name = name_of(func)
        reader = next(
            each.reader for each in tensors_in((args, kwargs)) if isinstance(each, UnknownTensor)
        )
        return reader(name, func, args, kwargs or {})

    @classmethod
    def __torch_dispatch__(
        cls, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> NoReturn:
        """What was not asked above: code of torch's own, or of an autograd function."""
        raise UnsupportedLayerError(f"{func} is not supported")

    @property
    def is_outdated(self) -> bool:
        """Whether a view of it was changed in place."""
        return self.version < self.storage.version

    def changed_to(self, result: Tensor) -> UnknownTensor:
        """The same object after a change in place."""
        if result.shape != self.known.shape:
            raise UnsupportedLayerError("a change in place changes the shape")
        self.known = result
        self.storage.version += 1
        self.version = self.storage.version
        return self


def name_of(func: Any) -> str:
    """The bare name of a function: of torch, of functional, or of a tensor's method."""
    name = getattr(func, "__name__", type(func).__name__)
    if name == "__get__":
        return f"get {func.__self__.__name__}"
    if name == "__set__":
        return f"set {func.__self__.__name__}"
    return str(name).partition(".")[0]  # of overloads in torch.ops.aten


def tensors_in(tree: Any) -> list[torch.Tensor]:
    """All tensors in nested lists, tuples and dictionaries."""
    if isinstance(tree, torch.Tensor):
        return [tree]
    if isinstance(tree, dict):
        tree = tree.values()
    elif not isinstance(tree, (list, tuple)):
        return []
    return [found for each in tree for found in tensors_in(each)]


def replaced(tree: Any, change: Callable[[torch.Tensor], Any]) -> Any:
    """The same nested lists, tuples and dictionaries with each tensor changed."""
    if isinstance(tree, torch.Tensor):
        return change(tree)
    if isinstance(tree, dict):
        return {key: replaced(each, change) for key, each in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)([replaced(each, change) for each in tree])
    return tree
