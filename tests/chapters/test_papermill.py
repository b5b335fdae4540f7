"""Plain papermill on the text sources, as a reader calls it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from click.testing import CliRunner
from papermill.cli import papermill

from linreg_book.chapters.chapter import Chapter
from linreg_book.chapters.parameters import Parameter
from linreg_book.chapters.profiles import load_profiles, parameters_for
from tests.tiny_book import CHAPTERS, ROOT

PAPERMILL = Path(sys.executable).parent / "papermill"
LIMIT = 300
chapters = pytest.mark.parametrize("chapter", CHAPTERS.values(), ids=CHAPTERS)


def _papermill(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(PAPERMILL), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def _tiny_values(chapter: Chapter) -> dict[str, Any]:
    profiles = load_profiles(ROOT / "notebooks" / "profiles.yml", CHAPTERS)
    return parameters_for(chapter, "tiny", profiles)


def _one_changed(chapter: Chapter) -> dict[str, Any]:
    """The tiny values with the seed (else a size) other than any profile has it."""
    values = _tiny_values(chapter)
    whole = [p for p in chapter.parameters if p.type == "int" and not p.choices]
    assert whole, f"{chapter.name} has no whole number that a reader could change"
    changed = min(whole, key=_is_not_a_seed)
    step = 1 if "SEED" in changed.name else -1
    values[changed.name] += step if values[changed.name] + step > 0 else 1
    return values


def _is_not_a_seed(parameter: Parameter) -> bool:
    return "SEED" not in parameter.name


@chapters
def test_other_parameters(chapter: Chapter, tmp_path: Path) -> None:
    values = _one_changed(chapter)
    process = _papermill(
        str(chapter.path), "out.ipynb", "-y", yaml.safe_dump(values), folder=tmp_path
    )
    assert process.returncode == 0, process.stderr[-3000:]
    assert "Verdicts of this run:" in process.stderr
    notebook = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert notebook.metadata.papermill.parameters == values
    tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
    injected = next(i for i, tag in enumerate(tags) if "injected-parameters" in tag)
    assert "parameters" in tags[injected - 1]


@chapters
@pytest.mark.filterwarnings("ignore:The specified file")
def test_help_lists_parameters(chapter: Chapter) -> None:
    # In this process: papermill takes seconds to start, and another test starts it.
    shown = CliRunner().invoke(papermill, ["--help-notebook", str(chapter.path)])
    assert shown.exit_code == 0, shown.output
    words = " ".join(shown.output.split())
    for parameter in chapter.parameters:
        assert f"{parameter.name}: {parameter.type}" in words
        assert " ".join(parameter.comment.split()) in words


@pytest.mark.parametrize("chapter", list(CHAPTERS.values())[:1], ids=list(CHAPTERS)[:1])
def test_from_inside_the_folder(chapter: Chapter, tmp_path: Path) -> None:
    process = _papermill("--help-notebook", f"./{chapter.path.name}", folder=chapter.path.parent)
    assert process.returncode == 0, process.stderr
    assert "PROFILE: str" in process.stdout


@pytest.mark.parametrize("chapter", list(CHAPTERS.values())[:1], ids=list(CHAPTERS)[:1])
def test_misspelt_parameter_is_refused(chapter: Chapter, tmp_path: Path) -> None:
    process = _papermill(str(chapter.path), "out.ipynb", "-p", "PROFIL", "tiny", folder=tmp_path)
    assert process.returncode != 0
    assert "did you mean PROFILE?" in process.stderr


@pytest.mark.parametrize(
    ("name", "arguments", "refusal"),
    [
        ("01_conventions", ("-p", "SEED", "-3"), "SEED must be int in 0..2**32-1, got -3"),
        ("07_line", ("-p", "HALF_LENGTH", "inf"), "HALF_LENGTH must be float in "),
        (
            "18_planes",
            ("-y", "{EPOCHS_AT: [0]}"),
            "EPOCHS_AT must be list[float], 2..8",
        ),
        ("04_arrangements", ("-p", "SEARCH_DIM", "5"), "SEARCH_DIM must be int in 2..3, got 5"),
        ("15_hit_and_run", ("-y", "{DIMS: [4, 2]}"), "in 2..64, increasing, got [4, 2]"),
    ],
)
def test_values_out_of_range_are_refused(
    name: str, arguments: tuple[str, ...], refusal: str, tmp_path: Path
) -> None:
    process = _papermill(str(CHAPTERS[name].path), "out.ipynb", *arguments, folder=tmp_path)
    assert process.returncode == 1
    assert refusal in process.stderr
    assert "Traceback" not in process.stderr
    assert list(tmp_path.iterdir()) == []


@chapters
def test_every_profile_is_in_range(chapter: Chapter) -> None:
    profiles = load_profiles(ROOT / "notebooks" / "profiles.yml", CHAPTERS)
    for profile in profiles:
        values = parameters_for(chapter, profile, profiles)
        assert all(p.range and p.range.allows(values[p.name]) for p in chapter.parameters)
