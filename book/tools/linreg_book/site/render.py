"""Render the staged book with Jupyter Book and put the site in its place."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from linreg_book.errors import RenderError, os_error_sentence
from linreg_book.pages.staging import StagedBook
from linreg_book.project import Project, write_whole
from linreg_book.runs.checksums import file_checksum, files_below
from linreg_book.site.image_sizes import add_image_sizes
from linreg_book.site.lean_code import make_code_lean
from linreg_book.site.lean_styles import make_styles_lean

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_WARNING = re.compile(r"\b(?:WARNING|ERROR|CRITICAL|SEVERE)\b")
_NOT_WRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EROFS)
_REFUSED = re.compile(r"\[Errno (\d{1,4})\] [^\n:]*(?:: '([^'\n]*)')?")
_TOOLS_BELOW = "-- tools --"
# Whatever changes what is made of the same staging tree.
_TOOLS = (
    "jupyter-book",
    "sphinx",
    "myst-nb",
    "myst-parser",
    "sphinx-book-theme",
    "pydata-sphinx-theme",
)


class _NotContent(RenderError):
    """The renderer ran, and warned."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The finished site; ``fresh`` is False where nothing had to be rendered."""

    index: Path
    fresh: bool


def render_book(project: Project, staged: StagedBook) -> Rendered:
    """Render if anything changed; the old site stays until the new one is complete.

    Raises:
        RenderError: with the renderer's warnings, any of which is fatal.
    """
    index = project.site / "index.html"
    stamp, wanted = project.render / "stamp", _stamp(project, staged)
    complete = index.is_file() and (project.site / "records.json").is_file()
    if complete and stamp.is_file() and stamp.read_text() == wanted:
        return Rendered(index=index, fresh=False)
    if stamp.is_file() and _tools_of(stamp.read_text()) != _tools_of(wanted):
        # Old pages do not know what their making would be like today.
        shutil.rmtree(project.render, ignore_errors=True)
    pages = sum(path.endswith((".md", ".ipynb")) for path in staged.tree.paths)
    print(f"rendering {pages} pages (a minute or so) ...", flush=True)
    try:
        _render_anew_if_stale(project)
    except BaseException:
        # Pages that are not read again do not repeat their warnings: start from nothing next time.
        shutil.rmtree(project.render, ignore_errors=True)
        raise
    _put_in_place(project, staged)
    write_whole(stamp, wanted)
    return Rendered(index=index, fresh=True)


def _tools_of(stamp: str) -> list[str]:
    return stamp.partition(_TOOLS_BELOW)[2].splitlines()


def _stamp(project: Project, staged: StagedBook) -> str:
    # The reference is read from docstrings, and shows the sources.
    library, versions = (
        [f"{path.name} {file_checksum(path)}" for path in sorted(files_below(folder))]
        for folder in (project.library, project.tools)
    )
    for name in _TOOLS:
        try:
            versions.append(f"{name}=={metadata.version(name)}")
        except metadata.PackageNotFoundError:
            versions.append(f"{name} missing")
    return "\n".join([staged.tree.checksum(), *library, _TOOLS_BELOW, *versions, ""])


def _render_anew_if_stale(project: Project) -> None:
    """What the renderer remembers of old pages, a label that moved, counts for nothing."""
    remembers = (project.render / "_build").exists()
    try:
        _run_jupyter_book(project)
    except _NotContent:
        if not remembers:
            raise
        print("the renderer complains: once more, from nothing ...", flush=True)
        shutil.rmtree(project.render, ignore_errors=True)
        _run_jupyter_book(project)


def _run_jupyter_book(project: Project) -> None:
    project.render.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-c",
        "from jupyter_book.cli.main import main; main()",
        "build",
        str(project.staging),
        "--path-output",
        str(project.render),
        "--warningiserror",
        "--nitpick",
        "--keep-going",
        "--quiet",
    ]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "NO_COLOR": "1"}
    done = subprocess.run(
        command,
        cwd=project.root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    output = _ANSI.sub("", done.stdout)
    made = (project.render / "_build" / "html" / "index.html").is_file()
    if done.returncode == 0 and made:
        return
    refused = _REFUSED.search(output)
    if refused and done.returncode and int(refused[1]) in _NOT_WRITTEN:
        error = OSError(
            int(refused[1]), os.strerror(int(refused[1])), refused[2] or str(project.render)
        )
        raise RenderError(f"the renderer could not write: {os_error_sentence(error)}")
    warnings = list(dict.fromkeys(line for line in output.splitlines() if _WARNING.search(line)))
    staging = f"{project.staging}{os.sep}"
    told = [line.replace(staging, "") for line in warnings] or output.strip().splitlines()[-15:]
    raise _NotContent("the renderer is not content:\n  " + "\n  ".join(told))


def _put_in_place(project: Project, staged: StagedBook) -> None:
    fresh, old = project.build / "html.new", project.build / "html.old"
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        shutil.copytree(project.render / "_build" / "html", fresh, ignore=_not_published)
        for name in ("records.json", "ledger.csv"):
            shutil.copy2(project.staging / name, fresh / name)
        (fresh / "executed").mkdir()
        for chapter in staged.chapters:
            shutil.copy2(
                project.staging / "notebooks" / f"{chapter.name}.ipynb",
                fresh / "executed" / f"{chapter.name}.ipynb",
            )
        make_styles_lean(fresh)
        make_code_lean(fresh)
        add_image_sizes(fresh)
        # The host must not hide folders that begin with an underscore.
        (fresh / ".nojekyll").touch()
    except OSError as error:  # shutil.Error, which lists many, is one too
        shutil.rmtree(fresh, ignore_errors=True)
        first = error.args[0][0] if isinstance(error, shutil.Error) and error.args[0] else None
        told = (
            f"{first[1]}: {first[2]}; see to it and build again"
            if first
            else os_error_sentence(error)
        )
        raise RenderError(f"the site could not be put in its place: {told}") from None
    if project.site.exists():
        project.site.rename(old)
    try:
        fresh.rename(project.site)
    except OSError:
        if old.exists():
            old.rename(project.site)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _not_published(folder: str, names: list[str]) -> set[str]:
    # The theme leaves its templates, its scripts' sources and its icons among the static files.
    unwanted = {".doctrees", ".buildinfo", "reports", "fontawesome"}
    endings = ("-macros.html", ".map")
    return {
        name
        for name in names
        if name in unwanted or name.startswith("fontawesome.js") or name.endswith(endings)
    }
