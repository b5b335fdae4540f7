"""Plain ``.npz`` files: written whole or not at all, and read with no trust in their bytes.

What is written is stored, never compressed, so that a file cannot ask for more memory than its own
size; what is read must be of that kind, and is looked at before anything is allocated.  No pickles.
"""

from __future__ import annotations

import math
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from linreg_lib.atomic_file import atomic_file
from linreg_lib.errors import DataError
from linreg_lib.regular_file import open_regular

_ENCRYPTED = 0x1
_LONGEST = 200  # characters of an error that may quote the file


def write_npz(file: Path, arrays: Mapping[str, np.ndarray]) -> Path:
    """Write ``arrays`` (no objects) to ``file``; an interruption leaves the earlier file, or none.

    The file is made beside its place, in a folder that must exist, and moved there when complete.
    """
    with atomic_file(file) as stream, zipfile.ZipFile(stream, "w") as archive:
        # not np.savez: its own arguments would forbid names such as "file"
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return file


@contextmanager
def open_npz(path: str | os.PathLike[str]) -> Iterator[StoredArrays]:
    """The arrays of a file that :func:`write_npz` wrote, each read when it is first asked for.

    Raises:
        OSError: the file cannot be opened, or is no regular one.
        DataError: it is no such file; says what is wrong with which array.
        zipfile.BadZipFile: it is no archive, or a checksum does not agree.
    """
    with open_regular(path) as stream, zipfile.ZipFile(stream) as archive:
        yield StoredArrays(archive, os.fstat(stream.fileno()).st_size)


class StoredArrays(Mapping[str, np.ndarray]):
    """A mapping of names to arrays; what is in memory never exceeds the file's size."""

    def __init__(self, archive: zipfile.ZipFile, file_size: int) -> None:
        self._archive = archive
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._arrays: dict[str, np.ndarray] = {}
        for member in archive.infolist():
            name = member.filename.removesuffix(".npy")
            if name in self._members:
                raise DataError(f"it holds array {name!r} twice")
            if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & _ENCRYPTED:
                raise DataError(f"array {name!r} is compressed or encrypted")
            if member.compress_size != member.file_size or name == member.filename:
                raise DataError(f"member {member.filename!r} is no stored array")
            self._members[name] = member
        # Members may overlap in an archive that was made to deceive.
        if sum(member.file_size for member in self._members.values()) > file_size:
            raise DataError("its arrays are announced as larger than the whole file")

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __getitem__(self, name: str) -> np.ndarray:
        """The array; raises DataError if there is none of that name, or it is damaged."""
        if name not in self._arrays:
            if name not in self._members:
                raise DataError(f"array {name!r} is missing")
            self._arrays[name] = self._read(name, self._members[name])
        return self._arrays[name]

    def refuse_unread(self) -> None:
        """Raises DataError if the file holds arrays that nobody asked for."""
        unread = sorted(set(self._members) - set(self._arrays))
        if unread:
            raise DataError(f"it holds {len(unread)} arrays too many, the first {unread[0]!r}")

    def _read(self, name: str, member: zipfile.ZipInfo) -> np.ndarray:
        try:
            with self._archive.open(member) as stream:
                shape, dtype = _array_header(stream)
                present = member.file_size - stream.tell()
            announced = math.prod(shape) * dtype.itemsize
            if dtype.hasobject or not dtype.itemsize or min(shape, default=0) < 0:
                raise DataError(f"its shape {shape} or type {dtype} is not one that is written")
            if announced != present:
                raise DataError(f"shape {shape} needs {announced:,} bytes, {present:,} are there")
            with self._archive.open(member) as stream:
                array = np.lib.format.read_array(stream, allow_pickle=False)
                stream.read(1)  # at its end the checksum is compared, also of empty arrays
                return array
        except Exception as error:  # whatever the bytes are, one clear error
            raise DataError(f"array {name!r} is damaged: {str(error)[:_LONGEST]}") from error


def _array_header(stream: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    elif version == (2, 0):
        shape, _, dtype = np.lib.format.read_array_header_2_0(stream)
    else:
        raise DataError(f"version {version} of the array format is not written")
    return shape, dtype
