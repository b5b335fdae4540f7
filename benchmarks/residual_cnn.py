"""A small residual convolutional network with max pooling, weights drawn here."""

from __future__ import annotations

from typing import Any

import numpy as np

import linreg_lib as lr

PIXELS, CHANNELS = 8, 4


def residual_cnn(pixels: int = PIXELS, channels: int = CHANNELS) -> tuple[lr.Network, lr.Slice]:
    """As layers, on a slice in two random directions through a random image; three classes."""
    rng = np.random.default_rng(1)
    net = lr.Network.from_torch(_module(pixels, channels, rng), (1, pixels, pixels))
    centre, rows = rng.normal(size=pixels**2), rng.normal(size=(2, pixels**2))
    return net, lr.Slice(centre, rows, 4.0)


def _module(pixels: int, channels: int, rng: np.random.Generator) -> Any:
    """He weights and Gaussian biases of standard deviation 0.1, from NumPy's generator."""
    import torch
    from torch import nn

    class Residual(nn.Module):
        """Stem and pooling, a residual block, pooling again, a linear head."""

        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Conv2d(1, channels, 3, padding=1)
            self.first = nn.Conv2d(channels, channels, 3, padding=1)
            self.second = nn.Conv2d(channels, channels, 3, padding=1)
            self.head = nn.Linear((pixels // 4) ** 2 * channels, 3)

        def forward(self, x: Any) -> Any:
            x = nn.functional.max_pool2d(torch.relu(self.stem(x)), 2)
            x = torch.relu(x + self.second(torch.relu(self.first(x))))
            return self.head(nn.functional.max_pool2d(x, 2).flatten(1))

    module = Residual().double().eval()
    with torch.no_grad():
        for each in module.parameters():
            fan_in = each[0].numel()
            sd = 0.1 if each.ndim == 1 else (2 / fan_in) ** 0.5
            each.copy_(torch.from_numpy(rng.normal(0.0, sd, size=tuple(each.shape))))
    return module
