"""What ONNX operators do to tensors of values.

Each reader has its operator's name; it gets the node's inputs (tensors of values, arrays of
numbers, None where left out) and its attributes by name.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.exact_floats import exact_floats, exact_number
from linreg_lib.networks.from_onnx.windowed import Windowed
from linreg_lib.networks.graph.tensors import Tensor, clip
from linreg_lib.networks.graph.why_not import why_not
from linreg_lib.networks.named_activations import leaky_relu, relu
from linreg_lib.networks.unsupported import UnsupportedLayerError

Numbers = NDArray[np.float64]


class OperatorReader(Windowed):
    """Carries out the operators of one file, of version ``opset``."""

    def read(self, kind: str, inputs: Sequence[Any], attributes: dict[str, Any]) -> Any:
        """The outputs: one, or a tuple."""
        own: Callable[..., Any] | None = getattr(self, f"read_{kind}", None)
        if own is None:
            raise UnsupportedLayerError(f"is not supported: {why_not(kind)}")
        try:
            inspect.signature(own).bind(*inputs, **attributes)
        except TypeError as error:
            raise UnsupportedLayerError(
                f"has an input or attribute that is not known here ({error})"
            ) from error
        return own(*inputs, **attributes)

    # sums and products

    def read_Add(self, a: Any, b: Any) -> Tensor:
        if isinstance(a, Tensor) and isinstance(b, Tensor):
            return self.maker.added(a, b)
        known, numbers = (a, b) if isinstance(a, Tensor) else (b, a)
        return self.maker.shifted(known, self.numbers(numbers))

    def read_Sub(self, a: Any, b: Any) -> Tensor:
        if isinstance(b, Tensor):
            return self.read_Add(self.read_Neg(b), a)
        return self.read_Add(a, -self.numbers(b))

    def read_Neg(self, a: Tensor) -> Tensor:
        return self.maker.scaled(a, np.array(-1.0))

    def read_Mul(self, a: Any, b: Any) -> Tensor:
        if isinstance(a, Tensor) and isinstance(b, Tensor):
            raise UnsupportedLayerError(
                "multiplies two values that depend on the input: that is not piecewise linear"
            )
        known, numbers = (a, b) if isinstance(a, Tensor) else (b, a)
        return self.maker.scaled(known, self.numbers(numbers))

    def read_Div(self, a: Any, b: Any) -> Tensor:
        if isinstance(b, Tensor):
            raise UnsupportedLayerError(
                "divides by a value that depends on the input: that is not piecewise linear"
            )
        divisor = self.numbers(b)
        if not divisor.all():
            raise ValueError("divides by 0")
        return self.maker.scaled(a, 1.0 / divisor)

    def read_Sum(self, *terms: Any) -> Tensor:
        total = terms[0]
        for each in terms[1:]:
            total = self.read_Add(total, each) if _any_known(total, each) else total + each
        return total

    def read_Mean(self, *terms: Any) -> Tensor:
        return self.maker.scaled(self.read_Sum(*terms), np.array(1.0 / len(terms)))

    def read_MatMul(self, a: Any, b: Any) -> Tensor:
        if isinstance(a, Tensor) and isinstance(b, Tensor):
            raise UnsupportedLayerError(
                "multiplies two values that depend on the input: that is not piecewise linear"
            )
        matrix = self.numbers(b if isinstance(a, Tensor) else a)
        if matrix.ndim == 1:
            made = self.read_MatMul(
                *((a, matrix[:, None]) if isinstance(a, Tensor) else (matrix[None], b))
            )
            if isinstance(a, Tensor) or len(b.shape) == 1:
                return self.maker.moved([made], lambda index: index[..., 0])
            return self.maker.moved([made], lambda index: index[..., 0, :])
        if matrix.ndim != 2:
            raise UnsupportedLayerError(f"has a constant with {matrix.ndim} axes; only 2 are known")
        if isinstance(a, Tensor):
            return self.maker.linear(a, matrix.T)
        if len(b.shape) == 1:
            return self.maker.linear(b, matrix)
        columns = self.maker.moved([b], lambda index: np.swapaxes(index, -1, -2))
        made = self.maker.linear(columns, matrix)
        return self.maker.moved([made], lambda index: np.swapaxes(index, -1, -2))

    def read_Gemm(
        self,
        a: Any,
        b: Any,
        c: Any = None,
        alpha: float = 1.0,
        beta: float = 1.0,
        transA: int = 0,
        transB: int = 0,
    ) -> Tensor:
        product = self.read_MatMul(self._transposed(a, transA), self._transposed(b, transB))
        if alpha != 1.0:
            product = self.maker.scaled(product, np.array(alpha))
        if c is None or beta == 0.0:
            return product
        if beta != 1.0:
            c = self.maker.scaled(c, np.array(beta)) if isinstance(c, Tensor) else beta * c
        return self.read_Add(product, c)

    def _transposed(self, matrix: Any, asked: int) -> Any:
        if not asked:
            return matrix
        return self.maker.moved([matrix], np.transpose) if isinstance(matrix, Tensor) else matrix.T

    def read_BatchNormalization(
        self,
        x: Tensor,
        scale: Any,
        bias: Any,
        mean: Any,
        variance: Any,
        epsilon: float = 1e-5,
        training_mode: int = 0,
    ) -> Tensor:
        if training_mode:
            raise UnsupportedLayerError("is in training mode, so it depends on the batch")
        return self.maker.normalised(
            x,
            self.numbers(mean),
            self.numbers(variance),
            self.numbers(scale),
            self.numbers(bias),
            epsilon,
        )

    # activations

    def read_Relu(self, x: Tensor) -> Tensor:
        return self.maker.activated(x, relu())

    def read_LeakyRelu(self, x: Tensor, alpha: float = float(np.float32(0.01))) -> Tensor:
        return self.maker.activated(x, self._leaky(alpha))

    def _leaky(self, slope: float) -> PiecewiseLinear:
        return clip(-math.inf, math.inf) if slope == 1.0 else leaky_relu(slope)

    def read_PRelu(self, x: Tensor, slope: Any) -> Tensor:
        slopes = np.broadcast_to(self.numbers(slope), x.shape).ravel().tolist()
        made = {each: self._leaky(each) for each in set(slopes)}
        return self.maker.activated(x, [made[each] for each in slopes])

    def read_HardSigmoid(
        self, x: Tensor, alpha: float = float(np.float32(0.2)), beta: float = 0.5, **_: Any
    ) -> Tensor:
        ramp = self.maker.shifted(self.maker.scaled(x, np.array(alpha)), np.array(beta))
        return self.maker.activated(ramp, clip(0.0, 1.0))

    def read_ThresholdedRelu(self, x: Tensor, alpha: float = 1.0) -> Tensor:
        if alpha:
            raise UnsupportedLayerError(f"jumps at {alpha}, so it is not continuous")
        return self.read_Relu(x)

    def read_Shrink(self, x: Tensor, bias: float = 0.0, lambd: float = 0.5) -> Tensor:
        if bias != lambd:
            raise UnsupportedLayerError("jumps where bias is not lambd, so it is not continuous")
        if lambd == 0.0:
            return x
        return self.maker.activated(x, PiecewiseLinear([-lambd, lambd], [1.0, 0.0, 1.0]))

    def read_Abs(self, x: Tensor) -> Tensor:
        return self.maker.activated(x, PiecewiseLinear([0.0], [-1.0, 1.0]))

    def read_Clip(self, x: Tensor, low: Any = None, high: Any = None, **old: Any) -> Tensor:
        below = self._bound(old.get("min") if low is None else low, -math.inf)
        above = self._bound(old.get("max") if high is None else high, math.inf)
        if not below < above or below == math.inf or above == -math.inf:
            raise UnsupportedLayerError(f"is constant: min is {below}, max {above}")
        return self.maker.activated(x, clip(below, above))

    def _bound(self, value: Any, none: float) -> float:
        if value is None:
            return none
        if isinstance(value, Tensor):
            raise UnsupportedLayerError("has a bound that depends on the input; Max and Min may")
        number = exact_number("a bound", np.asarray(value).reshape(()), finite=False)
        # Files write the largest float32 for a bound that is none.
        largest = float(np.finfo(np.float32).max)
        return none if number == math.copysign(largest, none) else number

    def read_Max(self, *terms: Any) -> Tensor:
        return self._extreme(terms, smaller=False)

    def read_Min(self, *terms: Any) -> Tensor:
        return self._extreme(terms, smaller=True)

    def _extreme(self, terms: Sequence[Any], smaller: bool) -> Tensor:
        known = [each for each in terms if isinstance(each, Tensor)]
        result = known[0]
        if len(known) > 1:
            result = self.maker.largest_of(known, smaller)
        for each in terms:
            if not isinstance(each, Tensor):
                bound = exact_floats("a bound", np.asarray(each, dtype=np.float64), finite=False)
                clipped = self.maker.clipped_above if smaller else self.maker.clipped_below
                result = clipped(result, bound)
        return result

    # reductions

    def _reduced_axes(
        self, x: Tensor, axes: Any, keepdims: int, empty: int
    ) -> tuple[list[int], bool]:
        num = len(x.shape)
        if axes is None or len(np.ravel(axes)) == 0:
            return ([] if empty else list(range(num))), bool(keepdims)
        return sorted({int(each) % num for each in np.ravel(axes)}), bool(keepdims)

    def read_ReduceMean(
        self, x: Tensor, axes: Any = None, keepdims: int = 1, noop_with_empty_axes: int = 0
    ) -> Tensor:
        chosen = self._reduced_axes(x, axes, keepdims, noop_with_empty_axes)
        return self.maker.summed(x, *chosen, mean=True)

    def read_ReduceSum(
        self, x: Tensor, axes: Any = None, keepdims: int = 1, noop_with_empty_axes: int = 0
    ) -> Tensor:
        chosen = self._reduced_axes(x, axes, keepdims, noop_with_empty_axes)
        return self.maker.summed(x, *chosen, mean=False)

    def read_ReduceMax(
        self, x: Tensor, axes: Any = None, keepdims: int = 1, noop_with_empty_axes: int = 0
    ) -> Tensor:
        chosen = self._reduced_axes(x, axes, keepdims, noop_with_empty_axes)
        groups, shape = self.maker.reduced(x, *chosen)
        return self.maker.largest(x, groups, shape)

    def read_ReduceMin(self, x: Tensor, *args: Any, **attributes: Any) -> Tensor:
        return self.read_Neg(self.read_ReduceMax(self.read_Neg(x), *args, **attributes))

    # what only moves entries

    def read_Identity(self, x: Any) -> Any:
        return x

    def read_Dropout(self, x: Any, ratio: Any = None, training: Any = None) -> Any:
        if training is not None and bool(training):
            raise UnsupportedLayerError("is in training mode, so it drops at random")
        return x

    def read_Cast(self, x: Any, to: int, **_: Any) -> Any:
        from onnx import TensorProto

        floats = (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16)
        if to not in floats:
            raise UnsupportedLayerError("rounds to integers, which is not continuous")
        return x

    def read_Flatten(self, x: Tensor, axis: int = 1) -> Tensor:
        axis = axis % len(x.shape) if axis < 0 else axis
        before = math.prod(x.shape[:axis])
        return self.maker.moved([x], lambda index: index.reshape(before, -1))

    def read_Reshape(self, x: Tensor, shape: Any = None, allowzero: int = 0) -> Tensor:
        sizes = [int(each) for each in np.ravel(shape)]
        if not allowzero:
            sizes = [x.shape[i] if each == 0 else each for i, each in enumerate(sizes)]
        return self.maker.moved([x], lambda index: index.reshape(sizes))

    def read_Transpose(self, x: Tensor, perm: Any = None) -> Tensor:
        return self.maker.moved([x], lambda index: np.transpose(index, perm))

    def read_Concat(self, *parts: Any, axis: int = 1) -> Tensor:
        arrays = [each if isinstance(each, Tensor) else self.numbers(each) for each in parts]
        return self.maker.moved(arrays, lambda *index: np.concatenate(index, axis=axis))

    def read_Split(
        self, x: Tensor, sizes: Any = None, axis: int = 0, split: Any = None, num_outputs: int = 0
    ) -> tuple[Tensor, ...]:
        lengths = sizes if sizes is not None else split
        if lengths is None:
            num = num_outputs or self.num_outputs
            size = -(-x.shape[axis] // num)
            lengths = [min(size, x.shape[axis] - i * size) for i in range(num)]
        ends = np.cumsum(lengths)
        return tuple(
            self.maker.moved([x], lambda i, a=end - n, b=end: np.take(i, range(a, b), axis=axis))
            for n, end in zip(lengths, ends.tolist(), strict=True)
        )

    def read_Squeeze(self, x: Tensor, axes: Any = None) -> Tensor:
        chosen = None if axes is None else tuple(int(each) for each in np.ravel(axes))
        return self.maker.moved([x], lambda index: np.squeeze(index, chosen))

    def read_Unsqueeze(self, x: Tensor, axes: Any = None) -> Tensor:
        chosen = tuple(int(each) for each in np.ravel(axes))
        return self.maker.moved([x], lambda index: np.expand_dims(index, chosen))

    def read_Slice(
        self,
        x: Tensor,
        starts: Any = None,
        ends: Any = None,
        axes: Any = None,
        steps: Any = None,
    ) -> Tensor:
        where = [slice(None)] * len(x.shape)
        numbers = range(len(np.ravel(starts))) if axes is None else np.ravel(axes).tolist()
        for i, axis in enumerate(numbers):
            step = 1 if steps is None else int(np.ravel(steps)[i])
            start, end = int(np.ravel(starts)[i]), int(np.ravel(ends)[i])
            if step < 0:  # unlike here, ONNX begins at 0 with a start before it
                start = max(start, -x.shape[axis])
            is_whole = step < 0 and end < -x.shape[axis]
            where[axis] = slice(start, None if is_whole else end, step)
        return self.maker.moved([x], lambda index: index[tuple(where)])

    def read_Gather(self, x: Any, indices: Any, axis: int = 0) -> Tensor:
        if isinstance(indices, Tensor):
            raise UnsupportedLayerError("has an index that depends on the input")
        chosen = np.asarray(indices).astype(np.int64)
        return self.maker.moved([x], lambda index: np.take(index, chosen, axis=axis))

    def read_Expand(self, x: Tensor, shape: Any) -> Tensor:
        sizes = np.broadcast_shapes(x.shape, tuple(int(each) for each in shape))
        return self.maker.broadcast(x, sizes)

    def read_Tile(self, x: Tensor, repeats: Any) -> Tensor:
        return self.maker.moved([x], lambda index: np.tile(index, [int(each) for each in repeats]))

    def read_Where(self, condition: Any, a: Any, b: Any) -> Tensor:
        if isinstance(condition, Tensor):
            raise UnsupportedLayerError("chooses by values that depend on the input")
        mask = np.asarray(condition, dtype=bool)
        parts = [each if isinstance(each, Tensor) else self.numbers(each) for each in (a, b)]
        return self.maker.moved(parts, lambda *index: np.asarray(np.where(mask, *index)))

    def read_Pad(
        self,
        x: Tensor,
        pads: Any = None,
        value: Any = 0.0,
        axes: Any = None,
        mode: str = "constant",
    ) -> Tensor:
        num = len(x.shape)
        chosen = range(num) if axes is None else [int(each) % num for each in np.ravel(axes)]
        amounts = np.zeros((num, 2), dtype=np.int64)
        amounts[list(chosen)] = np.reshape(pads, (2, -1)).T
        kinds: dict[str, Any] = {"constant": "constant", "reflect": "reflect", "edge": "edge"}
        if mode not in kinds or (amounts < 0).any():
            raise UnsupportedLayerError(f"has mode {mode!r} or negative pads, which are not known")
        fill = 0.0 if value is None else float(np.ravel(self.numbers(value))[0])
        return self.maker.moved([x], lambda index: np.pad(index, amounts, mode=kinds[mode]), fill)

    def read_Shape(self, x: Tensor, start: int = 0, end: int | None = None) -> NDArray[np.int64]:
        return np.array(x.shape[start:end], dtype=np.int64)

    def read_Size(self, x: Tensor) -> NDArray[np.int64]:
        return np.array(x.size, dtype=np.int64)


def _any_known(*values: Any) -> bool:
    return any(isinstance(each, Tensor) for each in values)
