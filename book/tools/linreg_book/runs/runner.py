"""Run the chapters that need it, several at once, and keep what succeeded."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import Any

from linreg_book.chapters.chapter import Chapter
from linreg_book.chapters.profiles import TIME_LIMITS, changed_parameters
from linreg_book.project import Project
from linreg_book.runs.execution import Cancelled, RanChapter, run_chapter
from linreg_book.runs.fingerprint import chapter_fingerprint, data_read, describe_change
from linreg_book.runs.outcome import Outcome, OutcomeStore
from linreg_book.runs.progress import Progress
from linreg_book.runs.provenance import current_provenance


@dataclass(frozen=True, kw_only=True)
class Task:
    """A chapter with all its parameters, and why it has to run (empty: it need not)."""

    chapter: Chapter
    parameters: Mapping[str, Any]
    fingerprint: dict[str, dict[str, str]]
    reason: str
    last_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """What became of the chapters that were asked for."""

    ran: list[Outcome] = field(default_factory=list)
    unchanged: list[Outcome] = field(default_factory=list)

    @property
    def failed(self) -> list[Outcome]:
        """The runs that did not reach their end."""
        return [outcome for outcome in self.ran if outcome.failure]


def plan_task(
    chapter: Chapter, parameters: Mapping[str, Any], project: Project, store: OutcomeStore
) -> Task:
    """Decide whether a chapter has to run, and why."""
    good, failed = store.last_good(chapter.name), store.last_failed(chapter.name)
    read = good.fingerprint.get("data", {}) if good else {}
    fingerprint = chapter_fingerprint(chapter, parameters, project, data=read)
    if good is not None:
        reason = describe_change(good.fingerprint, fingerprint)
    elif (store.folder / f"{chapter.name}.json").exists():
        reason = "its executed notebook was damaged or interrupted"
    else:
        reason = "failed last time" if failed else "first run"
    known = good or failed
    return Task(
        chapter=chapter,
        parameters=parameters,
        fingerprint=fingerprint,
        reason=reason,
        last_seconds=known.seconds if known else 0.0,
    )


def run_tasks(
    tasks: Iterable[Task],
    *,
    profile: str,
    project: Project,
    jobs: int,
    time_limit: float | None = None,
    force: bool = False,
) -> RunReport:
    """Run what needs running; failures are kept in the report and never stop the others.

    Raises:
        KeyboardInterrupt: after the running chapters were stopped. What had finished is kept.
    """
    store = OutcomeStore(project.executed(profile))
    report = RunReport()
    waiting = []
    for task in tasks:
        good = store.last_good(task.chapter.name)
        if good is not None and not task.reason and not force:
            store.forget_failure(task.chapter.name)
            report.unchanged.append(good)
        else:
            waiting.append(replace(task, reason=task.reason or "asked for"))
    if waiting:
        limit = TIME_LIMITS[profile] if time_limit is None else time_limit
        runs = _Runs(store, profile, project, limit, report)
        runs.work_off(waiting, jobs)
    return report


class _Runs:
    def __init__(
        self,
        store: OutcomeStore,
        profile: str,
        project: Project,
        time_limit: float,
        report: RunReport,
    ) -> None:
        self._store = store
        self._profile = profile
        self._project = project
        self._time_limit = time_limit
        self._report = report
        self._cancel = threading.Event()
        self._scratch = project.build / "scratch" / str(os.getpid())
        self._provenance = current_provenance(project)

    def work_off(self, tasks: list[Task], jobs: int) -> None:
        shutil.rmtree(self._project.build / "scratch", ignore_errors=True)
        # The longest first, so that the last process does not work alone for long.
        tasks = sorted(tasks, key=lambda task: -task.last_seconds)
        pool = ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="chapter")
        try:
            with Progress(len(tasks)) as progress:
                running = {pool.submit(self._run, task): task for task in tasks}
                while running:
                    names = [task.chapter.name for task in running.values()][: max(1, jobs)]
                    progress.running(names)
                    done, _ = wait(running, timeout=1.0, return_when=FIRST_COMPLETED)
                    for future in done:
                        self._keep(running.pop(future), future, progress.finished)
        except BaseException:
            self._cancel.set()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            shutil.rmtree(self._scratch.parent, ignore_errors=True)

    def _run(self, task: Task) -> RanChapter:
        if self._cancel.is_set():
            raise Cancelled
        return run_chapter(
            task.chapter,
            changed_parameters(task.chapter, task.parameters),
            project=self._project,
            scratch=self._scratch,
            time_limit=self._time_limit,
            cancel=self._cancel,
        )

    def _keep(self, task: Task, future: Future[RanChapter], say: Callable[[str], None]) -> None:
        import nbformat

        ran = future.result()
        outcome = Outcome(
            chapter=task.chapter.name,
            profile=self._profile,
            parameters=dict(task.parameters),
            reason=task.reason,
            seconds=round(ran.seconds, 2),
            memory=ran.memory,
            # What was read is known only now; everything else is as it was before the run.
            fingerprint=task.fingerprint | {"data": data_read(ran.opened, self._project)},
            provenance=self._provenance,
            failure=ran.failure,
        )
        # Halves of characters, which a chapter may print, can stand in no file.
        text = nbformat.writes(ran.notebook).encode(errors="replace").decode()
        self._store.save(outcome, text)
        self._report.ran.append(outcome)
        if ran.failure:
            say(f"FAILED {ran.failure.sentence(task.chapter.name)}")
        else:
            say(f"{task.chapter.name}  {ran.seconds:.1f} s  ({task.reason})")
