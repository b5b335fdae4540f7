"""Random networks: initialisations of weights, and laws of biases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.arguments import checked_counts, checked_list, checked_rng
from linreg_lib.networks.exact_floats import exact_floats, exact_number
from linreg_lib.networks.laws import Law, Normal, Uniform, Zero

WeightSampler: TypeAlias = Callable[[tuple[int, int], np.random.Generator], NDArray[np.float64]]
InitSpec: TypeAlias = str | Law | WeightSampler
BiasSpec: TypeAlias = str | float | Law | Sequence[str | float | Law] | None


def random_layers(
    widths: Sequence[int], init: InitSpec, biases: BiasSpec, rng: np.random.Generator
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    """Independent random weights (n_out, n_in) and biases (n_out,); see ``random_network``."""
    checked_rng("rng", rng)
    sizes = _checked_widths(widths)
    num_layers = len(sizes) - 1
    if biases is None:
        biases = "torch" if init == "torch" else Zero
    if isinstance(biases, (str, Law)) or np.isscalar(biases):
        per_layer: list[Any] = [biases] * num_layers
    else:
        per_layer = checked_list("biases", biases, "laws or numbers, one per layer")
        if len(per_layer) != num_layers:
            raise ValueError(
                f"biases has {len(per_layer)} entries for {num_layers} layers "
                "(the output layer counts)"
            )
    weight_arrays, bias_arrays = [], []
    for layer in range(num_layers):
        shape = (sizes[layer + 1], sizes[layer])
        weight_arrays.append(_sample_weights(init, shape, rng))
        bias_arrays.append(_sample_biases(f"biases[{layer}]", per_layer[layer], shape, rng))
    return weight_arrays, bias_arrays


def _checked_widths(widths: Sequence[int]) -> list[int]:
    sizes = checked_list("widths", widths, "integers [n_in, .., n_out]")
    if len(sizes) < 2:
        raise ValueError(f"widths is {sizes}; give at least inputs and outputs, [n_in, n_out]")
    return checked_counts("widths", sizes)


def _sample_weights(
    init: InitSpec, shape: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    if isinstance(init, str):
        if init not in _NAMED:
            raise ValueError(f"no initialisation is named {init!r}; known: {', '.join(_NAMED)}")
        return _NAMED[init](shape, rng)
    if not isinstance(init, Law) and not callable(init):
        raise TypeError(
            "init must be a name, a law or a function (shape, rng) -> array, "
            f"got {type(init).__name__}"
        )
    drawn = init.sample(shape, rng=rng) if isinstance(init, Law) else init(shape, rng)
    weights = exact_floats("the weights that init gives", drawn)
    if weights.shape != shape:
        raise ValueError(f"init gave weights of shape {weights.shape}, expected {shape}")
    return weights


def _sample_biases(
    name: str, spec: str | float | Law, shape: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    num_out, num_in = shape
    if isinstance(spec, str):
        if spec != "torch":
            raise ValueError(f'{name} is {spec!r}; the only law with a name is "torch"')
        return _symmetric_uniform(num_in**-0.5, num_out, rng)
    if isinstance(spec, Law):
        sample = spec.sample(num_out, rng=rng)
        if np.shape(sample) != (num_out,):
            raise ValueError(f"{name} gave samples of shape {np.shape(sample)}, not ({num_out},)")
        return sample
    if np.isscalar(spec):
        return np.full(num_out, exact_number(name, spec))
    raise TypeError(f'{name} must be a law, a number or "torch", got {type(spec).__name__}')


def _symmetric_uniform(
    bound: float, shape: int | tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.float64]:
    return Uniform(-bound, bound).sample(shape, rng=rng)


def _he(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    return Normal((2.0 / shape[1]) ** 0.5).sample(shape, rng=rng)


def _he_uniform(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    return _symmetric_uniform((6.0 / shape[1]) ** 0.5, shape, rng)


def _xavier(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    return Normal((2.0 / sum(shape)) ** 0.5).sample(shape, rng=rng)


def _xavier_uniform(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    return _symmetric_uniform((6.0 / sum(shape)) ** 0.5, shape, rng)


def _torch_default(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    return _symmetric_uniform(shape[1] ** -0.5, shape, rng)


def _orthogonal(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    num_out, num_in = shape
    gaussian = rng.normal(size=(max(shape), min(shape)))
    q, r = np.linalg.qr(gaussian)
    # Without this sign q would not be uniformly distributed on the orthogonal group.
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
    return q if num_out >= num_in else q.T


_NAMED: dict[str, WeightSampler] = {
    "he": _he,
    "he_uniform": _he_uniform,
    "xavier": _xavier,
    "xavier_normal": _xavier,
    "xavier_uniform": _xavier_uniform,
    "orthogonal": _orthogonal,
    "torch": _torch_default,
}
