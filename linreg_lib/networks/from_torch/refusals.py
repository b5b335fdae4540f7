"""Torch modules whose forward is not what their class and their weights say, and the way out."""

from __future__ import annotations

from typing import Any

from linreg_lib.errors import LinregError

_STATISTICS = {"running_mean", "running_var", "num_batches_tracked"}
#: parameters and buffers that the forward of each layer reads
_READ = {
    "Linear": {"weight", "bias"},
    "Conv2d": {"weight", "bias"},
    "BatchNorm1d": {"weight", "bias"} | _STATISTICS,
    "BatchNorm2d": {"weight", "bias"} | _STATISTICS,
}


class UnsupportedLayerError(LinregError, ValueError):
    """A torch layer that cannot become part of a piecewise linear network here."""


def label_of(name: str, module: Any) -> str:
    """How errors call a module, ``name`` as in ``named_modules()``."""
    kind = type(module)
    path = kind.__module__
    plain = path.startswith("torch.nn.modules") or not path.startswith("torch.")
    shown = kind.__name__ if plain else f"{path}.{kind.__name__}"
    return f"layer '{name}' ({shown})" if name else shown


def require_plain(name: str, module: Any) -> None:
    """Raise UnsupportedLayerError if hooks, a replaced forward or stale weights are in the way."""
    label = label_of(name, module)
    _refuse_hooks(label, module)
    compiled = vars(module).get("_compiled_call_impl")
    is_replaced = compiled is not None and not hasattr(compiled, "_torchdynamo_orig_callable")
    if is_replaced or {"forward", "_conv_forward", "_call_impl"} & vars(module).keys():
        raise UnsupportedLayerError(
            f"{label} has a forward of its own, set on the object; import the layers that it is "
            "made of"
        )
    held = module._parameters.keys() | module._buffers.keys()
    read = _READ.get(type(module).__name__, held)
    if held != read:
        raise UnsupportedLayerError(
            f"{label} holds {', '.join(sorted(held)) or 'nothing'} instead of "
            f"{', '.join(sorted(read))}, so its weight may be stale (pruned or normalised, and "
            "its hooks gone?); put the weight that counts into a new layer"
        )


def _refuse_hooks(label: str, module: Any) -> None:
    from torch.nn.modules import module as torch_module
    from torch.nn.utils import prune

    if torch_module._global_forward_hooks or torch_module._global_forward_pre_hooks:
        raise UnsupportedLayerError(
            f"{label} runs with global forward hooks, which may change what it computes; remove "
            "them by the handles that registered them"
        )
    before = module._forward_pre_hooks.values()
    kinds = {type(hook).__name__ for hook in before}
    if any(isinstance(hook, prune.BasePruningMethod) for hook in before):
        names = [each[:-5] for each in module._parameters if each.endswith("_orig")]
        calls = ", ".join(f"torch.nn.utils.prune.remove(layer, {each!r})" for each in names)
        raise UnsupportedLayerError(
            f"{label} has forward hooks: it is pruned; make that permanent first, with {calls}"
        )
    for kind, remove in (("WeightNorm", "weight"), ("SpectralNorm", "spectral")):
        if kind in kinds:
            raise UnsupportedLayerError(
                f"{label} has forward hooks, of {remove}_norm; make the weight permanent first, "
                f"with torch.nn.utils.remove_{remove}_norm(layer)"
            )
    if before or module._forward_hooks:
        raise UnsupportedLayerError(
            f"{label} has forward hooks, which may change what it computes; remove them by their "
            "handles, if what it computes without them is meant"
        )


def way_out(module: Any) -> str:
    """What to do with a module of an unsupported class; empty where there is nothing special."""
    from torch.nn.utils import parametrize

    kind = type(module)
    path = f"{kind.__module__}.{kind.__name__}"
    if parametrize.is_parametrized(module):
        names = ", ".join(f"'{each}'" for each in module.parametrizations)
        return (
            f"its {names} is parametrised (weight_norm, spectral_norm, ...); make it permanent "
            f"first, with torch.nn.utils.parametrize.remove_parametrizations(layer, {names})"
        )
    if "quantiz" in path or ".intrinsic" in path or ".qat" in path:
        return "it is quantised or prepared for it; import the float model it was made from"
    if kind.__name__.startswith("Lazy"):
        return "it has no weights yet; run one batch through the module first"
    if kind.__name__ == "OptimizedModule":
        return "it is compiled; pass the module that torch.compile was given"
    if "ScriptModule" in kind.__name__ or "GraphModule" in kind.__name__:
        return "it is a traced program; pass the module it was made from"
    if kind.__name__.endswith("DataParallel"):
        return "pass its .module"
    return ""
