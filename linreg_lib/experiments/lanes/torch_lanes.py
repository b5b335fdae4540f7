"""The twin of the compiled lanes in torch: all lanes side by side, on any of its devices.

Gradients are autograd's.  Sums are in whatever order torch takes them, so the bits are those of one
version on one machine.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.lanes.lane_stack import DECAY, DECAY_SQUARE, EPS, Lane
from linreg_lib.experiments.lanes.parameter_layout import ParameterLayout
from linreg_lib.extras import needs_extra
from linreg_lib.networks.named_activations import ACTIVATIONS

if TYPE_CHECKING:
    import torch

_EVALUATION_ROWS = 10_000  # examples of one forward pass


class TorchLanes:
    """Lanes with as many examples each as a LaneStack."""

    def __init__(self, lanes: Sequence[Lane], layout: ParameterLayout, device: str) -> None:
        with needs_extra('engine="torch"', otherwise='take engine="compiled"'):
            import torch
        from torch.nn import functional

        settings = lanes[0].plan.settings
        self._layout, self._settings = layout, settings
        self._device = torch.device(device)
        self._activation = getattr(functional, ACTIVATIONS[settings.activation].torch_function)
        first = np.stack([layout.packed(lane.plan.first) for lane in lanes])
        self._parameters = torch.tensor(first, device=self._device, requires_grad=True)
        self._means = torch.zeros_like(self._parameters)
        self._squares = torch.zeros_like(self._parameters)
        self._powers = [1.0, 1.0]
        # the same data are kept once
        self._is_shared = all(lane.data is lanes[0].data for lane in lanes)
        data = [lane.data for lane in lanes[: 1 if self._is_shared else None]]
        vectors = np.stack([each.vectors().astype(layout.dtype) for each in data])
        self._examples = torch.tensor(vectors, device=self._device)
        labels = np.stack([np.asarray(each.labels, dtype=np.int64) for each in data])
        self._labels = torch.tensor(labels, device=self._device)

    def numbers(self) -> dict[str, NDArray[np.floating]]:
        blocks = {
            "parameters": self._parameters.detach(), "means": self._means, "squares": self._squares
        }  # fmt: skip
        arrays = {name: block.cpu().numpy().copy() for name, block in blocks.items()}
        return {**arrays, "powers": np.array(self._powers)}

    def restore(self, numbers: Mapping[str, NDArray[np.floating]]) -> None:
        import torch

        with torch.no_grad():
            self._parameters.copy_(torch.from_numpy(numbers["parameters"]))
            self._means.copy_(torch.from_numpy(numbers["means"]))
            self._squares.copy_(torch.from_numpy(numbers["squares"]))
        self._powers = numbers["powers"].tolist()

    def advance(
        self, orders: Sequence[NDArray[np.int32]], position: int, num_steps: int
    ) -> NDArray[np.int64]:
        import torch

        batch_size, num_examples = self._settings.batch_size, self._settings.num_examples
        rows = torch.from_numpy(np.stack(orders).astype(np.int64)).to(self._device)
        num_lanes = len(orders)
        done = torch.full((num_lanes,), num_steps, dtype=torch.int64, device=self._device)
        epoch = 0
        for step in range(num_steps):
            start = position * batch_size
            chosen = rows[:, epoch, start : start + batch_size]
            losses = self._losses(*self._batch(chosen)).mean(dim=1)
            # asked at the end alone: a device need not wait
            done = torch.where(torch.isfinite(losses.detach()), done, done.clamp(max=step))
            (gradients,) = torch.autograd.grad(losses.sum(), self._parameters)
            self._descend(gradients)
            position += 1
            if start + batch_size >= num_examples:
                position, epoch = 0, epoch + 1
        return done.cpu().numpy()

    def evaluate(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        import torch
        from torch.nn.functional import cross_entropy

        num_lanes, num = len(self._parameters), self._settings.num_examples
        total = torch.zeros(num_lanes, dtype=torch.float64, device=self._device)
        num_right = torch.zeros(num_lanes, dtype=torch.int64, device=self._device)
        with torch.no_grad():
            for start in range(0, num, _EVALUATION_ROWS):
                part = slice(start, start + _EVALUATION_ROWS)
                labels = self._labels[:, part].expand(num_lanes, -1)
                examples = self._examples[:, part].expand(num_lanes, -1, -1)
                logits = self._logits(examples).double()
                total += cross_entropy(logits.mT, labels, reduction="none").sum(dim=1)
                num_right += (logits.argmax(dim=2) == labels).sum(dim=1)
        return total.cpu().numpy() / num, num_right.cpu().numpy() / num

    def _batch(self, chosen: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        import torch

        if self._is_shared:
            return self._examples[0][chosen], self._labels[0][chosen]
        lanes = torch.arange(len(chosen), device=self._device)[:, None]
        return self._examples[lanes, chosen], self._labels[lanes, chosen]

    def _losses(self, examples: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        from torch.nn.functional import cross_entropy

        return cross_entropy(self._logits(examples).mT, labels, reduction="none")

    def _logits(self, values: torch.Tensor) -> torch.Tensor:
        import torch

        places = self._layout.places
        for layer, (matrix, shape, num_in, bias) in enumerate(places):
            weight = self._parameters[:, matrix].unflatten(1, shape)[:, :, :num_in]
            offset = self._parameters[:, None, bias]
            values = torch.baddbmm(offset, values, weight.mT)
            if layer < len(places) - 1:
                values = self._activation(values)
        return values

    def _descend(self, gradients: torch.Tensor) -> None:
        """A step of Adam, in torch's own order of operations, or of gradient descent."""
        import torch

        lr, weight_decay = self._settings.lr, self._settings.weight_decay
        with torch.no_grad():
            if weight_decay:
                gradients = gradients.add(self._parameters, alpha=weight_decay)
            if self._settings.optimizer == "sgd":
                self._parameters.sub_(gradients, alpha=lr)
                return
            self._powers = [self._powers[0] * DECAY, self._powers[1] * DECAY_SQUARE]
            self._means.lerp_(gradients, 1.0 - DECAY)
            self._squares.mul_(DECAY_SQUARE)
            self._squares.addcmul_(gradients, gradients, value=1.0 - DECAY_SQUARE)
            spread = self._squares.sqrt() / (1.0 - self._powers[1]) ** 0.5
            step_size = lr / (1.0 - self._powers[0])
            self._parameters.addcdiv_(self._means, spread + EPS, value=-step_size)


@contextlib.contextmanager
def torch_threads(num: int) -> Iterator[None]:
    """So many threads of torch; put back afterwards."""
    import torch

    before = torch.get_num_threads()
    try:
        torch.set_num_threads(num)
        yield
    finally:
        torch.set_num_threads(before)
