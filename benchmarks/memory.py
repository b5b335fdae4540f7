"""The largest resident memory of this process since a moment."""

from __future__ import annotations

import contextlib
import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


class PeakMemory:
    """Bytes above what was resident when this was made.

    On Linux the kernel's high-water mark is set back first.  Elsewhere the mark of ``getrusage``
    counts from the start of the process: growth below an earlier peak is not seen.
    """

    def __init__(self) -> None:
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
        self._before = _status("VmRSS") or _high_water()

    def growth(self) -> int:
        """Peak so far less what was there at the beginning, bytes."""
        return (_status("VmHWM") or _high_water()) - self._before


def _status(field: str) -> int:
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


def _high_water() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
