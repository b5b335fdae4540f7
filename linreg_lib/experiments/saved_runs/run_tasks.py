"""Tasks run in turn, in processes or by an executor, each result saved the moment it is there."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

from linreg_lib.errors import DataError
from linreg_lib.experiments.saved_runs import checkpoint_folder
from linreg_lib.experiments.saved_runs.progress import with_progress
from linreg_lib.experiments.saved_runs.run_error import RunError
from linreg_lib.experiments.saved_runs.task import (
    Arrays,
    Call,
    Finished,
    NotArraysError,
    Task,
    plain_arrays,
)
from linreg_lib.experiments.saved_runs.task_files import TaskFiles
from linreg_lib.experiments.saved_runs.worker_processes import require_importable, worker_processes

#: raises where arrays are not what the task should give
Check = Callable[[Task, Arrays], None]


def run_tasks(
    fn: Callable[..., Any],
    tasks: Sequence[Task],
    *,
    jobs: int,
    executor: Executor | None,
    folder: Path | None,
    resume: bool,
    progress: bool,
    unit: str,
    check: Check | None = None,
) -> tuple[list[Finished], int]:
    """The results in the order of the tasks, and how many of them were read from the folder.

    Whatever order they end in, nothing of it stays.  After a failure nothing new begins, and what
    runs is waited for and saved; what passes ``check`` alone is.
    """
    files = None if folder is None else TaskFiles(folder)
    if jobs > 1 and executor is None:
        require_importable(fn)
    if files is not None:
        files.make()
    results = {} if files is None or not resume else _saved(files, tasks, check)
    num_reused = len(results)
    takes_checkpoint = "checkpoint" in parameters_of(fn)
    calls = {}
    for number, task in enumerate(tasks):
        if number in results:
            continue
        if files is not None and not resume:
            checkpoint_folder.drop(files.checkpoint(task))
        place = files.checkpoint(task) if files is not None and takes_checkpoint else None
        calls[number] = Call(fn=fn, task=task, takes_checkpoint=takes_checkpoint, checkpoint=place)
    with closing(_finished(calls, jobs, executor, check)) as finished:
        for number, result in with_progress(finished, len(calls), unit, progress):
            if files is not None:
                files.write(tasks[number], result)
            results[number] = result
    return [results[number] for number in range(len(tasks))], num_reused


def parameters_of(fn: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """By name; none where the function does not say."""
    try:
        return inspect.signature(fn).parameters
    except (TypeError, ValueError):
        return {}


def _saved(files: TaskFiles, tasks: Sequence[Task], check: Check | None) -> dict[int, Finished]:
    results = {}
    for number, task in enumerate(tasks):
        found = files.read(task)
        if found is not None:
            try:
                if check is not None:
                    check(task, found.arrays)
            except DataError as error:
                raise DataError(
                    f"{files.file(task)} does not fit ({error}). Delete it to compute it anew, or "
                    "raise the version, if pieces mean something else now."
                ) from error
            results[number] = found
    return results


def _finished(
    calls: Mapping[int, Call], jobs: int, executor: Executor | None, check: Check | None
) -> Generator[tuple[int, Finished], None, None]:
    if not calls:
        return
    if executor is not None:
        yield from _elsewhere(calls, executor, check)
    elif jobs == 1:
        yield from _in_turn(calls, check)
    else:
        with worker_processes(min(jobs, len(calls))) as pool:
            yield from _elsewhere(calls, pool, check)


def _in_turn(
    calls: Mapping[int, Call], check: Check | None
) -> Generator[tuple[int, Finished], None, None]:
    for number, call in calls.items():
        try:
            result = _checked(call, call(), check)
        except Exception as error:
            _raise_failure(call, error)
        yield number, result


def _elsewhere(
    calls: Mapping[int, Call], executor: Executor, check: Check | None
) -> Generator[tuple[int, Finished], None, None]:
    """Results as they come; after a failure first those that are ready, then the error."""
    futures: dict[Future[Any], int] = {}
    failures: dict[int, Exception] = {}
    dropped = []
    try:
        for number, call in calls.items():
            try:
                futures[executor.submit(call)] = number
            except Exception as error:  # it was shut down, or broke meanwhile
                failures[number] = error
                for other in futures:
                    other.cancel()
                break
        for future in as_completed(list(futures)):
            number = futures.pop(future)
            if future.cancelled():
                dropped.append(number)
                continue
            try:
                result = _checked(calls[number], future.result(), check)
            except Exception as failed:
                failures[number] = failed
                for other in futures:  # not by shutdown, of which as_completed is not told
                    other.cancel()
                continue
            yield number, result
    finally:  # also where the caller gives up: what has not begun does not begin
        for future in futures:
            future.cancel()
    _raise_first(calls, failures, dropped)


def _raise_first(
    calls: Mapping[int, Call], failures: Mapping[int, Exception], dropped: Sequence[int]
) -> None:
    for number in sorted(failures):
        if not isinstance(failures[number], BrokenProcessPool):
            _raise_failure(calls[number], failures[number])
    if failures:
        dead = sorted(failures)
        fn = function_name(calls[dead[0]].fn)
        lost = ", ".join(calls[number].task.words for number in dead[:4])
        more = f" and {len(dead) - 4} more" if len(dead) > 4 else ""
        raise RunError(
            f"a process that ran {fn} ended abruptly; no result for {lost}{more}. Likely it ran "
            "out of memory (try fewer jobs), was killed, or the calling script lacks its "
            "`if __name__ == '__main__':`. Finished runs are kept."
        ) from failures[dead[0]]
    if dropped:
        raise RunError(
            f"the executor gave up {len(dropped)} of {len(calls)} calls, the first "
            f"{calls[min(dropped)].task.words}: was it shut down? Finished runs are kept."
        )


def _checked(
    call: Call, returned: tuple[Any, float, Mapping[str, Any]], check: Check | None
) -> Finished:
    value, seconds, made_by = returned
    arrays = plain_arrays(value)
    if check is not None:
        check(call.task, arrays)
    return Finished(arrays=arrays, process_seconds=seconds, made_by=made_by)


def _raise_failure(call: Call, error: Exception) -> NoReturn:
    if isinstance(error, NotArraysError):
        raise error
    raise RunError(
        f"{function_name(call.fn)} failed for {call.task.words} with {type(error).__name__}: "
        f"{str(error).rstrip('.')}. Finished runs are kept."
    ) from error


def function_name(fn: Callable[..., Any]) -> str:
    module, name = getattr(fn, "__module__", ""), getattr(fn, "__qualname__", type(fn).__name__)
    return f"{module}.{name}"
