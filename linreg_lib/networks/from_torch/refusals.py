"""Torch modules that cannot be run on a tensor of values, and the way out; how they are called."""

from __future__ import annotations

from typing import Any

from linreg_lib.networks.unsupported import UnsupportedLayerError


def label_of(name: str, module: Any) -> str:
    """How errors call a module, ``name`` as in ``named_modules()``."""
    kind = type(module)
    path = kind.__module__
    plain = path.startswith("torch.nn.modules") or not path.startswith("torch.")
    shown = kind.__name__ if plain else f"{path}.{kind.__name__}"
    return f"layer '{name}' ({shown})" if name else shown


def require_runnable(name: str, module: Any) -> None:
    """Raise UnsupportedLayerError for modules whose forward is no Python code of tensors."""
    if way := way_out(module):
        raise UnsupportedLayerError(f"{label_of(name, module)} is not supported: {way}")


def way_out(module: Any) -> str:
    """What to do with a module of an unsupported class; empty where there is nothing special."""
    kind = type(module)
    path = f"{kind.__module__}.{kind.__name__}"
    if "quantiz" in path or ".intrinsic" in path or ".qat" in path:
        return "it is quantised or prepared for it; import the float model it was made from"
    if kind.__name__.startswith("Lazy"):
        return "it has no weights yet; run one batch through the module first"
    if kind.__name__ == "OptimizedModule":
        return "it is compiled; pass the module that torch.compile was given"
    if "ScriptModule" in kind.__name__:
        return "it is a traced program; pass the module it was made from"
    if kind.__name__.endswith("DataParallel"):
        return "pass its .module"
    return ""
