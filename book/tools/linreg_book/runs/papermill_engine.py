"""Let plain ``papermill`` read text notebooks and refuse parameters that do not fit.

papermill finds this module through two entry points and asks for the attributes ``handler``
(group ``papermill.io``) and ``engine`` (group ``papermill.engine``). Its handlers are chosen by
the beginning of a path, which cannot say "ends in .md"; so asking for the handler also replaces
papermill's handlers of local files and of standard input by ones that read text notebooks wherever
they lie. Asking for the engine puts the checking engine in the place of papermill's own. It knows a
chapter, text or converted, by its parameters cell. Other notebooks are treated as before.

papermill is imported only when it asks: it loads this module while its own are half imported.
"""

from __future__ import annotations

import sys
from typing import Any

from linreg_book.chapters.chapter import (
    injected_values,
    is_chapter,
    parameters_of,
    text_to_notebook,
)
from linreg_book.chapters.parameters import fit_values
from linreg_book.errors import ParameterError, PublishingError

MARK = "linreg_chapter"
_INJECTED_PATHS = ("PAPERMILL_INPUT_PATH", "PAPERMILL_OUTPUT_PATH")


def __getattr__(name: str) -> Any:
    if name == "handler":
        return install_handler()
    if name == "engine":
        return install_engine()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def install_handler() -> Any:
    """Make papermill's handlers of files and of standard input read text notebooks.

    Returns the one of local files.
    """
    iorw = _papermill_module("papermill.iorw")

    local: Any = iorw.LocalHandler
    stream: Any = iorw.StreamHandler

    class TextNotebookHandler(local):
        """Reads local files; text notebooks (.md) arrive as notebooks."""

        def read(self, path: str) -> Any:
            text = super().read(path)
            return _notebook_json(text, str(path)) if str(path).endswith(".md") else text

    class TextStreamHandler(stream):
        """Reads standard input, which is a text notebook where it is no JSON."""

        def read(self, path: str) -> Any:
            text = super().read(path)
            is_json = text.lstrip().startswith("{")
            return text if is_json else _notebook_json(text, "standard input")

    ours = {"local": TextNotebookHandler, "-": TextStreamHandler}
    handlers = iorw.papermill_io._handlers
    for index, (scheme, handler) in enumerate(handlers):
        if scheme in ours and type(handler).__name__ != ours[scheme].__name__:
            handlers[index] = (scheme, ours[scheme]())
    _silence_extension_warning()
    return next(handler for scheme, handler in handlers if scheme == "local")


def install_engine() -> Any:
    """Make papermill's own engine check the parameters of chapters; returns the engine."""
    engines = _papermill_module("papermill.engines")
    present = engines.papermill_engines.get_engine(None)
    if present.__name__ == "CheckingEngine":
        return present

    base: Any = engines.NBClientEngine

    class CheckingEngine(base):
        """Refuses parameters that are unknown, ill-typed or out of range before a kernel starts."""

        tells_verdicts = True

        @classmethod
        def execute_notebook(cls, nb: Any, kernel_name: str, *args: Any, **kwargs: Any) -> Any:
            _refuse_misfits(nb)
            executed = super().execute_notebook(nb, kernel_name, *args, **kwargs)
            if cls.tells_verdicts and (words := _verdicts(executed)):
                print(words, file=sys.stderr)
            return executed

    for name in (None, "nbclient"):  # papermill's two names for its own engine
        engines.papermill_engines.register(name, CheckingEngine)
    return CheckingEngine


def install() -> None:
    """Do both; for processes that call papermill without the entry points being installed."""
    import papermill.execute  # noqa: F401  (the registries exist from here on)

    install_handler()
    install_engine()


def _notebook_json(text: str, where: str) -> str:
    import nbformat

    try:
        notebook = text_to_notebook(text, where=where)
    except PublishingError as error:
        raise _refusal(str(error)) from None
    notebook.metadata[MARK] = where
    return nbformat.writes(notebook)


def _verdicts(notebook: Any) -> str:
    """What a chapter's claims and findings have earned, for who looks at a terminal."""
    told = [
        f"  {record.get('id') or record['title']}: {record['verdict']}"
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if (record := output.get("metadata", {}).get("linreg", {})).get("type")
        in ("verdict", "finding")
    ]
    return "\n".join(["Verdicts of this run:", *told]) if told else ""


def _refuse_misfits(notebook: Any) -> None:
    mark = notebook.metadata.get(MARK)
    where = mark or notebook.metadata.papermill.get("input_path") or "standard input"
    given = dict(notebook.metadata.papermill.get("parameters") or {})
    if not (is_chapter(notebook) or (mark and given)):
        return
    try:
        given |= injected_values(notebook, where=where)
        # papermill's own, which --inject-paths asks for
        given = {name: value for name, value in given.items() if name not in _INJECTED_PATHS}
        fit_values(parameters_of(notebook, where=where), given, where=where)
    except PublishingError as error:
        raise _refusal(str(error)) from None


def _refusal(message: str) -> Exception:
    """Our error, and at once one that papermill's command line shows without a traceback."""
    import click

    kind = type("RefusedChapter", (click.ClickException, ParameterError), {})
    refusal: Exception = kind(message)
    return refusal


def _papermill_module(name: str) -> Any:
    # While papermill imports itself its package attribute is not set yet, sys.modules is.
    if name not in sys.modules:
        __import__(name)
    return sys.modules[name]


def _silence_extension_warning() -> None:
    import warnings

    warnings.filterwarnings("ignore", message=r"The specified file \(.*\.md\) does not end in")
