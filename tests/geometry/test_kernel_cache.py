"""Compiled kernels on disk: never older than their sources, never in the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytest.importorskip("numba")

import linreg_lib
from linreg_lib.geometry.kernels import kernel_cache

PACKAGE = Path(linreg_lib.__file__).parent
PROBE = """
from linreg_lib.geometry.kernels.jit import inlined, kernel
from linreg_lib.geometry.probe_parts import part

@kernel
def probe(x):
    return part(x)
"""
PARTS = """
from linreg_lib.geometry.kernels.jit import inlined
from linreg_lib.geometry.probe_constants import VALUE

@inlined
def part(x):
    return {factor} * x + VALUE
"""
ASK = "from linreg_lib.geometry.probe import probe; print(probe(1.0), probe.stats.cache_hits)"


class Copy:
    """A copy of the library with a kernel of its own, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.geometry = folder / "linreg_lib" / "geometry"
        for room in ("geometry", "networks"):
            shutil.copytree(
                PACKAGE / room,
                folder / "linreg_lib" / room,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
        for path in PACKAGE.glob("*.py"):
            shutil.copy(path, folder / "linreg_lib")
        self.write("probe", PROBE)
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "LINREG_QUIET")
        }
        self.environment |= {"PYTHONPATH": str(folder), "HOME": str(folder / "home")}

    def write(self, module: str, text: str) -> None:
        (self.geometry / f"{module}.py").write_text(text)

    def write_parts(self, factor: int, value: float) -> None:
        self.write("probe_parts", PARTS.format(factor=factor))
        self.write("probe_constants", f"VALUE = {value}\n")

    def run(self, code: str = ASK) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )

    def folders(self) -> set[Path]:
        return set((self.geometry / "__pycache__").glob("kernels-*"))


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    copy = Copy(tmp_path)
    copy.write_parts(factor=1, value=10.0)
    return copy


def answer(run: subprocess.CompletedProcess[str]) -> tuple[float, bool]:
    value, hits = run.stdout.split(maxsplit=1)
    return float(value), hits.strip() not in ("Counter()", "{}")


def test_a_constant_or_a_helper_of_another_file_counts(copy: Copy) -> None:
    assert answer(copy.run()) == (11.0, False)
    assert answer(copy.run()) == (11.0, True)  # the cache is used at all
    copy.write_parts(factor=1, value=20.0)
    assert answer(copy.run()) == (21.0, False)
    copy.write_parts(factor=3, value=20.0)
    assert answer(copy.run()) == (23.0, False)
    copy.write_parts(factor=1, value=10.0)
    assert answer(copy.run()) == (11.0, True)  # what was there before is still right


def test_every_module_with_kernels_and_what_it_imports_takes_part() -> None:
    sources = {path.stem for path in kernel_cache.kernel_sources()}
    assert sources >= {
        "bits", "cutting_kernels", "face_kernels", "float_constants", "jit", "kernel_state",
        "layer_kernels", "line_kernels", "margins", "straddling", "vertex_rows",
        "exponentials", "step_kernels", "vectors",
    }  # fmt: skip
    # Not the whole engine: a change of that should not compile everything anew.
    assert not sources & {"polyhedral_complex", "domain", "subdivide", "float_sign_bounds"}
    assert not sources & {"compiled_lane", "train_lanes", "training_plan"}


def test_few_old_folders_are_kept(copy: Copy) -> None:
    old = copy.geometry / "__pycache__"
    for value in range(6):
        copy.write_parts(factor=1, value=float(value))
        assert answer(copy.run())[0] == 1.0 + value
        if value == 0:
            (old / "skeleton_kernels.cut_layer-1.py311.nbi").write_bytes(b"")
    assert len(copy.folders()) == 4
    assert not list(old.glob("*.nb*"))


def unwritable(copy: Copy) -> None:
    """No folder can be made below a file, whoever asks."""
    (copy.geometry / "__pycache__").write_text("")
    (copy.folder / "home").write_text("")


def test_without_any_folder_kernels_are_compiled_with_a_word(copy: Copy) -> None:
    unwritable(copy)
    copy.environment["NUMBA_CACHE_DIR"] = str(copy.folder / "home" / "cache")
    run = copy.run()
    assert answer(run) == (11.0, False)
    assert run.stderr.count("RuntimeWarning") == 1
    assert "NUMBA_CACHE_DIR" in run.stderr


def test_the_named_folder_comes_first_and_the_users_own_last(copy: Copy) -> None:
    copy.environment["NUMBA_CACHE_DIR"] = str(copy.folder / "named")
    assert answer(copy.run()) == (11.0, False)
    assert list((copy.folder / "named").glob("kernels-*/*/*.nbi"))
    assert not copy.folders()
    del copy.environment["NUMBA_CACHE_DIR"]
    shutil.rmtree(copy.geometry / "__pycache__", ignore_errors=True)
    (copy.geometry / "__pycache__").write_text("")
    copy.environment["XDG_CACHE_HOME"] = str(copy.folder / "user")
    if sys.platform == "linux":
        run = copy.run()
        assert answer(run) == (11.0, False)
        assert "Warning" not in run.stderr
        assert list((copy.folder / "user" / "linreg_lib").glob("kernels-*/*/*.nbi"))


def test_damaged_files_are_no_crash(copy: Copy) -> None:
    copy.run()
    for path in copy.geometry.glob("__pycache__/kernels-*/*/*.nb*"):
        path.write_bytes(b"")
    assert answer(copy.run()) == (11.0, False)
    assert answer(copy.run()) == (11.0, True)  # mended


def test_a_full_disk_is_no_crash(copy: Copy) -> None:
    run = copy.run(
        """
        import linreg_lib.geometry.kernels.jit as jit, numba.core.caching as caching
        def full(self, path):
            raise OSError(28, "No space left on device")
        caching.IndexDataCacheFile._open_for_write = full
        from linreg_lib.geometry.probe import probe
        print(probe(1.0), probe.stats.cache_hits)
        """
    )
    assert answer(run) == (11.0, False)
    assert run.stderr.count("RuntimeWarning") == 1


def test_code_for_another_signature_is_not_run(copy: Copy) -> None:
    """As two processes leave it that store two signatures of a kernel at once."""
    copy.run("from linreg_lib.geometry.probe import probe; probe(1.0); probe(1)")
    (folder,) = copy.geometry.glob("__pycache__/kernels-*/*")
    first, second = sorted(folder.glob("probe.probe*.nbc"))
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    run = copy.run("from linreg_lib.geometry.probe import probe; print(probe(7), probe(0.5))")
    assert run.stdout.split() == ["17.0", "10.5"]


def test_many_processes_at_once(copy: Copy) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ASK],
            env=copy.environment,
            cwd=copy.folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    outputs = [process.communicate()[0] for process in processes]
    assert [float(output.split()[0]) for output in outputs] == [11.0] * 4
    assert answer(copy.run()) == (11.0, True)


def test_an_option_that_numba_gave_up_is_left_out(copy: Copy) -> None:
    run = copy.run(
        "from numba.core import cpu\n"
        "class Fewer: pass\n"
        "cpu.CPUTargetOptions, kept = Fewer, cpu.CPUTargetOptions\n"
        "import linreg_lib.geometry.kernels.jit as jit\n"
        "cpu.CPUTargetOptions = kept\n"
        "assert '_nrt' not in jit._uncounted\n" + ASK
    )
    assert answer(run) == (11.0, False)
    assert "slower" in run.stderr


QUIET = "compiling kernels (once"


def test_the_first_compilation_is_told_to_whoever_watches(copy: Copy) -> None:
    pty = pytest.importorskip("pty")
    run = copy.run()
    assert QUIET not in run.stderr + run.stdout  # a pipeline

    def watched() -> str:
        main, other = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", ASK],
            env=copy.environment,
            cwd=copy.folder,
            stdout=subprocess.PIPE,
            stderr=other,
        )
        process.communicate()
        os.close(other)
        try:
            return os.read(main, 10_000).decode()
        except OSError:  # nothing was written
            return ""
        finally:
            os.close(main)

    assert QUIET not in watched()  # nothing to compile
    copy.write_parts(factor=1, value=20.0)
    assert watched().count(QUIET) == 1
    copy.write_parts(factor=1, value=30.0)
    copy.environment["LINREG_QUIET"] = "1"
    assert QUIET not in watched()
    copy.write_parts(factor=1, value=40.0)
    run = copy.run("import logging; logging.basicConfig(level='INFO')\n" + ASK)
    assert run.stderr.count(QUIET) == 1
