"""A tree of files described in memory and then written so that only differences touch the disk."""

from __future__ import annotations

import hashlib
from pathlib import Path

from linreg_book.project import write_whole


class Tree:
    """Files by path, relative to a folder that holds nothing else.

    Unchanged files keep their dates, so that a renderer that looks at dates does not work in vain.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, bytes] = {}

    @property
    def paths(self) -> list[str]:
        """All paths, sorted."""
        return sorted(self._files)

    def add(self, path: str, content: str | bytes) -> None:
        """Add or replace one file."""
        self._files[path] = content.encode() if isinstance(content, str) else content

    def checksum(self) -> str:
        """SHA-256 over all paths and contents."""
        digest = hashlib.sha256()
        for path in self.paths:
            for part in (path.encode(), self._files[path]):
                digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()

    def write(self) -> None:
        """Make the folder hold exactly these files."""
        for present in sorted(self.folder.rglob("*"), reverse=True):
            relative = present.relative_to(self.folder).as_posix()
            if present.is_dir():
                if not any(present.iterdir()):
                    present.rmdir()
            elif relative not in self._files:
                present.unlink()
        for path, content in self._files.items():
            target = self.folder / path
            if not target.is_file() or target.read_bytes() != content:
                write_whole(target, content)
