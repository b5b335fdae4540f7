"""Networks from torch modules, as a function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linreg_lib.networks.network import Network


def network_from_torch(module: Any, input_shape: int | Sequence[int] | None = None) -> Network:
    """``Network.from_torch`` as a function."""
    return Network.from_torch(module, input_shape)


network_from_torch.__doc__ = Network.from_torch.__doc__
