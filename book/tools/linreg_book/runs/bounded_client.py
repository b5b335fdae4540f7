"""The client that runs a chapter's cells: it knows the cell, bounds its output, sees it leave.

papermill calls a half-run notebook a success when a cell says ``sys.exit()``, blames the cell after
an ``exit()``, and keeps whatever a cell prints; a chapter's run is judged by what is told here.
Imported where papermill is there already.
"""

from __future__ import annotations

from typing import Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import papermill_engines

from linreg_book.runs import papermill_engine

ENGINE = "linreg-bounded"
#: Notebook metadata: index of the cell that runs, and why the run was ended here.
RUNNING, ENDED = "linreg_running", "linreg_ended"
TOO_MUCH_OUTPUT, LEFT = "output", "exit"
MAX_TEXT = 1_000_000  # characters of streams, results and errors in a chapter
MAX_DATA = 200_000_000  # characters of figures and other rich output
_LONGEST_ERROR = 20_000
_COUNTED = ("stream", "display_data", "execute_result", "update_display_data", "error")


class ChapterEnded(Exception):
    """The chapter was stopped; the notebook's metadata says at which cell, and why."""


class BoundedClient(PapermillNotebookClient):
    """Runs cells one by one and stops at the first that leaves or says too much."""

    def __init__(self, nb_man: Any, **kwargs: Any) -> None:
        super().__init__(nb_man, **kwargs)
        self._text = self._data = 0
        self.on_cell_executed = self._look_at_reply

    def execute_cell(self, cell: Any, cell_index: int, **kwargs: Any) -> Any:
        """Run one cell.

        Raises:
            ChapterEnded: it called ``exit()``, or printed too much.
        """
        if cell.cell_type == "code":
            self.nb.metadata[RUNNING] = cell_index
        try:
            done = super().execute_cell(cell, cell_index, **kwargs)
        except Exception:
            if ENDED in self.nb.metadata:
                raise ChapterEnded from None
            raise
        if ENDED in self.nb.metadata:
            raise ChapterEnded
        return done

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Keep a message unless the chapter has said too much; then end its kernel."""
        kind, content = msg["msg_type"], msg["content"]
        if kind == "error":
            content["evalue"] = _cut(content.get("evalue", ""))
            content["traceback"] = [_cut(line) for line in content.get("traceback", [])[-100:]]
        if kind in _COUNTED or kind.startswith("comm"):
            data = content.get("data") or {}
            rich = sum(_size(part) for key, part in data.items() if key != "text/plain")
            self._data += rich
            self._text += _size(content) - rich
            if self._text > MAX_TEXT or self._data > MAX_DATA:
                if ENDED not in self.nb.metadata:
                    self.nb.metadata[ENDED] = TOO_MUCH_OUTPUT
                    self._end_kernel()
                return None
        return super().process_message(msg, cell, cell_index)

    def _look_at_reply(self, cell: Any, cell_index: int, execute_reply: Any) -> None:
        payload = execute_reply["content"].get("payload", [])
        if any(part.get("source") == "ask_exit" for part in payload):
            self.nb.metadata[ENDED] = LEFT

    def _end_kernel(self) -> None:
        # A loop that prints may catch an interrupt; the process cannot refuse to end.
        process = getattr(getattr(self.km, "provisioner", None), "process", None)
        if process is not None:
            process.kill()


def install() -> None:
    """Register the engine that checks parameters and runs chapters by this client."""
    checking: Any = papermill_engine.install_engine()

    class BoundedEngine(checking):
        """papermill's engine with the bounded client."""

        tells_verdicts = False  # the pages show them

        @classmethod
        def execute_managed_notebook(
            cls, nb_man: Any, kernel_name: str, start_timeout: int = 60, **kwargs: Any
        ) -> Any:
            client = BoundedClient(
                nb_man,
                kernel_name=kernel_name,
                startup_timeout=start_timeout,
                extra_arguments=kwargs.get("extra_arguments", []),
            )
            return client.execute()

    papermill_engines.register(ENGINE, BoundedEngine)


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_size(part) for part in value.values())
    if isinstance(value, list):
        return sum(map(_size, value))
    return 8


def _cut(text: str) -> str:
    half = _LONGEST_ERROR // 2
    return text if len(text) <= 2 * half else f"{text[:half]}\n[...]\n{text[-half:]}"
