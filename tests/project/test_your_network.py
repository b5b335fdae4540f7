"""The page for one's own network prints what it says it prints."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from pathlib import Path
from typing import Any

import pytest

from tests.project.lock_file import ROOT

PAGE = (ROOT / "book" / "your_network.md").read_text(encoding="utf-8")
PIECES = re.findall(r"```python\n(.*?)```(?:\s*```text\n(.*?)```)?", PAGE, flags=re.DOTALL)


def test_pieces_print_what_stands_below_them(tmp_path: Path) -> None:
    for needed in ("torch", "onnx", "matplotlib"):
        pytest.importorskip(needed)
    names: dict[str, Any] = {}
    with contextlib.chdir(tmp_path), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of torch's own exporter
        for code, said in PIECES:
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(code, "your_network.md", "exec"), names)
            assert printed.getvalue() == said
        assert (tmp_path / "regions.png").stat().st_size > 1000


def test_every_piece_says_what_it_prints_in_a_dozen_lines() -> None:
    assert len(PIECES) >= 8
    assert all(said for code, said in PIECES if "print(" in code)
    for code, _ in PIECES:
        statements = [
            line for line in code.splitlines() if line and not line.startswith(("import", "from"))
        ]
        assert len(statements) <= 12
        assert all(len(line) <= 80 for line in code.splitlines())
