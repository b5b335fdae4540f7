"""Lock, ranges and environment.yml say the same."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import linreg_lib
from tests.project.lock_file import (
    PROJECTS,
    PYPI_NAMES,
    ROOT,
    conda_dependencies,
    declared_ranges,
    lock_lines,
    locked_versions,
    oldest_python,
    project_table,
    supported_pythons,
)


def test_lock_pins_exactly_and_once() -> None:
    form = r"[\w.-]+==[\w.]+( ; python_version == \"3\.\d+\")?"
    wrong = [line for line in lock_lines() if not re.fullmatch(form, line)]
    assert wrong == [], "one name==version a line; no suffix such as +cpu, hash, URL or option"
    for python in supported_pythons():
        names = [Requirement(line) for line in lock_lines()]
        held = [
            n for n in names if n.marker is None or n.marker.evaluate({"python_version": python})
        ]
        assert len(locked_versions(python)) == len(held)


def test_every_file_names_the_same_pythons() -> None:
    pythons = supported_pythons()
    assert pythons == ["3.11", "3.12", "3.13"]
    assert oldest_python() == f"{pythons[0]}.0"
    markers = {
        python for line in lock_lines() for python in re.findall(r'python_version == "(.*?)"', line)
    }
    assert markers <= set(pythons)
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert tools["ruff"]["target-version"] == "py" + pythons[0].replace(".", "")
    assert tools["mypy"]["python_version"] == pythons[0]
    said = ", ".join(pythons[:-1]) + " {} " + pythons[-1]
    assert said.format("and") in (ROOT / "README.md").read_text(encoding="utf-8")
    assert said.format("or") in (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    job = yaml.safe_load((ROOT / ".github/workflows/book.yml").read_text(encoding="utf-8"))
    assert job["jobs"]["test"]["strategy"]["matrix"]["python"] == pythons


def test_lock_pins_the_torch_of_the_book() -> None:
    assert locked_versions()["torch"] == "2.13.0"


@pytest.mark.parametrize("wanted", sorted(set(declared_ranges()), key=str), ids=str)
def test_lock_lies_in_the_range(wanted: Requirement) -> None:
    locked = locked_versions().get(canonicalize_name(wanted.name))
    assert locked is not None, f"{wanted.name} is missing from requirements.lock"
    assert wanted.specifier.contains(locked)


def test_both_packages_name_the_same_ranges() -> None:
    library, book = (project_table(path) for path in PROJECTS)
    assert library["requires-python"] == book["requires-python"]
    shared = {
        (here, there)
        for here in declared_ranges(PROJECTS[0])
        for there in declared_ranges(PROJECTS[1])
        if here.name == there.name
    }
    assert {here.name for here, _ in shared} == {"numpy", "tqdm"}
    assert [pair for pair in shared if pair[0] != pair[1]] == []


def test_the_book_asks_for_the_library_and_never_the_reverse() -> None:
    names = [{Requirement(text).name for text in _all_texts(path)} for path in PROJECTS]
    assert "linreg-book" not in names[0]
    (wanted,) = [r for r in map(Requirement, _all_texts(PROJECTS[1])) if r.name == "linreg-lib"]
    assert wanted.specifier.contains(linreg_lib.__version__)


def test_the_version_stands_in_one_place() -> None:
    """pyproject.toml reads it from the package; whatever else names it names the same."""
    assert "version" not in project_table()
    assert project_table()["dynamic"] == ["version"]
    assert project_table(PROJECTS[1])["version"] == linreg_lib.__version__
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == linreg_lib.__version__
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"version = {{{linreg_lib.__version__}}}" in readme


def _all_texts(path: str) -> list[str]:
    project = project_table(path)
    extras = project.get("optional-dependencies", {}).values()
    return [*project["dependencies"], *(text for texts in extras for text in texts)]


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
    assert conda.pop("python") in supported_pythons()
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
    editable = [line for line in pip if line.startswith("-e ")]
    assert editable == ["-e .", "-e book/tools"], "the library first: the book asks for it"
    locked = locked_versions()
    pins = [line.split("==") for line in pip if line not in editable]
    differ = {
        name: (version, locked.get(canonicalize_name(name)))
        for name, version in pins
        if locked.get(canonicalize_name(name)) != version
    }
    assert differ == {}


def test_environment_holds_all_that_the_project_needs() -> None:
    conda, pip = conda_dependencies()
    held = {canonicalize_name(PYPI_NAMES.get(name, name)) for name in conda}
    held |= {canonicalize_name(line.split("==")[0]) for line in pip if "==" in line}
    needed = {canonicalize_name(wanted.name) for wanted in declared_ranges()}
    assert needed - held == set()


def test_metadata_for_a_doi_says_what_the_citation_says() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    deposit = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    for ours, theirs in (("title", "title"), ("license", "license"), ("keywords", "keywords")):
        assert deposit[theirs] == citation[ours]
    assert [each["name"] for each in deposit["creators"]] == [
        each["name"] for each in citation["authors"]
    ]
    papers = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    for related in deposit["related_identifiers"]:
        assert f"{{{related['identifier'].removeprefix('arXiv:')}}}" in papers
    assert "version" not in deposit  # the archive takes it from the tag
