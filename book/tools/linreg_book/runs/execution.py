"""Run one chapter in its own process, with a time limit, and find out how it ended."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linreg_book.chapters.chapter import INJECTED_TAG, Chapter, has_tag
from linreg_book.errors import way_out
from linreg_book.project import Project, write_whole
from linreg_book.runs import chapter_process
from linreg_book.runs.opened_files import LIST_VARIABLE, OpenedFiles, read_opened
from linreg_book.runs.outcome import Failure

if TYPE_CHECKING:
    import psutil
    from nbformat import NotebookNode

_THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_ERROR_MARKER = "papermill-error-cell-tag"
_POLL_SECONDS = 0.2
_NUM_LAST_BYTES = 20_000
_LONGEST_MESSAGE = 2000
# Names that bounded_client shares with this module, which must not load papermill.
RUNNING, ENDED = "linreg_running", "linreg_ended"


@dataclass(frozen=True, kw_only=True)
class RanChapter:
    """What one process made of a chapter."""

    notebook: NotebookNode
    seconds: float
    failure: Failure | None
    opened: OpenedFiles | None
    memory: int


class Cancelled(Exception):
    """The build was told to stop while a chapter was running."""


def run_chapter(
    chapter: Chapter,
    parameters: Mapping[str, Any],
    *,
    project: Project,
    scratch: Path,
    time_limit: float,
    cancel: threading.Event,
) -> RanChapter:
    """Execute a chapter with the given parameters (only those that differ from its defaults).

    Raises:
        Cancelled: if ``cancel`` was set; the chapter's processes are gone by then.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    output = scratch / f"{chapter.name}.ipynb"
    job, opened = scratch / f"{chapter.name}.job.json", scratch / f"{chapter.name}.opened"
    for left in (output, opened):
        left.unlink(missing_ok=True)
    description = {
        "source": str(chapter.path),
        "output": str(output),
        "parameters": dict(parameters),
        "folder": str(project.root),
    }
    write_whole(job, json.dumps(description))
    start = time.monotonic()
    ending = _run_process(job, opened, project, time_limit, cancel)
    seconds = time.monotonic() - start
    notebook = _read_notebook(output, chapter)
    failure = _failure(ending, notebook, chapter, time_limit)
    if failure is not None:
        _leave_error(notebook, failure)
    for key in (RUNNING, ENDED):
        notebook.metadata.pop(key, None)
    return RanChapter(
        notebook=notebook,
        seconds=seconds,
        failure=failure,
        opened=read_opened(opened),
        memory=ending.memory,
    )


@dataclass(frozen=True, kw_only=True)
class _Ending:
    code: int
    timed_out: bool
    errors: str
    memory: int


def _run_process(
    job: Path, opened: Path, project: Project, time_limit: float, cancel: threading.Event
) -> _Ending:
    environment = dict(os.environ)
    environment.update(dict.fromkeys(_THREAD_LIMITS, "1"))
    # The interpreter that builds the book runs its kernels, whatever kernels a user registered.
    environment["JUPYTER_PREFER_ENV_PATH"] = "1"
    environment["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    # The page does not tell that kernels were compiled on the way.
    environment["LINREG_QUIET"] = "1"
    own = (str(project.library.parent), str(project.tools.parent))
    environment["PYTHONPATH"] = os.pathsep.join(
        part for part in (*own, environment.get("PYTHONPATH", "")) if part
    )
    environment[LIST_VARIABLE] = str(opened)
    process = subprocess.Popen(
        [sys.executable, "-m", chapter_process.__name__, str(job)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        # An interrupt from the keyboard reaches the build alone, which then stops this one.
        start_new_session=True,
    )
    words = _LastWords(process)
    deadline = time.monotonic() + time_limit
    timed_out, memory = False, 0
    try:
        while process.poll() is None:
            if cancel.is_set():
                raise Cancelled
            if time.monotonic() > deadline:
                timed_out = True
                break
            memory = max(memory, _memory_of_family(process))
            try:
                process.wait(_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                continue
    finally:
        _end_with_children(process)
    return _Ending(code=process.returncode, timed_out=timed_out, errors=words.text(), memory=memory)


class _LastWords:
    """The end of what a process and its children say, however much that is; never on disk."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._stream: Any = process.stdout
        self._kept = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def text(self) -> str:
        """What there is, once the process has ended."""
        self._thread.join(timeout=2.0)  # a stray grandchild may hold the pipe open
        return self._kept.decode("utf-8", errors="replace")

    def _read(self) -> None:
        with self._stream:
            while part := self._stream.read1(65536):
                self._kept = (self._kept + part)[-_NUM_LAST_BYTES:]


def _memory_of_family(process: subprocess.Popen[bytes]) -> int:
    """Bytes in memory of a process and all that it started, now."""
    import psutil

    total = 0
    for member in _family(process):
        with contextlib.suppress(psutil.Error):
            total += member.memory_info().rss
    return total


def _end_with_children(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    import psutil

    for member in _family(process):
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    process.wait()


def _family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    import psutil

    try:
        first = psutil.Process(process.pid)
        return [first, *first.children(recursive=True)]
    except psutil.Error:
        return []


def _read_notebook(output: Path, chapter: Chapter) -> NotebookNode:
    import nbformat

    try:
        notebook = nbformat.read(output, as_version=4)
    except Exception:  # missing or cut off: the source without outputs stands in
        notebook = chapter.notebook()
    notebook.cells = [cell for cell in notebook.cells if not has_tag(cell, _ERROR_MARKER)]
    return notebook


def _failure(
    ending: _Ending, notebook: NotebookNode, chapter: Chapter, time_limit: float
) -> Failure | None:
    if ending.code == chapter_process.SUCCESS and not ending.timed_out:
        return None
    index = _stopped_at(notebook)
    number = _number_in_source(notebook, index) if index is not None else None
    place: dict[str, Any] = {"cell": number, "line": _line_in_source(chapter, number)}
    if ending.timed_out:
        message = f"no result within the chapter's limit of {time_limit:g} s"
        return Failure(kind="timeout", exception="TimeoutError", message=message, **place)
    if ending.code == chapter_process.CELL_FAILED and index is not None:
        for output in notebook.cells[index].outputs:
            if output.output_type == "error":
                return Failure(
                    kind="cell",
                    exception=str(output.ename)[:100],
                    message=_message(output),
                    **place,
                )
    if ending.code == chapter_process.ENDED:
        kind, exception, message = _ENDINGS[notebook.metadata.get(ENDED, "exit")]
        return Failure(kind=kind, exception=exception, message=message, **place)
    if ending.code in (chapter_process.CELL_FAILED, chapter_process.KERNEL_DIED):
        message = (
            "the kernel died (os._exit, a crash of compiled code, or killed: too little memory?), "
            "or what the cell said could not be sent (half a character, such as chr(0xd800)?)"
        )
        return Failure(kind="kernel", exception="DeadKernelError", message=message, **place)
    return Failure(kind="worker", exception="WorkerDied", message=_last_words(ending), **place)


# What bounded_client writes under ENDED -> kind, exception, message of the failure.
_ENDINGS = {
    "output": (
        "output",
        "TooMuchOutput",
        "the chapter says more than a million characters (200 million with figures), which no "
        "page can show; print less, or write it to a file",
    ),
    "exit": ("cell", "SystemExit", "the cell ends the chapter (exit or quit)"),
}


def _message(output: Any) -> str:
    text = str(output.evalue)
    if output.ename == "SystemExit":
        return f"the cell ends the chapter (sys.exit{f', {text[:200]}' if text else ''})"
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]} [...]"


def _last_words(ending: _Ending) -> str:
    if ending.code < 0:
        return f"the process that runs the chapter was ended by signal {-ending.code}"
    lines = [line for line in ending.errors.splitlines() if line.strip()]
    said = f": {lines[-1].strip()[:_LONGEST_MESSAGE]}" if lines else ""
    refused = re.search(r"\[Errno (\d{1,4})\]", said)
    said += f"; {way_out(int(refused[1]))}" if refused else ""
    return f"the process that runs the chapter ended with code {ending.code}{said}"


def _stopped_at(notebook: NotebookNode) -> int | None:
    """The cell that was running."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        state = cell.metadata.get("papermill", {})
        if state.get("exception") or state.get("status") in ("running", "failed"):
            return index
        if any(output.output_type == "error" for output in cell.outputs):
            return index
    running = notebook.metadata.get(RUNNING)  # papermill takes a dead kernel's cell for completed
    if isinstance(running, int) and 0 <= running < len(notebook.cells):
        return running
    return None


def _number_in_source(notebook: NotebookNode, index: int) -> int:
    own = [
        cell
        for cell in notebook.cells[: index + 1]
        if cell.cell_type == "code" and not has_tag(cell, INJECTED_TAG)
    ]
    return len(own)


def _line_in_source(chapter: Chapter, number: int | None) -> int | None:
    if number is None:
        return None
    fences = [
        line
        for line, text in enumerate(chapter.source.splitlines(), start=1)
        if re.match(r"\s*(?:`{3,}|:{3,})\s*\{code-cell\}", text)
    ]
    return fences[number - 1] if number <= len(fences) else None


def _leave_error(notebook: NotebookNode, failure: Failure) -> None:
    """Give the page an error to show where the kernel left none."""
    import nbformat

    if failure.kind == "cell":
        return
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and _number_in_source(notebook, index) == failure.cell:
            cell.outputs.append(
                nbformat.v4.new_output(
                    "error",
                    ename=failure.exception,
                    evalue=failure.message,
                    traceback=[f"{failure.exception}: {failure.message}"],
                )
            )
            return
