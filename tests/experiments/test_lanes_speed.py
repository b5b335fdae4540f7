"""Compiled lanes are worth having: a step costs a fraction of that of a loop in torch."""

from __future__ import annotations

import pytest

from benchmarks.training_lanes import STEPS, WIDTHS, step_seconds

pytest.importorskip("numba")
pytest.importorskip("torch")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_step_costs_at_most_a_fifth_of_a_loop_in_torch(width: int) -> None:
    (ours,), (theirs,) = step_seconds(width, repeats=1)  # processor time: others may be busy
    assert 0 < ours < STEPS[f"training-{width}"].aim * theirs
