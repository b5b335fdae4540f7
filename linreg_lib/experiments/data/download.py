"""Downloads that end in a verified file or in nothing at all."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import tempfile
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
        total_timeout: seconds after which a mirror is given up however slowly it still sends.
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
    deadline = time.monotonic() + total_timeout
    request = urllib.request.Request(url, headers={"User-Agent": _USER_AGENT})
    digest, received = hashlib.sha256(), 0
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        announced = answer.headers.get("Content-Length")
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=folder)
        part = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                # read1 returns what has arrived, so a mirror that drips cannot outlast the deadline
                while chunk := answer.read1(_CHUNK):
                    digest.update(chunk)
                    received += len(chunk)
                    if received > max_bytes:
                        raise _BadContentError(f"sent more than {max_bytes:,} bytes")
                    if time.monotonic() > deadline:
                        raise _BadContentError(
                            f"too slow ({received:,} bytes in {total_timeout:g} s)"
                        )
                    file.write(chunk)
            found = digest.hexdigest()
            if found != sha256:
                of = f" of {int(announced):,}" if announced and announced.isdigit() else ""
                raise _BadContentError(
                    f"sent {received:,}{of} bytes with SHA-256 {found} instead of {sha256}"
                )
            os.replace(part, target)
        finally:  # also on KeyboardInterrupt
            part.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP status {error.code}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__
