"""What a forward may do that is easily read as something else."""

from __future__ import annotations

import random

import numpy as np
import pytest

from linreg_lib.networks import Network, UnsupportedLayerError
from tests.networks.test_torch_graph import assert_same_function, module_of

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional

OTHER = "after a view of it was changed in place"


def _then_changed(copy):
    """Adds 1 in place to what may be a copy or none, and goes on with both."""

    def forward(m, x):
        base = (2 * x).view(1, 2, 3).transpose(1, 2)
        maybe = copy(m, base)
        maybe += 1
        return base + maybe

    return forward


@pytest.mark.parametrize(
    "copy",
    [
        lambda m, x: x.double(),
        lambda m, x: x.float(),
        lambda m, x: x.to(torch.float64),
        lambda m, x: x.contiguous(),
        lambda m, x: torch.atleast_2d(x),
        lambda m, x: torch.broadcast_tensors(x, torch.zeros(3, 2))[0],
        lambda m, x: x.view_as(3 * x),
    ],
    ids=["double", "float", "to", "contiguous", "atleast_2d", "broadcast_tensors", "view_as"],
)
def test_what_may_be_a_copy_or_none_is_not_guessed(copy) -> None:
    with pytest.raises(UnsupportedLayerError, match=OTHER):
        Network.from_torch(module_of(_then_changed(copy)), (6,))


@pytest.mark.parametrize(
    "copy",
    [lambda m, x: x.clone(), lambda m, x: x * 1, lambda m, x: +x, lambda m, x: x.detach()],
    ids=["clone", "product", "plus", "detach"],
)
def test_copies_and_aliases_that_are_known(copy) -> None:
    assert_same_function(module_of(_then_changed(copy)), (6,))


MASK = torch.tensor([True, False, True, True, False, False])
FUNCTIONS = {
    "sum over no axes is over all": ((2, 3), lambda m, x: x[0].sum(dim=[]), {}),
    "mean over no axes": ((2, 3), lambda m, x: x[0].mean(dim=[]), {}),
    "largest over no axes": ((2, 3), lambda m, x: x[0].amax(dim=[]), {}),
    "where as a method": ((6,), lambda m, x: x.where(MASK, -x), {}),
    "masked": ((6,), lambda m, x: x.masked_fill(MASK, 2.0).masked_fill_(~MASK, x[0, 0]), {}),
    "max(other=)": ((6,), lambda m, x: torch.max(x, other=-x) + torch.min(x, other=x), {}),
    "shown": ((6,), lambda m, x: x.relu() if f"{x} {x!r} {x!s}" else x, {}),
    "images in the batch": (
        (3, 1, 6, 7),
        lambda m, x: F.max_pool2d(m.a(x.flatten(0, 1)).relu(), 2).flatten(1).sum(1),
        {"a": nn.Conv2d(1, 2, 3)},
    ),
    "means of images in the batch": (
        (3, 2, 5, 4),
        lambda m, x: F.adaptive_avg_pool2d(m.a(F.avg_pool2d(x[0], 2, 1)), (2, 3)),
        {"a": nn.BatchNorm2d(2)},
    ),
    "transposed with keywords": (
        (2, 3, 3),
        lambda m, x: F.conv_transpose2d(x, m.w, stride=2, bias=m.b),
        {"w": torch.randn(2, 3, 2, 2), "b": torch.randn(3)},
    ),
    "transposed without batch": (
        (2, 3, 3),
        lambda m, x: F.conv_transpose2d(x[0], m.w, m.b),
        {"w": torch.randn(2, 3, 2, 2), "b": torch.randn(3)},
    ),
    "no units": (
        (6,),
        lambda m, x: m.b(F.relu(m.a(x))),
        {"a": nn.Linear(6, 0), "b": nn.Linear(0, 2)},
    ),
    "a padding that never wins": (
        (2, 6, 7),
        lambda m, x: F.max_pool2d(F.pad(x, (1, 1, 1, 1), value=-1e30), 3, 2),
        {},
    ),
    "constants of all sizes": (
        (6,),
        lambda m, x: torch.cat([m.c[:, :1], x, m.c[:, 1:]], 1).amax(1),
        {"c": torch.tensor([[-1e30, 0.25, -3e38, 0.0]])},
    ),
}


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
@pytest.mark.parametrize(("shape", "forward", "layers"), FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_functions(shape, forward, layers) -> None:
    assert_same_function(module_of(forward, **layers), shape)


@torch.jit.script
def _scripted(x):
    return x.relu()


REFUSED = {
    "noise": (lambda m, x: x + torch.randn(6), "draws random numbers"),
    "numpy's noise": (lambda m, x: x + np.random.rand(), "draws random"),  # noqa: NPY002
    "python's noise": (lambda m, x: x * random.random(), "draws random numbers"),
    "integers": (lambda m, x: x.sum(1, dtype=torch.int64), "sum to torch.int64 rounds"),
    "converted": (lambda m, x: x.to(dtype=torch.int32), "to to torch.int32 rounds"),
    "its own index": (lambda m, x: x[x], "has an index that depends on the input"),
    "an index": (lambda m, x: torch.arange(6)[x], "has an index that depends on the input"),
    "scripted": (lambda m, x: _scripted(x), "calls a scripted function"),
}


@pytest.mark.parametrize(("forward", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(forward, message: str) -> None:
    with pytest.raises(UnsupportedLayerError, match=message):
        Network.from_torch(module_of(forward), (6,))


@pytest.mark.parametrize(
    ("forward", "message"),
    [
        (lambda m, x: x[:, :0], r"the output has the shape \(1, 0\), so no entries"),
        (lambda m, x: F.max_pool1d(x[:, None], 2, 1, 1, 7), "a window that lies in the padding"),
        (lambda m, x: F.fold(x, (2, 2), 3), "fold: "),
    ],
    ids=["empty", "padding alone", "torch's own error"],
)
def test_impossible(forward, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Network.from_torch(module_of(forward), (6,))


def test_a_compiled_function_runs_as_it_was_written() -> None:
    compiled = torch.compile(lambda x: x.relu() + 1, backend="eager")
    assert_same_function(module_of(lambda m, x: compiled(m.a(x)), a=nn.Linear(6, 3)), (6,))
