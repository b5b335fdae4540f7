"""The whole way from text sources to the finished site, told to the user step by step."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

from linreg_book.chapters.chapter import Chapter, find_chapters
from linreg_book.chapters.profiles import load_profiles, parameters_for
from linreg_book.errors import PublishingError
from linreg_book.pages.contents import listed_chapters, load_contents
from linreg_book.pages.staging import StagedBook, stage_book
from linreg_book.project import Project
from linreg_book.runs.outcome import OutcomeStore
from linreg_book.runs.runner import RunReport, Task, plan_task, run_tasks
from linreg_book.site.render import render_book


def build_book(
    project: Project,
    *,
    profile: str = "quick",
    only: Sequence[str] | None = None,
    jobs: int | None = None,
    time_limit: float | None = None,
    force: bool = False,
    render: bool = True,
) -> int:
    """Run what needs running, stage, render; returns 0 only if every step went well.

    Raises:
        PublishingError: if nothing can be run or rendered as it is (wrong names, parameters that
            do not fit, unknown numbers in prose, warnings of the renderer).
    """
    start = time.monotonic()
    with project.locked():
        tasks, missing = plan_tasks(project, profile, only)
        report = run_tasks(
            tasks,
            profile=profile,
            project=project,
            jobs=jobs or _num_processors(),
            time_limit=time_limit,
            force=force,
        )
        staged = None
        try:
            if render:
                staged = stage_book(project, profile)
                if staged.chapters:
                    rendered = render_book(project, staged)
        finally:  # whoever renders in vain needs to know which chapters failed
            _print_runs(report, missing)
    broken = _print_left_out(staged, report) if staged else False
    if staged and staged.chapters:
        state = "rendered" if rendered.fresh else "unchanged"
        print(f"The book is at {rendered.index} ({state})")
    print(f"Together {time.monotonic() - start:.1f} s")
    return 1 if report.failed or missing or broken else 0


def plan_tasks(
    project: Project, profile: str, only: Sequence[str] | None
) -> tuple[list[Task], list[str]]:
    """What there is to run, and the names in ``_toc.yml`` that have no file.

    Raises:
        PublishingError: unknown names, parameters that do not fit, chapters not listed.
    """
    available = find_chapters(project.notebooks)
    listed = listed_chapters(load_contents(project))
    profiles = load_profiles(project.notebooks / "profiles.yml", {*available, *listed})
    unlisted = sorted(set(available) - set(listed))
    if unlisted and not only:
        raise PublishingError(f"not listed in _toc.yml: notebooks/{', notebooks/'.join(unlisted)}")
    missing = [name for name in listed if name not in available]
    chapters = _chosen(available, listed, only)
    store = OutcomeStore(project.executed(profile))
    tasks = [
        plan_task(chapter, parameters_for(chapter, profile, profiles), project, store)
        for chapter in chapters
    ]
    return tasks, [] if only else missing


def _chosen(
    available: dict[str, Chapter], listed: Sequence[str], only: Sequence[str] | None
) -> list[Chapter]:
    if not only:
        return [available[name] for name in listed if name in available]
    names = [name.removeprefix("notebooks/").removesuffix(".md") for name in only]
    unknown = [name for name in names if name not in available]
    if unknown:
        raise PublishingError(
            f"no chapter {', '.join(unknown)}; there are {', '.join(available) or 'none'}"
        )
    return [available[name] for name in dict.fromkeys(names)]


def _print_runs(report: RunReport, missing: Sequence[str]) -> None:
    _print_times(report)
    for name in missing:
        print(f"_toc.yml lists notebooks/{name}, but there is no such file", file=sys.stderr)
    for outcome in report.failed:
        assert outcome.failure is not None
        print(f"FAILED {outcome.failure.sentence(outcome.chapter)}", file=sys.stderr)
        print(_indented(outcome.failure.message), file=sys.stderr)


def _print_times(report: RunReport) -> None:
    outcomes = sorted([*report.ran, *report.unchanged], key=lambda outcome: outcome.chapter)
    if not outcomes:
        return
    width = max(len(outcome.chapter) for outcome in outcomes)
    print(f"\n{'chapter':<{width}}  seconds")
    for outcome in outcomes:
        if outcome in report.unchanged:
            state = "unchanged, from the cache"
        else:
            state = f"failed ({outcome.reason})" if outcome.failure else outcome.reason
        print(f"{outcome.chapter:<{width}}  {outcome.seconds:7.1f}  {state}")


def _print_left_out(staged: StagedBook, report: RunReport) -> bool:
    for name in staged.without_results:
        print(f"shown without results, not run at this profile yet: {name}", file=sys.stderr)
    failed_now = {outcome.chapter for outcome in report.failed}
    broken = [
        chapter.name
        for chapter in staged.chapters
        if chapter.outcome.failure and chapter.name not in failed_now
    ]
    for name in broken:
        print(f"shown with the error of its last run: {name}", file=sys.stderr)
    return bool(broken)


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.strip().splitlines()[:30])


def _num_processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
