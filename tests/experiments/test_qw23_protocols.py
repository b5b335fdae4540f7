"""Protocols of QW23: sizes, the paper's numbers, and criteria that speak of what there is."""

from __future__ import annotations

import csv
import re

import pytest

from linreg_lib.experiments.protocols import qw23_decay, qw23_decay_criteria
from linreg_lib.experiments.protocols.qw23 import PROTOCOLS
from linreg_lib.experiments.protocols.qw23_criteria import CRITERIA
from linreg_lib.experiments.protocols.qw23_paper import (
    EPOCH_0,
    EPOCHS_1,
    EPOCHS_2,
    TABLE_1,
    TABLE_2,
    TABLE_3,
)
from tests.project.lock_file import ROOT

CLAIMS = ROOT / "book" / "tools" / "linreg_book" / "records" / "claims.csv"
SUMS_1 = [23339, 36997, 28737, 20725, 6966, 3484]
SUMS_2 = [2762, 11213, 40929, 2524, 16525, 60067]
BY_NAME = {each.name: each for each in PROTOCOLS}
OF_DECAY = qw23_decay_criteria.CRITERIA
BESIDE = {each.name for each in qw23_decay.PROTOCOLS}  # they decide no claim of the paper


def test_claims_and_protocols_exist_and_name_each_other() -> None:
    with CLAIMS.open(newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    assert set(CRITERIA) <= known
    assert set().union(*(each.serves for each in PROTOCOLS)) == set(CRITERIA)
    for claim, criterion in CRITERIA.items():
        serving = {each.name for each in PROTOCOLS if claim in each.serves}
        assert serving - BESIDE == set(criterion.protocols)
    found = set().union(*(each.protocols for each in OF_DECAY.values()))
    assert BESIDE <= found <= set(BY_NAME)


def test_each_limit_stands_in_the_sentence_that_uses_it() -> None:
    for criterion in (*CRITERIA.values(), *OF_DECAY.values()):
        for name in criterion.limits:
            assert re.search(rf"\b{name}\b", criterion.criterion), name


def test_the_papers_tables() -> None:
    assert all(len(row) == len(EPOCHS_1) == 15 for row in TABLE_1.values())
    for table in (TABLE_2, TABLE_3):
        assert all(len(row) == len(EPOCHS_2) == 8 for row in table.values())
    # sums of the rows as printed, added up apart from these files
    assert [sum(row) for row in TABLE_1.values()] == SUMS_1
    assert [sum(row) for row in (*TABLE_2.values(), *TABLE_3.values())] == SUMS_2
    assert EPOCH_0[16] == {206, 207}
    assert EPOCH_0[32] == {1151, 1152, 1153, 1154}
    assert EPOCH_0[64] == {4112, 4113}


def test_paper_sizes_are_those_of_the_paper() -> None:
    values = {name: each.values("paper") for name, each in BY_NAME.items()}
    assert values["qw23-random"]["num_samples"] == (200, 500, 1000, 2000, 5000, 10_000)
    assert values["qw23-random"]["moments"] == tuple(map(float, EPOCHS_1))
    assert values["qw23-random"]["hidden"] == "32-32-32"
    assert values["qw23-lines"]["num_runs"] == 10
    for name in ("qw23-tables", "qw23-tables-variants", "qw23-lines"):
        assert values[name]["architectures"] == ("16-16-16", "32-32-32", "64-64-64")
        assert values[name]["num_points"] == 1000
    assert values["qw23-tables"]["moments"] == tuple(map(float, EPOCHS_2))
    decayed = BY_NAME["qw23-random-decay"].list_pieces(**values["qw23-random-decay"])
    lasts = [
        (each["weight_decay"], each["num_points"], each["moments"][-1])
        for each in decayed  # type: ignore[attr-defined]
    ]
    assert {size for decay, size, _ in lasts if decay == 1e-4} == set(TABLE_1)
    assert lasts.count((1e-4, 10_000, 50_000.0)) == 2
    assert lasts.count((1e-4, 10_000, 1000.0)) == 18
    assert lasts.count((1e-4, 500, 1000.0)) == 20
    assert lasts.count((1e-5, 10_000, 1000.0)) == lasts.count((1e-3, 500, 1000.0)) == 10
    # the level must be within reach: the least chance is 1 / (runs + 1)
    for claim, name, parameter in (
        ("QW23-Table2", "qw23-tables", "num_seeds"),
        ("QW23-Table3", "qw23-tables-variants", "num_seeds"),
        ("QW23-Table1", "qw23-random", "num_runs"),
    ):
        runs = values[name][parameter]
        assert isinstance(runs, int)
        assert 1 / (runs + 1) < CRITERIA[claim].limits["level"]
    for key, name, parameter in (
        ("random-decay", "qw23-random-decay", "num_runs"),
        ("tables-decay", "qw23-tables-decay", "num_seeds"),
    ):
        runs = values[name][parameter]
        assert isinstance(runs, int)
        assert 1 / (runs + 1) < OF_DECAY[key].limits["level"]


@pytest.mark.parametrize("profile", ["tiny", "quick", "paper"])
@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda each: each.name)
def test_pieces_differ_and_more_runs_keep_the_first(protocol: object, profile: str) -> None:
    each = BY_NAME[protocol.name]  # type: ignore[attr-defined]
    values = each.values(profile)
    pieces = [repr(sorted(piece.items())) for piece in each.list_pieces(**values)]
    assert len(set(pieces)) == len(pieces)
    runs = next((name for name in ("num_runs", "num_seeds") if name in values), None)
    if runs is None:
        return
    size = values[runs]
    assert isinstance(size, int)
    more = each.list_pieces(**{**values, runs: 2 * size})
    missing = set(pieces) - {repr(sorted(piece.items())) for piece in more}
    assert not missing or {"first_seed", "num_seeds"} <= set(next(iter(each.list_pieces(**values))))
