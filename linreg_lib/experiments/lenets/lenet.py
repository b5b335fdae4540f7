"""LeNets that lost a convolution, and the inequalities of the polytope that holds an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.data.dataset import Dataset
from linreg_lib.extras import needs_extra
from linreg_lib.networks.arguments import checked_choice, checked_count

#: what is left of LeNet-5: "narrow" kept its first convolution (6 filters on the padded image),
#: "wide" lost it (16 filters on the padded image, then 120 on what the first pool leaves)
LENETS = ("narrow", "wide")
_BATCH = 128


def lenet(kind: str, side: int, *, seed: int) -> Any:
    """A LeNet for images of ``side`` by ``side``, float64, ReLU and average pools, torch's start.

    >>> narrow = lenet("narrow", 28, seed=0)
    >>> units_of(narrow, np.zeros((2, 28, 28)))[0].shape
    torch.Size([2, 4908])

    Raises:
        ValueError: an unknown kind; "wide" for images that are smaller than 10 by 10.
    """
    with needs_extra("training"):
        import torch
        from torch import nn
    checked_choice("kind", kind, LENETS)
    side = checked_count("side", side, least=2 if kind == "narrow" else 10)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(checked_count("seed", seed, least=0, most=None))
        half = side // 2
        if kind == "narrow":
            layers = [nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.AvgPool2d(2)]
            width = 6 * half * half
        else:
            layers = [nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.AvgPool2d(2)]
            layers += [nn.Conv2d(16, 120, 5), nn.ReLU(), nn.AvgPool2d(2)]
            width = 120 * ((half - 4) // 2) ** 2
        layers += [nn.Flatten(), nn.Linear(width, 120), nn.ReLU()]
        layers += [nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
        return nn.Sequential(*layers).double()


def train_lenet(module: Any, data: Dataset, *, num_steps: int, seed: int) -> None:
    """Adam at 1e-3 on batches of 128, in float32 on one thread; changes the module in place."""
    import torch
    from torch.nn.functional import cross_entropy

    torch.set_num_threads(1)
    images = torch.from_numpy(_images(data).astype(np.float32))
    labels = torch.from_numpy(np.array(data.labels))
    module.float()
    optimizer = torch.optim.Adam(module.parameters(), lr=1e-3)
    order: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
    rng = np.random.default_rng([seed, 1])
    for _ in range(num_steps):
        if len(order) < _BATCH:
            order = rng.permutation(len(labels))
        rows, order = torch.from_numpy(order[:_BATCH]), order[_BATCH:]
        loss = cross_entropy(module(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    module.double()


def accuracy(module: Any, data: Dataset) -> float:
    """Share of images that are classified right."""
    import torch

    with torch.no_grad():
        parts = np.array_split(_images(data), max(1, len(data.labels) // 1000))
        answers = [module(torch.from_numpy(part)).argmax(1).numpy() for part in parts]
    return float((np.concatenate(answers) == data.labels).mean())


def units_of(module: Any, places: Any, masks: Sequence[Any] | None = None) -> tuple[Any, list[Any]]:
    """All neurons before ReLU, (images, neurons), at ``places``, and which are open, a layer each.

    With ``masks`` these decide who is open, and the neurons are affine in the place.
    """
    return _through(module, _tensor(places), masks, biased=True)


def slopes_of(module: Any, directions: Any, masks: Sequence[Any]) -> Any:
    """How fast the neurons change along ``directions`` where ``masks`` say who is open."""
    return _through(module, _tensor(directions), masks, biased=False)[0]


def cell_inequalities(
    module: Any, image: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows and slacks of ``rows @ (y - image) <= slacks``: neurons, then the walls of the cube.

    The walls of [0, 1]^n: first the upper ones, then the lower ones. Neurons that are constant on
    the region are left out.

    >>> module = lenet("narrow", 4, seed=0)
    >>> rows, slacks = cell_inequalities(module, np.full((4, 4), 0.25))
    >>> rows.shape, float(slacks[-1])
    ((332, 16), 0.25)
    """
    values, masks = units_of(module, image[None])
    basis = np.eye(image.size).reshape(-1, *image.shape)
    slopes = slopes_of(module, basis, masks).numpy().T
    values = values[0].numpy()
    rows = np.where(values > 0, -1.0, 1.0)[:, None] * slopes
    size = np.abs(rows).max(axis=1)
    varies = size > 1e-12 * max(size.max(), 1e-300)
    eye = np.eye(image.size)
    point = image.reshape(-1)
    return (
        np.vstack([rows[varies], eye, -eye]),
        np.concatenate([np.abs(values[varies]), 1.0 - point, point]),
    )


def _through(
    module: Any, tensor: Any, masks: Sequence[Any] | None, *, biased: bool
) -> tuple[Any, list[Any]]:
    import torch
    from torch import nn
    from torch.nn import functional

    units: list[Any] = []
    used: list[Any] = []
    with torch.no_grad():
        for layer in list(module)[:-1]:
            if isinstance(layer, nn.ReLU):
                units.append(tensor.flatten(1))
                is_open = (tensor > 0).to(tensor.dtype) if masks is None else masks[len(used)]
                used.append(is_open)
                tensor = tensor * is_open
            elif isinstance(layer, nn.Conv2d):
                bias = layer.bias if biased else None
                tensor = functional.conv2d(tensor, layer.weight, bias, padding=layer.padding)
            elif isinstance(layer, nn.Linear):
                tensor = functional.linear(tensor, layer.weight, layer.bias if biased else None)
            else:
                tensor = layer(tensor)
    return torch.cat(units, dim=1), used


def _tensor(places: Any) -> Any:
    import torch

    tensor = places if isinstance(places, torch.Tensor) else torch.from_numpy(np.array(places))
    return tensor[:, None] if tensor.ndim == 3 else tensor


def _images(data: Dataset) -> NDArray[np.float64]:
    vectors = data.vectors()
    side = int(round(vectors.shape[1] ** 0.5))
    return vectors.reshape(-1, 1, side, side)
