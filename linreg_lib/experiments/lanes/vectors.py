"""Vectors of 64 bytes in kernels: 16 numbers of float32, or 8 of float64, side by side.

Compilers vectorise a loop only if they can show that its arrays do not overlap, and never a sum.
Here a kernel says which numbers stand side by side, and in which order they are added, so that its
results are the same bits on every machine: addition, product, quotient and square root are those
of IEEE 754, rounded one by one.  Machines without registers of this length take several.
Indices are not checked, and do not count from the end.  Imported only where numba is installed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from numba.core import cgutils, types
from numba.core.cgutils import ir  # llvmlite's, which numba brings
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic as _intrinsic
from numba.extending import lower_builtin, models, register_model

_BYTES = 64
intrinsic: Any = _intrinsic  # its types are those of the code that makes code


class Vector(types.Type):
    """Type of a vector in a kernel."""

    def __init__(self, dtype: types.Float) -> None:
        self.dtype = dtype
        self.length = 8 * _BYTES // dtype.bitwidth
        super().__init__(name=f"vector({dtype})")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, fe_type: Vector) -> None:
        of_one = manager.lookup(fe_type.dtype).get_value_type()
        super().__init__(manager, fe_type, ir.VectorType(of_one, fe_type.length))


def vector_length(dtype: Any) -> int:
    """How many numbers of this NumPy type a vector has."""
    return _BYTES // dtype.itemsize


# Operators ----------------------------------------------------------------------------------------

_OPERATORS: dict[Callable[..., Any], str] = {
    operator.add: "fadd",
    operator.sub: "fsub",
    operator.mul: "fmul",
    operator.truediv: "fdiv",
}


class _SameVectors(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 2 and isinstance(args[0], Vector) and args[0] == args[1]:
            return signature(args[0], *args)
        return None


def _define(function: Callable[..., Any], instruction: str) -> None:
    infer_global(function)(type(f"_{instruction}", (_SameVectors,), {}))

    @lower_builtin(function, Vector, Vector)
    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return getattr(builder, instruction)(*args)


for _function, _instruction in _OPERATORS.items():
    _define(_function, _instruction)


@intrinsic
def square_root(typing_context: Any, vector: Any) -> Any:
    """Of each entry, rounded correctly."""

    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = args[0].type
        name = f"llvm.sqrt.v{sig.return_type.length}f{sig.return_type.dtype.bitwidth}"
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(kind, [kind]), name
        )
        return builder.call(function, args)

    return vector(vector), lowered


@intrinsic
def at_most(typing_context: Any, left: Any, right: Any, then: Any, otherwise: Any) -> Any:
    """``then`` where ``left <= right``, else (also where one is NaN) ``otherwise``."""

    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<=", args[0], args[1]), args[2], args[3])

    return then(left, right, then, otherwise), lowered


@intrinsic
def times_power_of_two(typing_context: Any, vector: Any, shifted: Any) -> Any:
    """``vector * 2**n`` for integers n, given as ``n + 1.5 * 2**(number of mantissa bits)``.

    Those last bits of ``shifted`` are n; moved to where the exponent stands they make 2**n.
    """

    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind, float_kind = sig.return_type, args[0].type
        mantissa, bias = (23, 127) if kind.dtype.bitwidth == 32 else (52, 1023)
        integers = ir.VectorType(ir.IntType(kind.dtype.bitwidth), kind.length)
        bits = builder.bitcast(args[1], integers)
        exponents = builder.shl(bits, ir.Constant(integers, [mantissa] * kind.length))
        one = ir.Constant(integers, [bias << mantissa] * kind.length)
        power = builder.bitcast(builder.add(exponents, one), float_kind)
        return builder.fmul(args[0], power)

    return vector(vector, shifted), lowered


@intrinsic
def tree_sum(typing_context: Any, vector: Any) -> Any:
    """The sum of a vector's entries: halves are added to each other until one number is left."""

    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        rest, length = args[0], sig.args[0].length
        while length > 1:
            length //= 2
            low, high = (_picked(builder, rest, rest, range(s, s + length)) for s in (0, length))
            rest = builder.fadd(low, high)
        return builder.extract_element(rest, ir.Constant(ir.IntType(32), 0))

    return vector.dtype(vector), lowered


# Memory -------------------------------------------------------------------------------------------


@intrinsic
def load(typing_context: Any, array: Any, index: Any) -> Any:
    """The vector that begins at ``array[index]``, of a flat array."""

    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _load(builder, sig.return_type, _place(context, builder, sig, args))

    return Vector(array.dtype)(array, types.intp), lowered


@intrinsic
def store(typing_context: Any, array: Any, index: Any, vector: Any) -> Any:
    """Write a vector to ``array[index]`` and the entries behind."""

    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        _store(builder, sig.args[2], _place(context, builder, sig, args), args[2])
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), lowered


@intrinsic
def spread(typing_context: Any, array: Any, index: Any) -> Any:
    """A vector all of whose entries are ``array[index]``."""

    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        value = builder.load(_place(context, builder, sig, args))
        return _filled(builder, value, sig.return_type.length)

    return Vector(array.dtype)(array, types.intp), lowered


@intrinsic
def filled(typing_context: Any, array: Any, value: Any) -> Any:
    """A vector of ``array``'s type all of whose entries are ``value``, rounded to that type."""

    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        value = context.cast(builder, args[1], sig.args[1], sig.return_type.dtype)
        return _filled(builder, value, sig.return_type.length)

    return Vector(array.dtype)(array, value), lowered


@intrinsic
def transpose(
    typing_context: Any, array: Any, source: Any, source_row: Any, target: Any, target_row: Any
) -> Any:
    """Copy a square block with as many rows as a vector is long to ``target``, transposed.

    ``source`` and ``target`` say where the blocks begin in the flat array, ``source_row`` and
    ``target_row`` how far their rows are apart.
    """

    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = Vector(sig.args[0].dtype)
        rows = []
        for row in range(kind.length):
            index = builder.add(args[1], builder.mul(args[2], args[2].type(row)))
            rows.append(_load(builder, kind, _place(context, builder, sig, [args[0], index])))
        half = kind.length // 2
        for _ in range(kind.length.bit_length() - 1):  # each pass shuffles rows like cards
            dealt = []
            for upper, lower in zip(rows[:half], rows[half:]):
                for first in (0, half):
                    pairs = [(i, i + kind.length) for i in range(first, first + half)]
                    dealt.append(_picked(builder, upper, lower, sum(pairs, ())))
            rows = dealt
        for number, row in enumerate(rows):
            index = builder.add(args[3], builder.mul(args[4], args[4].type(number)))
            _store(builder, kind, _place(context, builder, sig, [args[0], index]), row)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, types.intp, types.intp), lowered


def _place(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    data = context.make_array(sig.args[0])(context, builder, args[0]).data
    return builder.gep(data, [args[1]])


def _load(builder: Any, kind: Vector, place: Any) -> Any:
    one = ir.FloatType() if kind.dtype.bitwidth == 32 else ir.DoubleType()
    whole = ir.VectorType(one, kind.length)
    loaded = builder.load(builder.bitcast(place, whole.as_pointer()))
    loaded.align = kind.dtype.bitwidth // 8
    return loaded


def _store(builder: Any, kind: Vector, place: Any, value: Any) -> None:
    stored = builder.store(value, builder.bitcast(place, value.type.as_pointer()))
    stored.align = kind.dtype.bitwidth // 8


def _filled(builder: Any, value: Any, length: int) -> Any:
    zero = ir.Constant(ir.IntType(32), 0)
    undefined = ir.Constant(ir.VectorType(value.type, length), ir.Undefined)
    first = builder.insert_element(undefined, value, zero)
    return _picked(builder, first, undefined, [0] * length)


def _picked(builder: Any, one: Any, other: Any, entries: Any) -> Any:
    """Entries of two vectors, counted through both."""
    entries = list(entries)
    mask = ir.Constant(ir.VectorType(ir.IntType(32), len(entries)), entries)
    return builder.shuffle_vector(one, other, mask)
