"""The whole way from text sources to a site, on small chapters that succeed and fail."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from linreg_book.project import Project
from linreg_book.runs.outcome import OutcomeStore
from linreg_book.site.site_check import check_site
from tests.linreg_book.book_project import make_project, own_tools, write_contents

BROKEN = ("42_failing", "43_dead_kernel", "44_slow", "45_dead_worker")
UNSPEAKABLE = ("54_no_lexer", "55_no_python", "56_half_character")


@dataclass(frozen=True, kw_only=True)
class Build:
    """What one call of the command line did."""

    project: Project
    code: int
    said: str
    seconds: float


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "linreg_book", *arguments]


def build(project: Project, *arguments: str) -> Build:
    start = time.monotonic()
    done = subprocess.run(
        command("book", *arguments),
        cwd=project.root,
        env=own_tools(project.root),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return Build(
        project=project,
        code=done.returncode,
        said=done.stdout,
        seconds=time.monotonic() - start,
    )


def records(project: Project) -> dict[str, dict[str, Any]]:
    entries = json.loads((project.site / "records.json").read_text())
    return {entry["id"]: entry for entry in entries}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """One good chapter among four that fail in different ways."""
    project = make_project(tmp_path_factory.mktemp("mixed") / "book", ["41_good", *BROKEN])
    return build(project, "--time-limit", "25", "--jobs", "2")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A book with one chapter, which succeeds."""
    return build(make_project(tmp_path_factory.mktemp("good") / "book", ["41_good"]))


@pytest.mark.parametrize(
    "sentence",
    [
        r"42_failing, code cell 3 \(line 31\): VerdictMismatch: F23-Lem5: .*'exact'.*'false'",
        r"43_dead_kernel, code cell 2 \(line 21\): DeadKernelError",
        r"44_slow, code cell 2 \(line 22\): TimeoutError: .* 25 s",
        r"45_dead_worker, code cell 2 \(line 21\): WorkerDied: .*signal 9",
    ],
)
def test_failure_names_chapter_cell_and_exception(mixed: Build, sentence: str) -> None:
    assert mixed.code == 1
    assert re.search(rf"^FAILED {sentence}", mixed.said, flags=re.MULTILINE), mixed.said


def test_failures_do_not_touch_the_others(mixed: Build) -> None:
    site = mixed.project.site
    assert "There are 4 pieces" in (site / "notebooks" / "41_good.html").read_text()
    found = records(mixed.project)
    assert found["F23-Lem1"]["verdict"] == "exact"
    assert (found["F23-Lem5"]["verdict"], found["F23-Lem5"]["cell"]) == ("open", None)


@pytest.mark.parametrize("name", BROKEN)
def test_failed_chapter_is_shown_with_its_error(mixed: Build, name: str) -> None:
    page = (mixed.project.site / "notebooks" / f"{name}.html").read_text()
    assert "This chapter did not run to its end" in page
    store = OutcomeStore(mixed.project.executed("quick"))
    assert store.last_good(name) is None
    failed = store.last_failed(name)
    assert failed is not None
    assert failed.failure is not None
    notebook = nbformat.read(store.notebook_path(failed), as_version=4)
    errors = [
        out.ename
        for cell in notebook.cells
        for out in cell.get("outputs", [])
        if out.output_type == "error"
    ]
    assert errors == [failed.failure.exception]


def test_site_check_sees_the_failures(mixed: Build) -> None:
    problems = check_site(mixed.project)
    for name in BROKEN:
        assert any(name in problem for problem in problems)
    assert not any("41_good" in problem for problem in problems)


def test_nothing_half_written_stays(mixed: Build) -> None:
    left = {path.name for path in mixed.project.build.iterdir()}
    assert left == {".lock", "executed", "staging", "render", "html"}
    assert not list(mixed.project.build.rglob("*.part"))


def test_good_book_is_sound(good: Build) -> None:
    assert good.code == 0, good.said
    assert check_site(good.project) == []
    assert re.search(r"41_good +\d+\.\d +first run", good.said)
    assert f"The book is at {good.project.site / 'index.html'} (rendered)" in good.said


def test_the_tools_are_no_pages(good: Build) -> None:
    assert (good.project.pages / "tools" / "linreg_book").is_dir()
    staged = [path.relative_to(good.project.staging) for path in good.project.staging.rglob("*")]
    assert len(staged) > 20
    assert [path for path in staged if "tools" in path.parts or path.suffix == ".py"] == []


def test_page_has_numbers_footer_and_record(good: Build) -> None:
    page = (good.project.site / "notebooks" / "41_good.html").read_text()
    assert "Three cuts on a line leave 4 pieces." in page
    assert "A line in 4 pieces." in page
    assert "<code>SEED=7</code>" in page
    assert "not under version control" in page
    entry = records(good.project)["F23-Lem1"]
    assert entry["page"] == "notebooks/41_good.html#claim-f23-lem1"
    assert (entry["verdict"], entry["chapter"], entry["cell"]) == ("exact", "41_good", 4)
    assert entry["evidence"][0]["measured"] == 4
    assert (good.project.site / "executed" / "41_good.ipynb").is_file()


def test_nothing_changed_is_quicker_and_runs_nothing(good: Build) -> None:
    again = build(good.project)
    assert again.code == 0
    assert "unchanged, from the cache" in again.said
    assert "(unchanged)" in again.said
    assert again.seconds < good.seconds


def test_reruns_say_why(good: Build) -> None:
    root = good.project.root
    tools = root / "book" / "tools" / "linreg_book"

    def touch(*paths: Path) -> str:
        for path in paths:
            path.write_text(path.read_text() + "\n# touched\n")
        return build(good.project, "--no-render").said

    unused = (*(root / "linreg_lib" / "theory").glob("*.py"), tools / "records" / "boxes.py")
    assert len(unused) > 2
    assert "unchanged, from the cache" in touch(*unused)
    assert "(library changed: linreg_book)" in touch(tools / "records" / "criteria.py")
    assert "(library changed: geometry)" in touch(root / "linreg_lib/geometry/__init__.py")
    (root / "notebooks" / "profiles.yml").write_text("quick: {41_good: {NUM_CUTS: 5}}\n")
    (root / "requirements.lock").write_text("numpy==2.4.7\n")
    said = build(good.project, "--no-render").said
    assert "(parameters changed: NUM_CUTS; requirements.lock changed)" in said


def test_unknown_number_stops_the_build(tmp_path: Path) -> None:
    project = make_project(tmp_path / "book", ["41_good"])
    index = project.pages / "index.md"
    index.write_text(index.read_text() + "\n{num}`41_good:nothing` {num}`pieces`\n")
    done = build(project)
    assert done.code == 1
    assert (
        "book/index.md: {num}`41_good:nothing`: chapter 41_good records no 'nothing'" in done.said
    )
    assert "book/index.md: {num}`pieces`: a page must name the chapter" in done.said
    assert not project.site.exists()


def test_a_renderer_warning_is_fatal_twice(tmp_path: Path) -> None:
    project = make_project(tmp_path / "book", ["41_good"])
    index = project.pages / "index.md"
    index.write_text(index.read_text() + "\n{ref}`no-such-label`\n")
    for _ in range(2):  # a page that is not read again would not repeat its warning
        done = build(project)
        assert done.code == 1
        assert "undefined label: 'no-such-label'" in done.said
    assert not project.site.exists()


def test_a_label_may_move_from_one_page_to_another(tmp_path: Path) -> None:
    project = make_project(tmp_path / "book", ["41_good"])
    index, other = project.pages / "index.md", project.pages / "run_times.md"
    words, others = index.read_text(), other.read_text()
    theorem = "\n````{prf:theorem} One\n:label: thm-one\nIt is so.\n````\n"
    other.write_text(others + theorem)
    assert build(project).code == 0
    other.write_text(others)
    index.write_text(words + theorem)
    done = build(project)
    assert done.code == 0, done.said
    assert "once more, from nothing" in done.said


def test_what_failed_is_told_also_when_nothing_can_be_rendered(tmp_path: Path) -> None:
    project = make_project(tmp_path / "book", ["41_good", *UNSPEAKABLE])
    index = project.pages / "index.md"
    good = index.read_text()
    index.write_text(good + "\n{ref}`no-such-label`\n")
    vain = build(project)
    assert not project.site.exists()
    index.write_text(good)
    done = build(project)
    for said in (vain.said, done.said):
        assert re.search(r"41_good +\d+\.\d ", said)
        assert re.search(r"^FAILED 54_no_lexer, .*: ValueError: line one$", said, re.MULTILINE)
        assert re.search(r"^FAILED 55_no_python, .*: SyntaxError: ", said, re.MULTILINE)
        assert re.search(r"^FAILED 56_half_character, .*half a character", said, re.MULTILINE)
    # and what no lexer understands is no reason not to render
    assert "the renderer is not content" in vain.said
    assert "the renderer is not content" not in done.said
    page = (project.site / "notebooks" / "54_no_lexer.html").read_text()
    assert "it costs 5$" in page


@pytest.mark.parametrize(
    ("profiles", "chapters", "message"),
    [
        ("quick: {41_good: {NUM_CUT: 2}}", ["41_good"], "unknown parameter NUM_CUT; did you mean"),
        (
            "quick: {41_good: {NUM_CUTS: two}}",
            ["41_good"],
            "NUM_CUTS must be int in 1..99, got 'two'",
        ),
        ("quick: {49_none: {SEED: 2}}", ["41_good"], "no chapter '49_none'"),
        ("", ["41_good", "46_ill_typed"], "SEED must be int in 0..2**32-1, got 'seven'"),
    ],
)
def test_parameters_are_refused_before_anything_runs(
    tmp_path: Path, profiles: str, chapters: list[str], message: str
) -> None:
    project = make_project(tmp_path / "book", chapters)
    (project.notebooks / "profiles.yml").write_text(profiles)
    done = build(project)
    assert done.code == 1
    assert message in done.said
    assert "Traceback" not in done.said
    assert not (project.build / "executed").exists()


def test_unlisted_and_missing_chapters(tmp_path: Path) -> None:
    project = make_project(tmp_path / "book", ["41_good", "42_failing"])
    write_contents(project.root, ["41_good"])
    unlisted = build(project)
    assert unlisted.code == 1
    assert "not listed in _toc.yml: notebooks/42_failing" in unlisted.said
    unknown = build(project, "--only", "43_none")
    assert unknown.code == 1
    assert "no chapter 43_none" in unknown.said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_build_can_be_run_again(tmp_path: Path, how: signal.Signals) -> None:
    import psutil

    project = make_project(tmp_path / "book", ["44_slow"])
    process = subprocess.Popen(
        command("book", "--no-render"),
        cwd=project.root,
        env=own_tools(project.root),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Whoever runs these tests in the background ignores it, and so would the child.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    family: list[psutil.Process] = []
    deadline = time.monotonic() + 60
    while len(family) < 2 and time.monotonic() < deadline:  # the driver and its kernel
        time.sleep(0.2)
        family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(how)
    said, _ = process.communicate(timeout=30)
    if how is signal.SIGKILL:
        psutil.wait_procs(family, timeout=15)
    else:
        assert process.returncode == 130
        assert "interrupted" in said
    assert not [one for one in family if one.is_running() and one.status() != "zombie"]
    (project.notebooks / "profiles.yml").write_text("quick: {44_slow: {SECONDS: 0.1}}\n")
    again = build(project, "--no-render")
    assert again.code == 0, again.said
    assert not (project.build / "scratch").exists()


def test_torn_result_runs_again(good: Build, tmp_path: Path) -> None:
    project = make_project(tmp_path / "book", ["41_good"])
    shutil.copytree(good.project.executed("quick"), project.executed("quick"))
    notebook = project.executed("quick") / "41_good.ipynb"
    notebook.write_text(notebook.read_text()[:1000])
    done = build(project, "--no-render")
    assert done.code == 0
    assert "damaged or interrupted" in done.said


def test_second_build_is_kept_out(tmp_path: Path) -> None:
    project = make_project(tmp_path / "book", ["41_good"])
    with project.locked():
        done = build(project)
    assert done.code == 1
    assert "another build works in" in done.said
