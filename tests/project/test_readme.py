"""README does what it says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from linreg_book.chapters.chapter import Chapter
from tests.project.lock_file import ROOT, project_table
from tests.project.readme_picture import (
    COMMITTED,
    MAX_BYTES,
    README,
    blocks,
    run_trained_model,
)

PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")


def test_library_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = (block for block in blocks("python") if "from_torch" not in block)
    names: dict[str, Any] = {}
    exec(compile(code, "<README>", "exec"), names)
    cx = names["cx"]
    first, linear, length, _ = capsys.readouterr().out.splitlines()
    assert first.startswith(str(cx.num_regions))
    assert 1 < int(linear) <= cx.num_regions
    assert float(length) > 0
    assert cx.euler_characteristic == 1


def test_the_trained_model_is_counted_and_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    names = run_trained_model(tmp_path)
    cx, classes = names["cx"], names["classes"]
    few, more, length = capsys.readouterr().out.split()
    assert 100 < int(few) == cx.num_regions < int(more) == classes.num_regions
    x, y = names["x"].numpy(), names["y"].numpy()
    found = classes.classes[classes.locate(x)]
    assert (found == names["model"](names["x"]).detach().numpy().argmax(axis=1)).all()
    assert (found == y).mean() > 0.95
    assert 2.5 < float(length) < 4.5  # the wave's own length is 3.4
    drawn = Image.open(tmp_path / COMMITTED.name).convert("RGB")
    kept = Image.open(COMMITTED).convert("RGB")
    assert drawn.size == kept.size
    away = np.abs(np.asarray(drawn, dtype=float) - np.asarray(kept, dtype=float)).mean()
    assert away < 20  # of 255; another processor may train a slightly different model


def test_the_picture_of_the_trained_model_is_small_and_said_in_words() -> None:
    assert COMMITTED.stat().st_size < MAX_BYTES
    (alt,) = re.findall(r"!\[(.*?)\]\(book/_static/trained\.png\)", README, flags=re.DOTALL)
    assert len(alt) > 40


def test_extras_named_exist() -> None:
    named = re.findall(r'pip install "\.\[(.*?)\]"', README)
    assert named
    extras = set(project_table()["optional-dependencies"])
    assert {extra for each in named for extra in each.split(",")} <= extras


def test_make_targets_exist() -> None:
    targets = {
        target for block in blocks("sh") for target in re.findall(r"^make (\w+)", block, re.M)
    }
    assert targets == {"book", "test"}
    for target in targets:
        dry = subprocess.run(
            ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert dry.returncode == 0, dry.stderr
        assert ".venv/bin/python" in dry.stdout


def test_chapters_named_exist() -> None:
    chapters = set(re.findall(r"notebooks/\w+\.md", README))
    assert chapters
    assert [name for name in chapters if not (ROOT / name).is_file()] == []


def test_parameters_named_exist() -> None:
    named = re.findall(r"papermill notebooks/(\w+)\.md \S+((?: -p \w+ \S+)+)", README)
    assert named
    for chapter, options in named:
        declared = {one.name for one in Chapter(ROOT / "notebooks" / f"{chapter}.md").parameters}
        assert set(re.findall(r"-p (\w+)", options)) <= declared


@pytest.mark.parametrize("page", PAGES)
def test_links_to_files_resolve(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert [target for target in targets if not (ROOT / target).is_file()] == []


def test_picture_has_alt_text() -> None:
    (alt,) = re.findall(r"!\[(.*?)\]\(book/_static/regions\.png\)", README, flags=re.DOTALL)
    assert len(alt) > 40
