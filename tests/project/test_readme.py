"""README does what it says."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest

from linreg_book.chapters.chapter import Chapter
from tests.project.lock_file import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_library_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = _blocks("python")
    names: dict[str, Any] = {}
    exec(compile(code, "<README>", "exec"), names)
    cx = names["cx"]
    first, linear, length, _ = capsys.readouterr().out.splitlines()
    assert first.startswith(str(cx.num_regions))
    assert 1 < int(linear) <= cx.num_regions
    assert float(length) > 0
    assert cx.euler_characteristic == 1


def test_make_targets_exist() -> None:
    targets = {
        target for block in _blocks("sh") for target in re.findall(r"^make (\w+)", block, re.M)
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
