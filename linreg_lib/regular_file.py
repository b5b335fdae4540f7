"""Files are opened without waiting for anybody: a pipe or a device is refused, not listened to."""

from __future__ import annotations

import os
import stat
from io import BufferedReader

_AT_ONCE = getattr(os, "O_NONBLOCK", 0)


def open_regular(path: str | os.PathLike[str]) -> BufferedReader:
    """``path`` opened for reading; raises OSError where it cannot be, or is no regular file."""
    # Opened first and looked at then: nobody can exchange the file in between.
    stream = open(path, "rb", opener=lambda name, flags: os.open(name, flags | _AT_ONCE))
    if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return stream
    stream.close()
    raise OSError("it is not a regular file")
