from __future__ import annotations

from typing import Any

import pytest

from linreg_lib.publishing.chapter import Chapter
from linreg_lib.publishing.errors import ParameterError, PublishingError
from linreg_lib.publishing.parameters import fit_values, read_parameters
from linreg_lib.publishing.profiles import changed_parameters, load_profiles, parameters_for
from tests.publishing.book_project import FIXTURES

CELL = """\
PROFILE: str = "quick"  # stamped on page and records
SEED: int = 7  # seed of all draws
SPREAD: float = 0.5  # spread
BIAS: bool = True  # with biases
WIDTHS: list[int] = [8, 8]  # widths
DATASET: str = "auto"  # data, one of: auto, mnist or digits
"""


def test_reads_names_types_defaults_and_comments() -> None:
    parameters = read_parameters(CELL, where="x")
    assert [one.type for one in parameters] == ["str", "int", "float", "bool", "list[int]", "str"]
    assert parameters[4].default == [8, 8]
    assert parameters[1].comment == "seed of all draws"
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
        ({"DATASET": "cifar"}, "one of auto, mnist, digits"),
        ({"PROFILE": "huge"}, "one of tiny, quick, paper"),
    ],
)
def test_refuses_misfits(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        fit_values(read_parameters(CELL, where="x"), values, where="x")


def test_all_misfits_are_told_at_once() -> None:
    with pytest.raises(ParameterError, match=r"(?s)SEEED.*BIAS"):
        fit_values(read_parameters(CELL, where="x"), {"SEEED": 1, "BIAS": 1}, where="x")


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
