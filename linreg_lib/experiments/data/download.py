"""Downloads that end in a verified file or in nothing at all."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import queue
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from linreg_lib.errors import DataError

_CHUNK = 1 << 16
_USER_AGENT = "linreg_lib (verified data download)"


class DownloadError(DataError):
    """No mirror delivered the file; the message says what happened at each."""


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
    """
    reasons = []
    with _folder_for(target) as folder:
        for url in urls:
            try:
                _fetch(url, target, folder, sha256, timeout, total_timeout, max_bytes)
            except (OSError, http.client.HTTPException, ValueError, _BadContentError) as error:
                reasons.append(f"{url}: {_reason(error)}")
            else:
                return url
        listed = "; ".join(reasons) if reasons else "no mirror was given"
        raise DownloadError(
            f"{target.name} could not be downloaded ({listed}). Check the network, or place the "
            f"file with SHA-256 {sha256} at {target} yourself."
        )


class _BadContentError(Exception):
    """A mirror answered, but not with the file."""


@contextlib.contextmanager
def _folder_for(target: Path) -> Iterator[Path]:
    """The folder of ``target``, made if needed, and unmade again on failure where it was new."""
    made = [folder for folder in target.parents if not folder.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield target.parent
    except OSError as error:
        raise DownloadError(f"{target} cannot be written ({error}).") from error
    finally:
        if not target.exists():
            for folder in made:
                with contextlib.suppress(OSError):  # another process may have put something there
                    folder.rmdir()


def _fetch(
    url: str,
    target: Path,
    folder: Path,
    sha256: str,
    timeout: float,
    total_timeout: float,
    max_bytes: int,
) -> None:
    if not url.startswith(("https://", "http://")):
        raise ValueError("not an http or https address")
    digest, received, announced = hashlib.sha256(), 0, ""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=folder)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in _pieces(url, timeout, total_timeout):
                if isinstance(piece, str):
                    announced = f" of {int(piece):,}" if piece.isdecimal() else ""
                    continue
                digest.update(piece)
                received += len(piece)
                if received > max_bytes:
                    raise _BadContentError(f"sent more than {max_bytes:,} bytes")
                file.write(piece)
        found = digest.hexdigest()
        if found != sha256:
            raise _BadContentError(
                f"sent {received:,}{announced} bytes with SHA-256 {found} instead of {sha256}"
            )
        os.replace(part, target)
    finally:  # also on KeyboardInterrupt
        part.unlink(missing_ok=True)


def _pieces(url: str, timeout: float, total_timeout: float) -> Iterator[str | bytes]:
    """What a mirror sends: the length that it announces, then the bytes as they come.

    A thread talks with it, since a name server, a handshake or headers that drip hold up whoever
    waits for them, with no limit on the whole. It is left behind with what it waits for.
    """
    pieces: queue.Queue[str | bytes | Exception] = queue.Queue(maxsize=8)
    gone = threading.Event()
    request = urllib.request.Request(url, headers={"User-Agent": _USER_AGENT})

    def talk() -> None:
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                pieces.put(answer.headers.get("Content-Length") or "")
                while not gone.is_set():
                    # read1 returns what has arrived
                    pieces.put(chunk := answer.read1(_CHUNK))
                    if not chunk:
                        return
        except Exception as error:
            pieces.put(error)

    deadline, received = time.monotonic() + total_timeout, 0
    threading.Thread(target=talk, name=f"download {url}", daemon=True).start()
    try:
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                piece = pieces.get(timeout=left)
                if isinstance(piece, Exception):
                    raise piece
                if piece == b"":
                    return
                received += len(piece) if isinstance(piece, bytes) else 0
                yield piece
        raise _BadContentError(f"too slow ({received:,} bytes in {total_timeout:g} s)")
    finally:
        gone.set()
        while not pieces.empty():  # room for what the thread still wants to put down
            pieces.get_nowait()


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP status {error.code}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__
