"""From what state of the project a chapter was run."""

from __future__ import annotations

import platform
import subprocess
from datetime import UTC, datetime
from typing import Any

from linreg_book.project import Project
from linreg_book.runs.checksums import file_checksum

#: A picture that a reader saves elsewhere in the clone changes no result.
_READ_BY_CHAPTERS = ("linreg_lib", "notebooks", "book")


def current_provenance(project: Project) -> dict[str, Any]:
    """Commit, whether the tree differs from it, lock checksum, Python, date."""
    commit = _git(project, "rev-parse", "HEAD")
    changes = _git(project, "status", "--porcelain", "--", *_READ_BY_CHAPTERS)
    lock = project.lock_file
    return {
        "commit": commit or None,
        "dirty": bool(changes) if commit else None,
        "lock": file_checksum(lock) if lock.is_file() else None,
        "python": platform.python_version(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


def _git(project: Project, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=project.root,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
