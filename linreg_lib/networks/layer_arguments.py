"""What users give for the layers of a network: arrays and activations, checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.arguments import checked_list
from linreg_lib.networks.exact_floats import locked_floats
from linreg_lib.networks.mixed_activation import Activation, MixedActivation
from linreg_lib.networks.named_activations import activation_named

#: how users may give activations: one for all hidden layers, or for each, or for each unit of each
LayerActivations = (
    str | PiecewiseLinear | Sequence[str | Activation | Sequence[str | PiecewiseLinear]]
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


def as_tuple(name: str, values: Any, what: str = "arrays, one per layer") -> tuple[Any, ...]:
    """The entries of a list."""
    return tuple(checked_list(name, values, what))


def per_layer(name: str, values: Any, ndim: int) -> tuple[NDArray[np.float64], ...]:
    """An array for each layer, read-only copies."""
    arrays = as_tuple(name, values)
    for i, array in enumerate(arrays):
        if array is None:
            raise TypeError(
                f"{name}[{i}] is None; give its numbers (zeros for a layer without bias)"
            )
    return tuple(locked_floats(f"{name}[{i}]", array, ndim=ndim) for i, array in enumerate(arrays))


def hint_to_transpose(
    weights: Sequence[NDArray[np.float64]], biases: Sequence[NDArray[np.float64]]
) -> str:
    """What errors add where weights are those of Keras, (n_in, n_out)."""
    fits = all(
        len(bias) == weight.shape[1] and (not i or weight.shape[0] == len(biases[i - 1]))
        for i, (weight, bias) in enumerate(zip(weights, biases, strict=True))
    )
    return "; the shapes fit if all weights are transposed: pass each weight.T" if fits else ""


def scaled(
    name: str, array: NDArray[np.float64], exponents: NDArray[np.integer[Any]]
) -> NDArray[np.float64]:
    """An array times powers of two; refused where a number would change otherwise."""
    with np.errstate(over="ignore", under="ignore"):
        product = np.ldexp(array, exponents)
        back = np.ldexp(product, -exponents)
    if not np.array_equal(back, array):
        raise ValueError(f"{name} times the powers of two leaves the range of float64")
    return np.asarray(product)
