"""Pieces: in order, saved as they come, taken up again; what goes wrong is a sentence."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib import npz_file
from linreg_lib.errors import DataError
from linreg_lib.experiments import RunError, run_pieces
from linreg_lib.experiments.saved_runs.made_by import made_by
from tests.experiments import piece_functions as fns
from tests.project.lock_file import ROOT

PIECES = [{"value": 5}, {"value": 2, "power": 3}, {"value": -3}]


def results(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.npz"))


@contextmanager
def spawned(num: int) -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(num, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_pieces(jobs: int, tmp_path: Path) -> None:
    found = run_pieces(fns.powers, PIECES, jobs=jobs, folder=tmp_path)
    assert found.stacked("result").tolist() == [25, 8, 9]
    assert list(found.pieces) == PIECES
    assert (found.stacked("process") == os.getpid()).all() == (jobs == 1)
    assert len(results(tmp_path)) == 3
    assert (found.process_seconds >= 0).all()
    assert [each["engine_digest"] for each in found.made_by] == [made_by()["engine_digest"]] * 3


def test_the_order_of_completion_changes_nothing(tmp_path: Path) -> None:
    pieces = [{"value": value, "folder": str(tmp_path), "num": 2} for value in range(2)]
    found = run_pieces(fns.last_first, pieces, jobs=2, folder=tmp_path)
    assert found.stacked("result").tolist() == [0, 1]


def test_what_is_saved_is_read(tmp_path: Path) -> None:
    log = tmp_path / "log"
    pieces = [{"value": value, "log": str(log)} for value in (1, 2)]
    first = run_pieces(fns.powers, pieces, folder=tmp_path)
    again = run_pieces(fns.powers, pieces[::-1], folder=tmp_path)
    assert (again.num_reused, again.stacked("result").tolist()) == (2, [4, 1])
    assert again.process_seconds.tolist() == first.process_seconds[::-1].tolist()
    assert again.made_by == first.made_by[::-1]
    assert log.read_text().split() == ["1", "2"]
    newer = run_pieces(fns.powers, pieces, folder=tmp_path, version=1)
    assert newer.num_reused == 0
    fresh = run_pieces(fns.powers, pieces, folder=tmp_path, resume=False)
    assert fresh.num_reused == 0
    assert log.read_text().split() == ["1", "2"] * 3
    assert len(results(tmp_path)) == 4


def test_whole_numbers_floats_and_flags_are_different_pieces(tmp_path: Path) -> None:
    pieces = [{"value": value} for value in (1, 1.0, True)]
    assert run_pieces(fns.powers, pieces, folder=tmp_path).num_reused == 0
    assert len(results(tmp_path)) == 3
    assert run_pieces(fns.powers, pieces, folder=tmp_path).num_reused == 3


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, spawned])
def test_any_executor_will_do_and_is_not_shut_down(kind: Any) -> None:
    with kind(2) as executor:
        for _ in range(2):
            found = run_pieces(fns.powers, PIECES, executor=executor)
            assert found.stacked("result").tolist() == [25, 8, 9]
        names = dict(zip(("fn", "workers", "retries", "key", "priority", "pure", "self"), range(7)))
        (arrays,) = run_pieces(fns.awkward_keywords, [names], executor=executor)
        assert arrays["result"].tolist() == list(range(7))


def test_an_executor_that_is_shut_down(tmp_path: Path) -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(RunError, match="failed for piece 0 .*cannot schedule new futures"):
        run_pieces(fns.powers, PIECES, executor=executor)


class Forgetful(ThreadPoolExecutor):
    """Gives up everything but the first call."""

    num_asked = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        future = super().submit(fn, *args, **kwargs)
        self.num_asked += 1
        if self.num_asked > 1:
            future = type(future)()
            future.cancel()
            future.set_running_or_notify_cancel()
        return future


def test_an_executor_that_forgets(tmp_path: Path) -> None:
    with Forgetful(1) as executor, pytest.raises(RunError, match=r"gave up 2 of 3 .*piece 1 \("):
        run_pieces(fns.powers, PIECES, executor=executor, folder=tmp_path)
    assert len(results(tmp_path)) == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_piece_that_raises(jobs: int, tmp_path: Path) -> None:
    """Also where its error cannot be sent from process to process."""
    pieces = [{"value": value, "folder": str(tmp_path)} for value in (0, 1)]
    with pytest.raises(RunError, match=r"piece 1 \(value=1, .*StubbornError: 1: cannot travel"):
        run_pieces(fns.raises_stubbornly, pieces, jobs=jobs, folder=tmp_path)
    assert len(results(tmp_path)) == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_piece_that_wants_to_exit(jobs: int) -> None:
    with pytest.raises(RunError, match="wanted to exit with 7"):
        run_pieces(fns.exits, [{"value": 1}], jobs=jobs)


@pytest.mark.parametrize(
    ("pieces", "options", "error", "reason"),
    [
        ([], {}, ValueError, "pieces is empty"),
        ({"value": 1}, {}, TypeError, "sequence of mappings"),
        ([3], {}, TypeError, r"pieces\[0\] must be a mapping"),
        ([{"value": 1}, {"value": 1}], {}, ValueError, r"pieces\[0\] and pieces\[1\] are the same"),
        ([{"value": np.int64(1)}], {}, TypeError, r"pieces\[0\] must hold plain values"),
        ([{"value": 1, "x": 1}], {}, TypeError, r"pieces\[0\] is not what .*powers takes: .*'x'"),
        ([{1: 1}], {}, TypeError, r"pieces\[0\] has the key 1"),
        (PIECES, {"jobs": 0}, ValueError, "jobs"),
        (PIECES, {"version": -1}, ValueError, "version"),
        (PIECES, {"executor": 3}, TypeError, "executor must be a concurrent.futures.Executor"),
        (PIECES, {"executor": ThreadPoolExecutor(1), "jobs": 2}, ValueError, "beside an executor"),
        (PIECES, {"folder": __file__}, DataError, "cannot be used"),
    ],
)
def test_what_cannot_be_run(
    pieces: Any, options: dict[str, Any], error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        run_pieces(fns.powers, pieces, **options)


def test_functions_that_no_process_can_find(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="cannot find fn, .*lambda.*leave jobs at 1"):
        run_pieces(lambda value: {"a": value}, [{"value": 1}], jobs=2)
    program = """
import numpy as np
from linreg_lib.experiments import run_pieces
def f(value):
    return {"a": np.array(value)}
run_pieces(f, [{"value": 1}], jobs=2)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stderr.splitlines()[-1].startswith("TypeError: other processes cannot find fn, f,")


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_returned_must_be_arrays(jobs: int, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="'result' is no array"):
        run_pieces(fns.returns_lists, [{"value": 1}], folder=tmp_path, jobs=jobs)
    assert results(tmp_path) == []


def test_a_damaged_or_foreign_file_is_named_and_nothing_is_lost(tmp_path: Path) -> None:
    run_pieces(fns.powers, PIECES, folder=tmp_path)
    one, other, _ = results(tmp_path)
    content = one.read_bytes()
    shutil.copy(other, one)
    with pytest.raises(DataError, match=f"{one.name} holds another run than its name says"):
        run_pieces(fns.powers, PIECES, folder=tmp_path)
    one.write_bytes(content[:-40])
    with pytest.raises(DataError, match=f"{one.name} is not a readable result .*Delete it"):
        run_pieces(fns.powers, PIECES, folder=tmp_path)
    one.unlink()
    assert run_pieces(fns.powers, PIECES, folder=tmp_path).num_reused == 2
    assert len(results(tmp_path)) == 3


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk(jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    write = npz_file.write_npz

    def on_a_small_disk(file: Path, arrays: Any) -> Path:
        if written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(file)
        return write(file, arrays)

    monkeypatch.setattr(npz_file, "write_npz", on_a_small_disk)
    with pytest.raises(RunError, match=r"piece \d .*could not be saved in .*No space left"):
        run_pieces(fns.powers, PIECES, folder=tmp_path, jobs=jobs)
    monkeypatch.undo()
    found = run_pieces(fns.powers, PIECES, folder=tmp_path)
    assert (found.num_reused, found.stacked("result").tolist()) == (1, [25, 8, 9])


def test_what_a_killed_process_left_half_written_goes(tmp_path: Path) -> None:
    old, new = (tmp_path / f".powers-0.npz.{each}.part" for each in ("0a", "1b"))
    for part in (old, new):
        part.touch()
    os.utime(old, (1, 1))
    run_pieces(fns.powers, PIECES, folder=tmp_path)
    assert not old.exists()
    assert new.exists()  # perhaps another run is just writing it


# Checkpoints --------------------------------------------------------------------------------------


def test_a_long_piece_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    pieces = [{"value": 9, "until": 4}, {"value": 3, "until": 99}]
    with pytest.raises(RunError, match="ended abruptly"):
        run_pieces(fns.counts_up, pieces, jobs=2, folder=tmp_path)
    found = run_pieces(fns.counts_up, pieces, jobs=2, folder=tmp_path)
    assert found.stacked("result").tolist() == [9, 3]
    assert found.stacked("begun_at").tolist()[0] == 4
    assert list(tmp_path.glob("*.checkpoint")) == []
    assert len(results(tmp_path)) == 2


def test_a_checkpoint_is_no_part_of_what_a_piece_is(tmp_path: Path) -> None:
    (tmp_path / "m-end").touch()
    piece = {"value": 1, "mark": str(tmp_path / "m")}
    (alone,) = run_pieces(fns.waits_with_checkpoint, [piece])
    assert not alone["has_checkpoint"]
    (saved,) = run_pieces(fns.waits_with_checkpoint, [piece], folder=tmp_path)
    assert saved["has_checkpoint"]
    with pytest.raises(ValueError, match="has a checkpoint"):
        run_pieces(fns.waits_with_checkpoint, [{**piece, "checkpoint": "x"}])


def test_an_old_checkpoint_is_dropped_where_nothing_is_resumed(tmp_path: Path) -> None:
    pieces = [{"value": 9, "until": 4}]
    with pytest.raises(RunError, match="ended abruptly"):
        run_pieces(fns.counts_up, pieces, jobs=2, folder=tmp_path)
    with pytest.raises(RunError, match="ended abruptly"):  # from 0 once more
        run_pieces(fns.counts_up, pieces, jobs=2, folder=tmp_path, resume=False)


@pytest.mark.skipif(sys.platform == "win32", reason="no locks of folders on Windows")
@pytest.mark.parametrize("resume", [True, False])
def test_two_runs_never_share_a_checkpoint(resume: bool, tmp_path: Path) -> None:
    mark = tmp_path / "m"
    arguments: Any = (fns.waits_with_checkpoint, [{"value": 1, "mark": str(mark)}])
    found: list[Any] = []
    first = Thread(target=lambda: found.append(run_pieces(*arguments, folder=tmp_path)))
    first.start()
    fns.wait_until(Path(f"{mark}-begun").exists)
    with pytest.raises(RunError, match="another run is at work on the same piece"):
        run_pieces(*arguments, folder=tmp_path, resume=resume)
    assert len(list(tmp_path.glob("*.checkpoint"))) == 1
    Path(f"{mark}-end").touch()
    first.join()
    assert found[0].num_reused == 0
    assert run_pieces(*arguments, folder=tmp_path).num_reused == 1
    assert list(tmp_path.glob("*.checkpoint")) == []


def test_two_runs_into_one_folder_at_once(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    pieces = [{"value": value, "folder": str(marks)} for value in range(6)]
    found: list[Any] = []

    def run() -> None:
        found.append(run_pieces(fns.logs_process, pieces, jobs=2, folder=tmp_path / "runs"))

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.stacked("result").tolist() for each in found] == [[i / 3 for i in range(6)]] * 2
    assert sorted(p.suffix for p in (tmp_path / "runs").iterdir()) == [".npz"] * 6


# Dask ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    distributed = pytest.importorskip("dask.distributed", reason="dask is not installed")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with (
        distributed.LocalCluster(processes=True, **options) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.wait_for_workers(2, timeout=60)
        yield client


def test_the_three_lines_of_the_readme(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pandas")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```py\n(.*?)```", readme, flags=re.DOTALL)
    assert len(lines.split("\n\n")[1].splitlines()) == 3
    monkeypatch.chdir(tmp_path)
    program = lines.replace('"paper"', '"tiny"')
    known = {client.scheduler.address: client}
    monkeypatch.setattr("dask.distributed.Client", known.__getitem__)
    exec(program, {"lr": lr, "ADDRESS": client.scheduler.address})
    stored = lr.experiments.load_table("qw23-epoch0", "book/results")
    alone = lr.experiments.run_protocol("qw23-epoch0", profile="tiny")
    assert stored.manifest["sha256"] == alone.manifest["sha256"]
    assert len(results(tmp_path / "work")) == 2


def test_a_dask_cluster_that_loses_a_worker(client: Any, tmp_path: Path) -> None:
    cluster = client.get_executor()
    pieces = {}
    for each in ("dask", "processes"):
        (tmp_path / each).mkdir()
        pieces[each] = [{"value": v, "folder": str(tmp_path / each)} for v in range(24)]

    def kill_one() -> None:
        fns.wait_until(lambda: len(list((tmp_path / "dask").iterdir())) >= 4)
        process = int(next((tmp_path / "dask").iterdir()).name.split("-")[1])
        assert process != os.getpid()
        os.kill(process, 9)

    killer = Thread(target=kill_one)
    killer.start()
    with_dask = run_pieces(
        fns.logs_process, pieces["dask"], executor=cluster, folder=tmp_path / "saved"
    )
    killer.join()
    in_processes = run_pieces(fns.logs_process, pieces["processes"], jobs=2)
    assert with_dask.stacked("result").tobytes() == in_processes.stacked("result").tobytes()
    assert len(results(tmp_path / "saved")) == 24
    workers = {each.name.split("-")[1] for each in (tmp_path / "dask").iterdir()}
    assert len(workers) >= 2
    names = dict(zip(("fn", "workers", "retries", "key", "priority", "pure", "self"), range(7)))
    (arrays,) = run_pieces(fns.awkward_keywords, [names], executor=cluster)
    assert arrays["result"].tolist() == list(range(7))
    broken = [{"value": value, "folder": str(tmp_path / "s")} for value in (0, 1)]
    with pytest.raises(RunError, match="StubbornError"):
        run_pieces(fns.raises_stubbornly, broken, executor=cluster, folder=tmp_path / "s")
