"""Frames over time as a small film in the page: no kernel, no network, usable from the keyboard.

The film is one block of HTML with its pictures inside it.  It opens on the first frame, its label
above it.  Readers without JavaScript, and viewers that remove scripts, see the last frame, where
everything has happened, and its label; the buttons appear only where they work.  Nothing moves
until the reader asks, and readers who asked their system for less motion step through the frames
instead of playing them.
"""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import Final

from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from linreg_lib.networks.arguments import checked_count
from linreg_lib.networks.exact_floats import exact_number

MAX_BYTES: Final = 1_400_000
"""Largest size of one film's HTML."""

_QUALITIES: Final = (80, 64, 48)
_WIDTHS: Final = (1280, 960, 800, 640)
_serial = itertools.count(1)


class Evolution:
    """Frames with a label each, shown one at a time with buttons and a slider.

    Args:
        frames: figures of one size, or pictures as PNG bytes; figures are closed once drawn.
        labels: what each frame shows, for instance ``"epoch 5: 2103 regions"``; read out and
            printed above the picture.
        alt: what the pictures show, for readers who do not see them; each frame's label is added.
        interval: seconds a frame when playing.
        max_bytes: size of the finished HTML; pictures are scaled down until they fit.

    Raises:
        ValueError: no frames, a label missing or to spare, an empty ``alt``, frames of different
            sizes, or frames that do not fit ``max_bytes`` even at the smallest size.

    Example:
        >>> from matplotlib import pyplot as plt
        >>> film = Evolution([plt.figure(), plt.figure()], ["before", "after"], "two blank pages")
        >>> film.num_frames, "before" in film._repr_html_()
        (2, True)
    """

    def __init__(
        self,
        frames: Sequence[Figure | bytes],
        labels: Sequence[str],
        alt: str,
        *,
        interval: float = 1.2,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        if not frames:
            raise ValueError("an evolution needs at least one frame")
        if len(labels) != len(frames):
            raise ValueError(f"{len(frames)} frames need as many labels, got {len(labels)}")
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError("alt is empty: say in words what the frames show")
        checked_count("max_bytes", max_bytes)
        interval = exact_number("interval", interval)
        if interval <= 0:
            raise ValueError(f"interval must be positive seconds, got {interval}")
        pictures = [_as_picture(frame) for frame in frames]
        for index, picture in enumerate(pictures):
            if picture.size != pictures[0].size:
                raise ValueError(
                    f"frame {index} has {picture.size} pixels, frame 0 has {pictures[0].size}; "
                    "draw all frames at one size"
                )
        self.labels = tuple(labels)
        self.alt = alt.strip().rstrip(".")
        self.interval = interval
        self.size = pictures[0].size
        self._encoded = [""] * len(pictures)
        words = len(self._repr_html_().encode()) + 100
        self._encoded, self.size = _encode_within(pictures, max_bytes, words)

    @property
    def num_frames(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        width, height = self.size
        kilobytes = sum(map(len, self._encoded)) // 1000
        return f"Evolution({self.num_frames} frames, {width} x {height} pixels, {kilobytes} kB)"

    def _repr_html_(self) -> str:
        digest = hashlib.sha256(self._encoded[-1].encode()).hexdigest()[:8]
        # The serial number keeps two films with one picture apart on a page.
        identity = f"linreg-evolution-{digest}-{next(_serial)}"
        last = self.num_frames - 1
        width, height = self.size
        images = "\n".join(
            _IMAGE.substitute(
                data=data,
                alt=escape(f"{self.alt}. Frame {index + 1} of {self.num_frames}: {label}."),
                label=escape(label),
                width=width,
                height=height,
                hidden="" if index == last else " hidden",
            )
            for index, (data, label) in enumerate(zip(self._encoded, self.labels, strict=True))
        )
        return _film_page().substitute(
            id=identity,
            name=escape(self.alt),
            images=images,
            label=escape(self.labels[last]),
            last=last,
            milliseconds=round(1000 * self.interval),
        )


def _as_picture(frame: Figure | bytes) -> Image.Image:
    if isinstance(frame, Figure):
        buffer = io.BytesIO()
        frame.savefig(buffer, format="png")
        plt.close(frame)
        frame = buffer.getvalue()
    return Image.open(io.BytesIO(frame)).convert("RGB")


def _encode_within(
    pictures: Sequence[Image.Image], max_bytes: int, words: int
) -> tuple[list[str], tuple[int, int]]:
    """Base64 pictures at the largest size and quality that fit beside the page's words."""
    full_width, full_height = pictures[0].size
    for width in dict.fromkeys(min(width, full_width) for width in _WIDTHS):
        size = (width, round(full_height * width / full_width))
        scaled = [
            picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
            for picture in pictures
        ]
        for quality in _QUALITIES:
            encoded: list[str] = []
            left = max_bytes - words
            for picture in scaled:
                encoded.append(_base64_webp(picture, quality))
                left -= len(encoded[-1])
                if left < 0:
                    break
            else:
                return encoded, size
    raise ValueError(
        f"{len(pictures)} frames do not fit {max_bytes} bytes even {size[0]} pixels wide; "
        "show fewer frames or raise max_bytes"
    )


def _base64_webp(picture: Image.Image, quality: int) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, format="WEBP", quality=quality, method=3)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


_IMAGE: Final = Template(
    '<img class="linreg-frame dark-light" src="data:image/webp;base64,$data" alt="$alt"'
    ' data-label="$label" width="$width" height="$height"$hidden>'
)


@cache
def _film_page() -> Template:
    page = resources.files("linreg_lib.figures").joinpath("film.html")
    return Template(page.read_text(encoding="utf-8"))
