"""Packages that need not be there: who asks for a missing one is told which extra brings it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

#: Top-level module -> the extra of ``linreg-lib`` that installs it, as pyproject.toml has them.
EXTRA_OF = {
    "numba": "fast",
    "torch": "torch",
    "sympy": "symbolic",
    "matplotlib": "figures",
    "mpl_toolkits": "figures",
    "onnx": "onnx",
    "cycler": "figures",
    "PIL": "figures",
    "pandas": "experiments",
    "dask": "cluster",
    "platformdirs": "data",
    "pooch": "data",
    "requests": "data",
    "sklearn": "data",
    "tqdm": "progress",
}


@contextmanager
def needs_extra(what: str, otherwise: str = "") -> Iterator[None]:
    """Around imports: one that fails for want of a package says which extra has it.

    Args:
        what: subject of the sentence, what the package is needed for
        otherwise: what else the user can do, after "or"

    Raises:
        ImportError: (its ``name`` the package) instead of ModuleNotFoundError. Modules that belong
            to no extra are missed as ever.

    >>> with needs_extra("a film", otherwise="leave it out"):
    ...     raise ModuleNotFoundError(name="PIL.Image")
    Traceback (most recent call last):
        ...
    ImportError: a film needs the package PIL: pip install "linreg-lib[figures]", or leave it out
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package not in EXTRA_OF:
            raise
        way_out = f'pip install "linreg-lib[{EXTRA_OF[package]}]"'
        if otherwise:
            way_out += f", or {otherwise}"
        raise ImportError(
            f"{what} needs the package {package}: {way_out}", name=package
        ) from missing
