"""What evaluating a network needs to know of it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.mixed_activation import Activation


@runtime_checkable
class Layers(Protocol):
    """Affine layers with activations between them: what a ``Network`` is to a forward pass.

    Layer ``l`` maps ``h`` to ``weights[l] @ h + biases[l]``; behind every layer but the last one
    ``activations[l]`` is applied unit by unit.  Hashable, by content or by identity.
    """

    @property
    def weights(self) -> tuple[NDArray[np.float64], ...]:
        """The layers' matrices (n_out, n_in)."""

    @property
    def biases(self) -> tuple[NDArray[np.float64], ...]:
        """The layers' vectors (n_out,)."""

    @property
    def activations(self) -> tuple[Activation, ...]:
        """One per hidden layer."""

    @property
    def input_dim(self) -> int:
        """Number of inputs."""

    @property
    def hidden_widths(self) -> tuple[int, ...]:
        """Number of units of each hidden layer."""

    @property
    def depth(self) -> int:
        """Number of hidden layers."""

    def __hash__(self) -> int: ...
