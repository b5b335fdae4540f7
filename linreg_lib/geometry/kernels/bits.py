"""Single bits of 64-bit words, for compiled kernels; import this only where numba is installed.

Both functions are one machine instruction each and can be called inside ``njit`` functions alone.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


def _lowest_bit(typing_context: Any, word: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], cgutils.true_bit)

    return types.int64(types.uint64), codegen


def _num_bits(typing_context: Any, word: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), codegen


#: place of the lowest bit set in a uint64, as an int64: 3 for 0b11000; undefined for 0
lowest_bit: Any = intrinsic(_lowest_bit)
#: how many bits of a uint64 are set, as an int64
num_bits: Any = intrinsic(_num_bits)
