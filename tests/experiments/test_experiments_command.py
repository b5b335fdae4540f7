"""The command: what it says, how it ends, and that nothing finished is lost, however it ends."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("pandas")

from linreg_lib.experiments import __main__ as command
from linreg_lib.experiments import load_table, run_protocol, save_table
from tests.experiments.piece_functions import wait_until
from tests.project.lock_file import ROOT

#: sixteen pieces of a fraction of a second each
NUM_SEEDS = 200
RUN = ["qw23-epoch0", "--profile", "tiny", "--set", f"num_seeds={NUM_SEEDS}"]
linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc who is alive")


def begun(arguments: Sequence[object]) -> subprocess.Popen[str]:
    """The command, leader of a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "linreg_lib.experiments", *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def alive(group: int) -> list[int]:
    """Processes of a group that still run; those that nobody has asked for their end do not."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, of_group = (folder / "stat").read_text().rpartition(") ")[2].split()[:3]
        except OSError:
            continue
        if int(of_group) == group and state not in "ZX":
            found.append(int(folder.name))
    return found


def num_pieces(folder: Path) -> int:
    return len(list(folder.glob("*.npz")))


def wait_for_pieces(process: subprocess.Popen[str], folder: Path, num: int) -> None:
    wait_until(lambda: num_pieces(folder) >= num or process.poll() is not None)


def wait_for_the_end(process: subprocess.Popen[str]) -> None:
    """Of all that the command began."""
    wait_until(lambda: not alive(process.pid))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The table of RUN, in this process, from beginning to end."""
    run = run_protocol("qw23-epoch0", profile="tiny", parameters={"num_seeds": NUM_SEEDS})
    return save_table(run, tmp_path_factory.mktemp("undisturbed")).read_bytes()


@linux
def test_killed_again_and_again_it_gives_the_same_table(undisturbed: bytes, tmp_path: Path) -> None:
    work, out = tmp_path / "work", tmp_path / "out"
    arguments = [*RUN, "--jobs", 2, "--work", work, "--out", out]
    draw = random.Random(0)
    kept = [0]
    for _ in range(4):
        process = begun(arguments)
        # some pieces further on, at whatever a piece or its file is then
        wait_for_pieces(process, work, min(kept[-1] + draw.randrange(1, 5), 15))
        time.sleep(draw.uniform(0, 0.2))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        wait_for_the_end(process)  # the workers end by themselves, and let go of the pipes
        process.communicate()
        kept.append(num_pieces(work))
    assert kept == sorted(kept)
    assert kept[-1] > 0
    last = begun(arguments)
    said, errors = last.communicate()
    assert last.returncode == 0, errors
    assert f"({kept[-1]} were kept)" in said
    assert (out / "qw23-epoch0.csv").read_bytes() == undisturbed
    manifest = load_table("qw23-epoch0", out).manifest
    assert manifest["num_pieces"] == 16
    assert manifest["cpu_hours"] > 0


@linux
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
def test_an_interruption_keeps_what_is_done_and_says_how_to_go_on(
    number: signal.Signals, status: int, undisturbed: bytes, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    arguments = [*RUN, "--jobs", 2, "--work", work, "--out", tmp_path]
    process = begun(arguments)
    wait_for_pieces(process, work, 2)
    # the terminal's Ctrl-C goes to the whole group
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == status
    assert "Traceback" not in errors
    assert f"interrupted. What is finished is kept in {work}; the same command goes on" in errors
    wait_for_the_end(process)
    kept = num_pieces(work)
    again = begun(arguments)
    said, errors = again.communicate(timeout=120)
    assert again.returncode == 0, errors
    assert f"({kept} were kept)" in said
    assert (tmp_path / "qw23-epoch0.csv").read_bytes() == undisturbed


TINY = ["qw23-epoch0", "--profile", "tiny", "--set", "num_seeds=1", "--set", "inits=torch"]


def test_it_stores_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [*TINY, "--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    assert command.main(arguments) == 0
    said, told = capsys.readouterr()
    assert "1 rows of 1 pieces (0 were kept)" in said
    assert f"stored as {tmp_path / 'out' / 'qw23-epoch0.csv'}" in said
    assert f"pieces are kept in {tmp_path / 'work'}" in told
    assert load_table("qw23-epoch0", tmp_path / "out").table["num_regions"].tolist() == [213]
    assert command.main(arguments) == 0
    assert "(1 were kept)" in capsys.readouterr().out
    assert command.main([*arguments, "--no-resume"]) == 0
    assert "(0 were kept)" in capsys.readouterr().out


def test_pieces_lie_in_the_cache_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINREG_CACHE", str(tmp_path))
    assert command.main(TINY) == 0
    assert num_pieces(tmp_path / "experiments" / "qw23-epoch0") == 1
    said = capsys.readouterr().out
    assert "not stored: --out FOLDER does that" in said
    assert "213" in said


def test_the_list_says_what_each_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["list"]) == 0
    said = capsys.readouterr().out
    assert "qw23-epoch0: Regions of untrained networks" in said
    assert "CPU time on one core: tiny a second, quick " in said
    assert "--set widths=..." in said


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "required: NAME"),
        (["qw23-nothing"], "the protocols are .*qw23-epoch0"),
        (["qw23-epoch0", "--profile", "huge"], "invalid choice"),
        (["qw23-epoch0", "--jobs", "0"], "invalid number of processes"),
        (["qw23-epoch0", "--jobs", "two"], "invalid number of processes"),
        (["qw23-epoch0", "--set", "num_seeds"], "write NAME=VALUE"),
        (["qw23-epoch0", "--set", "num_seeds=2.5"], "num_seeds is '2.5'; it must be an integer"),
        (["qw23-epoch0", "--set", "num_seeds=0"], "num_seeds is 0; it must be at least 1"),
        (["qw23-epoch0", "--set", "inits=he,hee"], r"inits\[1\] is 'hee'; known are torch, he,"),
        (["qw23-epoch0", "--set", "seeds=3"], "knows inits, widths, num_seeds"),
        (["qw23-epoch0", "--set", "num_seeds=1", "--set", "num_seeds=2"], "given twice"),
        (["all", "--set", "num_seeds=2"], "--set is for one protocol"),
    ],
)
def test_wrong_arguments_end_with_2(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert re.search(reason, last), last


@pytest.mark.parametrize("option", ["--out", "--work"])
def test_a_folder_that_cannot_be_is_a_sentence_before_the_work(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.touch()
    work = [] if option == "--work" else ["--work", str(tmp_path / "work")]
    assert command.main([*TINY, *work, option, str(file / "below")]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("error: ")
    assert f"{file / 'below'}" in last
    assert not list(tmp_path.rglob("*.npz"))


def test_a_damaged_piece_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [*TINY, "--work", str(tmp_path)]
    assert command.main(arguments) == 0
    (piece,) = tmp_path.glob("*.npz")
    piece.write_bytes(b"nothing")
    assert command.main(arguments) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(f"error: {piece} is not a readable result")


def test_all_protocols_are_run_and_their_time_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.experiments.toy_protocol import TOY

    monkeypatch.setattr(command, "protocols", lambda: {"a": TOY, "b": TOY})
    arguments = ["all", "--profile", "paper", "--work", str(tmp_path), "--out", str(tmp_path)]
    assert command.main(arguments) == 0
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "2 protocols: about 2 seconds with one process if nothing is kept yet"
    assert load_table("qw23-toy", tmp_path).manifest["profile"] == "paper"
