"""Runs at the papers' size, kept in the project: what each chapter took and what it earned."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nbformat

from linreg_book.errors import PublishingError, StagingError, os_error_sentence
from linreg_book.markup import Html, fill, join, prose
from linreg_book.pages.collect import ExecutedChapter, find_records
from linreg_book.pages.tables import mebibytes, table_html
from linreg_book.project import Project, write_whole
from linreg_book.runs.outcome import OutcomeStore

_NONE = "No run of all chapters at the papers' size has been kept yet.\n"
_TOLD = (
    "Seconds of such a run beside those of this book, and the verdicts and findings that come out "
    "otherwise.\n"
)
_FORM = 1  # of the file


@dataclass(frozen=True, kw_only=True)
class KeptRun:
    """One chapter at the papers' size.

    Attributes:
        seconds: wall time.
        memory: bytes, as of an outcome.
        commit: state of the project; ``dirty`` if files differed from it.
        verdicts: id of a claim, or ``finding-KEY`` -> what it earned.
        failure: one line, empty if the chapter ran to its end.
    """

    seconds: float
    memory: int
    commit: str
    dirty: bool
    date: str
    verdicts: dict[str, str]
    failure: str = ""


@dataclass(frozen=True, kw_only=True)
class KeptRuns:
    """The runs by chapter, and what they were made on.

    Attributes:
        platform: the system and the kind of processor, as Python names them.
        note: what else a reader of the seconds should know, in a sentence.
    """

    runs: Mapping[str, KeptRun]
    platform: str
    num_cores: int
    python: str
    note: str = ""

    @property
    def machine(self) -> str:
        """One line.

        >>> KeptRuns(runs={}, platform="Linux", num_cores=2, python="3.11.2").machine
        'Python 3.11.2 on Linux, a machine with 2 cores'
        """
        cores = f"{self.num_cores} core{'' if self.num_cores == 1 else 's'}"
        machine = f"Python {self.python} on {self.platform}, a machine with {cores}"
        return f"{machine}; {self.note}" if self.note else machine


def kept_runs_path(project: Project) -> Path:
    """Where the runs are kept."""
    return project.pages / "results" / "paper_runs.json"


def keep_runs(
    project: Project, chapters: Sequence[str], *, profile: str = "paper", note: str = ""
) -> Path:
    """Write the last runs of ``chapters`` at ``profile`` into the project.

    ``note`` goes on the line about the machine, for instance what else was running.

    Raises:
        PublishingError: if one of them has not been run; nothing is written then.
    """
    store = OutcomeStore(project.executed(profile))
    runs, missing = {}, []
    for name in chapters:
        outcome = store.last_failed(name) or store.last_good(name)
        if outcome is None:
            missing.append(name)
            continue
        notebook = nbformat.read(store.notebook_path(outcome), as_version=4)
        runs[name] = KeptRun(
            seconds=round(outcome.seconds, 1),
            memory=outcome.memory,
            commit=outcome.provenance.get("commit") or "",
            dirty=bool(outcome.provenance.get("dirty")),
            date=outcome.provenance.get("date", ""),
            verdicts=verdicts_of(record.content for record in find_records(name, notebook)),
            failure=outcome.failure.sentence(name) if outcome.failure else "",
        )
    if missing:
        raise PublishingError(
            f"not run at the profile {profile}: {', '.join(missing)}; "
            f"run them first (python -m linreg_book book --profile {profile} --no-render)"
        )
    kept = {
        "form": _FORM,
        "profile": profile,
        "platform": f"{platform.system()}, {platform.machine()}",
        "num_cores": os.cpu_count(),
        "python": platform.python_version(),
        "note": note,
        "chapters": {name: asdict(run) for name, run in runs.items()},
    }
    path = kept_runs_path(project)
    write_whole(path, json.dumps(kept, indent=1) + "\n")
    return path


def verdicts_of(records: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Id of a claim, or ``finding-KEY`` -> verdict, of a chapter's records."""
    found = {}
    for record in records:
        if record["type"] == "verdict":
            found[record["id"]] = record["verdict"]
        elif record["type"] == "finding":
            found[f"finding-{record['key']}"] = record["verdict"]
    return found


def load_kept_runs(path: Path) -> KeptRuns | None:
    """The runs that were kept; None if there are none.

    Raises:
        StagingError: if the file is not what :func:`keep_runs` writes.
    """
    if not path.is_file():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["form"] != _FORM:
            raise ValueError(f"form {kept['form']!r} is unknown")
        return KeptRuns(
            runs={name: KeptRun(**run) for name, run in kept["chapters"].items()},
            platform=str(kept["platform"]),
            num_cores=int(kept["num_cores"]),
            python=str(kept["python"]),
            note=str(kept.get("note", "")),
        )
    except OSError as error:
        raise StagingError(os_error_sentence(error)) from None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise StagingError(
            f"{path} cannot be read: {error}; write it again (python -m linreg_book keep-runs)"
        ) from None


def kept_runs_markdown(kept: KeptRuns | None, chapters: Sequence[ExecutedChapter]) -> str:
    """The chapters at the papers' size beside this build, and where verdicts part."""
    if kept is None or not kept.runs:
        return _NONE
    runs = kept.runs
    rows: list[Html] = []
    for chapter in chapters:
        if (run := runs.get(chapter.name)) is None:
            continue
        rows.append(
            fill(
                '<tr><th scope="row"><a href="../notebooks/{name}.html">{title}</a></th>'
                "<td>{here}</td><td>{there}</td><td>{memory}</td><td>{change}</td></tr>",
                name=chapter.name,
                title=chapter.title,
                here=f"{chapter.outcome.seconds:.1f}",
                there=f"{run.seconds:.1f}",
                memory=mebibytes(run.memory),
                change=_change(run, chapter),
            )
        )
    here = sum(chapter.outcome.seconds for chapter in chapters if chapter.name in runs)
    there = sum(run.seconds for run in runs.values())
    rows.append(
        fill(
            '<tr><th scope="row">together; most</th><td>{}</td><td>{}</td><td>{}</td>'
            "<td></td></tr>",
            f"{here:.0f}",
            f"{there:.0f}",
            mebibytes(max(run.memory for run in runs.values())),
        )
    )
    heads = ["chapter", "seconds in this book", "at the papers' size", "MiB", "what changes"]
    table = table_html(heads, join(rows), "Run times at the papers' size", "paper-times")
    return f"{_TOLD}{prose(kept.machine)}.\n\n{table}"


def _change(run: KeptRun, chapter: ExecutedChapter) -> str:
    if run.failure:
        return f"stopped: {run.failure}"
    if chapter.outcome.profile == "tiny" or chapter.outcome.failure:
        return "not compared"
    here = verdicts_of(record.content for record in chapter.records)
    parted = [
        f"{name}: {run.verdicts.get(name, 'not judged')}, here {here.get(name, 'not judged')}"
        for name in sorted({*run.verdicts, *here})
        if run.verdicts.get(name) != here.get(name)
    ]
    return "; ".join(parted) or "none"
