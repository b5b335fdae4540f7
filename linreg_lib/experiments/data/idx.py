"""The IDX format: a header of big-endian integers, then unsigned bytes."""

from __future__ import annotations

import gzip
import io
import math
import zlib

import numpy as np
from numpy.typing import NDArray

from linreg_lib.errors import DataError
from linreg_lib.networks.arguments import checked_count, checked_kind

# Deflate makes at most 1,032 bytes from one.
_LARGEST_RATIO = 1032


def parse_idx(
    content: bytes, num_axes: int, name: str, *, max_bytes: int = 1 << 28
) -> NDArray[np.uint8]:
    """The array in the gzip-compressed IDX file ``content``, uint8 with ``num_axes`` axes, locked.

    The header is two zero bytes, 8 for unsigned bytes, the number of axes, and the length of each
    axis as a big-endian 32-bit integer.  No more is inflated than it announces.

    Raises:
        DataError: not gzip, another type or number of axes, not as many bytes as announced, or more
            than ``max_bytes``.

    >>> import gzip
    >>> parse_idx(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9])), 1, "two labels").tolist()
    [7, 9]
    """
    checked_kind("content", content, bytes, "the bytes of a gzip file")
    checked_count("num_axes", num_axes, most=255)
    magic = bytes([0, 0, 8, num_axes])
    start = 4 + 4 * num_axes
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            header = stream.read(start)
            if header[:4] != magic or len(header) < start:
                raise DataError(
                    f"{name} is not an IDX file of unsigned bytes with {num_axes} axes: "
                    f"it starts with {header[:4].hex()}, not with {magic.hex()}."
                )
            shape = tuple(int(length) for length in np.frombuffer(header, ">u4", offset=4))
            size = math.prod(shape)
            _check_size(size, shape, name, min(max_bytes, _LARGEST_RATIO * len(content)))
            raw = stream.read(size + 1)  # at the end its checksum is compared
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{name} is not a complete gzip file ({error}).") from error
    if len(raw) != size:
        found = "more" if len(raw) > size else f"{len(raw):,}"
        raise DataError(f"{name} announces shape {shape}, {size:,} bytes, but holds {found}.")
    return np.frombuffer(raw, np.uint8).reshape(shape)  # read-only, as bytes are


def _check_size(size: int, shape: tuple[int, ...], name: str, largest: int) -> None:
    if size > largest:
        raise DataError(
            f"{name} announces shape {shape}, {size:,} bytes, but {largest:,} are the most that "
            "it may or can hold."
        )
