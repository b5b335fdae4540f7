"""Lock, ranges and environment.yml say the same."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project.lock_file import (
    PYPI_NAMES,
    conda_dependencies,
    declared_ranges,
    lock_lines,
    locked_versions,
    project_table,
)


def test_lock_pins_exactly_and_once() -> None:
    wrong = [line for line in lock_lines() if not re.fullmatch(r"[\w.-]+==[\w.]+", line)]
    assert wrong == [], "one name==version a line; no suffix such as +cpu, hash, URL or option"
    assert len(locked_versions()) == len(lock_lines())


def test_lock_pins_the_torch_of_the_book() -> None:
    assert locked_versions()["torch"] == "2.13.0"


@pytest.mark.parametrize("wanted", declared_ranges(), ids=lambda r: r.name)
def test_lock_lies_in_the_range(wanted: Requirement) -> None:
    locked = locked_versions().get(canonicalize_name(wanted.name))
    assert locked is not None, f"{wanted.name} is missing from requirements.lock"
    assert wanted.specifier.contains(locked)


def test_every_range_has_a_floor() -> None:
    open_below = [
        r.name for r in declared_ranges() if not any(">" in s.operator for s in r.specifier)
    ]
    assert open_below == []


def test_light_core() -> None:
    names = {Requirement(text).name for text in project_table()["dependencies"]}
    assert names == {"numpy", "scipy"}


def test_conda_packages_agree_with_the_lock() -> None:
    conda, _ = conda_dependencies()
    assert conda.pop("python") == "3.11"
    conda.pop("pip")
    locked = locked_versions()
    differ = {
        name: (version, locked[PYPI_NAMES.get(name, name)])
        for name, version in conda.items()
        if not (locked[PYPI_NAMES.get(name, name)] + ".").startswith(version + ".")
    }
    assert differ == {}


def test_pip_section_agrees_with_the_lock() -> None:
    _, pip = conda_dependencies()
    assert "-e ." in pip
    locked = locked_versions()
    pins = [line.split("==") for line in pip if line != "-e ."]
    differ = {
        name: (version, locked.get(canonicalize_name(name)))
        for name, version in pins
        if locked.get(canonicalize_name(name)) != version
    }
    assert differ == {}


def test_environment_holds_all_that_core_book_and_tests_need() -> None:
    conda, pip = conda_dependencies()
    held = {canonicalize_name(PYPI_NAMES.get(name, name)) for name in conda}
    held |= {canonicalize_name(line.split("==")[0]) for line in pip if "==" in line}
    project = project_table()
    extras = project["optional-dependencies"]
    needed = [
        *project["dependencies"],
        *(
            text
            for name in ("torch", "symbolic", "figures", "data", "book")
            for text in extras[name]
        ),
    ]
    missing = {canonicalize_name(Requirement(text).name) for text in needed} - held
    assert missing == set()
