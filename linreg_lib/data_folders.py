"""Where data are looked for and kept: one answer for those who read them and those who ask why.

A data set that the library looks up by name says which folder it took, or that there was none, by
an audit event of Python (:func:`announce`): whoever runs a chapter can listen, and nobody needs to
import anybody.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from linreg_lib.errors import DataError
from linreg_lib.extras import needs_extra

#: Audit event with the name of a data set and the folder that it was found in (or empty text).
DATA_SET_EVENT = "linreg_lib.data_set"
_BELOW = "x" * 80
_LONGEST = 80  # characters of a name that an error quotes


def cache_folder() -> Path:
    """The folder in which verified downloads are kept; it need not exist yet.

    ``LINREG_CACHE`` names it outright.
    Otherwise it is ``linreg_lib`` in ``XDG_CACHE_HOME``, or in the platform's own place for caches
    (``~/.cache`` on Linux, ``~/Library/Caches`` on macOS, ``%LOCALAPPDATA%`` on Windows; asked of
    platformdirs).

    Raises:
        DataError: the variable names what can be no folder, or there is no home folder.

    >>> cache_folder().is_absolute()
    True
    """
    if chosen := os.environ.get("LINREG_CACHE"):
        return usable_path(chosen, "the environment variable LINREG_CACHE")
    if shared := os.environ.get("XDG_CACHE_HOME"):
        return usable_path(shared, "the environment variable XDG_CACHE_HOME") / "linreg_lib"
    with needs_extra("the cache folder", otherwise="set LINREG_CACHE"):
        from platformdirs import user_cache_path
    try:
        # without an author and a folder Cache below it, which Windows would have
        found = user_cache_path("linreg_lib", appauthor=False, opinion=False)
        return usable_path(found, "HOME")
    except (DataError, RuntimeError) as error:
        raise DataError(
            f"the home folder, where downloads are kept, cannot be used ({error}); "
            "set the environment variable LINREG_CACHE to a folder"
        ) from error


def named_data_folder() -> Path | None:
    """The folder that ``LINREG_DATA`` names; None where that is not set.

    Raises:
        DataError: it names no folder.
    """
    if named := os.environ.get("LINREG_DATA"):
        return existing_folder(named, "the environment variable LINREG_DATA")
    return None


def data_set_folder(name: str) -> Path:
    """The folder that decides about a data set now: of ``LINREG_DATA`` if it is there, else cached.

    Raises:
        DataError: ``LINREG_DATA`` names no folder, or the cache can lie nowhere.

    >>> data_set_folder("mnist").name
    'mnist'
    """
    named = named_data_folder()
    if named is not None and (named / name).is_dir():
        return named / name
    return cache_folder() / name


def existing_folder(path: str | os.PathLike[str], what: str) -> Path:
    """The folder ``path``, absolute; raises DataError, with ``what`` named it, if there is none."""
    folder = usable_path(path, what)
    if not folder.is_dir():
        raise DataError(
            f"{what} names {folder}, which is not a folder. Correct it or leave it out."
        )
    return folder


def usable_path(path: str | os.PathLike[str], what: str) -> Path:
    """``path``, absolute and with ``~`` replaced; it need not exist.

    Raises:
        DataError: there is no such home folder, or the system does not take the name.
    """
    try:
        found = Path(path).expanduser().absolute()
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            (found / _BELOW).stat()  # what lies there must be nameable too
    except (RuntimeError, ValueError, OSError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        shown = os.fspath(path)
        shown = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."
        raise DataError(
            f"{what} names {shown!r}, which cannot be used ({reason.rstrip('.')}). "
            "Correct it or leave it out."
        ) from error
    return found


def announce(name: str, folder: Path | None) -> None:
    """Tell whoever listens which folder a data set is read from, or that there is none."""
    sys.audit(DATA_SET_EVENT, name, str(folder or ""))
