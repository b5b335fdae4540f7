"""Show a box in a notebook and leave a machine-readable record beside it.

The record travels in the output's metadata under the key ``linreg``: it survives papermill and
nbformat, and renderers pass over it in silence, which they do not for an unknown mime type.
"""

from __future__ import annotations

from typing import Any

from linreg_book.markup import Html, join

METADATA_KEY = "linreg"


def emit(*, html: Html, text: str, record: dict[str, Any]) -> None:
    """Display html (text where html cannot be shown) with its record; nothing outside a kernel."""
    shell = _kernel_shell()
    if shell is None:
        return
    from IPython.display import display  # only notebooks need IPython

    data = {"text/html": str(join([html])), "text/plain": text}
    display(data, raw=True, metadata={METADATA_KEY: record})


def keep(record: dict[str, Any]) -> None:
    """Leave a record that nobody sees."""
    emit(html=Html(), text="", record=record)


def profile_in_use() -> str:
    """The chapter's PROFILE where a notebook runs, else ``"quick"``."""
    shell = _kernel_shell()
    if shell is None:
        return "quick"
    return str(shell.user_ns.get("PROFILE", "quick"))


def _kernel_shell() -> Any:
    import sys

    # Only a process that already runs IPython can display anything: do not import it for nothing.
    if "IPython" not in sys.modules:
        return None
    shell = sys.modules["IPython"].get_ipython()
    return shell if shell is not None and hasattr(shell, "kernel") else None
