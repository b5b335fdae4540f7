"""The activations of a network's hidden layers, as users give them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.arguments import checked_list
from linreg_lib.networks.mixed_activation import (
    Activation,
    MixedActivation,
    activation_of_units,
)
from linreg_lib.networks.named_activations import activation_named
from linreg_lib.networks.unit_names import layer_name

#: how users may give activations: one for all hidden layers, or for each, or for each unit of each
LayerActivations = (
    str | PiecewiseLinear | Sequence[str | Activation | Sequence[str | PiecewiseLinear]]
)


def checked_activations(given: Any, biases: Sequence[Any]) -> tuple[Activation, ...]:
    """One for each layer but the last; TypeError or ValueError says which does not fit."""
    activations = checked_list("activations", given, "activations, one per hidden layer")
    if len(activations) != len(biases) - 1:
        raise ValueError(
            f"activations has {len(activations)} entries for {len(biases) - 1} hidden layers; "
            "the output layer has none"
        )
    for index, activation in enumerate(activations):
        if not isinstance(activation, PiecewiseLinear | MixedActivation):
            raise TypeError(
                f"activations[{index}] must be a PiecewiseLinear or a MixedActivation, "
                f"got {type(activation).__name__}"
            )
        if isinstance(activation, MixedActivation) and len(activation.units) != len(biases[index]):
            raise ValueError(
                f"activations[{index}] is for {len(activation.units)} units, but "
                f"{layer_name(index)} has {len(biases[index])}"
            )
    return tuple(
        activation_of_units(each.units) if isinstance(each, MixedActivation) else each
        for each in activations
    )


def activation_of_layer(given: Any, name: str) -> Activation:
    """An activation as given for one layer: a name, a function, or one of these for each unit."""
    if isinstance(given, MixedActivation):
        return given
    if isinstance(given, Iterable) and not isinstance(given, str):
        units = [activation_named(each, f"{name}[{i}]") for i, each in enumerate(given)]
        if not units:
            raise ValueError(f"{name} is empty; give one activation per unit of the layer")
        return MixedActivation(units)
    return activation_named(given, name)
