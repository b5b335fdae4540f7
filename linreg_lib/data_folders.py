"""Where data are looked for and kept: one answer for those who read them and those who ask why.

A data set that the library looks up by name says which folder it took, or that there was none, by
an audit event of Python (:func:`announce`): whoever runs a chapter can listen, and nobody needs to
import anybody.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

#: Audit event with the name of a data set and the folder that it was found in (or empty text).
DATA_SET_EVENT = "linreg_lib.data_set"


def cache_folder() -> Path:
    """The folder in which verified downloads are kept; it need not exist yet.

    ``LINREG_CACHE`` names it outright.
    Otherwise it is ``linreg_lib`` in ``XDG_CACHE_HOME``, or in the platform's own place for caches
    (``~/.cache`` on Linux, ``~/Library/Caches`` on macOS, ``%LOCALAPPDATA%`` on Windows).

    >>> cache_folder().is_absolute()
    True
    """
    if chosen := os.environ.get("LINREG_CACHE"):
        return Path(chosen).expanduser().absolute()
    if shared := os.environ.get("XDG_CACHE_HOME"):
        return Path(shared).expanduser().absolute() / "linreg_lib"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "linreg_lib"
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "linreg_lib"
    return Path.home() / ".cache" / "linreg_lib"


def data_set_folder(name: str) -> Path:
    """The folder that decides about a data set now: of ``LINREG_DATA`` if it is there, else cached.

    >>> data_set_folder("mnist").name
    'mnist'
    """
    if named := os.environ.get("LINREG_DATA"):
        folder = Path(named).expanduser().absolute() / name
        if folder.is_dir():
            return folder
    return cache_folder() / name


def announce(name: str, folder: Path | None) -> None:
    """Tell whoever listens which folder a data set is read from, or that there is none."""
    sys.audit(DATA_SET_EVENT, name, str(folder or ""))
