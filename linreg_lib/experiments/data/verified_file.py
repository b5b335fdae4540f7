"""A file is read together with its checksum, or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from linreg_lib.errors import DataError
from linreg_lib.regular_file import open_regular


class ChecksumError(DataError):
    """A file is there, but its content is not what it should be."""


def verify(content: bytes, sha256: str, name: str, remedy: str) -> None:
    """Raises ChecksumError unless ``sha256`` is the SHA-256 of ``content``, the file ``name``.

    ``remedy`` is a sentence that says what to do about a damaged file.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ChecksumError(
            f"{name} is corrupt or truncated ({len(content):,} bytes): "
            f"expected SHA-256 {sha256}, found {found}. {remedy}"
        )


def read_verified(file: Path, sha256: str, remedy: str, *, max_bytes: int = 1 << 28) -> bytes:
    """The bytes of ``file``, whose SHA-256 is ``sha256``.

    Raises:
        DataError: the file cannot be read, is no regular one or has more than ``max_bytes`` (named
            with the reason).
        ChecksumError: it is truncated or altered; names the file, both checksums and the remedy.
    """
    try:
        with open_regular(file) as stream:
            if os.fstat(stream.fileno()).st_size > max_bytes:
                raise OSError(f"it is larger than {max_bytes:,} bytes")
            content = stream.read()
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error.strerror or error}). {remedy}") from error
    verify(content, sha256, str(file), remedy)
    return content
