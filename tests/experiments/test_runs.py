"""Many runs: results in order, saved as they come, taken up again, failures named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg_lib.errors import DataError
from linreg_lib.experiments import RunError, run_many
from tests.experiments import run_functions as fns


def saved_seeds(folder: Path) -> list[int]:
    return sorted(int(file.stem.rpartition("seed")[2]) for file in folder.glob("*.npz"))


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_seeds(jobs: int) -> None:
    results = run_many(fns.squares, [5, -2, 3], settings={"power": 3}, jobs=jobs)
    assert results.seeds == (5, -2, 3)
    assert results.stacked("value").tolist() == [125, -8, 27]
    in_this_process = results.stacked("process") == os.getpid()
    assert in_this_process.all() == (jobs == 1)
    assert in_this_process.any() == (jobs == 1)


def test_saved_results_are_used_again(tmp_path: Path) -> None:
    log, folder = tmp_path / "log", tmp_path / "runs"
    settings = {"log": str(log), "power": 2}
    run_many(fns.squares, [1, 2], settings=settings, folder=folder)
    results = run_many(fns.squares, [3, 2, 1], settings=settings, folder=folder)
    assert results.num_reused == 2
    assert results.stacked("value").tolist() == [9, 4, 1]
    assert log.read_text().split() == ["1", "2", "3"]
    other = run_many(fns.squares, [2], settings={**settings, "power": 5}, folder=folder)
    assert (other.num_reused, other.stacked("value").tolist()) == (0, [32])
    fresh = run_many(fns.squares, [2], settings=settings, folder=folder, resume=False)
    assert fresh.num_reused == 0
    assert log.read_text().split() == ["1", "2", "3", "2", "2"]


def test_results_keep_the_names_that_they_have_always_had(tmp_path: Path) -> None:
    """What earlier versions saved is found again."""
    run_many(fns.squares, [5, -2], settings={"power": 3}, folder=tmp_path)
    names = ["squares-e77d7e927a27-seed-2.npz", "squares-e77d7e927a27-seed5.npz"]
    assert sorted(file.name for file in tmp_path.iterdir()) == names


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_raises_is_named_and_the_others_are_kept(jobs: int, tmp_path: Path) -> None:
    settings = {"folder": str(tmp_path)}
    with pytest.raises(RunError, match=r"fails_at_three failed for seed 3 .*not allowed") as caught:
        run_many(fns.fails_at_three, [1, 2, 3], settings=settings, jobs=jobs, folder=tmp_path)
    assert isinstance(caught.value.__cause__, ArithmeticError)
    assert saved_seeds(tmp_path) == [1, 2]


def test_after_a_failure_nothing_new_begins(tmp_path: Path) -> None:
    log = tmp_path / "log"
    seeds = list(range(40))
    with pytest.raises(RunError, match="failed for seed 0"):
        run_many(fns.logs_and_fails_at_zero, seeds, settings={"log": str(log)}, jobs=2)
    assert len(log.read_text().split()) < len(seeds)


def test_a_process_that_dies_is_an_error_and_the_others_are_kept(tmp_path: Path) -> None:
    settings = {"folder": str(tmp_path)}
    with pytest.raises(RunError, match=r"ended abruptly; no result for seed 3"):
        run_many(fns.dies_at_three, [1, 2, 3], settings=settings, jobs=2, folder=tmp_path)
    assert saved_seeds(tmp_path) == [1, 2]


def test_a_damaged_result_is_named(tmp_path: Path) -> None:
    run_many(fns.squares, [1], folder=tmp_path)
    (file,) = tmp_path.glob("*.npz")
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(DataError, match=f"{file.name} is not a readable result"):
        run_many(fns.squares, [1], folder=tmp_path)


def test_a_result_under_a_wrong_name_is_refused(tmp_path: Path) -> None:
    run_many(fns.squares, [1], folder=tmp_path)
    (file,) = tmp_path.glob("*.npz")
    file.rename(file.with_name(file.name.replace("seed1", "seed2")))
    with pytest.raises(DataError, match="holds another run"):
        run_many(fns.squares, [2], folder=tmp_path)


def test_names_that_numpy_uses_itself(tmp_path: Path) -> None:
    run_many(fns.awkward_names, [4], folder=tmp_path)
    (arrays,) = run_many(fns.awkward_names, [4], folder=tmp_path)
    assert {name: array.tolist() for name, array in arrays.items()} == {
        "file": 4,
        "allow_pickle": [True],
        "a": "text",
    }


@pytest.mark.parametrize(
    ("fn", "arguments", "error", "reason"),
    [
        (fns.squares, {"seeds": []}, ValueError, "seeds is"),
        (fns.squares, {"seeds": [1, 1]}, ValueError, "different"),
        (fns.squares, {"seeds": [1], "jobs": 0}, ValueError, "jobs"),
        (fns.squares, {"seeds": [1], "settings": {"x": np.ones(2)}}, TypeError, "plain values"),
        (fns.returns_a_number, {"seeds": [1]}, TypeError, "mapping of arrays, not int"),
        (fns.returns_objects, {"seeds": [1]}, TypeError, "'value' holds Python objects"),
    ],
)
def test_what_cannot_be_run(
    fn: Any, arguments: dict[str, Any], error: type[Exception], reason: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=reason):
        run_many(fn, folder=tmp_path, **arguments)
    assert list(tmp_path.iterdir()) == []
