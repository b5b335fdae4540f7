"""Fresh processes to share work among, which never outlive whoever gave it to them."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any


@contextmanager
def worker_processes(num: int) -> Iterator[ProcessPoolExecutor]:
    """An executor of ``num`` processes, which end at once where the block ends by an error.

    Fresh processes, not forks: a fork of a process with running threads (torch's, BLAS's) can hang.
    They end also where this process is killed, and leave an interruption from the keyboard to it.
    """
    context = multiprocessing.get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(num, mp_context=context, initializer=_begin, initargs=(theirs,))
    try:
        yield pool
        pool.shutdown(wait=True)
    finally:
        ours.close()  # whoever is still at work ends
        pool.shutdown(wait=True, cancel_futures=True)
        theirs.close()


def _begin(lifeline: Connection) -> None:
    """In each process: nothing is ever sent down the line, but it ends where the other end does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        with suppress(EOFError, OSError):
            lifeline.recv_bytes()
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def require_importable(fn: Callable[..., Any]) -> None:
    """Raises TypeError unless a fresh process can find ``fn`` by its name."""
    name = getattr(fn, "__qualname__", type(fn).__name__)
    remedy = "define it at the top of a module, or leave jobs at 1"
    try:
        pickle.dumps(fn)
    except Exception as error:
        raise TypeError(f"other processes cannot find fn, {name} ({error}): {remedy}") from error
    if getattr(fn, "__module__", None) == "__main__":
        file = getattr(sys.modules["__main__"], "__file__", None)
        if file is None or not Path(file).is_file():
            raise TypeError(
                f"other processes cannot find fn, {name}, which is in no file: {remedy}"
            )
