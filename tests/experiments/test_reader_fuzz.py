"""Files damaged at random are refused or read as they were, with little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits memory as Linux does")
def test_damaged_files() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.experiments.reader_fuzz", "0", "900"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    counts = json.loads(done.stdout)
    assert sum(counts.values()) == 900
    assert counts["refused"] > 600
    assert counts["same"] > 10
