"""Tell the user how a build gets on: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, TextIO


class Progress:
    """Counts finished chapters; safe to call from one thread only."""

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._total = total
        self._done = 0
        self._bar: Any = None
        if total and self._stream.isatty():
            from tqdm import tqdm

            self._bar = tqdm(
                total=total, unit="chapter", file=self._stream, leave=False, dynamic_ncols=True
            )

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def say(self, line: str) -> None:
        """A line above the bar."""
        if self._bar is not None:
            self._bar.write(line, file=self._stream)
        else:
            print(line, file=self._stream, flush=True)

    def running(self, names: list[str]) -> None:
        """Show which chapters run now (on a terminal)."""
        if self._bar is not None:
            self._bar.set_postfix_str(", ".join(names), refresh=True)

    def finished(self, line: str) -> None:
        """One chapter is done."""
        self._done += 1
        self.say(f"[{self._done}/{self._total}] {line}")
        if self._bar is not None:
            self._bar.update(1)
