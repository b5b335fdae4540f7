"""The program of the benchmarks, and the results that are kept with the book."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import linreg_lib as lr
from benchmarks.__main__ import main
from benchmarks.forward import OnDomain, OnLines, Passes, last_hidden, relus
from benchmarks.measure import measure
from benchmarks.needs import Cores, DataFile, Package
from benchmarks.processes import PROCESSES
from benchmarks.ratios import POWERS, other_units
from benchmarks.record import described
from benchmarks.residual_cnn import residual_cnn
from benchmarks.rows import ROWS
from benchmarks.snapshots import training_snapshots
from benchmarks.tasks import COLUMNS, Lines, Subdivisions
from benchmarks.trained_deep import smooth_function, trained_deep_network
from benchmarks.trained_files import ACAS_1_1, ACAS_3_3, he_slice, trained_slice
from benchmarks.workloads import FAMILIES, WORKLOADS
from linreg_book.pages.benchmark_results import load_benchmarks
from linreg_lib.networks import Normal
from tests.damaged_npz import in_time
from tests.project.lock_file import ROOT

RESULTS = ROOT / "book" / "results" / "benchmarks.json"


def test_kept_results_are_of_these_workloads() -> None:
    rows = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"]
    assert list(rows) == [*ROWS]
    for name, row in rows.items():
        told = json.loads(json.dumps(described(name)))
        assert {key: row.get(key) for key in told} == told, name


def test_whatever_falls_short_says_why() -> None:
    results = load_benchmarks(RESULTS, ROOT / "benchmarks" / "reasons.yml")
    assert results is not None
    assert results.judged()
    assert results.unexplained() == []


def test_families_name_rows() -> None:
    assert {row for family in FAMILIES.values() for row in family.rows} <= set(WORKLOADS)


def test_a_measurement_holds_what_the_page_reads() -> None:
    row = measure("set-up")
    assert row["num_regions"] == 2
    samples = [row["pass_seconds"], row["pass_in_place_seconds"], *row["seconds"].values()]
    assert all(len(values) == 5 and 0 < min(values) for values in samples)
    counted, patterns, lattice = (min(row["seconds"][column]) for column in COLUMNS)
    assert counted < patterns < lattice < min(row["pass_seconds"])
    assert set(row["peak_bytes"]) == set(COLUMNS)


def test_rows_are_kept_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = {"source_digest": "of now", "processor": "one", "versions": {"python": "3"}}
    measured: list[str] = []

    def fake(name: str) -> dict[str, Any]:
        if name == "plane":
            raise subprocess.CalledProcessError(1, "measure", stderr="no memory")
        measured.append(name)
        return {"seconds": {"count": [float(len(measured))]}, "made": dict(now)}

    for name, value in now.items():
        caller = {"source_digest": "engine_digest"}.get(name, name)
        monkeypatch.setattr(f"benchmarks.__main__.{caller}", lambda value=value: value)
    monkeypatch.setattr("benchmarks.__main__._measured", fake)
    path = tmp_path / "results" / "benchmarks.json"
    arguments = ["--out", str(path), "--only", "square", "plane", "cube"]
    assert main(arguments) == 1
    assert list(json.loads(path.read_text())["rows"]) == ["square", "cube"]
    assert main([*arguments[:-3], "square", "cube", "--resume"]) == 0
    assert measured == ["square", "cube"]
    now["source_digest"] = "of later"
    monkeypatch.setattr("benchmarks.__main__.engine_digest", lambda: "of later")
    assert main([*arguments[:-3], "square", "--resume"]) == 0
    rows = json.loads(path.read_text())["rows"]
    assert measured == ["square", "cube", "square"]
    assert [rows[name]["seconds"]["count"] for name in ("square", "cube")] == [[3.0], [2.0]]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A copy of the committed table."""
    path = tmp_path / "benchmarks.json"
    path.write_bytes(RESULTS.read_bytes())
    return path


def test_an_interrupted_run_keeps_the_table_whole(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `make bench` is called, without a word of resuming."""
    before = json.loads(kept.read_text())["rows"]
    first, second, *_ = ROWS

    def fake(name: str) -> dict[str, Any]:
        if name == second:
            raise KeyboardInterrupt
        return {key: before[name][key] for key in before[name] if key not in described(name)} | {
            "num_regions": 7
        }

    monkeypatch.setattr("benchmarks.__main__._measured", fake)
    assert main(["--out", str(kept)]) == 130
    after = json.loads(kept.read_text())["rows"]
    assert list(after) == list(before)
    assert after[first]["num_regions"] == 7
    assert {name: after[name] for name in after if name != first} == {
        name: before[name] for name in before if name != first
    }
    assert "bench: interrupted; 1 of" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"rows": null}', '{"rows": {"a": 1}}'])
def test_a_file_that_holds_no_table_is_left_alone(
    kept: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kept.write_text(text)
    assert main(["--out", str(kept)]) == 1
    assert "is not a file of results" in capsys.readouterr().err
    assert kept.read_text() == text


@pytest.mark.parametrize("name", ["pipe", os.devnull, "x" * 5000])
def test_what_is_no_file_is_not_read(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with in_time():
        assert main(["--out", str(tmp_path / name), "--only", "square"]) == 1
    said = capsys.readouterr().err
    assert "is not a file of results" in said
    assert "not a regular file" in said or "too long" in said


def test_a_table_that_cannot_be_written_stays(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = kept.read_bytes()
    row = json.loads(before)["rows"]["square"]
    monkeypatch.setattr("benchmarks.__main__._measured", lambda name: dict(row))
    monkeypatch.setattr("os.fsync", full)
    assert main(["--out", str(kept), "--only", "square"]) == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert str(kept) in told
    assert "No space left" in told
    assert kept.read_bytes() == before
    assert list(kept.parent.iterdir()) == [kept]


def without_the_trained_files(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.delenv("LINREG_DATA", raising=False)
    monkeypatch.setenv("LINREG_CACHE", str(folder))


def test_a_row_whose_file_is_missing_stays_with_a_word(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record = json.loads(kept.read_text())
    record["rows"]["acas-1-1"] = described("acas-1-1") | {"num_regions": 7, "made": {}}
    del record["rows"]["acas-3-3"]
    kept.write_text(json.dumps(record))
    monkeypatch.setattr("benchmarks.__main__._measured", lambda name: {"made": {}})
    without_the_trained_files(monkeypatch, tmp_path)
    assert main(["--out", str(kept)]) == 0
    said = capsys.readouterr().out
    assert "is left out, and stays as it was: ACASXU_run2a_1_1_batch_2000.nnet" in said
    after = json.loads(kept.read_text())["rows"]
    assert after["acas-1-1"] == record["rows"]["acas-1-1"]
    assert "acas-3-3" not in after


def test_a_row_that_is_named_and_cannot_be_measured_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_the_trained_files(monkeypatch, tmp_path)
    assert main(["--only", "decision-ratio"]) == 1
    said = capsys.readouterr().err
    assert str(tmp_path / "acas" / ACAS_1_1.name) in said
    assert "LINREG_DATA" in said


def test_needs_say_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_the_trained_files(monkeypatch, tmp_path)
    sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # of no bytes
    empty = DataFile(folder="some", name="empty", sha256=sha256)
    assert "was looked for at" in str(empty.lack())
    empty.path.parent.mkdir()
    empty.path.write_bytes(b"")
    assert empty.lack() is None
    empty.path.write_bytes(b"1")
    assert "is another file" in str(empty.lack())
    assert Package(name="numpy").lack() is None
    assert "no_such_package is not installed" in str(Package(name="no_such_package").lack())
    assert Cores(number=1).lack() is None
    monkeypatch.setattr("benchmarks.needs.num_cores", lambda: 1)
    assert Cores(number=2).lack() == "2 cores are needed, 1 is here"


def test_unknown_names_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "no-such-workload"])
    assert "no-such-workload" in capsys.readouterr().err


@pytest.mark.parametrize("block", [None, 7])
def test_both_passes_are_the_network(block: int | None) -> None:
    rng = np.random.default_rng(3)
    net = lr.Network.random([4, 6, 5, 2], biases=0.3, rng=rng)
    plane = lr.Plane.through(*rng.random((3, 4)))
    vertices = rng.normal(size=(30, 2))
    first = OnDomain(net, plane, vertices)
    expected = np.maximum(net.pre_activations(plane.embed(vertices))[1], 0)
    np.testing.assert_allclose(
        last_hidden(net, first, slice(0, 30), relus(net)), expected, atol=1e-12
    )
    passes = Passes([(net, first)], block)
    tail = slice(0, 30) if block is None else slice(28, 30)
    np.testing.assert_allclose(passes.in_place(), expected[tail], atol=1e-12)


def test_passes_hand_on_what_units_carry() -> None:
    pytest.importorskip("torch")
    net, plane = residual_cnn(pixels=4, channels=2)
    assert net.max_units
    assert len({activation.num_breakpoints for activation in net.activations}) == 1
    vertices = np.random.default_rng(3).normal(size=(30, 2))
    hidden = net.activations[-1](net.pre_activations(plane.embed(vertices))[net.depth - 1])
    first = OnDomain(net, plane, vertices)
    np.testing.assert_allclose(
        last_hidden(net, first, slice(0, 30), relus(net)), hidden, atol=1e-12
    )
    np.testing.assert_allclose(Passes([(net, first)]).in_place(), hidden, atol=1e-12)


def test_passes_are_of_relus_alone() -> None:
    net = lr.Network.random([2, 3, 1], activation="leaky_relu", rng=np.random.default_rng(1))
    with pytest.raises(ValueError, match="a pass is of layers of ReLUs"):
        Passes([(net, OnDomain(net, lr.Box(-1, 1, dim=2), np.zeros((1, 2))))])


@pytest.mark.parametrize("way", ["plain", "in_place"])
def test_a_pass_is_arithmetic_alone(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finding out which units are ReLUs took longer than the pass itself, for small tasks."""
    net = lr.Network.random([2, 50, 50, 2], rng=np.random.default_rng(1))
    passes = Passes([(net, OnDomain(net, lr.Box(-1, 1, dim=2), np.zeros((400, 2))))])

    def asked(*_: object) -> None:
        raise AssertionError("a pass asks for a unit's activation")

    monkeypatch.setattr("benchmarks.forward.relus", asked)
    monkeypatch.setattr(type(net.activations[0]), "unit", asked)
    getattr(passes, way)()


def test_passes_on_lines_are_the_network() -> None:
    rng = np.random.default_rng(4)
    net = lr.Network.random([5, 6, 4, 1], biases=0.2, rng=rng)
    segments = [lr.Segment(*rng.normal(size=(2, 5))) for _ in range(3)]
    line, place = np.array([0, 0, 1, 2, 2]), rng.random(5)
    points = np.concatenate(
        [segments[i].embed(np.array([[t]])) for i, t in zip(line, place, strict=True)]
    )
    expected = np.maximum(net.pre_activations(points)[1], 0)
    first = OnLines(net, segments, line, place)
    np.testing.assert_allclose(
        last_hidden(net, first, slice(0, 5), relus(net)), expected, atol=1e-12
    )
    np.testing.assert_allclose(Passes([(net, first)]).in_place(), expected, atol=1e-12)


def test_snapshots_learn() -> None:
    nets = training_snapshots(20)
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, size=(500, 2))
    wanted = np.sin(4 * points[:, 0]) * np.cos(3 * points[:, 1])
    losses = [float(np.mean((net(points)[:, 0] - wanted) ** 2)) for net in nets]
    assert losses[-1] < 0.7 * losses[0]
    assert not np.array_equal(nets[0].weights[0], nets[1].weights[0])


def test_the_deep_network_learns_and_is_the_same_each_time() -> None:
    net = trained_deep_network(300)
    assert net == trained_deep_network(300)
    assert [net.input_dim, *net.hidden_widths, net.output_dim] == [3, *[32] * 8, 1]
    points = np.random.default_rng(0).uniform(-1, 1, size=(1000, 3))
    wanted = smooth_function(points)
    assert np.mean((net(points)[:, 0] - wanted) ** 2) < 0.5 * np.var(wanted)


def test_small_tasks_need_the_kernels_of_the_large_ones() -> None:
    pytest.importorskip("numba")
    rows = {id(each.small): each for each in WORKLOADS.values() if each.name != "set-up"}
    for name, workload in ((each.name, each) for each in rows.values()):
        if workload.group == "reference" or workload.lack():
            continue
        task = workload.small()
        if isinstance(task, Subdivisions):
            (cx,) = (list(run())[0] for run in task.runs())
            assert cx.certificate.compiled, name
        else:
            assert isinstance(task, Lines)
            assert len(task.starts) * task._net.num_hidden > 1000


def test_other_units_make_the_same_function() -> None:
    sides = other_units()
    first, second = sides.below(), sides.above(None)
    assert second.domain.high.tolist() == [2.0 ** -POWERS[0], 2.0 ** -POWERS[1]]
    assert sides.check() == first.num_regions
    points = np.random.default_rng(1).uniform(-1, 1, size=(50, 2))
    scaled = points * second.domain.high
    np.testing.assert_array_equal(first.network(points), second.network(scaled))


def test_a_random_network_on_the_slice_leaves_nothing_in_doubt() -> None:
    net, domain = he_slice()
    assert lr.subdivide(net, domain).certificate.num_doubtful_vertices == 0
    for file in (ACAS_1_1, ACAS_3_3):
        if file.lack() is None:
            trained, same = trained_slice(file)
            assert trained.hidden_widths == net.hidden_widths
            np.testing.assert_allclose([same.low, same.high], [domain.low, domain.high], atol=1e-9)
            assert same.origin.tolist() == domain.origin.tolist() == [0, 0, 0, 0.3, 0.1]


def test_processes_are_timed_with_an_empty_folder() -> None:
    assert min(PROCESSES["first-tiny"].measured()["process_seconds"]) > 0.01


def test_workloads_are_what_their_titles_say() -> None:
    for name in ("square", "small-square", "cube", "xavier", "five", "plane", "lines", "no-biases"):
        widths = [int(n) for n in WORKLOADS[name].title.split()[0].split("-")]
        task = WORKLOADS[name].prepare()
        net = task._net if isinstance(task, Lines) else task.pairs[0][0]
        assert [net.input_dim, *net.hidden_widths, net.output_dim] == widths
    ((net, box),) = WORKLOADS["xavier"].prepare().pairs
    assert all((bias == 0.01).all() for bias in net.biases)
    for weight in net.weights:
        largest, limit = np.abs(weight).max(), np.sqrt(6 / sum(weight.shape))
        assert 0.9 * limit < largest <= limit or weight.shape[0] == 1
    assert box.low.tolist() == [-1, -1, -1]
    assert box.high.tolist() == [1, 1, 1]


def test_the_plane_is_the_square_round_the_circumcircle() -> None:
    ((net, plane),) = WORKLOADS["plane"].prepare().pairs
    rng = np.random.default_rng(1)
    again = lr.Network.random([784, 64, 64, 64, 10], biases=Normal(1e-3), rng=rng)
    assert np.array_equal(net.weights[0], again.weights[0])
    corners = rng.random((3, 784))
    radii = np.linalg.norm(corners - plane.origin, axis=1)
    np.testing.assert_allclose(1.2 * radii, plane.half_width)
    off = (corners - plane.origin) - (corners - plane.origin) @ plane.basis.T @ plane.basis
    assert np.abs(off).max() < 1e-9


def test_lines_pass_through_the_origin() -> None:
    task = WORKLOADS["lines"].prepare()
    assert isinstance(task, Lines)
    np.testing.assert_allclose(np.linalg.norm(task.starts, axis=1), 28)
    np.testing.assert_array_equal(task.starts, -task.ends)
    assert len(task.starts) == 100
