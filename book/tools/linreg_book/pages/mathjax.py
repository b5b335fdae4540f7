"""The parts of MathJax that typeset the book's formulas without a network."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from linreg_book.errors import StagingError

#: The program that loads the other parts; `_config.yml` says which a page needs at once.
ENTRY = "startup.js"
_PARTS = re.compile(
    r"startup\.js|core\.js|input/tex\.js|output/chtml\.js|output/chtml/fonts/.+"
    r"|a11y/assistive-mml\.js|input/tex/extensions/(?!all-packages)[\w-]+\.js"
)


def mathjax_files() -> dict[str, bytes]:
    """Program, fonts, and the extensions that a formula may ask for, by their place in MathJax.

    A page loads 0.75 MB of it and the fonts that it uses; the bundle that holds everything would
    be 1.3 MB.

    Raises:
        StagingError: if ``sphinx-mathjax-offline`` is not installed.
    """
    try:
        listed = metadata.files("sphinx-mathjax-offline") or []
    except metadata.PackageNotFoundError:
        raise StagingError(
            "formulas need the package sphinx-mathjax-offline: make environment installs it"
        ) from None
    found = {}
    for path in listed:
        inside = str(path).partition("/mathjax/")[2]
        if _PARTS.fullmatch(inside):
            found[inside] = Path(str(path.locate())).read_bytes()
    if ENTRY not in found:
        raise StagingError(f"sphinx-mathjax-offline holds no {ENTRY}: install the locked version")
    return found
