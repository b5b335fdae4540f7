"""What some rows need that not every machine has: a file, a package, a second core."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from linreg_lib.data_folders import data_set_folder
from linreg_lib.errors import DataError


class Need(Protocol):
    """Something that is here or not."""

    def described(self) -> dict[str, Any]:
        """What a row says of it."""

    def lack(self) -> str | None:
        """What is missing, in words; None if nothing is."""


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """A file of a data set, which is not part of the project, with the checksum it must have."""

    folder: str
    name: str
    sha256: str

    @property
    def path(self) -> Path:
        """Where it is looked for: in the folder that LINREG_DATA names, or in the cache folder."""
        return data_set_folder(self.folder) / self.name

    def described(self) -> dict[str, Any]:
        return {"file": {"name": self.name, "sha256": self.sha256}}

    def lack(self) -> str | None:
        try:
            found = hashlib.sha256(self.path.read_bytes()).hexdigest()
        except DataError as error:
            return f"{self.name} cannot be looked for: {error}"
        except OSError as error:
            return (
                f"{self.name} was looked for at {self.path} ({error.strerror}); put it there, or "
                f"into a folder {self.folder} of the folder that LINREG_DATA names"
            )
        if found != self.sha256:
            return f"{self.path} is another file: its SHA256 is {found}, not {self.sha256}"
        return None


@dataclass(frozen=True, kw_only=True)
class Package:
    """A Python package."""

    name: str

    def described(self) -> dict[str, Any]:
        return {}

    def lack(self) -> str | None:
        return None if find_spec(self.name) else f"the package {self.name} is not installed"


@dataclass(frozen=True, kw_only=True)
class Cores:
    """So many cores for this process."""

    number: int

    def described(self) -> dict[str, Any]:
        return {}

    def lack(self) -> str | None:
        found = num_cores()
        return None if found >= self.number else f"{self.number} cores are needed, {found} is here"


def num_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def first_lack(needs: Sequence[Need]) -> str | None:
    """The first thing that is missing."""
    return next((lack for need in needs if (lack := need.lack()) is not None), None)
