"""Say in a sentence what this environment lacks of pyproject.toml, and end with 1 if it does.

The names of extras that are not needed may follow.
"""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WAY_OUT = "conda env update -f environment.yml, or pip install -e '.[all]'"


def missing(not_needed: set[str]) -> list[str]:
    """Every requirement that is not met, with the version that is there instead."""
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = list(project["dependencies"])
    for extra, requirements in project["optional-dependencies"].items():
        if extra not in not_needed | {"all"}:
            texts.extend(requirements)
    found = []
    for wanted in map(Requirement, texts):
        try:
            there = version(wanted.name)
        except PackageNotFoundError:
            found.append(str(wanted))
            continue
        if not wanted.specifier.contains(there, prereleases=True):
            found.append(f"{wanted} (there is {there})")
    return found


def library_is_this_one() -> bool:
    """Whether linreg_lib is installed, and from this checkout."""
    spec = find_spec("linreg_lib")
    return spec is not None and Path(spec.origin or "").resolve().is_relative_to(ROOT)


def complaint(not_needed: set[str]) -> str | None:
    """What to tell the user, if anything."""
    try:
        lacking = missing(not_needed)
    except ModuleNotFoundError:
        lacking = ["packaging"]
    if lacking:
        return f"the active environment ({sys.prefix}) lacks {', '.join(lacking)}: {WAY_OUT}"
    if not library_is_this_one():
        return (
            f"the active environment ({sys.prefix}) has not the linreg_lib of this folder: "
            "python -m pip install --no-deps -e ."
        )
    return None


if __name__ == "__main__":
    told = complaint(set(sys.argv[1:]))
    sys.exit(told and f"make: {told}")
