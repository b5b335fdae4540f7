"""Checksum of the engine's sources: whether a stored measurement is of the engine as it is now."""

from __future__ import annotations

import hashlib
from pathlib import Path

_LIBRARY = Path(__file__).resolve().parent
_ENGINE = ("geometry", "networks")


def engine_digest() -> str:
    """Checksum (16 hex digits) of the sources of networks and geometry, as they are now."""
    digest = hashlib.sha256()
    for path in sorted(p for folder in _ENGINE for p in (_LIBRARY / folder).rglob("*.py")):
        name = path.relative_to(_LIBRARY.parent).as_posix()
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
