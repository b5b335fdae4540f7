"""Say in a sentence what this environment lacks of both pyproject.toml, and end with 1 if it does.

The names of extras that are not needed may follow.
"""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECTS = ("pyproject.toml", "book/tools/pyproject.toml")
OWN = {"linreg_lib": "linreg-lib", "linreg_book": "linreg-book"}
WAY_OUT = "conda env update -f environment.yml, or pip install -e '.[all]' -e book/tools"


def missing(not_needed: set[str]) -> list[str]:
    """Every requirement that is not met, with the version that is there instead."""
    from packaging.requirements import Requirement

    texts = []
    for path in PROJECTS:
        project = tomllib.loads((ROOT / path).read_text(encoding="utf-8"))["project"]
        texts += project["dependencies"]
        for extra, requirements in project.get("optional-dependencies", {}).items():
            if extra not in not_needed | {"all"}:
                texts += requirements
    found = []
    for wanted in map(Requirement, texts):
        if wanted.name in OWN.values():
            continue
        try:
            there = version(wanted.name)
        except PackageNotFoundError:
            found.append(str(wanted))
            continue
        if not wanted.specifier.contains(there, prereleases=True):
            found.append(f"{wanted} (there is {there})")
    return found


def is_this_one(package: str) -> bool:
    """Whether a package of the project is installed, and from this checkout."""
    spec = find_spec(package)
    return spec is not None and Path(spec.origin or "").resolve().is_relative_to(ROOT)


def complaint(not_needed: set[str]) -> str | None:
    """What to tell the user, if anything."""
    try:
        lacking = missing(not_needed)
    except ModuleNotFoundError:
        lacking = ["packaging"]
    if lacking:
        return f"the active environment ({sys.prefix}) lacks {', '.join(lacking)}: {WAY_OUT}"
    for package in OWN:
        if not is_this_one(package):
            return (
                f"the active environment ({sys.prefix}) has not the {package} of this folder: "
                "python -m pip install --no-deps -e . -e book/tools"
            )
    return None


if __name__ == "__main__":
    told = complaint(set(sys.argv[1:]))
    sys.exit(told and f"make: {told}")
