"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write bytes to, which takes the name ``path`` when the block ends without error.

    Otherwise, and also when interrupted, what lay at ``path`` stays as it was.
    The file is made beside its place, under a name of its own, so that several processes may write
    the same one; the last to end wins.

    Raises:
        OSError: the folder does not exist or cannot be written, or the disk is full.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     place = Path(folder, "answer.txt")
    ...     with atomic_file(place) as stream:
    ...         _ = stream.write(b"42")
    ...         seen_meanwhile = place.exists()
    ...     seen_meanwhile, place.read_bytes()
    (False, b'42')
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    stream = open(part, "xb")  # not mkstemp, whose files nobody else may read
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
