"""Command line: ``python -m linreg_book book|keep-runs|site-check|lint|clean``."""

from __future__ import annotations

import argparse
import math
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linreg_book.chapters.parameters import PROFILES
from linreg_book.errors import PublishingError, os_error_sentence
from linreg_book.project import Project

INTERRUPTED = 130
_OWN = ("linreg_lib", "linreg_book")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 if everything went well, else 1 (130 if interrupted)."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return int(options.command(options, Project.around(options.root)))
    except PublishingError as error:
        print(f"{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(os_error_sentence(error), file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in _OWN:
            raise
        print(_not_installed(error.name), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; chapters that had finished are kept", file=sys.stderr)
        return INTERRUPTED


def _not_installed(module: str) -> str:
    return (
        f"the book needs {module}, which is not installed; install what it needs with "
        "make environment, or in an environment of your own with pip install -e . -e book/tools"
    )


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def _positive_int(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no whole number from 1 to 999999")
    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number of seconds above 0")
    return seconds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="linreg-book", description="Run and render the book.")
    parser.add_argument(
        "--root", type=Path, default=Path(), help="the project's folder (default: here)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    book = commands.add_parser("book", help="run the chapters that need it and render the book")
    book.add_argument("--profile", choices=PROFILES, default="quick", help="default: quick")
    book.add_argument("--only", nargs="+", metavar="NN_name", help="run only these chapters")
    book.add_argument(
        "--jobs", type=_positive_int, metavar="N", help="chapters at once (default: processors)"
    )
    book.add_argument("--time-limit", type=_seconds, metavar="S", help="seconds a chapter may take")
    book.add_argument("--force", action="store_true", help="run also what has not changed")
    book.add_argument("--no-render", action="store_true", help="run the chapters only")
    book.set_defaults(command=_book)
    keep = commands.add_parser(
        "keep-runs", help="keep what the chapters took and earned at the papers' size"
    )
    keep.add_argument("--note", default="", help="what else was running, for instance")
    keep.set_defaults(command=_keep_runs)
    check = commands.add_parser("site-check", help="check the finished site")
    check.add_argument("--no-browser", action="store_true", help="do not look for Chromium")
    check.set_defaults(command=_site_check)
    lint = commands.add_parser("lint", help="check the chapters' text without running it")
    lint.set_defaults(command=_lint)
    clean = commands.add_parser("clean", help="remove everything that was built")
    clean.set_defaults(command=_clean)
    return parser


def _book(options: argparse.Namespace, project: Project) -> int:
    from linreg_book.build import build_book

    return build_book(
        project,
        profile=options.profile,
        only=options.only,
        jobs=options.jobs,
        time_limit=options.time_limit,
        force=options.force,
        render=not options.no_render,
    )


def _keep_runs(options: argparse.Namespace, project: Project) -> int:
    from linreg_book.pages.contents import listed_chapters, load_contents
    from linreg_book.pages.kept_runs import keep_runs

    with project.locked():
        path = keep_runs(project, listed_chapters(load_contents(project)), note=options.note)
    print(f"kept in {path}")
    return 0


def _site_check(options: argparse.Namespace, project: Project) -> int:
    from linreg_book.pages.contents import listed_pages, load_contents
    from linreg_book.site.browser_check import check_in_browser, find_chromium
    from linreg_book.site.site_check import check_site

    problems = check_site(project)
    chromium = None if options.no_browser else find_chromium()
    if chromium is not None and not problems:
        pages = list(listed_pages(load_contents(Project(project.staging))))
        problems += check_in_browser(project, chromium, pages)
    elif chromium is None:
        print("site-check: no Chromium found, the browser's part is skipped")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"site-check: {len(problems)} problems in {project.site}")
    return 1 if problems else 0


def _lint(options: argparse.Namespace, project: Project) -> int:
    from linreg_book.chapters.chapter import find_chapters
    from linreg_book.chapters.lint import lint_all
    from linreg_book.chapters.profiles import lint_profiles
    from linreg_book.chapters.terms import lint_terms
    from linreg_book.pages.contents import listed_texts

    chapters = find_chapters(project.notebooks)
    problems = lint_all(chapters.values())
    problems += lint_profiles(project.notebooks / "profiles.yml", chapters)
    problems += lint_terms(listed_texts(project))
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"lint: {len(problems)} problems in {len(chapters)} chapters")
    return 1 if problems else 0


def _clean(options: argparse.Namespace, project: Project) -> int:
    from linreg_book.pages.staging import clean_build

    with project.locked():
        clean_build(project)
    return 0


if __name__ == "__main__":
    sys.exit(main())
