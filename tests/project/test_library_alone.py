"""What is left out where packages are missing: by a rule, with a reason, and nothing else."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.library_alone import absent_package, library_rooms
from tests.project.lock_file import ROOT

pytest_plugins = ["pytester"]

ROOMS = {
    "linreg_lib/__init__.py": "",
    "linreg_lib/geometry/__init__.py": "",
    "tests/geometry/test_here.py": "def test_runs(): pass\n",
    "tests/geometry/test_absent.py": "import no_such_package.part\ndef test_never(): assert 0\n",
    "tests/geometry/test_later.py": "def test_asks():\n    import no_such_package\n",
    "tests/linreg_book/test_book.py": "def test_book(): assert 0\n",
    "tests/project/test_rules.py": "def test_rule(): assert 0\n",
}


@pytest.fixture
def house(pytester: pytest.Pytester) -> Path:
    for name, text in ROOMS.items():
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (pytester.path / "pytest.ini").write_text("[pytest]\naddopts = -ra --import-mode=importlib\n")
    return pytester.path


def _run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    pytester.syspathinsert(ROOT)
    return pytester.runpytest_subprocess(
        "-p", "tests.library_alone", "-p", "no:cacheprovider", *arguments, "tests"
    )


def test_the_rooms_are_those_of_the_library() -> None:
    assert library_rooms(ROOT) == {"networks", "geometry", "theory", "experiments", "figures"}


def test_absent_packages_are_skipped_by_name(house: Path, pytester: pytest.Pytester) -> None:
    result = _run(pytester)
    result.assert_outcomes(passed=1, skipped=2)
    assert result.stdout.str().count("no_such_package is not installed") == 2
    assert result.ret == 0


@pytest.mark.parametrize(
    "text",
    [
        "def test_fails(): assert 0\n",
        "import linreg_lib.no_such_module\ndef test_never(): pass\n",
        "from json import no_such_name\ndef test_never(): pass\n",
        "def test_own():\n    import tests.no_such_module\n",
    ],
)
def test_failures_stay_failures(house: Path, pytester: pytest.Pytester, text: str) -> None:
    (house / "tests" / "geometry" / "test_wrong.py").write_text(text)
    assert _run(pytester).ret not in (0, 5)


def test_what_has_not_begun_in_time_says_so(house: Path, pytester: pytest.Pytester) -> None:
    result = _run(pytester, "--seconds", "0")
    result.assert_outcomes(skipped=3)
    result.stdout.fnmatch_lines(["*not begun within 0 s*"])


def test_every_test_comes_before_repetitions(house: Path, pytester: pytest.Pytester) -> None:
    (house / "tests" / "geometry" / "test_a.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('n', range(3))\n"
        "def test_many(n): pass\n"
        "def test_one(): pass\n"
    )
    result = _run(pytester, "--collect-only", "-q", "tests/geometry/test_a.py")
    order = [line.partition("::")[2] for line in result.outlines if "test_a.py::" in line]
    assert order[:4] == ["test_many[0]", "test_one", "test_many[1]", "test_many[2]"]


def test_the_reason_is_found_behind_other_errors() -> None:
    with pytest.raises(RuntimeError) as caught:
        _asks()
    assert absent_package(caught.value) == "no_such_package"
    assert absent_package(ValueError()) is None
    assert absent_package(ModuleNotFoundError(name="json.no_such_part")) is None


def _asks() -> None:
    try:
        import_module("no_such_package")
    except ImportError as missing:
        raise RuntimeError("without it nothing goes") from missing
