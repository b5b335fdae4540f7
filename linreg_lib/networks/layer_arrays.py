"""The matrices and vectors of a network's layers, as users give them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.arguments import checked_list
from linreg_lib.networks.exact_floats import locked_floats

#: what messages call the sequences
ARRAYS = "arrays, one per layer"
Arrays = tuple[NDArray[np.float64], ...]


def checked_layers(weights: Any, biases: Any) -> tuple[Arrays, Arrays]:
    """Read-only copies; TypeError or ValueError says which array does not fit, and why."""
    matrices = _per_layer("weights", weights, ndim=2)
    vectors = _per_layer("biases", biases, ndim=1)
    if not matrices:
        raise ValueError("weights is empty; a network needs at least its affine output layer")
    if len(vectors) != len(matrices):
        raise ValueError(
            f"biases has {len(vectors)} entries and weights has {len(matrices)}; "
            "each layer needs one of both"
        )
    transposed = _hint_to_transpose(matrices, vectors)
    for index, (weight, bias) in enumerate(zip(matrices, vectors, strict=True)):
        if len(bias) != len(weight):
            raise ValueError(
                f"biases[{index}] has {len(bias)} entries, but weights[{index}] of shape "
                f"{weight.shape} has {len(weight)} rows{transposed}"
            )
        if index and weight.shape[1] != len(matrices[index - 1]):
            raise ValueError(
                f"weights[{index}] of shape {weight.shape} takes {weight.shape[1]} inputs, but "
                f"weights[{index - 1}] gives {len(matrices[index - 1])}{transposed}"
            )
    return matrices, vectors


def _per_layer(name: str, values: Any, ndim: int) -> Arrays:
    arrays = checked_list(name, values, ARRAYS)
    for i, array in enumerate(arrays):
        if array is None:
            raise TypeError(
                f"{name}[{i}] is None; give its numbers (zeros for a layer without bias)"
            )
    return tuple(locked_floats(f"{name}[{i}]", array, ndim=ndim) for i, array in enumerate(arrays))


def _hint_to_transpose(
    weights: Sequence[NDArray[np.float64]], biases: Sequence[NDArray[np.float64]]
) -> str:
    """Keras keeps weights as (n_in, n_out)."""
    fits = all(
        len(bias) == weight.shape[1] and (not i or weight.shape[0] == len(biases[i - 1]))
        for i, (weight, bias) in enumerate(zip(weights, biases, strict=True))
    )
    return "; the shapes fit if all weights are transposed: pass each weight.T" if fits else ""
