"""What a reader hands to a network: its arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.graph.layered import layered, max_units
from linreg_lib.networks.graph.tensors import GraphMaker, Tensor
from linreg_lib.networks.max_units import MaxUnit
from linreg_lib.networks.mixed_activation import Activation, activation_of_units


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkArrays:
    """As ``Network.from_arrays`` takes them."""

    weights: Sequence[NDArray[np.float64]]
    biases: Sequence[NDArray[np.float64]]
    activation: Sequence[Activation]
    max_units: Sequence[MaxUnit] = ()


def arrays_of(maker: GraphMaker, output: Tensor) -> NetworkArrays:
    """The layers that compute ``output``; ValueError if that is empty."""
    if not output.size:
        raise ValueError(f"the output has the shape {output.shape}, so no entries")
    made = layered(maker.inputs, output.value)
    return NetworkArrays(
        weights=made.weights,
        biases=made.biases,
        activation=[activation_of_units(each) for each in made.activations],
        max_units=max_units(maker.contests, made.places),
    )
