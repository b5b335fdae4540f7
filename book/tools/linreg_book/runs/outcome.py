"""How a chapter's run ended, and how that is kept on disk."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from linreg_book.project import write_whole


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Where and why a chapter stopped.

    Attributes:
        kind: ``cell`` (an exception), ``timeout``, ``kernel`` (it died), ``worker`` (the process
            that drove the kernel died), ``parameters`` or ``source`` (nothing was run).
        cell: number of the code cell in the chapter, from 1; None if no cell was running.
        line: line of that cell in the text source.
        exception: name of the exception.
        message: its text.
    """

    kind: str
    cell: int | None
    line: int | None
    exception: str
    message: str

    def sentence(self, chapter: str) -> str:
        """One line that names chapter, cell and exception."""
        place = f", code cell {self.cell}" if self.cell else ""
        place += f" (line {self.line})" if self.line else ""
        first = self.message.strip().splitlines()[0] if self.message.strip() else ""
        return f"{chapter}{place}: {self.exception}" + (f": {first}" if first else "")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One run of one chapter.

    Attributes:
        parameters: all of them, with the profile's values.
        reason: why it ran ("first run", "library changed: ...").
        seconds: wall time.
        memory: the most that its processes had in memory together, in bytes, of what was seen in
            looks a fraction of a second apart; 0 if nobody looked.
        fingerprint: what the result depends on.
        provenance: commit, dirty flag, lock checksum, date at execution time.
        failure: None if it ran to the end.
    """

    chapter: str
    profile: str
    parameters: dict[str, Any]
    reason: str
    seconds: float
    fingerprint: dict[str, dict[str, str]]
    provenance: dict[str, Any]
    memory: int = 0
    failure: Failure | None = None


@dataclass(frozen=True)
class OutcomeStore:
    """The executed chapters of one profile: ``NN_name.ipynb`` and ``NN_name.json``.

    The JSON file is written last and holds the notebook's checksum and its own, so that a pair
    that an interruption tore apart is recognised, and so is any other damage. A failed run lies
    beside the last good one, as ``NN_name.failed.*``, until the chapter succeeds.
    """

    folder: Path

    def save(self, outcome: Outcome, notebook: str) -> None:
        """Keep a run; a success removes the traces of earlier failures."""
        stem = outcome.chapter + (".failed" if outcome.failure else "")
        entry = asdict(outcome)
        entry["notebook_checksum"] = _checksum(notebook)
        entry["entry_checksum"] = _entry_checksum(entry)
        write_whole(self.folder / f"{stem}.ipynb", notebook)
        write_whole(self.folder / f"{stem}.json", json.dumps(entry, indent=1, sort_keys=True))
        if not outcome.failure:
            self.forget_failure(outcome.chapter)

    def forget_failure(self, chapter: str) -> None:
        """Remove what a failed run left."""
        for ending in (".failed.json", ".failed.ipynb"):
            (self.folder / f"{chapter}{ending}").unlink(missing_ok=True)

    def last_good(self, chapter: str) -> Outcome | None:
        """The last run that succeeded, if it is there and whole."""
        return self._load(chapter)

    def last_failed(self, chapter: str) -> Outcome | None:
        """The failed run since then, if there was one."""
        return self._load(f"{chapter}.failed")

    def notebook_path(self, outcome: Outcome) -> Path:
        """Where the notebook of a run lies."""
        ending = ".failed.ipynb" if outcome.failure else ".ipynb"
        return self.folder / (outcome.chapter + ending)

    def _load(self, stem: str) -> Outcome | None:
        """The run of that stem; None unless both files are exactly what :meth:`save` wrote."""
        try:
            entry = json.loads((self.folder / f"{stem}.json").read_text(encoding="utf-8"))
            notebook = (self.folder / f"{stem}.ipynb").read_text(encoding="utf-8")
            if entry.pop("entry_checksum") != _entry_checksum(entry):
                return None
            if entry.pop("notebook_checksum") != _checksum(notebook):
                return None
            failure = entry.pop("failure")
            return Outcome(**entry, failure=Failure(**failure) if failure else None)
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return None


def _entry_checksum(entry: dict[str, Any]) -> str:
    return _checksum(json.dumps(entry, sort_keys=True))


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
