"""Downloads that end in a verified file or in nothing at all: pooch, with a limit on the whole."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from linreg_lib.atomic_file import atomic_file
from linreg_lib.errors import DataError
from linreg_lib.extras import needs_extra

_CHUNK = 1 << 16
_USER_AGENT = "linreg_lib (verified data download)"


class DownloadError(DataError):
    """No mirror delivered the file; the message says what happened at each."""


def is_offline() -> bool:
    """Whether ``LINREG_OFFLINE`` forbids downloads (any value but empty, 0, false and no)."""
    value = os.environ.get("LINREG_OFFLINE", "").strip().lower()
    return value not in {"", "0", "false", "no"}


def download_verified(
    urls: Sequence[str],
    target: Path,
    sha256: str,
    *,
    timeout: float = 10.0,
    total_timeout: float = 300.0,
    max_bytes: int = 1 << 28,
) -> str:
    """Fetch ``target`` from the first of ``urls`` that delivers it; returns that URL.

    The bytes go to a temporary file in the same folder, which takes the name ``target`` in one step
    and only when its SHA-256 is ``sha256``.
    Whatever goes wrong, neither a part of the file nor a folder made for it stays behind.

    Args:
        urls: mirrors in order of preference, http or https.
        timeout: seconds without a byte (or a connection) after which a mirror is given up.
        total_timeout: seconds after which a mirror is given up, whatever it is still at: its name,
            the connection, redirections, headers or the file.
        max_bytes: a mirror that sends more is given up.

    Raises:
        DownloadError: no mirror delivered the file.
        ImportError: pooch or requests is not installed.
    """
    reasons = []
    with _folder_for(target):
        for url in urls:
            try:
                _fetch(url, target, sha256, timeout, total_timeout, max_bytes)
            except (OSError, ValueError) as error:  # those of requests are OSErrors
                reasons.append(f"{url}: {_reason(error)}")
            else:
                return url
        listed = "; ".join(reasons) if reasons else "no mirror was given"
        raise DownloadError(
            f"{target.name} could not be downloaded ({listed}). Check the network, or place the "
            f"file with SHA-256 {sha256} at {target} yourself."
        )


@contextlib.contextmanager
def _folder_for(target: Path) -> Iterator[None]:
    """The folder of ``target``, made if needed, and unmade again on failure where it was new."""
    made = [folder for folder in target.parents if not folder.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise DownloadError(f"{target} cannot be written ({error}).") from error
    finally:
        if not target.exists():
            for folder in made:
                with contextlib.suppress(OSError):  # another process may have put something there
                    folder.rmdir()


def _fetch(
    url: str, target: Path, sha256: str, timeout: float, total_timeout: float, max_bytes: int
) -> None:
    otherwise = f"place the file with SHA-256 {sha256} at {target} yourself"
    with needs_extra("a download", otherwise):
        import pooch
        from requests import HTTPError  # now, since what this takes is not the mirror's time
    if not url.startswith(("https://", "http://")):
        raise ValueError("not an http or https address")
    limit = _Limit(max_bytes)
    fetch = pooch.HTTPDownloader(
        progressbar=limit,
        chunk_size=_CHUNK,
        timeout=timeout,
        headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"},
        hooks={"response": _as_stored},
    )
    # not pooch.retrieve: it writes to standard error, and may take for ever
    with atomic_file(target) as stream:
        try:
            _in_time(lambda: fetch(url, stream, None), total_timeout)
        except HTTPError as error:
            status = getattr(error.response, "status_code", "of an error")
            raise ValueError(f"HTTP status {status}") from None
        stream.flush()
        found = pooch.file_hash(stream.name)
        if found != sha256:
            announced = f" of {limit.total:,}" if limit.total else ""
            raise ValueError(
                f"sent {stream.tell():,}{announced} bytes with SHA-256 {found} instead of {sha256}"
            )


class _Limit:
    """What pooch takes for a progress bar: stops a mirror that sends too much."""

    def __init__(self, max_bytes: int) -> None:
        self.total = 0  # bytes that the mirror announces; pooch sets it
        self._max_bytes, self._received = max_bytes, 0

    def update(self, num_bytes: int) -> None:
        self._received += num_bytes
        if self._received > self._max_bytes:
            raise ValueError(f"sent more than {self._max_bytes:,} bytes")

    def reset(self) -> None:
        self._received = 0

    def close(self) -> None:
        """There is nothing on the screen."""


def _as_stored(response: Any, **_: object) -> None:
    """A mirror may name the compression that the file itself has; it is not to be undone."""
    response.raw.headers.pop("Content-Encoding", None)


def _in_time(work: Callable[[], None], seconds: float) -> None:
    """Do ``work`` in a thread, which is left behind with what it waits for when time is over.

    A name server, a handshake or headers that drip hold up whoever waits for them without end.
    """
    ended: queue.Queue[Exception | None] = queue.Queue()

    def run() -> None:
        try:
            work()
        except Exception as error:
            ended.put(error)
        else:
            ended.put(None)

    threading.Thread(target=run, name="download", daemon=True).start()
    try:
        error = ended.get(timeout=seconds)
    except queue.Empty:
        raise ValueError(f"too slow: not complete within {seconds:g} s") from None
    if error is not None:
        raise error


def _reason(error: BaseException) -> str:
    """What went wrong at the bottom of an error, without the layers that passed it on."""
    below = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return _reason(below) if below is not None else str(error) or type(error).__name__
