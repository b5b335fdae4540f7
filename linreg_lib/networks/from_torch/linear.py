"""Torch's functions that are linear in what depends on the input."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy import sparse

from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.networks.from_torch.reads import Reads, refuse, shown
from linreg_lib.networks.from_torch.unknown_tensor import UnknownTensor, replaced, tensors_in


class Linear(Reads):
    """Readers of sums, products with numbers, matrices and means."""

    def by_unit_vectors(
        self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> UnknownTensor:
        """The matrix of a linear function, from the unit vectors: each entry is one product."""
        unknown = [each for each in tensors_in((args, kwargs)) if isinstance(each, UnknownTensor)]
        if len(unknown) != 1:
            refuse(f"{shown(func)} multiplies values that both depend on the input")
        known = unknown[0].known

        def at(vector: torch.Tensor) -> torch.Tensor:
            plain_args, plain_kwargs = replaced(
                (args, kwargs),
                lambda each: (
                    vector.reshape(known.shape)
                    if isinstance(each, UnknownTensor)
                    else (each.detach().double() if each.is_floating_point() else each).cpu()
                ),
            )
            try:
                return func(*plain_args, **plain_kwargs)
            except RuntimeError as error:
                raise ValueError(f"{shown(func)}: {error}") from error

        zero = at(torch.zeros(known.size, dtype=torch.float64))
        if zero.any():
            refuse(f"{shown(func)} adds numbers of its own; add them outside of it")
        columns = []
        for i in range(known.size):
            vector = torch.zeros(known.size, dtype=torch.float64)
            vector[i] = 1.0
            columns.append(sparse.csc_array(at(vector).numpy().reshape(-1, 1)))
        matrix = sparse.csr_array(sparse.hstack(columns, format="csr"))
        return self.unknown(self.maker.mapped(known, matrix, None, tuple(zero.shape)))

    def read_add(self, input: Any, other: Any, *, alpha: Any = 1) -> UnknownTensor:
        factor = exact_number("alpha", alpha)
        if not isinstance(input, UnknownTensor):
            scaled = self.read_mul(other, factor) if factor != 1.0 else other
            return self.read_add(scaled, input)
        if isinstance(other, UnknownTensor):
            return self.unknown(self.maker.added(input.known, other.known, factor))
        return self.unknown(
            self.maker.shifted(input.known, factor * self.numbers("a summand", other))
        )

    read_radd = read_add

    def read_sub(self, input: Any, other: Any, *, alpha: Any = 1) -> UnknownTensor:
        return self.read_add(input, other, alpha=-exact_number("alpha", alpha))

    read_subtract = read_sub

    def read_rsub(self, input: Any, other: Any, *, alpha: Any = 1) -> UnknownTensor:
        return self.read_sub(other, input, alpha=alpha)

    def read_neg(self, input: Any) -> UnknownTensor:
        return self.read_mul(input, -1.0)

    read_negative = read_neg

    def read_mul(self, input: Any, other: Any) -> UnknownTensor:
        if isinstance(input, UnknownTensor) and isinstance(other, UnknownTensor):
            refuse("the product of two values that depend on the input is not piecewise linear")
        if not isinstance(input, UnknownTensor):
            input, other = other, input
        return self.unknown(self.maker.scaled(input.known, self.numbers("a factor", other)))

    read_multiply = read_rmul = read_mul

    def read_div(self, input: Any, other: Any, *, rounding_mode: Any = None) -> UnknownTensor:
        if rounding_mode is not None:
            refuse("a division that rounds to integers is not continuous")
        if isinstance(other, UnknownTensor):
            refuse("a division by a value that depends on the input is not piecewise linear")
        numbers = self.numbers("the divisor", other)
        if not numbers.all():
            raise ValueError("the divisor has an entry 0")
        return self.unknown(self.maker.scaled(input.known, 1.0 / numbers))

    def read_rdiv(self, input: Any, other: Any) -> UnknownTensor:
        return self.read_div(other, input)

    read_divide = read_true_divide = read_truediv = read_div

    def read_linear(self, input: Any, weight: Any, bias: Any = None) -> UnknownTensor:
        matrix = self.numbers("weight", weight)
        offsets = None if bias is None else self.numbers("bias", bias)
        if not isinstance(input, UnknownTensor) or matrix.ndim != 2:
            refuse("a matrix that depends on the input is not supported")
        shape = input.known.shape
        if not shape or shape[-1] != matrix.shape[1]:
            hint = "; put a Flatten before it" if len(shape) > 2 else ""
            raise ValueError(f"takes {matrix.shape[1]} features, but gets {shape[1:]}{hint}")
        return self.unknown(self.maker.linear(input.known, matrix, offsets))

    def read_matmul(self, input: Any, other: Any) -> UnknownTensor:
        known = isinstance(input, UnknownTensor) and not isinstance(other, UnknownTensor)
        if known and input.known.shape and other.ndim == 2:
            return self.read_linear(input, other.T)
        return self.by_unit_vectors(torch.matmul, (input, other), {})

    read_mm = read_matmul

    def read_rmatmul(self, input: Any, other: Any) -> UnknownTensor:
        return self.read_matmul(other, input)

    def read_addmm(
        self, input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1
    ) -> UnknownTensor:
        product = self.read_mul(self.read_matmul(mat1, mat2), alpha)
        return self.read_add(product, input, alpha=beta)

    def read_batch_norm(
        self,
        input: Any,
        running_mean: Any,
        running_var: Any,
        weight: Any = None,
        bias: Any = None,
        training: bool = False,
        momentum: Any = 0.1,
        eps: float = 1e-5,
        cudnn_enabled: bool = True,
    ) -> UnknownTensor:
        if running_mean is None or running_var is None:
            refuse(
                "has no running statistics (track_running_stats=False), so what it computes "
                "depends on the batch"
            )
        if training:
            refuse("batch_norm is called with training=True, so it depends on the batch")
        mean = self.numbers("running_mean", running_mean)
        variance = self.numbers("running_var", running_var)
        scale = np.ones(len(mean)) if weight is None else self.numbers("weight", weight)
        offset = np.zeros(len(mean)) if bias is None else self.numbers("bias", bias)
        return self.unknown(self.maker.normalised(input.known, mean, variance, scale, offset, eps))

    def read_mean(
        self, input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
    ) -> UnknownTensor:
        axes = self.axes_of(input, dim, "mean")
        return self.unknown(self.maker.summed(input.known, axes, keepdim, mean=True))

    def read_sum(
        self, input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
    ) -> UnknownTensor:
        axes = self.axes_of(input, dim, "sum")
        return self.unknown(self.maker.summed(input.known, axes, keepdim, mean=False))
