"""The activations that have a name, with what torch calls them.

To add one: a function, and its row in ``ACTIVATIONS``.  Nothing else knows activations by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from linreg_lib.networks.activation import SPELLED, PiecewiseLinear
from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.networks.from_torch.refusals import UnsupportedLayerError


def relu() -> PiecewiseLinear:
    """``max(0, t)``; a unit at exactly 0 is off (piece 0).

    >>> relu()([-1.0, 2.0]).tolist()
    [0.0, 2.0]
    """
    return PiecewiseLinear([0.0], [0.0, 1.0], value_at=(0.0, 0.0))


def leaky_relu(slope: float = 0.01) -> PiecewiseLinear:
    """``t`` for ``t > 0``, else ``slope * t``; ``slope`` must not be 1.

    >>> leaky_relu(0.5)([-1.0, 2.0]).tolist()
    [-0.5, 2.0]
    """
    return PiecewiseLinear([0.0], [exact_number("slope", slope), 1.0], value_at=(0.0, 0.0))


def hard_tanh() -> PiecewiseLinear:
    """``t`` clipped to [-1, 1].

    >>> hard_tanh()([-3.0, 0.5, 3.0]).tolist()
    [-1.0, 0.5, 1.0]
    """
    return PiecewiseLinear([-1.0, 1.0], [0.0, 1.0, 0.0], value_at=(0.0, 0.0))


def relu6() -> PiecewiseLinear:
    """``t`` clipped to [0, 6].

    >>> relu6()([-3.0, 0.5, 8.0]).tolist()
    [0.0, 0.5, 6.0]
    """
    return PiecewiseLinear([0.0, 6.0], [0.0, 1.0, 0.0], value_at=(0.0, 0.0))


def identity() -> PiecewiseLinear:
    """``t`` itself: a unit that carries its value to the next layer, and cuts nothing.

    >>> identity()([-3.0, 0.5]).tolist(), identity().num_breakpoints
    ([-3.0, 0.5], 0)
    """
    return PiecewiseLinear([], [1.0])


@dataclass(frozen=True, kw_only=True)
class NamedActivation:
    """``make()`` gives the activation, which is ``torch.nn.functional.<torch_function>``.

    ``from_module(label, module)`` reads an object of ``torch.nn.<torch_module>``, which errors call
    ``label``; None where it is the identity.
    """

    make: Callable[[], PiecewiseLinear]
    torch_function: str
    torch_module: str
    from_module: Callable[[str, Any], PiecewiseLinear | None]


def _read_leaky_relu(label: str, module: Any) -> PiecewiseLinear | None:
    slope = exact_number(f"{label}: negative_slope", module.negative_slope)
    return None if slope == 1.0 else leaky_relu(slope)


def _read_clipped(label: str, module: Any) -> PiecewiseLinear:
    """ReLU6 is a Hardtanh, too, whose forward reads the bounds."""
    low = exact_number(f"{label}: min_val", module.min_val)
    high = exact_number(f"{label}: max_val", module.max_val)
    if not low < high:
        raise UnsupportedLayerError(f"{label} is constant: min_val is {low}, max_val {high}")
    return PiecewiseLinear([low, high], [0.0, 1.0, 0.0], value_at=(low, low))


ACTIVATIONS = {
    "relu": NamedActivation(
        make=relu,
        torch_function="relu",
        torch_module="ReLU",
        from_module=lambda label, module: relu(),
    ),
    "leaky_relu": NamedActivation(
        make=leaky_relu,
        torch_function="leaky_relu",
        torch_module="LeakyReLU",
        from_module=_read_leaky_relu,
    ),
    "hard_tanh": NamedActivation(
        make=hard_tanh,
        torch_function="hardtanh",
        torch_module="Hardtanh",
        from_module=_read_clipped,
    ),
    "relu6": NamedActivation(
        make=relu6,
        torch_function="relu6",
        torch_module="ReLU6",
        from_module=_read_clipped,
    ),
}
#: makers by name: also of the identity, which no layer of a random network would have alone
_MAKERS = {"identity": identity, **{name: each.make for name, each in ACTIVATIONS.items()}}
SPELLED.update({make(): f"{name}()" for name, make in _MAKERS.items()})


def activation_named(
    activation: str | PiecewiseLinear, name: str = "activation"
) -> PiecewiseLinear:
    """The activation of a name; a ``PiecewiseLinear`` is returned as it is.

    Raises ValueError for an unknown name (the known ones are listed), TypeError for other types.
    ``name`` is what errors call the argument.

    >>> activation_named("relu") == relu()
    True
    """
    if isinstance(activation, PiecewiseLinear):
        return activation
    if not isinstance(activation, str):
        words = ", ".join(f'"{each}"' for each in _MAKERS)
        given = getattr(activation, "__name__", None) or repr(activation)
        raise TypeError(
            f"{name} must be a name ({words}), a PiecewiseLinear, or a list of these, one per "
            f"hidden layer, got {given:.60} ({type(activation).__name__})"
        )
    if activation not in _MAKERS:
        raise ValueError(
            f"{name}: no activation is named {activation!r}; known: {', '.join(_MAKERS)}; "
            "for another one pass a PiecewiseLinear"
        )
    return _MAKERS[activation]()
