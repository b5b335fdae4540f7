"""Whatever stands in the files that the book reads: a sentence with the place, or the content."""

from __future__ import annotations

import dataclasses
import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from linreg_book.chapters.chapter import Chapter
from linreg_book.chapters.profiles import load_profiles, parameters_for
from linreg_book.errors import PublishingError, RecordError, StagingError
from linreg_book.pages.collect import find_records
from linreg_book.pages.contents import keep_pages, listed_chapters, load_contents
from linreg_book.pages.record_shape import record_problem
from linreg_book.project import Project
from linreg_book.records.boxes import record_html, record_text
from linreg_book.records.registry import load_registry
from linreg_book.runs.outcome import Failure, Outcome, OutcomeStore
from tests.linreg_book.book_project import CLAIMS, FIXTURES, ROOT, make_project, own_tools

HEADER = "id,paper,label,kind,place,statement,chapter\n"
GOOD_ROW = "HR19-A,HR19,Theorem 9,theorem,2,words,07_line\n"
PIECES = [b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b"[", b"]", b"{", b"}", b": ", b"- ", b"&a "]
PIECES += [b"*a", b"null", b"9" * 5001, b"[" * 3000, b"1e999", b"? ", b"!!int x", b"<<: ", b"\t"]
PIECES += [b"2001-99-99", b"!!bool x", b"!!timestamp x", b"~", b"'", b"#", b"| ", b"\xe2\x80\xa8"]


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Some bytes replaced, left out, doubled or put in."""
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(content) + 1)
        end = min(len(content), start + rng.choice([0, 0, 1, 5, 60]))
        middle = rng.choice([rng.choice(PIECES), rng.randbytes(2), content[start:end] * 2, b""])
        content = content[:start] + middle + content[end:]
    return content


def tried(read: Callable[[], Any]) -> bool:
    """Whether it could be read; every refusal is a sentence of ours."""
    try:
        read()
    except PublishingError as error:
        sentence = str(error)
    else:
        return True
    assert 0 < len(sentence.strip()) < 3000
    return False


def fuzz(read: Callable[[bytes], Any], good: bytes, num_rounds: int, seed: int) -> None:
    rng = random.Random(seed)
    refused = sum(not tried(lambda: read(damaged(good, rng))) for _ in range(num_rounds))
    assert refused > num_rounds // 10  # the damage is real


def test_tables_of_claims_with_random_damage(tmp_path: Path) -> None:
    table = tmp_path / "claims.csv"

    def read(content: bytes) -> None:
        table.write_bytes(content)
        load_registry.cache_clear()
        for claim in load_registry(table):
            assert all(text.strip() for text in dataclasses.astuple(claim))

    good = (ROOT / CLAIMS).read_bytes()
    fuzz(read, b"".join(good.splitlines(keepends=True)[:8]), 600, seed=1)


def test_yaml_files_with_random_damage(tmp_path: Path) -> None:
    project = make_project(tmp_path / "book", ["41_good"])
    chapter = Chapter(FIXTURES / "41_good.md")
    profiles = project.notebooks / "profiles.yml"

    def read_profiles(content: bytes) -> None:
        profiles.write_bytes(content)
        parameters_for(chapter, "quick", load_profiles(profiles, ["41_good"]))

    def read_contents(content: bytes) -> None:
        (project.root / "_toc.yml").write_bytes(content)
        contents = load_contents(project)
        listed_chapters(contents)
        keep_pages(contents, lambda page: "41" not in page)

    def read_config(content: bytes) -> None:
        (project.root / "_config.yml").write_bytes(content)
        _ = Project(project.root).config

    fuzz(read_profiles, b"quick:\n  41_good: {SEED: 3, SPREAD: 0.5, DATASET: auto}\n", 300, seed=2)
    fuzz(read_contents, (project.root / "_toc.yml").read_bytes(), 150, seed=3)
    fuzz(read_config, (ROOT / "_config.yml").read_bytes(), 60, seed=4)


def outcome() -> Outcome:
    return Outcome(
        chapter="41_good",
        profile="quick",
        parameters={"SEED": 7, "WIDTHS": [1, 2]},
        reason="first run",
        seconds=1.5,
        fingerprint={"library": {"a.py": "1"}},
        provenance={"commit": None, "date": "today"},
        failure=Failure(kind="cell", cell=1, line=2, exception="E", message="m"),
    )


def test_kept_runs_are_what_was_kept_or_nothing(tmp_path: Path) -> None:
    store = OutcomeStore(tmp_path)
    store.save(outcome(), "{}")
    path = tmp_path / "41_good.failed.json"
    good = path.read_bytes()
    assert store.last_failed("41_good") == outcome()
    rng = random.Random(5)
    contents = [damaged(good, rng) for _ in range(600)]
    contents += [b"null", b"[]", b"3", b'"x"', b"{}", b"[" * 100_000, b"\xff", b""]
    kept = 0
    for content in contents:
        path.write_bytes(content)
        found = store.last_failed("41_good")
        assert found in (None, outcome())
        kept += found is not None
    assert kept < 100


def test_records_with_random_damage_are_refused_or_drawn() -> None:
    check = {"name": "n", "kind": "exact", "passed": True, "measured": 1, "predicted": 1.5}
    check |= {"criterion": "equal", "part": "", "note": ""}
    verdict = {"type": "verdict", "id": "F23-Lem1", "verdict": "exact", "note": "", "repairs": []}
    verdict |= {"profile": "quick", "dataset": None, "checks": [check]}
    good: list[dict[str, Any]] = [
        {"type": "number", "key": "n", "text": "7"},
        {"type": "check", "id": "F23-Lem1", "role": "check", "check": check},
        {"type": "check", "id": "F23-Lem1", "role": "repair", "check": check}
        | {"statement": "s", "change": "reading"},
        verdict,
        {**verdict, "repairs": [{"statement": "s", "change": "reading", "check": check}]},
    ]
    rng = random.Random(6)
    values = [None, 3, "x", [], {}, [None], {"mean": 1}, {"stderr": 1}, True, {"size": 1, "min": 2}]
    num_refused = 0
    for _ in range(1000):
        record = json.loads(json.dumps(rng.choice(good)))
        target = record
        while rng.random() < 0.5 and any(isinstance(v, dict | list) for v in _values(target)):
            target = rng.choice([v for v in _values(target) if isinstance(v, dict | list)])
        key = rng.choice([*(target if isinstance(target, dict) else range(len(target))), "new"])
        if isinstance(target, dict):
            target[key] = rng.choice(values)
        cell = nbformat.v4.new_code_cell(
            outputs=[nbformat.v4.new_output("display_data", metadata={"linreg": record})]
        )
        notebook = nbformat.v4.new_notebook(cells=[cell])
        if record_problem(record):
            num_refused += 1
            with pytest.raises(StagingError, match="41_good, code cell 1: a record that cannot be"):
                list(find_records("41_good", notebook))
            continue
        (found,) = find_records("41_good", notebook)
        if tried(lambda: record_html(found.content)):  # noqa: B023
            record_text(found.content)
    assert 100 < num_refused < 950


def _values(target: Any) -> list[Any]:
    return list(target.values()) if isinstance(target, dict) else list(target)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + GOOD_ROW.strip() + ",more\n", "line 2: 8 fields instead of 7"),
        (HEADER + "HR19-A,HR19\n", "line 2: 2 fields instead of 7"),
        (HEADER + GOOD_ROW.replace("words", "w\udcff"), "line 2: byte 0xff is no UTF-8"),
        (HEADER + GOOD_ROW.replace("words", "w" * 5000), "line 2: statement has 5,000 characters"),
        (HEADER + GOOD_ROW.replace("words", "w" * 200_000), "line 2: no row of a table"),
        (HEADER + GOOD_ROW.replace("words", '"w'), "line 2: no row of a table"),
        (HEADER + GOOD_ROW.replace(",HR19,", ",HR20,"), "line 2: paper is 'HR20', not one of HR19"),
        (HEADER + GOOD_ROW + GOOD_ROW.replace("-A", "-a"), "line 3: the id HR19-a appears twice"),
        (
            HEADER + GOOD_ROW + GOOD_ROW.replace("-A", "-B"),
            "line 3: the label HR19, Theorem 9 appears twice: it is that of line 2",
        ),
        (HEADER + GOOD_ROW.replace("theorem", "figures"), "line 2: kind is 'figures', not one of"),
        (HEADER + GOOD_ROW.replace("words", "$n"), "line 2: statement has a $ without its partner"),
        (HEADER + GOOD_ROW.replace("-A", "-<b>"), "line 2: id is 'HR19-<b>'"),
        (HEADER + GOOD_ROW.replace("07_line", "../x"), "line 2: chapter is '../x'"),
        ("", "is empty"),
    ],
)
def test_sentences_about_claims(tmp_path: Path, text: str, message: str) -> None:
    table = tmp_path / "claims.csv"
    table.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(RecordError) as caught:
        load_registry(table)
    assert str(caught.value).startswith(str(table))
    assert message in str(caught.value)


def test_a_missing_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"cannot read the table .*none\.csv"):
        load_registry(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("quick: {41_good: {1: 2}}", "line 1: the key 1 is no text"),
        ("quick: {41_good: {on: 2}}", "line 1: the key on is no text"),
        ("quick:\n  41_good: {SEED: " + "9" * 5001 + "}", "line 2: '999"),
        ("quick: " + "[" * 3000, "line 1: nested more than 40 deep"),
        ("quick: {41_good: {SEED: 1}}\nquick: {}", "line 2: the key 'quick' stands twice"),
        ("quick:\n  41_good: {SEED: 1,\n SEED: 2}", "line 3: the key 'SEED' stands twice"),
        ("quick: {41_good: {SEED: [[1]]}}", "SEED must be a value or a list of values"),
        ("quick: {41_good: &a {SEED: [*a]}}", "SEED must be a value or a list of values"),
        ("quick: {41_good: {SEED: *a}}", "line 1: found undefined alias"),
        ("quick: {41_good: {SEED: 2001-99-99}}", "line 1: '2001-99-99' cannot be read as"),
        ("a: \xff", "line 1"),
        ("[1]", "expected a map, got a list"),
        ("quick: 0", "quick must map chapters to parameters"),
    ],
)
def test_sentences_about_profiles(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "profiles.yml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(PublishingError) as caught:
        load_profiles(path, ["41_good"])
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (CLAIMS, b"id,paper\n"),
        (CLAIMS, None),
        ("notebooks/profiles.yml", b"quick: " + b"[" * 3000),
        ("_toc.yml", b"root: book/index\nparts: [3]\n"),
        ("_config.yml", b"sphinx: 3\n"),
        ("book/index.md", b"\xff"),
        ("_build", b""),
    ],
)
def test_the_command_line_says_it_in_a_sentence(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    project = make_project(tmp_path / "book", [])
    path = project.root / name
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "linreg_book", "book"],
        cwd=project.root,
        env=own_tools(project.root),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert path.name in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
