"""Protocols become tables: the same whoever runs them, stored with where they come from."""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
import shlex
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pd = pytest.importorskip("pandas")

import linreg_lib as lr  # noqa: E402
from linreg_lib.errors import DataError  # noqa: E402
from linreg_lib.experiments import (  # noqa: E402
    Parameter,
    Protocol,
    RunError,
    load_table,
    run_protocol,
    save_table,
)
from linreg_lib.experiments.__main__ import _parser, chosen_protocols  # noqa: E402
from linreg_lib.experiments.protocols import protocols, stored_table  # noqa: E402
from tests.experiments.toy_protocol import TOY, returning  # noqa: E402
from tests.project.lock_file import ROOT  # noqa: E402

RESULTS = ROOT / "book" / "results"


def same(one: Any, other: Any) -> None:
    """Names, kinds and bits; NaN equals NaN, and 0.0 is not -0.0."""
    assert list(one.columns) == list(other.columns)
    for name in one:
        assert one[name].dtype == other[name].dtype
        if one[name].dtype == np.float64:
            assert one[name].to_numpy().tobytes() == other[name].to_numpy().tobytes()
        else:
            assert one[name].tolist() == other[name].tolist()


def test_a_row_for_each_observation() -> None:
    run = run_protocol(TOY)
    assert list(run.table.columns) == list(TOY.columns)
    assert run.table["word"].tolist() == ["x"] * 7 + ["y"] * 7
    assert run.table["index"].tolist() == [*range(7)] * 2
    assert run.table["number"].tolist()[0] == 0.1 / 3
    assert [run.table[name].dtype.kind for name in ("index", "number", "flag")] == ["i", "f", "b"]
    scalars = returning(index=3, number=0.5, flag=True)
    assert run_protocol(scalars, profile="tiny").table.to_numpy().tolist() == [["x", 3, 0.5, True]]
    assert len(run_protocol(TOY, parameters={"size": 0}).table) == 0


def test_who_runs_it_changes_no_byte(tmp_path: Path) -> None:
    alone = run_protocol(TOY)
    with ThreadPoolExecutor(2) as threads:
        others = [
            run_protocol(TOY, executor=threads),
            run_protocol(TOY, jobs=2),
            run_protocol(TOY, folder=tmp_path),
            run_protocol(TOY, folder=tmp_path),
        ]
    for each in others:
        assert each.content == alone.content
        assert each.manifest["sha256"] == hashlib.sha256(alone.content).hexdigest()
    assert others[-1].num_reused == others[-1].manifest["num_pieces"] == 2
    assert others[-1].manifest["cpu_hours"] == others[-2].manifest["cpu_hours"]


def test_pieces_of_another_version_are_left_alone(tmp_path: Path) -> None:
    run_protocol(TOY, folder=tmp_path)
    assert run_protocol(replace(TOY, version=2), folder=tmp_path).num_reused == 0
    assert run_protocol(TOY, folder=tmp_path).num_reused == 2


def test_the_manifest_says_what_computed_the_pieces(tmp_path: Path) -> None:
    run_protocol(TOY, parameters={"words": ["x"]}, folder=tmp_path)
    (file,) = tmp_path.iterdir()
    # as if another engine had made it
    file.write_bytes(_with_other_engine(file))
    manifest = run_protocol(TOY, folder=tmp_path).manifest
    assert [each["num_pieces"] for each in manifest["made_by"]] == [1, 1]
    assert manifest["made_by"][0]["engine_digest"] == "0" * 16
    made_by = manifest["made_by"][1]
    assert made_by["engine_digest"] == lr.experiments.engine_digest()
    assert made_by["versions"]["numpy"] == np.__version__
    assert made_by["num_cores"] > 0
    assert made_by["processor"]
    assert made_by["platform"]
    assert made_by["commit"] is None or len(made_by["commit"]) == 40
    assert (manifest["num_pieces"], manifest["num_rows"]) == (2, 14)
    assert manifest["seeds"] is None
    assert json.loads(json.dumps(manifest)) == manifest


def _with_other_engine(file: Path) -> bytes:
    from linreg_lib.npz_file import open_npz, write_npz

    with open_npz(file) as saved:
        arrays = {name: saved[name] for name in saved}
    header = json.loads(str(arrays["header"]))
    header["made_by"]["engine_digest"] = "0" * 16
    write_npz(file, {**arrays, "header": np.array(json.dumps(header))})
    return file.read_bytes()


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"index": 1, "number": 0.5}, "column 'flag' of qw23-toy was not returned"),
        ({"index": 1, "number": 0.5, "flag": True, "more": 1}, "'more', which is no column"),
        ({"index": 1, "number": 0.5, "flag": True, "word": "x"}, "'word' .* both is given and is"),
        ({"index": [1, 2], "number": [0.5], "flag": True}, "different numbers of entries"),
        ({"index": [[1]], "number": 0.5, "flag": True}, r"'index' has shape \(1, 1\)"),
        ({"index": 1j, "number": 0.5, "flag": True}, "'index' has type complex128"),
        ({"index": np.uint64(2**63), "number": 0.5, "flag": True}, "does not fit into int64"),
        ({"index": "a\nb", "number": 0.5, "flag": True}, "'index' holds control characters"),
    ],
)
def test_what_is_no_row_is_not_kept(arrays: dict[str, Any], reason: str, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=f"failed for piece 0 .*DataError: .*{reason}"):
        run_protocol(returning(**arrays), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_saved_piece_that_does_not_fit_any_more_is_named(tmp_path: Path) -> None:
    run_protocol(TOY, folder=tmp_path)
    columns = {name: meaning for name, meaning in TOY.columns.items() if name != "flag"}
    with pytest.raises(
        DataError, match=r"qw23-toy-.*npz does not fit .*'flag'.* raise the version"
    ):
        run_protocol(replace(TOY, columns=columns), folder=tmp_path)


def test_kinds_may_not_change_from_piece_to_piece() -> None:
    def piece(word: str, **rest: Any) -> Any:
        return {"index": 1 if word == "x" else 1.5, "number": 0.5, "flag": True}

    with pytest.raises(
        DataError, match=r"'index' is of kind number in piece 1 .*, of kind integer"
    ):
        run_protocol(replace(TOY, run_piece=piece))


def test_lists_are_no_entry_of_a_column() -> None:
    listed = replace(
        TOY,
        list_pieces=lambda **values: [{"word": ["x", "y"]}],
        run_piece=lambda word: {"index": 1, "number": 0.5, "flag": True},
    )
    with pytest.raises(RunError, match=r"'word' is \['x', 'y'\] for this piece"):
        run_protocol(listed)


# Parameters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "reason"),
    [
        ({"profile": "huge"}, ValueError, 'profile is .*choose "tiny", "quick" or "paper"'),
        ({"parameters": {"sizes": 1}}, ValueError, "'sizes'; qw23-toy knows words, size, scale"),
        ({"parameters": 3}, TypeError, "parameters must be a mapping"),
        ({"parameters": {"size": 2.0}}, TypeError, "size must be an integer"),
        ({"parameters": {"size": True}}, TypeError, "size must be an integer"),
        ({"parameters": {"size": -1}}, ValueError, "size is -1; it must be at least 0"),
        ({"parameters": {"scale": "1"}}, TypeError, "scale"),
        ({"parameters": {"scale": -0.5}}, ValueError, "scale is -0.5; it must be at least 0.0"),
        ({"parameters": {"scale": float("nan")}}, ValueError, "scale"),
        ({"parameters": {"words": "x"}}, TypeError, "words must be a sequence"),
        ({"parameters": {"words": []}}, ValueError, "words is empty"),
        ({"parameters": {"words": ["x", "x"]}}, ValueError, "each value may stand there once"),
        ({"parameters": {"words": ["x,y"]}}, ValueError, "no commas"),
        ({"parameters": {"odd": 1}}, TypeError, "odd must be True or False"),
        ({"jobs": 2, "executor": ThreadPoolExecutor(1)}, ValueError, "beside an executor"),
    ],
)
def test_what_is_not_taken(options: dict[str, Any], error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        run_protocol(TOY, **options)


@pytest.mark.parametrize("name", ["qw23-tabel1", "qw23", "", "nobody-knows", "qw23.x-y"])
def test_unknown_protocols(name: str) -> None:
    with pytest.raises(ValueError, match=r"the protocols are .*qw23-epoch0"):
        run_protocol(name)


def _parsed(arguments: list[str]) -> tuple[Protocol, dict[str, Any], str]:
    options = _parser().parse_args(arguments)
    ((protocol, values),) = chosen_protocols(_parser(), options)
    return protocol, values, options.profile


@pytest.mark.parametrize(
    "given", [{}, {"num_seeds": 7}, {"inits": ["he"], "widths": [3, 20]}, {"num_seeds": 4}]
)
def test_the_command_makes_the_same_run(given: dict[str, Any]) -> None:
    protocol = protocols()["qw23-epoch0"]
    values = protocol.values("tiny", given)
    told = protocol.arguments("tiny", values)
    assert ("--set" in told) == (values != protocol.values("tiny"))
    assert _parsed(shlex.split(shlex.join(told))) == (protocol, values, "tiny")


@pytest.mark.parametrize("value", [0.1, 1e-300, 3.0, 1e22, 123456789.123])
def test_numbers_survive_the_command_line(value: float) -> None:
    scale, odd = TOY.parameters["scale"], TOY.parameters["odd"]
    assert scale.parsed("scale", scale.told(value)) == value
    assert [odd.parsed("odd", odd.told(each)) for each in (True, False)] == [True, False]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"name": "QW23-toy"}, "name"),
        ({"name": "hr19-toy"}, "must be qw23-"),
        ({"serves": ()}, "serves"),
        ({"serves": ("HR19-Thm1",)}, "serves"),
        ({"columns": {"a b": ""}}, "columns has 'a b'"),
        ({"version": 0}, "version"),
        ({"cpu_seconds": {"tiny": 1.0}}, "cpu_seconds"),
    ],
)
def test_protocols_are_checked_when_they_are_made(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        replace(TOY, **changed)


def test_defaults_are_values_that_are_taken() -> None:
    with pytest.raises(ValueError, match="tiny is 0"):
        Parameter(meaning="", tiny=0, quick=1, paper=2, least=1)
    with pytest.raises(TypeError, match="quick"):
        Parameter(meaning="", tiny=1, quick=1.5, paper=2)


# Stored tables ------------------------------------------------------------------------------------


def test_a_stored_table_has_the_same_bits(tmp_path: Path) -> None:
    run = run_protocol(TOY, profile="paper")
    file = save_table(run, tmp_path)
    assert file.read_bytes() == run.content
    assert b"\r" not in run.content
    stored = load_table("qw23-toy", tmp_path)
    same(stored.table, run.table)
    assert {k: v for k, v in stored.manifest.items() if k != "file"} == run.manifest
    assert repr(stored).startswith("StoredTable('qw23-toy', 'paper', 21 rows, made 2")


def test_random_bits_survive(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**64, size=5000, dtype=np.uint64).view(np.float64)
    numbers = bits[~np.isnan(bits)]  # of these only that they are none is kept
    integers = rng.integers(-(2**63), 2**63 - 1, size=numbers.size, endpoint=True)
    run = run_protocol(returning(index=integers, number=numbers, flag=numbers > 0), profile="tiny")
    save_table(run, tmp_path)
    same(load_table("qw23-toy", tmp_path).table, run.table)


def test_odd_words_survive(tmp_path: Path) -> None:
    words = ['"', " ", "", "nan", "NA", "None", "1", "é", "'", ";", "\\", "#"]
    run = run_protocol(TOY, parameters={"words": words, "size": 1})
    save_table(run, tmp_path)
    stored = load_table("qw23-toy", tmp_path).table
    assert stored["word"].tolist() == words
    same(stored, run.table)


def test_large_tables_are_compressed_always_to_the_same_bytes(tmp_path: Path) -> None:
    many = run_protocol(returning(index=np.arange(40_000), number=0.1, flag=True), profile="tiny")
    few = run_protocol(TOY)
    file = save_table(many, tmp_path)
    assert file.name == "qw23-toy.csv.gz"
    assert gzip.decompress(file.read_bytes()) == many.content
    first = file.read_bytes()
    assert save_table(many, tmp_path).read_bytes() == first
    same(load_table("qw23-toy", tmp_path).table, many.table)
    save_table(few, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["qw23-toy.csv", "qw23-toy.json"]


def test_what_stays_large_is_packed_tighter(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0).normal(size=90_000)
    run = run_protocol(
        returning(index=np.arange(90_000), number=numbers, flag=True), profile="tiny"
    )
    assert len(gzip.compress(run.content, compresslevel=9)) > 900_000
    file = save_table(run, tmp_path)
    assert file.name == "qw23-toy.csv.xz"
    assert lzma.decompress(file.read_bytes()) == run.content
    same(load_table("qw23-toy", tmp_path).table, run.table)
    save_table(run_protocol(TOY), tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["qw23-toy.csv", "qw23-toy.json"]


def _changed(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))

    return change


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_changed("qw23-toy.csv", "x,0,", "x,1,"), "SHA-256"),
        (_changed("qw23-toy.csv", "x,0,", ""), "does not have"),
        (_changed("qw23-toy.json", '"sha256": "', '"sha256": "0'), "SHA-256"),
        (_changed("qw23-toy.json", '"qw23-toy"', '"qw23-other"'), "manifest of qw23-other"),
        (_changed("qw23-toy.json", '"qw23-toy.csv"', '"../secret.csv"'), "secret"),
        (_changed("qw23-toy.json", '"num_rows": 14', '"num_rows": 13'), "14 rows, not 13"),
        (_changed("qw23-toy.json", '"kind": "number"', '"kind": "integer"'), "invalid literal"),
        (_changed("qw23-toy.json", '"kind": "number"', '"kind": "colour"'), "colour"),
        (_changed("qw23-toy.json", '"word": {', '"name": {'), "columns are"),
        (_changed("qw23-toy.json", "{", "["), "Expecting"),
        (lambda folder: (folder / "qw23-toy.csv").unlink(), "No such file"),
        (lambda folder: (folder / "qw23-toy.json").unlink(), "no table qw23-toy in"),
    ],
)
def test_what_does_not_match_is_refused(
    damage: Callable[[Path], None], reason: str, tmp_path: Path
) -> None:
    save_table(run_protocol(TOY), tmp_path)
    damage(tmp_path)
    with pytest.raises(DataError, match=reason) as caught:
        load_table("qw23-toy", tmp_path)
    assert "\n" not in str(caught.value)


def test_a_compressed_table_is_not_unpacked_further_than_announced(tmp_path: Path) -> None:
    many = run_protocol(returning(index=np.arange(40_000), number=0.1, flag=True), profile="tiny")
    file = save_table(many, tmp_path)
    file.write_bytes(gzip.compress(many.content + b"0" * 50_000_000))
    with pytest.raises(DataError, match="does not have"):
        load_table("qw23-toy", tmp_path)


@pytest.mark.parametrize("name", ["", "../x", "a/b", "qw23-toy.json", "a--b"])
def test_what_is_no_name_of_a_table(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="give the name of a protocol"):
        load_table(name, tmp_path)


def test_a_full_disk_leaves_the_table_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_table(run_protocol(TOY), tmp_path)

    def full(path: Path) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stored_table, "atomic_file", full)
    with pytest.raises(DataError, match="could not be written to .*No space left"):
        save_table(run_protocol(TOY, profile="paper"), tmp_path)
    assert load_table("qw23-toy", tmp_path).manifest["profile"] == "quick"


def test_a_smaller_table_does_not_replace_a_larger_one(tmp_path: Path) -> None:
    large = run_protocol(TOY, profile="paper")
    file = save_table(large, tmp_path)
    before = file.read_bytes(), (tmp_path / "qw23-toy.json").read_bytes()
    with pytest.raises(DataError, match="at the profile paper, which one at tiny does not replace"):
        save_table(run_protocol(TOY, profile="tiny"), tmp_path)
    assert (file.read_bytes(), (tmp_path / "qw23-toy.json").read_bytes()) == before
    save_table(large, tmp_path)


def test_tables_that_are_not_installed_are_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_table, "RESULTS", tmp_path / "nowhere")
    with pytest.raises(DataError, match="tables are not installed with the library"):
        load_table("qw23-toy")


@pytest.mark.parametrize("word", ["16+16", "16-", "-16", "0-4", "16 16"])
def test_widths_are_looked_at_before_the_work(word: str) -> None:
    widths = Parameter(meaning="hidden widths", tiny=("4",), quick=("8-8",), paper=("16", "8-8"))
    assert "64-64-64" in widths.words
    assert widths.parsed("hidden", "5,6-7") == ("5", "6-7")
    with pytest.raises(ValueError, match=r"hidden\[0\]"):
        widths.parsed("hidden", word)
    named = Parameter(meaning="a word", tiny="a", quick="b", paper="c")
    assert named.parsed("other", word) == word


# What the project has -----------------------------------------------------------------------------


def test_every_protocol_serves_claims_of_the_registry() -> None:
    registry = pytest.importorskip("linreg_book.records.registry")
    known = {claim.id for claim in registry.load_registry()}
    for name, protocol in protocols().items():
        assert protocol.name == name
        assert set(protocol.serves) <= known


def _stored() -> list[str]:
    tables = {path.name.partition(".csv")[0] for path in RESULTS.glob("*.csv*")}
    return sorted(tables | (protocols().keys() & {path.stem for path in RESULTS.glob("*.json")}))


@pytest.mark.parametrize("name", _stored())
def test_every_stored_table_is_what_its_manifest_says(name: str) -> None:
    stored = load_table(name, RESULTS)
    manifest, protocol = stored.manifest, protocols()[name]
    assert manifest["version"] == protocol.version
    assert manifest["serves"] == list(protocol.serves)
    assert list(stored.table.columns) == list(protocol.columns)
    assert {k: each["meaning"] for k, each in manifest["columns"].items()} == protocol.columns
    words = shlex.split(manifest["command"])
    assert words[:3] == ["python", "-m", "linreg_lib.experiments"]
    values = protocol.values("paper")
    assert _parsed(words[3:]) == (protocol, values, "paper")
    assert manifest["profile"] == "paper"
    assert manifest["parameters"] == {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }
    assert manifest["num_pieces"] == len(list(protocol.list_pieces(**values)))
    assert all(each["dirty"] is False for each in manifest["made_by"])


def test_rows_of_the_regions_at_epoch_0_by_hand() -> None:
    """Any row of the stored table, as the README would make it."""
    table = load_table("qw23-epoch0", RESULTS).table
    assert len(table) == 6 * 3 * 500
    for row in table.sample(40, random_state=0).itertuples():
        widths = [2, row.width, row.width, row.width, 2]
        rng = np.random.default_rng(row.seed)
        net = lr.Network.random(widths, init=row.init, biases="torch", rng=rng)
        assert lr.subdivide(net, lr.Box(-1, 1, dim=2)).num_regions == row.num_regions
