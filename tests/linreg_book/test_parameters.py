from __future__ import annotations

import math
from typing import Any

import pytest

from linreg_book.chapters.chapter import Chapter
from linreg_book.chapters.parameters import fit_values, read_assignments, read_parameters
from linreg_book.chapters.profiles import (
    changed_parameters,
    lint_profiles,
    load_profiles,
    parameters_for,
)
from linreg_book.errors import ParameterError, PublishingError
from tests.linreg_book.book_project import FIXTURES

CELL = """\
PROFILE: str = "quick"  # one of tiny, quick, paper: stamped on page and records
SEED: int = 7  # in 0..2**32-1: seed of all draws
SPREAD: float = 0.5  # in (0, 2]: spread
BIAS: bool = True  # True or False: with biases
WIDTHS: list[int] = [8, 8]  # 2..3 entries in 1..64, first 8: widths
DATASET: str = "auto"  # one of auto, mnist or digits: data
EPOCHS: list[float] = [
    0.0, 0.5, 1.0,
]  # 3..12 entries in [0, 50], increasing: snapshots
SIDES: list[float] = [0.5, 4.0]  # 1..9 entries in [0.1, 8], powers of 2: sides
SEEDS: list[int] = [0, 1]  # 2 entries in -9..0, distinct, last 1: seeds
NAMES: list[str] = ["relu"]  # 1..2 entries of relu, abs: activations
"""


def test_reads_names_types_defaults_and_comments() -> None:
    parameters = read_parameters(CELL, where="x")
    types = [one.type for one in parameters]
    assert types[:6] == ["str", "int", "float", "bool", "list[int]", "str"]
    assert parameters[4].default == [8, 8]
    assert parameters[1].comment == "in 0..2**32-1: seed of all draws"
    assert parameters[1].range is not None
    assert (parameters[1].range.low, parameters[1].range.high) == (0, 2**32 - 1)
    assert parameters[6].default == [0.0, 0.5, 1.0]
    assert all(one.range is not None for one in parameters)
    assert parameters[5].choices == ("auto", "mnist", "digits")
    assert parameters[0].choices == ("tiny", "quick", "paper")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("SEED = 7  # seed", "NAME: type = value"),
        ("seed: int = 7  # seed", "UPPER_CASE"),
        ("SEED: int = 7", "needs a comment"),
        ("SEED: Any = 7  # seed", "type Any"),
        ("SEED: int = 'seven'  # seed", "SEED must be int"),
        ("SEED: int = True  # seed", "SEED must be int"),
        ("SEED: int = 3 + 4  # seed", "literal"),
        ("SEED: int = 7  # seed = 7", "must not contain"),
        ("import os  # why", "NAME: type = value"),
        ("SEED: int = (  # seed", "does not parse"),
        ("SEED: int = 7  # a\nSEED: int = 8  # b", "twice"),
        ("SEED: int = 7  # in 8..9: seed", r"default: SEED must be int in 8..9, got 7"),
        ("SEED: int = 7  # in 9..8: seed", "'in 9..8' is empty"),
        ("X: float = 7  # in (7, 7]: x", "is empty"),
        ("WIDTHS: list[int] = [7]  # 2 entries in 0..9: widths", "WIDTHS must be list"),
        (f"SEED: int = {'9' * 5001}  # in 0..9: seed", "does not parse"),
        (f"SEED: int = {'[' * 3000}{']' * 3000}  # in 0..9: seed", "does not parse"),
    ],
)
def test_refuses_other_lines(line: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        read_parameters(line, where="x")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"SEEED": 1}, "unknown parameter SEEED; did you mean SEED"),
        ({"seed": 1}, "did you mean SEED"),
        ({"SEED": "7"}, "SEED must be int"),
        ({"SEED": 7.0}, "SEED must be int"),
        ({"SPREAD": "1e-3"}, "write 1.0e-3"),
        ({"BIAS": "true"}, "write True or False"),
        ({"WIDTHS": "[8]"}, "give lists with -y"),
        ({"WIDTHS": [8, "9"]}, "WIDTHS must be"),
        ({"DATASET": "cifar"}, "str, one of auto, mnist or digits, got 'cifar'"),
        ({"PROFILE": "huge"}, "one of tiny, quick, paper"),
        ({"SEED": -3}, r"x: SEED must be int in 0\.\.2\*\*32-1, got -3$"),
        ({"SEED": 2**32}, "got 4294967296$"),
        ({"SEED": 10**6000}, "a number of thousands of digits"),
        ({"SPREAD": 0.0}, r"SPREAD must be float in \(0, 2\], got 0.0$"),
        ({"SPREAD": math.nextafter(2.0, 3.0)}, "got 2.0000000000000004$"),
        ({"SPREAD": math.inf}, "got inf, which is no finite number"),
        ({"SPREAD": -math.inf}, "got -inf"),
        ({"SPREAD": math.nan}, "got nan, which is no finite number"),
        ({"SPREAD": 10**400}, "which is no finite number"),
        ({"WIDTHS": [8]}, r"WIDTHS must be list\[int\], 2..3 entries in 1..64, first 8, got \[8\]"),
        ({"WIDTHS": [8, 8, 8, 8]}, "2..3 entries"),
        ({"WIDTHS": []}, "2..3 entries"),
        ({"WIDTHS": [8, 65]}, "2..3 entries"),
        ({"WIDTHS": [7, 8]}, "first 8"),
        ({"EPOCHS": [0.0, 1.0]}, "EPOCHS must be .*3..12 entries"),
        ({"EPOCHS": [0.0, 1.0, 1.0]}, "increasing"),
        ({"EPOCHS": [0.0, 1.0, math.inf]}, "no finite number"),
        ({"SIDES": [0.5, 3.0]}, "powers of 2"),
        ({"SEEDS": [1, 1]}, "distinct"),
        ({"SEEDS": [1, 0]}, "last 1"),
        ({"SEEDS": [2, 1]}, "2 entries in -9..0"),
        ({"NAMES": ["tanh"]}, "1..2 entries of relu, abs"),
        ({7: 1}, "unknown parameter 7"),
        ({"SEED": "7" * 1000}, "got '7{70,80}[.]{3}$"),
    ],
)
def test_refuses_misfits(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        fit_values(read_parameters(CELL, where="x"), values, where="x")


def test_all_misfits_are_told_at_once() -> None:
    given = {"SEEED": 1, "BIAS": 1, "SEED": -1}
    with pytest.raises(ParameterError, match=r"SEEED.*BIAS.*SEED must be") as caught:
        fit_values(read_parameters(CELL, where="x"), given, where="x")
    assert "\n" not in str(caught.value)


def test_bounds_are_in_the_range_where_the_brackets_say_so() -> None:
    for values in (
        {"SEED": 0},
        {"SEED": 2**32 - 1},
        {"SPREAD": 5e-324},
        {"SPREAD": 2},
        {"WIDTHS": [8, 1]},
        {"WIDTHS": [8, 64, 64]},
        {"EPOCHS": [0, 1, 50]},
        {"SEEDS": [-9, 1]},
        {"NAMES": ["abs", "abs"]},
    ):
        assert fit_values(read_parameters(CELL, where="x"), values, where="x") == values


def test_comments_without_a_range_have_none() -> None:
    for line in (
        "SEED: int = 7  # seed of all draws",
        "SEED: int = 7  # in 0..9 seed",
        "SEED: int = 7  # in [0, 9]: seed",
        "SEED: int = 7  # in 0..MOST: seed",
        "SEED: float = 7  # in 0..9: seed",
        "SEED: float = 7  # in [0, inf]: seed",
        "SEED: list[int] = [7]  # in 0..9: seed",
        "SEED: list[int] = [7]  # 1 entries in 0..9, falling: seed",
    ):
        assert read_parameters(line, where="x")[0].range is None


def test_assignments_are_read_without_running_them() -> None:
    source = "# Parameters\nA = -3\nB = [1.5, 'x']\nC = float('inf')\n"
    assert read_assignments(source, where="x") == {"A": -3, "B": [1.5, "x"], "C": math.inf}
    for line in ("A = B", "A += 1", "import os", "A = float(B)", "A = open('x')", "a, b = 1, 2"):
        with pytest.raises(ParameterError, match="assigns no literal"):
            read_assignments(line, where="x")


def test_values_of_profiles_are_linted(tmp_path: Any) -> None:
    chapters = {"41_good": Chapter(FIXTURES / "41_good.md")}
    path = tmp_path / "profiles.yml"
    path.write_text("tiny: {41_good: {NUM_CUTS: 2}}\npaper: {41_good: {NUM_CUTS: 100}}\n")
    (problem,) = lint_profiles(path, chapters)
    assert problem == "profiles.yml, paper, 41_good: NUM_CUTS must be int in 1..99, got 100"


def test_whole_numbers_become_floats() -> None:
    fitted = fit_values(read_parameters(CELL, where="x"), {"SPREAD": 2}, where="x")
    assert repr(fitted["SPREAD"]) == "2.0"


def test_profiles(tmp_path: Any) -> None:
    chapter = Chapter(FIXTURES / "41_good.md")
    path = tmp_path / "profiles.yml"
    path.write_text("tiny: {41_good: {NUM_CUTS: 2}}\n")
    profiles = load_profiles(path, ["41_good"])
    tiny = parameters_for(chapter, "tiny", profiles)
    assert changed_parameters(chapter, tiny) == {"PROFILE": "tiny", "NUM_CUTS": 2}
    assert changed_parameters(chapter, parameters_for(chapter, "quick", profiles)) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("large: {}", "'large'"),
        ("tiny: {99_none: {}}", "no chapter '99_none'"),
        ("tiny: [1]", "must map chapters"),
        ("- 1", "expected a map"),
    ],
)
def test_wrong_profiles(tmp_path: Any, text: str, message: str) -> None:
    path = tmp_path / "profiles.yml"
    path.write_text(text)
    with pytest.raises(PublishingError, match=message):
        load_profiles(path, ["41_good"])


@pytest.mark.parametrize("overrides", [{"NUM_CUTTS": 2}, {"NUM_CUTS": "two"}, {"PROFILE": "paper"}])
def test_wrong_overrides(overrides: dict[str, Any]) -> None:
    chapter = Chapter(FIXTURES / "41_good.md")
    with pytest.raises(ParameterError, match=r"profiles.yml, tiny, 41_good"):
        parameters_for(chapter, "tiny", {"tiny": {"41_good": overrides}})
