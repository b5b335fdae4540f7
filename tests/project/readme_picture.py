"""The picture of the trained model in the README, drawn by the README's own code.

Run ``python -m tests.project.readme_picture`` to draw it again.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from tests.project.lock_file import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMITTED = ROOT / "book" / "_static" / "trained.png"
MAX_BYTES = 60_000


def blocks(language: str) -> list[str]:
    """The code blocks of the README in one language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def run_trained_model(folder: Path) -> dict[str, Any]:
    """The names that the README's code about a trained model leaves, its picture in ``folder``."""
    (code,) = (block for block in blocks("python") if "from_torch" in block)
    names: dict[str, Any] = {}
    with contextlib.chdir(folder):
        exec(compile(code, "<README>", "exec"), names)
    return names


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run_trained_model(Path(folder))
        picture = Image.open(Path(folder) / COMMITTED.name).convert("RGB")
    # 64 colours: a quarter of the size, and no eye sees the difference.
    picture.quantize(64, dither=Image.Dither.NONE).save(COMMITTED, optimize=True)


if __name__ == "__main__":
    main()
