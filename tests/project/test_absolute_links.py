"""What a package index shows of the README can be followed from there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = "https://example.org/house/book"


def absolute() -> str:
    program = [sys.executable, ".ci/absolute_links.py", "README.md", HERE, "v9"]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_every_link_is_absolute_and_its_target_is_there() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", absolute())
    assert len(targets) > 5
    assert [each for each in targets if not each.startswith("https://")] == []
    inside = [each.partition("/v9/")[2] for each in targets if each.startswith(HERE)]
    assert [path for path in inside if not (ROOT / path).is_file()] == []


def test_pictures_are_raw_and_nothing_else_changes() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"]({HERE}/raw/v9/book/_static/regions.png)" in absolute()
    assert f"[CHANGELOG.md]({HERE}/blob/v9/CHANGELOG.md)" in absolute()
    assert re.sub(rf"{HERE}/(raw|blob)/v9/", "", absolute()) == readme


def test_the_release_builds_with_it() -> None:
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert workflow.index(".ci/absolute_links.py") < workflow.index("python -m build")
