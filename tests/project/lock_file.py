"""The versions that the project's three environment files name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]

# conda calls some packages otherwise
PYPI_NAMES = {"pytorch": "torch"}


def lock_lines() -> list[str]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def locked_versions() -> dict[str, str]:
    pins = (line.split("==") for line in lock_lines())
    return {canonicalize_name(name): version for name, version in pins}


def project_table() -> dict[str, Any]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]


def declared_ranges() -> list[Requirement]:
    """Every range of pyproject.toml, the project's own name left out."""
    project = project_table()
    texts = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        texts.extend(extra)
    ranges = [Requirement(text) for text in texts]
    return [r for r in ranges if canonicalize_name(r.name) != project["name"]]


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
