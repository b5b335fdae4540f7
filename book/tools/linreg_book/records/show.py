"""Show what is no plain figure: animations and other moving or hand-made html, with alt text."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

from linreg_book.errors import RecordError
from linreg_book.markup import Html, fill
from linreg_book.records.kernel_display import emit

# matplotlib's player fetches an icon font from a server; the book draws the icons itself.
_EXTERNAL_STYLE = re.compile(r'<link[^>]*href="https?://[^"]*"[^>]*>\s*', re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_BARE_IMAGE = re.compile(r"<img(?![^>]*\balt=)", re.IGNORECASE)


def show(thing: Any, *, alt: str, caption: str = "", name: str = "") -> None:
    """Display an animation, a matplotlib figure or html with alternative text and caption.

    Args:
        thing: an object with ``to_jshtml()`` (matplotlib animation), ``savefig()`` (figure),
            ``_repr_html_()``, or html as text. No part of it may come from the network.
        alt: what a reader who cannot see it should know.
        caption: the visible caption; may quote numbers with ``{num}``.
        name: makes it a numbered figure, to which ``{numref}`` refers by this name; the caption is
            then read as Markdown. The cell may display nothing else.

    Raises:
        RecordError: if ``alt`` is empty, a name has no caption or is no word of letters, digits
            and hyphens, or ``thing`` is of another kind.
    """
    if not alt.strip():
        raise RecordError("show(): alt must say in words what there is to see")
    if name and not (_NAME.fullmatch(name) and caption.strip()):
        raise RecordError(
            f"show(): name={name!r} must be letters, digits and hyphens, like 'fig-line', and a "
            "named figure needs a caption"
        )
    described = fill('<img alt="{}"', alt)
    body = _BARE_IMAGE.sub(lambda found: described, _html_of(thing, alt))
    if re.search(r'(?:src|href)\s*=\s*"https?://', body):
        raise RecordError("show(): the html loads something from the network; embed it instead")
    html = fill(
        '<figure class="linreg-show" role="group" aria-label="{}">{}{}</figure>',
        alt,
        Html(body),  # the chapter's own markup, shown as it is on purpose
        fill("<figcaption>{}</figcaption>", caption) if caption else "",
    )
    record = {"type": "shown", "alt": alt}
    if name:
        record |= {"name": name, "caption": caption}
    emit(html=html, text=alt, record=record)


def _html_of(thing: Any, alt: str) -> str:
    if isinstance(thing, str):
        return thing
    if hasattr(thing, "to_jshtml"):
        return _EXTERNAL_STYLE.sub("", thing.to_jshtml())
    if hasattr(thing, "savefig"):
        buffer = io.BytesIO()
        thing.savefig(buffer, format="png", dpi=144, bbox_inches="tight")
        data = base64.b64encode(buffer.getvalue()).decode()
        return fill('<img alt="{}" src="data:image/png;base64,{}">', alt, data)
    if hasattr(thing, "_repr_html_"):
        return str(thing._repr_html_())
    raise RecordError(f"show(): cannot show a {type(thing).__name__}")
