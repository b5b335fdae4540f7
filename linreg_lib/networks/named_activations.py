"""The activations that have a name, with what torch calls them.

To add one: a function, and its row in ``ACTIVATIONS``.  Nothing else knows activations by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from linreg_lib.networks.activation import SPELLED, PiecewiseLinear
from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.networks.unsupported import UnsupportedLayerError


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

    ``from_arguments`` takes what that function takes behind its input, and gives the activation of
    such a call.
    """

    make: Callable[[], PiecewiseLinear]
    torch_function: str
    from_arguments: Callable[..., PiecewiseLinear]


def _called_relu(inplace: bool = False) -> PiecewiseLinear:
    return relu()


def _called_leaky_relu(negative_slope: Any = 0.01, inplace: bool = False) -> PiecewiseLinear:
    slope = exact_number("negative_slope", negative_slope)
    return identity() if slope == 1.0 else leaky_relu(slope)


def _called_hard_tanh(
    min_val: Any = -1.0, max_val: Any = 1.0, inplace: bool = False
) -> PiecewiseLinear:
    low, high = exact_number("min_val", min_val), exact_number("max_val", max_val)
    if not low < high:
        raise UnsupportedLayerError(f"it is constant: min_val is {low}, max_val {high}")
    return PiecewiseLinear([low, high], [0.0, 1.0, 0.0], value_at=(low, low))


def _called_relu6(inplace: bool = False) -> PiecewiseLinear:
    return relu6()


ACTIVATIONS = {
    "relu": NamedActivation(make=relu, torch_function="relu", from_arguments=_called_relu),
    "leaky_relu": NamedActivation(
        make=leaky_relu, torch_function="leaky_relu", from_arguments=_called_leaky_relu
    ),
    "hard_tanh": NamedActivation(
        make=hard_tanh, torch_function="hardtanh", from_arguments=_called_hard_tanh
    ),
    "relu6": NamedActivation(make=relu6, torch_function="relu6", from_arguments=_called_relu6),
}
SPELLED.update({each.make(): f"{name}()" for name, each in ACTIVATIONS.items()})
SPELLED[identity()] = "identity()"


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
    # The identity is no row: no layer of a random or trained network has it alone.
    makers = {"identity": identity, **{key: each.make for key, each in ACTIVATIONS.items()}}
    if not isinstance(activation, str):
        words = ", ".join(f'"{each}"' for each in makers)
        given = getattr(activation, "__name__", None) or repr(activation)
        raise TypeError(
            f"{name} must be a name ({words}), a PiecewiseLinear, or a list of these, one per "
            f"hidden layer, got {given:.60} ({type(activation).__name__})"
        )
    if activation not in makers:
        raise ValueError(
            f"{name}: no activation is named {activation!r}; known: {', '.join(makers)}; "
            "for another one pass a PiecewiseLinear"
        )
    return makers[activation]()
