"""The page of benchmarks: what is judged, and what a reader is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from linreg_book.errors import StagingError
from linreg_book.pages.benchmark_page import (
    conditions_markdown,
    example_markdown,
    growth_markdown,
    load_markdown,
    memory_markdown,
    ratios_markdown,
    set_up_markdown,
    speed_markdown,
)
from linreg_book.pages.benchmark_results import BenchmarkResults, load_benchmarks

MADE = {"date": "2026-01-02", "source_digest": "abc", "processor": "A <CPU>", "versions": {}}


def row(seconds: dict[str, list[float]], **more: Any) -> dict[str, Any]:
    """A row whose median pass takes two seconds."""
    base = {"title": "net & box", "group": "speed", "num_regions": 1000, "num_vertices": 900}
    passes = {"pass_seconds": [2.0, 1.0, 4.0], "pass_in_place_seconds": [8.0]}
    peaks = {column: 5000 * (i + 1) for i, column in enumerate(seconds)}
    return {**base, **passes, "seconds": seconds, "peak_bytes": peaks, "made": MADE, **more}


def loaded(
    folder: Path, rows: dict[str, Any], families: dict[str, Any] | None = None, reasons: str = ""
) -> BenchmarkResults:
    results = folder / "benchmarks.json"
    results.write_text(json.dumps({"rows": rows, "families": families or {}}))
    (folder / "reasons.yml").write_text(reasons)
    found = load_benchmarks(results, folder / "reasons.yml")
    assert found is not None
    return found


def test_multiples_are_over_the_median_pass(tmp_path: Path) -> None:
    results = loaded(tmp_path, {"a": row({"count": [6.0, 2.0, 3.0]})})
    figure = results.rows["a"].figures["count"]
    assert (figure.middle, figure.low, figure.high, figure.num_repeats) == (1.5, 1.0, 3.0, 3)
    assert figure.met is None
    assert results.rows["a"].in_other_unit == {"count": 0.375}
    assert "in place 0.38" in speed_markdown(results)


@pytest.mark.parametrize(("aim", "met"), [(1.5, True), (1.49, False)])
def test_an_aim_is_reached_by_the_median(tmp_path: Path, aim: float, met: bool) -> None:
    results = loaded(tmp_path, {"a": row({"count": [6.0, 2.0, 3.0]}, aims={"count": aim})})
    assert list(results.short()) == ([] if met else [("a", "count")])
    page = speed_markdown(results)
    assert ("✓ aim 1.5" in page) is met
    assert ("✗ 1.01 × aim 1.49" in page) is not met
    assert ("No reason is known yet." in page) is not met


def test_an_example_in_milliseconds(tmp_path: Path) -> None:
    results = loaded(tmp_path, {"a": row({"count": [0.006, 0.002, 0.003]})})
    assert "1,000 regions, took 3.0 milliseconds" in example_markdown(results)
    assert example_markdown(None) == ""


def test_the_load_is_told(tmp_path: Path) -> None:
    busy = {"made": {**MADE, "load": 2.5}}
    assert "2.5 to 2.5" in load_markdown(loaded(tmp_path, {"a": row({"c": [1.0]}, **busy)}))
    assert load_markdown(None) == ""


def test_reasons_must_fit_the_results_both_ways(tmp_path: Path) -> None:
    rows = {"a": row({"count": [3.0]}, aims={"count": 1.0})}
    assert loaded(tmp_path, rows).unexplained() == ["a, count: falls short without a reason"]
    explained = loaded(tmp_path, rows, reasons="a: {count: It rains.}")
    assert explained.unexplained() == []
    assert "It rains." in speed_markdown(explained)
    rows["a"]["aims"] = {"count": 2.0}
    needless = loaded(tmp_path, rows, reasons="a: {count: It rains.}")
    assert needless.unexplained() == ["a, count: has a reason but does not fall short"]


def test_a_stopped_row_falls_short(tmp_path: Path) -> None:
    stopped = {"title": "big", "group": "speed", "stopped": 300, "made": MADE}
    results = loaded(tmp_path, {"a": {**stopped, "aims": {"count": 1.0}}})
    assert results.short() == {("a", "count"): None}
    assert "stopped after 300 s" in speed_markdown(results)


def families(judge_memory: bool = True) -> dict[str, Any]:
    return {"f": {"title": "growing", "rows": ["a", "b"], "judge_memory": judge_memory}}


def test_growth_compares_the_largest_with_the_smallest(tmp_path: Path) -> None:
    rows = {
        "a": row({"count": [2.0]}, group="growth"),
        "b": row(
            {"count": [3.2]}, group="growth", num_regions=10_000, peak_bytes={"count": 90_000}
        ),
    }
    results = loaded(tmp_path, rows, families())
    ratios = {column: f.middle for column, f in results.families["f"].ratios.items()}
    assert ratios == pytest.approx({"count": 1.6, "memory, count": 1.8})
    assert list(results.short()) == [("f", "count"), ("f", "memory, count")]
    assert "1.60" in growth_markdown(results)
    assert "changed between the rows" not in growth_markdown(results)
    rows["b"]["made"] = {**MADE, "source_digest": "old"}
    assert "changed between the rows" in growth_markdown(loaded(tmp_path, rows, families()))
    assert list(loaded(tmp_path, rows, families(judge_memory=False)).short()) == [("f", "count")]


def test_growth_without_its_largest(tmp_path: Path) -> None:
    rows = {"a": row({"count": [2.0]})}
    assert loaded(tmp_path, rows, families()).families == {}
    rows["b"] = {"title": "big", "group": "growth", "stopped": 300, "made": MADE}
    results = loaded(tmp_path, rows, families())
    assert results.short() == {("f", "count"): None}
    assert "stopped after 300 s" in growth_markdown(results)


def test_columns_with_one_reason_are_told_together(tmp_path: Path) -> None:
    rows = {"a": row({"x": [3.0], "y": [9.0]}, aims={"x": 1.0, "y": 2.0})}
    results = loaded(tmp_path, rows, reasons="a: {x: It rains., y: It rains.}")
    assert "x (1.50, aim 1), y (4.50, aim 2). It rains." in speed_markdown(results)


def test_changed_sources_are_told(tmp_path: Path) -> None:
    other = {**MADE, "source_digest": "old"}
    results = loaded(tmp_path, {"a": row({"c": [1.0]}), "b": row({"c": [1.0]}, made=other)})
    assert "1 rows were measured" in conditions_markdown(results, "abc")
    assert "these numbers were measured" in conditions_markdown(results, "new")
    del results.rows["b"]
    assert "sources are the ones that were measured" in conditions_markdown(results, "abc")


def test_text_is_escaped_and_memory_is_shown(tmp_path: Path) -> None:
    results = loaded(tmp_path, {"a": row({"count": [2.0]})})
    assert "net &amp; box" in speed_markdown(results)
    assert "A &lt;CPU&gt;" in conditions_markdown(results, "abc")
    assert "<td>5</td>" in memory_markdown(results)


def test_shares_have_their_own_aim(tmp_path: Path) -> None:
    share = {"title": "net", "group": "certification", "share": [0.2, 0.1, 0.3], "made": MADE}
    results = loaded(tmp_path, {"a": {**share, "aim_share": 0.1}})
    assert list(results.short()) == [("a", "share of the time")]
    assert "✗ 2.0 × aim 0.1" in set_up_markdown(results)


def test_ratios_are_of_turns(tmp_path: Path) -> None:
    turns = {"seconds_below": [1.0, 4.0, 2.0], "seconds_above": [3.0, 4.0, 4.0]}
    ratio = {"title": "a over b", "group": "ratios", "aims": {"ratio": 1.9}, "made": MADE, **turns}
    results = loaded(tmp_path, {"a": {**ratio, "clock": "wall"}})
    figure = results.rows["a"].figures["ratio"]
    assert (figure.low, figure.middle, figure.high) == (1.0, 2.0, 3.0)
    assert list(results.short()) == [("a", "ratio")]
    page = ratios_markdown(results)
    assert "✗ 1.05 × aim 1.9" in page
    assert "2,000<br>" in page
    assert "the clock on the wall" in page
    assert "the clock on the wall" not in ratios_markdown(loaded(tmp_path, {"a": ratio}))
    with pytest.raises(StagingError, match="is damaged"):
        loaded(tmp_path, {"a": {**ratio, "seconds_above": [1.0]}})


def test_milliseconds_and_processes_have_aims(tmp_path: Path) -> None:
    small = row({"count": [0.006, 0.004, 0.005]}, group="set-up", aims={"milliseconds": 4.9})
    process = {"title": "first", "group": "processes", "process_seconds": [7.0], "made": MADE}
    results = loaded(tmp_path, {"a": small, "b": {**process, "aims": {"CPU seconds": 8}}})
    assert results.rows["a"].figures["milliseconds"].middle == pytest.approx(5.0)
    assert list(results.short()) == [("a", "milliseconds")]
    page = set_up_markdown(results)
    assert "✗ 1.02 × aim 4.9" in page
    assert "✓ aim 8" in page
    assert "milliseconds (5.00, aim 4.9). No reason" in page


def test_a_file_is_named_with_its_checksum(tmp_path: Path) -> None:
    file = {"name": "a<b>.nnet", "sha256": "0123abcd"}
    results = loaded(tmp_path, {"a": row({"count": [3.0]}, file=file)})
    page = conditions_markdown(results, "00")
    assert 'a&lt;b&gt;.nnet</th><td style="overflow-wrap: anywhere">0123abcd</td>' in page
    assert "0123abcd" not in speed_markdown(results) + memory_markdown(results)
    with pytest.raises(StagingError, match="is damaged"):
        loaded(tmp_path, {"a": row({"count": [3.0]}, file={"name": "a"})})


def test_no_results_and_damaged_results(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.json"
    assert load_benchmarks(path, tmp_path / "reasons.yml") is None
    assert "No benchmark" in speed_markdown(None)
    path.write_text('{"rows": {"a": {}}}')
    with pytest.raises(StagingError, match=r"benchmarks\.json is damaged"):
        load_benchmarks(path, tmp_path / "reasons.yml")
