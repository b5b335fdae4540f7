"""The IDX format: a header of big-endian integers, then unsigned bytes."""

from __future__ import annotations

import gzip
import math
import zlib

import numpy as np
from numpy.typing import NDArray

from linreg_lib.errors import DataError


def parse_idx(content: bytes, num_axes: int, name: str) -> NDArray[np.uint8]:
    """The array in the gzip-compressed IDX file ``content``, uint8 with ``num_axes`` axes, locked.

    The header is two zero bytes, 8 for unsigned bytes, the number of axes, and the length of each
    axis as a big-endian 32-bit integer.

    Raises:
        DataError: not gzip, another type or number of axes, or not as many bytes as announced.

    >>> import gzip
    >>> parse_idx(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9])), 1, "two labels").tolist()
    [7, 9]
    """
    try:
        raw = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{name} is not a complete gzip file ({error}).") from error
    magic = bytes([0, 0, 8, num_axes])
    start = 4 + 4 * num_axes
    if raw[:4] != magic or len(raw) < start:
        raise DataError(
            f"{name} is not an IDX file of unsigned bytes with {num_axes} axes: "
            f"it starts with {raw[:4].hex()}, not with {magic.hex()}."
        )
    shape = tuple(int(length) for length in np.frombuffer(raw, ">u4", num_axes, offset=4))
    if len(raw) - start != math.prod(shape):
        raise DataError(
            f"{name} announces shape {shape}, {math.prod(shape):,} bytes, "
            f"but holds {len(raw) - start:,}."
        )
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape)  # read-only, as bytes are
