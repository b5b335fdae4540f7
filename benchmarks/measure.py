"""Measure one row, in this process.

    python -m benchmarks.measure NAME

prints one line of JSON.
"""

from __future__ import annotations

import datetime
import json
import sys
from typing import Any

from benchmarks.machine import processor, versions
from benchmarks.rows import ROWS
from linreg_lib.engine_digest import engine_digest


def measure(name: str) -> dict[str, Any]:
    """What one row holds besides its description."""
    made: dict[str, Any] = {
        "date": datetime.date.today().isoformat(),
        "source_digest": engine_digest(),
    }
    made |= {"processor": processor(), "versions": versions()}
    return {**ROWS[name].measured(), "made": made}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(sys.argv[1])) + "\n")
