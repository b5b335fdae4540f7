"""Damaged, foreign and deceiving files of runs and of images: one sentence, and little memory."""

from __future__ import annotations

import gzip
import inspect
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linreg_lib.errors import DataError
from linreg_lib.experiments import load_run, run_many, save_run
from linreg_lib.experiments.data.idx import parse_idx
from linreg_lib.experiments.data.verified_file import read_verified
from linreg_lib.experiments.engine_checks.census import load_census
from linreg_lib.experiments.engine_checks.fuzz import load_fuzz
from tests.damaged_npz import DAMAGES, MEGABYTE, in_time, little_memory, members, npy_bytes, rewrite
from tests.experiments import run_functions as fns
from tests.experiments.small_run import small_run


@pytest.fixture(params=["a training run", "a result"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Callable[[], Any], str]:
    """A file, how it is read, and the name of one of its arrays."""
    if request.param == "a training run":
        file = save_run(small_run(), tmp_path / "run.npz")
        return file, lambda: load_run(file), "weight_1_0"
    run_many(fns.squares, [1], folder=tmp_path)
    (file,) = tmp_path.glob("*.npz")
    return file, lambda: run_many(fns.squares, [1], folder=tmp_path), "value"


def refusal(file: Path, read: Callable[[], Any]) -> str:
    with little_memory(), pytest.raises(DataError) as caught:
        read()
    said = str(caught.value)
    assert said.startswith(f"{file} ")
    assert "\n" not in said
    assert len(said) < 700
    return said


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_never_written(damage: str, store: tuple[Path, Callable[[], Any], str]) -> None:
    file, read, name = store
    DAMAGES[damage](file, name)
    said = refusal(file, read)
    assert {"overlapping": "larger than the whole file", "extra_bomb": "'extra'"}.get(
        damage, f"'{name}'"
    ) in said.replace(f"{name}:", f"'{name}'").replace("its arrays are {", f"'{name}' ")


HEADERS = [
    "null", "3", "[]", "{}", "{", "[" * 3000 + "]" * 3000, "1" * 5001, '{"run": null, "seed": 1}',
    '{"format": null}', '{"format": 1, "settings": null}', '{"format": 1, "settings": {}}',
]  # fmt: skip


@pytest.mark.parametrize("text", HEADERS, ids=lambda text: text[:40])
def test_headers_that_are_none(text: str, store: tuple[Path, Callable[[], Any], str]) -> None:
    file, read, _ = store
    rewrite(file, members(file) | {"header.npy": npy_bytes(np.array(text))})
    assert "header" in refusal(file, read)


@pytest.mark.parametrize("header", [np.zeros(2), np.array(["{}", "{}"]), np.array(b"{}")])
def test_headers_that_are_no_text(
    header: np.ndarray, store: tuple[Path, Callable[[], Any], str]
) -> None:
    file, read, _ = store
    rewrite(file, members(file) | {"header.npy": npy_bytes(header)})
    assert "its header is an array" in refusal(file, read)


@pytest.mark.parametrize("content", [b"", b"PK", b"hello" * 9, npy_bytes(np.zeros(3)), b"\0" * 99])
def test_foreign_files(content: bytes, store: tuple[Path, Callable[[], Any], str]) -> None:
    file, read, _ = store
    file.write_bytes(content)
    assert "is not a readable" in refusal(file, read)


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("seconds", None),
        ("seconds", True),
        ("format", 2),
        ("settings.hidden_widths", [3]),
        ("settings.hidden_widths", [3, 0]),
        ("settings.hidden_widths", ["3", "2"]),
        ("settings.hidden_widths", None),
        ("settings.lr", "0.1"),
        ("settings.activation", "unheard of"),
        ("settings.activation", ["relu"]),
        ("settings.colour", "red"),
    ],
)
def test_headers_of_another_run(entry: str, value: Any, tmp_path: Path) -> None:
    file = save_run(small_run(), tmp_path / "run.npz")
    with np.load(file) as arrays:
        header = json.loads(str(arrays["header"]))
    *outer, last = entry.split(".")
    (header[outer[0]] if outer else header)[last] = value
    rewrite(file, members(file) | {"header.npy": npy_bytes(np.array(json.dumps(header)))})
    said = refusal(file, lambda: load_run(file))
    assert any(word in said for word in (last, "widths", "unheard of", "too many"))


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("epoch", np.zeros(2)),
        ("epoch", np.zeros((3, 1))),
        ("epoch", np.array(0.0)),
        ("step", np.zeros(3)),
        ("train_loss", np.array(["a", "b", "c"])),
        ("weight_1_0", np.zeros((3, 3))),
        ("weight_1_1", np.zeros((3, 2))),
        ("weight_1_1", np.array(1.0)),
        ("weight_1_1", np.full((2, 3), np.nan)),
        ("bias_0_2", np.zeros(2)),
        ("bias_0_2", np.zeros(1, dtype=complex)),
        ("weight_3_0", np.zeros((3, 2))),
    ],
)
def test_arrays_of_another_run(name: str, array: np.ndarray, tmp_path: Path) -> None:
    file = save_run(small_run(), tmp_path / "run.npz")
    rewrite(file, members(file) | {f"{name}.npy": npy_bytes(array)})
    said = refusal(file, lambda: load_run(file))
    layer = name.split("_")[-1]
    named = (name, name.replace("bias", "weight"), f"[{layer}]", "numbers of inputs")
    assert any(word in said for word in named)


def test_an_array_that_was_lost_is_missed(tmp_path: Path) -> None:
    run_many(fns.awkward_names, [4], folder=tmp_path)
    (file,) = tmp_path.glob("*.npz")
    parts = members(file)
    del parts["file.npy"]
    rewrite(file, parts)
    assert "file" in refusal(file, lambda: run_many(fns.awkward_names, [4], folder=tmp_path))


def test_results_without_a_list_of_their_arrays_are_still_read(tmp_path: Path) -> None:
    """As they were written before the header had one."""
    run_many(fns.squares, [3], folder=tmp_path)
    (file,) = tmp_path.glob("*.npz")
    with np.load(file) as arrays:
        header = json.loads(str(arrays["header"]))
    del header["arrays"]
    rewrite(file, members(file) | {"header.npy": npy_bytes(np.array(json.dumps(header)))})
    results = run_many(fns.squares, [3], folder=tmp_path)
    assert (results.num_reused, results.stacked("value").tolist()) == (1, [9])


def test_a_device_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a regular file"):
        load_run(os.devnull)


@pytest.mark.parametrize("load", [load_census, load_fuzz])
@pytest.mark.parametrize(
    "text", ["null", "{}", "{", "[" * 3000, '{"groups": null}', '{"groups": 1}']
)
def test_a_damaged_record(text: str, load: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "record.json").write_text(text)
    name = load.__name__.removeprefix("load_")
    with pytest.raises(DataError, match=rf"record.json is no record of the {name} \(.*; make it"):
        load(tmp_path / "record.json")


def bomb(announced: int) -> bytes:
    """64 MB of zeros, in 64 kB, behind a header that announces so many."""
    return gzip.compress(b"\0\0\x08\x01" + announced.to_bytes(4, "big") + bytes(64 * MEGABYTE))


@pytest.mark.parametrize(
    ("announced", "reason"),
    [(5, "5 bytes, but holds more"), (2**32 - 1, "are the most that it may or can hold")],
)
def test_a_gzip_bomb_is_not_inflated(announced: int, reason: str) -> None:
    content = bomb(announced)
    with little_memory(), pytest.raises(DataError, match=f"labels.gz.*{reason}"):
        parse_idx(content, 1, "labels.gz")


def test_a_limit_holds_before_anything_is_inflated() -> None:
    content = bomb(64 * MEGABYTE)
    with little_memory(), pytest.raises(DataError, match="1,048,576 are the most"):
        parse_idx(content, 1, "labels.gz", max_bytes=MEGABYTE)
    assert parse_idx(content, 1, "labels.gz").shape == (64 * MEGABYTE,)


def test_axes_whose_product_overflows() -> None:
    content = gzip.compress(b"\0\0\x08\x02" + b"\xff" * 8 + bytes(100))
    with little_memory(), pytest.raises(DataError, match="are the most"):
        parse_idx(content, 2, "images.gz")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with in_time():
        with pytest.raises(DataError, match="not a regular file"):
            load_run(tmp_path / "pipe")
        for load in (load_census, load_fuzz):
            with pytest.raises(DataError, match="no record"):
                load(tmp_path / "pipe")
        with pytest.raises(DataError, match="not a regular file"):
            read_verified(tmp_path / "pipe", "", "Correct it.")


@pytest.mark.parametrize("load", [load_census, load_fuzz])
def test_records_are_found_by_text_and_refused_by_name(load: Callable[..., Any]) -> None:
    assert load(str(inspect.getmodule(load).DEFAULT_PATH)) == load()
    with pytest.raises(TypeError, match="path must be a path, got 5"):
        load(5)
    for name in ("nowhere", "x" * 5000):
        with pytest.raises(DataError, match="no record of the"):
            load(name)


@pytest.mark.parametrize(
    ("content", "num_axes", "said"),
    [
        ("text", 1, "content must be the bytes of a gzip file, got str"),
        (b"", 1.0, "num_axes must be an integer, got 1.0"),
    ],
)
def test_images_of_the_wrong_kind(content: Any, num_axes: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        parse_idx(content, num_axes, "images.gz")
