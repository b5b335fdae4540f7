"""How kernels are compiled; import this only where numba is installed.

Compiled kernels are kept on disk (kernel_cache.py): in the folder that ``NUMBA_CACHE_DIR`` names,
beside the modules, or in the user's cache folder, whichever can be written first.  The first kernel
that a process has to compile is told to the logger ``linreg_lib`` and, where somebody watches (a
terminal, a notebook), on standard error; ``LINREG_QUIET=1`` switches that off.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from numba.core import config, event, sigutils

from linreg_lib.geometry.kernels import kernel_cache

_Function = TypeVar("_Function", bound=Callable[..., Any])
_LOG = logging.getLogger("linreg_lib")
_PACKAGE = __name__.partition(".")[0]


def kernel(function: _Function) -> _Function:
    """Compile, cache on disk, divide as NumPy does.

    Kernels allocate nothing, so arrays are not reference-counted: in inner loops the counting,
    which is atomic, would cost more than the work.
    """
    return _compiled(function, error_model="numpy", nogil=True, **_uncounted)


def part(function: _Function) -> _Function:
    """A part of kernels: nothing that Python may call, which would take a wrapper to compile.

    A call from Python ends the process: Python calls the kernel around it.
    The machine code of those that call it holds it, so it is not kept by itself.
    """
    compiled: _Function = numba.njit(error_model="numpy", **_part_alone, **_uncounted)(function)
    return compiled


def inlined(function: _Function) -> _Function:
    """A part that is written out wherever it is called; like any part, not by Python."""
    options: dict[str, Any] = {**_part_alone, **_uncounted}
    compiled: _Function = numba.njit(forceinline=True, error_model="numpy", **options)(function)
    return compiled


def _without_counting() -> dict[str, bool]:
    """The option that leaves reference counts out, which is numba's own affair and may go."""
    try:
        from numba.core.cpu import CPUTargetOptions
    except ImportError:
        known = False
    else:
        known = hasattr(CPUTargetOptions, "_nrt")
    if known:
        return {"_nrt": False}
    _LOG.warning(
        "numba %s does not know the option _nrt: kernels count references and are slower",
        numba.__version__,
    )
    return {}


_uncounted: dict[str, Any] = _without_counting()
_part_alone: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


# The cache ----------------------------------------------------------------------------------------


def _folder() -> Path | None:
    try:
        versions = [numba.__version__, np.__version__, kernel_cache.python_version()]
        name = kernel_cache.checksum(kernel_cache.kernel_sources(), versions)
    except (OSError, UnicodeDecodeError) as error:  # no sources, as in an archive
        _warn_uncached(str(error))
        return None
    named = getattr(config, "CACHE_DIR", "")
    parents = [Path(named)] if named else []
    parents += [kernel_cache.in_tree(), *_user_folders()]
    folder = kernel_cache.cache_folder(parents, name)
    if folder is None:
        _warn_uncached("cannot write to any of " + ", ".join(str(parent) for parent in parents))
    return folder


def _user_folders() -> list[Path]:
    try:
        from numba.misc.appdirs import AppDirs

        return [Path(AppDirs(appname=_PACKAGE, appauthor=False).user_cache_dir)]
    except (ImportError, OSError, KeyError):
        return []


_has_warned = False


def _warn_uncached(reason: str) -> None:
    """One warning, however many kernels there are."""
    global _has_warned
    if _has_warned:
        return
    _has_warned = True
    warnings.warn(
        f"compiled kernels are not kept, so every process compiles them anew ({reason}); "
        "name a folder that can be written by the environment variable NUMBA_CACHE_DIR",
        RuntimeWarning,
        stacklevel=2,
    )


_cache_folder = _folder()


def _compiled(function: _Function, **options: Any) -> _Function:
    options["no_cfunc_wrapper"] = True
    compiled: Any = None
    if _cache_folder is not None:
        compiled = _kept(function, str(_cache_folder), options)
    return compiled or numba.njit(**options)(function)


def _kept(function: Callable[..., Any], folder: str, options: dict[str, Any]) -> Any:
    """The kernel with a cache in the folder; None if numba refuses or goes elsewhere."""
    # numba decides at once where to cache: the setting is needed for this one call alone.
    settings = {"CACHE_DIR": folder, "CACHE_LOCATOR_CLASSES": ""}
    before = {name: getattr(config, name) for name in settings if hasattr(config, name)}
    try:
        for name in before:
            setattr(config, name, settings[name])
        compiled: Any = numba.njit(cache=True, **options)(function)
        where = str(compiled.stats.cache_path or "")
    except RuntimeError as error:
        _warn_uncached(str(error))
        return None
    finally:
        for name, value in before.items():
            setattr(config, name, value)
    if not where.startswith(folder):
        _warn_uncached(f"numba would keep them in {where or 'no folder'}")
        return None
    _guard(compiled)
    return compiled


def _guard(dispatcher: Any) -> None:
    """Whatever is wrong with a file of the cache, the kernel is compiled and used.

    Two processes that store two signatures of a kernel at once may leave the one's code under the
    other's name, which numba would run.
    """
    cache = getattr(dispatcher, "_cache", None)
    if cache is None:
        return
    load, save = cache.load_overload, cache.save_overload

    def load_overload(signature: Any, target: Any) -> Any:
        try:
            found = load(signature, target)
        except Exception as error:  # a damaged file may raise anything
            _LOG.info("a damaged file of compiled kernels is replaced: %r", error)
            try:
                cache.flush()
            except OSError:
                pass
            return None
        if found is None:
            return None
        wanted, _ = sigutils.normalize_signature(signature)
        return found if tuple(found.signature.args) == tuple(wanted) else None

    def save_overload(signature: Any, compiled: Any) -> None:
        try:
            save(signature, compiled)
        except Exception as error:  # a full disk, and whatever a damaged index raises
            _warn_uncached(f"{type(error).__name__}: {error}")

    cache.load_overload, cache.save_overload = load_overload, save_overload


# A word while kernels are compiled ----------------------------------------------------------------


class _Announcer(event.Listener):
    """Says so once a process, when a kernel of this library is compiled and not loaded."""

    def __init__(self) -> None:
        self._has_spoken = False

    def on_start(self, event: Any) -> None:
        function = getattr((event.data or {}).get("dispatcher"), "py_func", None)
        module = getattr(function, "__module__", None) or ""
        if self._has_spoken or module.partition(".")[0] != _PACKAGE:
            return
        self._has_spoken = True
        again = "once" if _cache_folder is not None else "in every process"
        text = f"compiling kernels ({again}, about 6 s)"
        _LOG.info(text)
        if _is_watched() and not _LOG.isEnabledFor(logging.INFO):
            sys.stderr.write(f"linreg_lib: {text}\n")
            sys.stderr.flush()

    def on_end(self, event: Any) -> None:
        pass


def _is_watched() -> bool:
    """Whether somebody sees standard error: a terminal or a notebook."""
    if os.environ.get("LINREG_QUIET", "").strip().lower() not in ("", "0", "false", "no"):
        return False
    if "ipykernel" in sys.modules and "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
        if shell is not None and hasattr(shell, "kernel"):
            return True
    stream = sys.stderr
    return stream is not None and stream.isatty()


event.register("numba:compile", _Announcer())
