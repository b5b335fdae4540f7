"""The picture on the landing page and in the README: one network, cut layer by layer.

Run ``python -m linreg_lib.figures.cover [path]`` to draw it again.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from linreg_lib.figures.regions import draw_regions
from linreg_lib.figures.style import FIGURE_WIDTH, book_style, plt

WIDTHS: Final = (2, 12, 12, 12, 1)
SEED: Final = 8
DEFAULT_PATH: Final = Path("book/_static/regions.png")
MAX_BYTES: Final = 150_000


def write_cover(path: Path = DEFAULT_PATH, *, seed: int = SEED) -> Path:
    """Draw the regions after each hidden layer, side by side, and write them as a small PNG.

    Args:
        path: the file to write; its folder must exist.
        seed: of the network's weights and biases.

    Returns:
        The path.

    Raises:
        ValueError: the picture came out larger than ``MAX_BYTES``.
    """
    from linreg_lib.geometry import Box, subdivide
    from linreg_lib.networks import Network, Normal

    net = Network.random(
        list(WIDTHS), init="he", biases=Normal(0.4), rng=np.random.default_rng(seed)
    )
    domain = Box(-1.0, 1.0, dim=2)
    with book_style(), plt.rc_context({"figure.constrained_layout.use": False}):
        figure, panels = plt.subplots(1, net.depth, figsize=(FIGURE_WIDTH, 2.06))
        figure.subplots_adjust(left=0.004, right=0.996, bottom=0.012, top=0.988, wspace=0.03)
        for layer, axes in enumerate(panels, start=1):
            draw_regions(axes, subdivide(net, domain, upto_layer=layer))
            axes.set(xticks=[], yticks=[], xlabel="", ylabel="")
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
        plt.close(figure)
    # 256 colours: a quarter of the size, and no eye sees the difference.
    picture = Image.open(buffer).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small = io.BytesIO()
    picture.save(small, format="PNG", optimize=True)
    data = small.getvalue()
    if len(data) > MAX_BYTES:
        raise ValueError(f"the cover has {len(data)} bytes, more than {MAX_BYTES}; draw less")
    path.write_bytes(data)
    return path


def main(arguments: list[str] | None = None) -> None:
    """Command line: one optional argument, the file to write."""
    parser = argparse.ArgumentParser(prog="python -m linreg_lib.figures.cover", description=__doc__)
    parser.add_argument("path", nargs="?", type=Path, default=DEFAULT_PATH)
    write_cover(parser.parse_args(arguments).path)


if __name__ == "__main__":
    main()
