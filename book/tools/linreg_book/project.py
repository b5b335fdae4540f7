"""Where things lie: the folders of a book project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from linreg_book.errors import PublishingError, os_error_sentence
from linreg_book.yaml_map import read_yaml_map
from linreg_lib import errors as library_errors
from linreg_lib.atomic_file import atomic_file


@dataclass(frozen=True)
class Project:
    """A folder with ``notebooks/``, ``book/``, ``_config.yml`` and ``_toc.yml``.

    Everything that is built goes below ``_build/``; the finished site is ``_build/html/``.
    """

    root: Path

    @staticmethod
    def around(folder: Path) -> Project:
        """The project that holds a folder (the folder itself or one of its parents).

        Raises:
            PublishingError: if neither it nor a parent has ``_toc.yml`` and ``notebooks/``.
        """
        start = folder.resolve()
        for candidate in (start, *start.parents):
            if (candidate / "_toc.yml").is_file() and (candidate / "notebooks").is_dir():
                return Project(candidate)
        raise PublishingError(f"{start} lies in no book project (no _toc.yml with notebooks/)")

    @property
    def notebooks(self) -> Path:
        """The chapters' text sources."""
        return self.root / "notebooks"

    @property
    def pages(self) -> Path:
        """Pages without code, and static assets."""
        return self.root / "book"

    @property
    def build(self) -> Path:
        """Everything made by the pipeline."""
        return self.root / "_build"

    @property
    def staging(self) -> Path:
        """The tree that the renderer reads."""
        return self.build / "staging"

    @property
    def render(self) -> Path:
        """The renderer's own output and its caches."""
        return self.build / "render"

    @property
    def site(self) -> Path:
        """The finished site."""
        return self.build / "html"

    @property
    def lock_file(self) -> Path:
        """The exact versions of everything installed."""
        return self.root / "requirements.lock"

    def executed(self, profile: str) -> Path:
        """The executed chapters of a profile."""
        return self.build / "executed" / profile

    @cached_property
    def library(self) -> Path:
        """The folder of ``linreg_lib``: the project's own, else the installed one."""
        own = self.root / "linreg_lib"
        return own if own.is_dir() else Path(library_errors.__file__).resolve().parent

    @cached_property
    def tools(self) -> Path:
        """The folder of ``linreg_book``: the project's own, else the installed one."""
        own = self.pages / "tools" / "linreg_book"
        return own if own.is_dir() else Path(__file__).resolve().parent

    @cached_property
    def config(self) -> dict[str, Any]:
        """``_config.yml``.

        Raises:
            PublishingError: if it cannot be read, or what staging fills in is no map.
        """
        path = self.root / "_config.yml"
        config = read_yaml_map(path)
        sphinx = config.get("sphinx") or {}
        options = sphinx.get("config") if isinstance(sphinx, dict) else None
        for name, value in (
            ("repository", config.get("repository")),
            ("sphinx", sphinx),
            ("sphinx: config", options),
        ):
            if value is not None and not isinstance(value, dict):
                raise PublishingError(f"{path}: {name} must be a map")
        return config

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second build out of the folder while this one works.

        The lock belongs to the process, so that nothing is left behind when it is killed.
        """
        try:
            self.build.mkdir(parents=True, exist_ok=True)
            lock = (self.build / ".lock").open("a+")
        except OSError as error:
            raise PublishingError(f"cannot build in {os_error_sentence(error)}") from None
        with lock as stream:
            try:
                import fcntl
            except ImportError:  # not on Windows: the user has to take care
                yield
                return
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise PublishingError(
                    f"another build works in {self.build}; wait for it or stop it"
                ) from None
            yield


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is never seen half-written.

    Raises:
        PublishingError: with the path and the way out, if the system refuses; the file is then as
            it was before.
    """
    # Halves of characters, which a chapter may print, can stand in no file.
    data = content.encode(errors="replace") if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as stream:
            stream.write(data)
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise PublishingError(f"cannot write {os_error_sentence(error)}") from None
