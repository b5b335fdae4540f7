"""The versions that the project's three environment files name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]

# The library's, and that of the book's own package.
PROJECTS = ("pyproject.toml", "book/tools/pyproject.toml")

# conda calls some packages otherwise
PYPI_NAMES = {"pytorch": "torch"}


def lock_lines() -> list[str]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def locked_versions(python: str | None = None) -> dict[str, str]:
    """The pins that hold for a Python such as 3.12; without one, for the Python that runs."""
    where = {} if python is None else {"python_version": python, "python_full_version": python}
    pins = {}
    for line in lock_lines():
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate(where):
            (pin,) = wanted.specifier
            pins[canonicalize_name(wanted.name)] = pin.version
    return pins


def supported_pythons() -> list[str]:
    """As the classifiers have them: 3.11 and so on."""
    prefix = "Programming Language :: Python :: "
    found = [line.removeprefix(prefix) for line in project_table()["classifiers"] if prefix in line]
    return [version for version in found if "." in version]


def oldest_python() -> str:
    """The oldest release that `requires-python` lets in."""
    (floor,) = [
        one for one in SpecifierSet(project_table()["requires-python"]) if one.operator == ">="
    ]
    return floor.version if floor.version.count(".") == 2 else f"{floor.version}.0"


def project_table(path: str = PROJECTS[0]) -> dict[str, Any]:
    text = (ROOT / path).read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]


def own_names() -> set[str]:
    """What the packages of this project are called in an environment."""
    return {canonicalize_name(project_table(path)["name"]) for path in PROJECTS}


def declared_ranges(*paths: str) -> list[Requirement]:
    """Every range of one pyproject.toml, or of both; the project's own names left out."""
    texts = []
    for path in paths or PROJECTS:
        project = project_table(path)
        texts += project["dependencies"]
        for extra in project.get("optional-dependencies", {}).values():
            texts += extra
    ranges = [Requirement(text) for text in texts]
    return [r for r in ranges if canonicalize_name(r.name) not in own_names()]


def conda_dependencies() -> tuple[dict[str, str], list[str]]:
    """The conda packages with their versions, and the lines of the pip section."""
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda: dict[str, str] = {}
    pip: list[str] = []
    for entry in environment["dependencies"]:
        if isinstance(entry, dict):
            pip.extend(entry["pip"])
        else:
            name, _, version = entry.partition("=")
            conda[name] = version
    return conda, pip
