"""Let plain ``papermill`` read text notebooks and refuse parameters that do not fit.

papermill finds this module through two entry points and asks for the attributes ``handler``
(group ``papermill.io``) and ``engine`` (group ``papermill.engine``). Its handlers are chosen by
the beginning of a path, which cannot say "ends in .md"; so asking for the handler also replaces
papermill's handler of local files by one that reads text notebooks wherever they lie. Asking for
the engine makes the checking engine papermill's default. Other notebooks are treated as before.

papermill is imported only when it asks: it loads this module while its own are half imported.
"""

from __future__ import annotations

import sys
from typing import Any

from linreg_lib.publishing.chapter import parameters_of, text_to_notebook
from linreg_lib.publishing.errors import ParameterError
from linreg_lib.publishing.parameters import fit_values

MARK = "linreg_chapter"


def __getattr__(name: str) -> Any:
    if name == "handler":
        return install_handler()
    if name == "engine":
        return install_engine()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def install_handler() -> Any:
    """Make papermill's handler of local files read text notebooks; returns the handler."""
    iorw = _papermill_module("papermill.iorw")

    base: Any = iorw.LocalHandler

    class TextNotebookHandler(base):
        """Reads local files; text notebooks (.md) arrive as notebooks."""

        def read(self, path: str) -> Any:
            text = super().read(path)
            if not str(path).endswith(".md"):
                return text
            import nbformat

            notebook = text_to_notebook(text, where=str(path))
            notebook.metadata[MARK] = str(path)
            return nbformat.writes(notebook)

    handlers = iorw.papermill_io._handlers
    for index, (scheme, handler) in enumerate(handlers):
        if scheme == "local" and type(handler).__name__ != TextNotebookHandler.__name__:
            handlers[index] = (scheme, TextNotebookHandler())
    _silence_extension_warning()
    return next(handler for scheme, handler in handlers if scheme == "local")


def install_engine() -> Any:
    """Make papermill's default engine check the parameters of chapters; returns the engine."""
    engines = _papermill_module("papermill.engines")
    present = engines.papermill_engines.get_engine(None)
    if present.__name__ == "CheckingEngine":
        return present

    base: Any = engines.NBClientEngine

    class CheckingEngine(base):
        """Refuses unknown and ill-typed parameters before a kernel starts."""

        @classmethod
        def execute_notebook(cls, nb: Any, kernel_name: str, *args: Any, **kwargs: Any) -> Any:
            _refuse_misfits(nb)
            return super().execute_notebook(nb, kernel_name, *args, **kwargs)

    engines.papermill_engines.register(None, CheckingEngine)
    return CheckingEngine


def install() -> None:
    """Do both; for processes that call papermill without the entry points being installed."""
    import papermill.execute  # noqa: F401  (the registries exist from here on)

    install_handler()
    install_engine()


def _refuse_misfits(notebook: Any) -> None:
    where = notebook.metadata.get(MARK)
    given = dict(notebook.metadata.papermill.get("parameters") or {})
    if where is None or not given:
        return
    try:
        fit_values(parameters_of(notebook, where=where), given, where=where)
    except ParameterError as error:
        raise _refusal(str(error)) from None


def _refusal(message: str) -> Exception:
    """Our error, and at once one that papermill's command line shows without a traceback."""
    import click

    kind = type("RefusedParameters", (click.ClickException, ParameterError), {})
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
