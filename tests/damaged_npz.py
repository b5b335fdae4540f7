"""Files of arrays that are damaged, foreign, or made to deceive."""

from __future__ import annotations

import io
import signal
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

MEGABYTE = 1 << 20


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def npy_bytes(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def rewrite(path: Path, parts: Mapping[str, bytes], compress: tuple[str, ...] = ()) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            how = zipfile.ZIP_DEFLATED if name in compress else zipfile.ZIP_STORED
            archive.writestr(name, content, compress_type=how)


def _promise(content: bytes, shape: bytes) -> bytes:
    """The same array file with another shape in its header, which keeps its length."""
    start, end = content.index(b"'shape': "), content.index(b"}")
    end_of_header = content.index(b"\n")
    header = content[: start + 9] + shape + b", " + content[end:end_of_header].rstrip()
    return header + b" " * (end_of_header - len(header)) + content[end_of_header:]


def extra_bomb(path: Path, name: str) -> None:
    """A compressed member that is not one of the file's, 64 MB once inflated."""
    parts = members(path) | {"extra.npy": npy_bytes(np.zeros(8 * MEGABYTE))}
    rewrite(path, parts, compress=("extra.npy",))


def compressed(path: Path, name: str) -> None:
    rewrite(path, members(path), compress=(f"{name}.npy",))


def promises_a_lot(path: Path, name: str) -> None:
    """A header that wants 2^43 bytes, and one whose product overflows 64 bits to 0."""
    parts = members(path)
    rewrite(path, parts | {f"{name}.npy": _promise(parts[f"{name}.npy"], b"(1099511627776,)")})


def overflows(path: Path, name: str) -> None:
    parts = members(path)
    shape = b"(4294967296, 4294967296)"
    rewrite(path, parts | {f"{name}.npy": _promise(parts[f"{name}.npy"], shape)})


def pickled(path: Path, name: str) -> None:
    rewrite(path, members(path) | {f"{name}.npy": npy_bytes(np.array([Bomb()], dtype=object))})


def missing(path: Path, name: str) -> None:
    parts = members(path)
    del parts[f"{name}.npy"]
    rewrite(path, parts)


def longer(path: Path, name: str) -> None:
    parts = members(path)
    rewrite(path, parts | {f"{name}.npy": parts[f"{name}.npy"] + b"\0" * 8})


def overlapping(path: Path, name: str) -> None:
    """A thousand members that are all the same bytes of the file."""
    with zipfile.ZipFile(path, "a") as archive:
        first = archive.getinfo(f"{name}.npy")
        for number in range(1000):
            copy = zipfile.ZipInfo(f"copy_{number}.npy")
            for part in ("header_offset", "CRC", "compress_size", "file_size"):
                setattr(copy, part, getattr(first, part))
            archive.filelist.append(copy)
        archive._didModify = True  # type: ignore[attr-defined]


DAMAGES: dict[str, Callable[[Path, str], None]] = {
    each.__name__: each
    for each in (
        extra_bomb,
        compressed,
        promises_a_lot,
        overflows,
        pickled,
        missing,
        longer,
        overlapping,
    )
}


class Bomb:
    """Whoever unpickles this one is found out."""

    def __reduce__(self) -> tuple[object, ...]:
        return (_explode, ())


def _explode() -> None:
    raise SystemExit("a pickle was read")


@contextmanager
def little_memory(limit: int = 8 * MEGABYTE) -> Iterator[None]:
    """Nothing in here takes more than ``limit`` bytes at once."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


@contextmanager
def in_time(seconds: int = 20) -> Iterator[None]:
    """Whatever is waited for ends with a TimeoutError."""

    def end(*_: object) -> None:
        raise TimeoutError(f"still waiting after {seconds} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
