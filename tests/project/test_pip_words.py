"""When pip fails, one sentence says of what."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.project.lock_file import PROJECTS, ROOT
from tests.project.test_make import FAKE_PYTHON

# What pip 23 to 26 write; `pin` of Debian 12, where this was met.
WALL = "\n".join(
    f"WARNING: Location 'file:///nowhere/{i}/' is ignored: it is either a non-existing path or "
    "lacks a specific scheme."
    for i in range(50)
)
NOT_FOUND = """\
ERROR: Could not find a version that satisfies the requirement {} (from versions: {})
ERROR: No matching distribution found for {}"""
RETRY = (
    "WARNING: Retrying (Retry(total={}, connect=None, read=None, redirect=None, status=None)) "
    "after connection broken by 'NewConnectionError('<pip._vendor.urllib3.HTTPSConnection "
    "object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused')': "
    "/simple/alabaster/"
)
WORDS = {
    "pin for another Python": (
        "ERROR: Ignored the following versions that require a different python version: 4.1 "
        "Requires-Python >=3.11.5; 4.1.1 Requires-Python >=3.11.5; 4.1.2 Requires-Python >=3.11.5; "
        "4.1.3 Requires-Python >=3.12\n"
        + NOT_FOUND.format("soupsieve==4.1.2", "2.9, 2.10", "soupsieve==4.1.2"),
        "pins soupsieve==4.1.2, which wants Python >=3.11.5",
    ),
    "pin without a build": (
        NOT_FOUND.format("numpy==9.9.9", "2.4.5, 2.4.6", "numpy==9.9.9"),
        "pins numpy==9.9.9, and no package index has that for this Python and machine",
    ),
    "pin after a short silence of the network": (
        RETRY.format(4) + "\n" + NOT_FOUND.format("numpy==9.9.9", "2.4.6", "numpy==9.9.9"),
        "pins numpy==9.9.9",
    ),
    "no network": (
        "\n".join(RETRY.format(n) for n in range(4, -1, -1))
        + "\n"
        + NOT_FOUND.format("alabaster==0.7.16", "none", "alabaster==0.7.16"),
        "there is no network, or the package index does not answer",
    ),
    "network lost on the way": (
        "    raise ReadTimeoutError(self._pool, None, 'Read timed out.')\n"
        "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool: Read timed out.",
        "there is no network, or the package index does not answer",
    ),
    "nothing found at all": (
        NOT_FOUND.format("alabaster==0.7.16", "none", "alabaster==0.7.16"),
        "has alabaster==0.7.16 in any version, or none could be reached",
    ),
    "no ssl": (
        "WARNING: pip is configured with locations that require TLS/SSL, however the ssl module in "
        "Python is not available.\n"
        + NOT_FOUND.format("alabaster==0.7.16", "none", "alabaster==0.7.16"),
        "this Python has no ssl",
    ),
    "certificate": (
        "Could not fetch URL: There was a problem confirming the ssl certificate: [SSL: "
        "CERTIFICATE_VERIFY_FAILED] certificate verify failed\n"
        + NOT_FOUND.format("alabaster==0.7.16", "none", "alabaster==0.7.16"),
        "certificate of the package index was not accepted",
    ),
    "full disk": (
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "the disk is full",
    ),
    "permission": (
        "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: 'x'",
        "Permission denied: 'x'",
    ),
    "contradiction": (
        "The conflict is caused by:\n    The user requested torch==2.13.0\n"
        "    The user requested (constraint) torch<2\nERROR: ResolutionImpossible: for help visit",
        "contradict each other or your pip's constraints",
    ),
    "something else": ("Traceback\nERROR: the moon is full", "pip's last words:"),
}


def _python(folder: Path, *, venv: str, pip: str) -> Path:
    path = folder / "python"
    path.write_text(
        FAKE_PYTHON.format(folder=folder, version="3.11", lacks="nothing", venv=venv, pip=pip)
    )
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    (folder / ".ci").mkdir(parents=True)
    (folder / "book" / "tools").mkdir(parents=True)
    for name in ("environment", "pythons.sh", "pip_words.sh"):
        (folder / ".ci" / name).write_bytes((ROOT / ".ci" / name).read_bytes())
        (folder / ".ci" / name).chmod(0o755)
    for name in ("requirements.lock", *PROJECTS):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


def _environment(checkout: Path, **parts: str) -> subprocess.CompletedProcess[str]:
    python = _python(checkout.parent, **{"venv": ":", "pip": ":", **parts})
    return subprocess.run(
        [".ci/environment", str(python)], cwd=checkout, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("case", WORDS)
def test_the_cause_is_said(checkout: Path, case: str) -> None:
    words, told = WORDS[case]
    said = checkout.parent / "said"
    said.write_text(f"{WALL}\n{words}\n{WALL}\n")
    process = _environment(checkout, pip=f"cat {said} >&2; exit 1")
    assert process.returncode == 1
    lines = [line for line in process.stderr.splitlines() if line.startswith("make: ")]
    assert len(lines) == 1
    assert told in process.stderr
    assert "make again goes on from here" in lines[0]
    assert "is ignored" not in process.stderr
    assert len(process.stderr.splitlines()) <= 7


def test_the_last_words_are_short(checkout: Path) -> None:
    pip = "for i in 1 2 3 4 5 6 7 8 9; do echo 'ERROR: '$i $(seq 1000) >&2; done; exit 2"
    process = _environment(checkout, pip=pip)
    assert max(map(len, process.stderr.splitlines())) <= 200
    assert process.stderr.splitlines()[-1].startswith("ERROR: 9 1 2")


def test_retries_are_heard_while_pip_works(checkout: Path) -> None:
    process = _environment(checkout, pip=f'echo "{RETRY.format(4)}" >&2')
    assert process.returncode == 0
    assert process.stderr.startswith("environment: WARNING: Retrying")


def test_a_full_disk_while_the_folder_is_made(checkout: Path) -> None:
    venv = "echo 'OSError: [Errno 28] No space left on device' >&2; exit 1"
    process = _environment(checkout, venv=venv)
    assert process.returncode == 1
    assert "could not create .venv: the disk is full" in process.stderr
    assert _environment(checkout).returncode == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else(checkout: Path) -> None:
    checkout.chmod(0o555)
    process = _environment(checkout)
    checkout.chmod(0o755)
    assert f"cannot write into {checkout}" in process.stderr


@pytest.mark.parametrize("part", ["venv", "pip"])
def test_an_interrupt_ends_in_a_sentence(checkout: Path, part: str) -> None:
    """As the terminal does it: the signal goes to everyone; Python answers with its traceback."""
    busy = (
        "trap 'echo Traceback: KeyboardInterrupt >&2; exit 1' INT; : >\"$here/busy\"; "
        "while :; do sleep 0.1; done"
    )
    python = _python(checkout.parent, **{"venv": ":", "pip": ":", part: busy})
    process = subprocess.Popen(
        [".ci/environment", str(python)],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever runs these tests in the background ignores it, and so would the child.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not (checkout.parent / "busy").exists() and process.poll() is None:
        pass
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told.strip() == "make: interrupted while .venv was made; make again begins it anew"
    again = _environment(checkout)
    assert again.returncode == 0, again.stderr
    assert "creating .venv" in again.stdout
