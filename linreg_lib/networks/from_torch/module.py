"""The layers of a torch module: its own forward, run on a tensor of values."""

from __future__ import annotations

import random
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from linreg_lib.extras import needs_extra
from linreg_lib.networks.arguments import checked_count, checked_counts
from linreg_lib.networks.from_torch.refusals import label_of, require_runnable
from linreg_lib.networks.graph.arrays import NetworkArrays, arrays_of
from linreg_lib.networks.graph.tensors import GraphMaker
from linreg_lib.networks.unsupported import UnsupportedLayerError

if TYPE_CHECKING:
    import torch

_LIBRARY = str(Path(__file__).parents[2])


def arrays_from_torch(module: Any, input_shape: int | Sequence[int] | None) -> NetworkArrays:
    """The arrays of a torch module's network; see ``network_from_torch``."""
    _require_module(module)
    shape = None if input_shape is None else _checked_shape(input_shape)
    for name, each in module.named_modules(remove_duplicate=False):
        require_runnable(name, each)
    _warn_of_training(module)
    if shape is not None:
        return _run(module, shape)
    return _run_unshaped(module)


def _run_unshaped(module: Any) -> NetworkArrays:
    """With as many inputs as a Linear takes, the first with which the module runs."""
    from torch import nn

    sizes: dict[int, None] = {}
    for each in module.modules():
        if isinstance(each, nn.Linear):
            sizes[each.in_features] = None
        elif isinstance(each, nn.BatchNorm1d):
            sizes[each.num_features] = None
    error: ValueError | None = None
    for size in sizes:
        try:
            return _run(module, (size,))
        except UnsupportedLayerError:
            raise
        except ValueError as failed:
            error = error or failed
    reason = f" ({error})" if error is not None else ""
    raise ValueError(
        "the number of inputs is not known" + reason + "; pass input_shape, the shape of one input "
        "without the batch axis, for instance (1, 28, 28)"
    )


def _run(module: Any, shape: tuple[int, ...]) -> NetworkArrays:
    import torch

    from linreg_lib.networks.from_torch.functions import FunctionReader
    from linreg_lib.networks.from_torch.unknown_tensor import UnknownTensor

    maker = GraphMaker((1, *shape))
    like = _like(torch, module)
    reader = FunctionReader(maker, like)
    names = {id(each): name for name, each in module.named_modules()}
    try:
        with torch.no_grad(), _evaluating(torch, module):
            state = _random_state(torch)
            result = module(UnknownTensor(maker.start, reader, like))
            if state != _random_state(torch):
                raise UnsupportedLayerError(
                    f"{label_of('', module)} draws random numbers in its forward, so it is no "
                    "function of its inputs"
                )
            if isinstance(result, UnknownTensor):
                result.detach()  # refused where it is outdated, or an index
    except (UnsupportedLayerError, ValueError, TypeError) as error:
        message = _with_label(error, names)
        if message is None:
            raise
        kind = type(error) if type(error) in (UnsupportedLayerError, TypeError) else ValueError
        raise kind(message) from error
    except RuntimeError as error:
        if "TorchScript" not in str(error):
            raise
        raise UnsupportedLayerError(
            f"{label_of('', module)} calls a scripted function, which is not read; put the Python "
            "function in its place"
        ) from error
    if not isinstance(result, UnknownTensor):
        raise UnsupportedLayerError(
            f"{label_of('', module)} returns {_kind_of(result)}; a network has one tensor of "
            "outputs that depends on its inputs: wrap the module in one that returns this tensor"
        )
    return arrays_of(maker, result.known)


def _random_state(torch: Any) -> tuple[Any, ...]:
    """Of the generators that a forward draws from, unless it has its own."""
    own: Any = np.random.get_state()  # noqa: NPY002 -- forwards use it
    return bytes(torch.get_rng_state().numpy()), random.getstate(), bytes(own[1]), own[2:]


def _kind_of(result: Any) -> str:
    kind = type(result).__name__
    article = "an" if kind[0].lower() in "aeiou" else "a"
    return f"{article} {kind}"


def _like(torch: Any, module: Any) -> torch.Tensor:
    """A tensor of the dtype and device that the module's numbers have."""
    for each in (*module.parameters(), *module.buffers()):
        if each.is_floating_point() and not each.is_meta:
            return torch.empty(0, dtype=each.dtype, device=each.device)
    return torch.empty(0)


@contextmanager
def _evaluating(torch: Any, module: Any) -> Iterator[None]:
    """Evaluation mode, flag by flag, nothing compiled, and back."""
    flags = [(each, each.training) for each in module.modules()]
    calls = [(each, each._compiled_call_impl) for each, _ in flags]
    compiled = [pair for pair in calls if hasattr(pair[1], "_torchdynamo_orig_callable")]
    # Compiled functions run as what they were made from; nothing is compiled unless this is loaded.
    is_loaded = "torch._dynamo" in sys.modules
    eager = torch.compiler.set_stance("force_eager") if is_loaded else nullcontext()
    try:
        for each, _ in flags:
            each.training = False
        for each, _ in compiled:
            each._compiled_call_impl = None
        with eager:
            yield
    finally:
        for each, flag in flags:
            each.training = flag
        for each, call in compiled:
            each._compiled_call_impl = call


def _warn_of_training(module: Any) -> None:
    for name, each in module.named_modules():
        if each.training and type(each).__name__.startswith(("BatchNorm", "SyncBatchNorm")):
            warnings.warn(
                f"{label_of(name, each)} is in training mode; it is folded with its running "
                "statistics, as after module.eval()",
                stacklevel=_levels_to_user(),
            )


def _levels_to_user() -> int:
    """How far up the first frame outside the library is."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_LIBRARY):
        frame, level = frame.f_back, level + 1
    return level


def _with_label(error: Exception, names: dict[int, str]) -> str | None:
    """The message, with the innermost module that was running; None for errors of user code."""
    frames = []
    step = error.__traceback__
    while step is not None:
        frames.append(step.tb_frame)
        step = step.tb_next
    running = [each for each in (f.f_locals.get("self") for f in frames) if id(each) in names]
    last = frames[-1].f_code.co_filename
    if not running or not (last.startswith(_LIBRARY) or str(Path("torch", "nn")) in last):
        return None
    inner = running[-1]
    label, text = label_of(names[id(inner)], inner), str(error)
    name, is_refused, why = text.partition(" is not supported: ")
    if is_refused and type(inner).__module__.startswith("torch."):
        return f"{label} is not supported: {why}"
    return f"{label} {text}" if text.startswith(("takes ", "has ")) else f"{label}: {text}"


def _require_module(module: Any) -> None:
    with needs_extra("a network from torch"):
        from torch import nn

    if not isinstance(module, nn.Module):
        is_class = isinstance(module, type)
        given = f"the class {module.__name__}" if is_class else type(module).__name__
        raise TypeError(
            f"module must be a torch.nn.Module, got {given}; pass the module itself, such as "
            "nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))"
        )


def _checked_shape(input_shape: int | Sequence[int]) -> tuple[int, ...]:
    if isinstance(input_shape, Iterable):
        return tuple(checked_counts("input_shape", input_shape))
    return (checked_count("input_shape", input_shape),)
