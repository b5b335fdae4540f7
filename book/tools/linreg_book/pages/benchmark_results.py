"""Results of the benchmarks as their program left them, and which of them reach their aims."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from linreg_book.errors import StagingError
from linreg_book.yaml_map import read_yaml_map

GROWTH_AIM = 1.5
#: Samples of the pass that is the unit of multiples, which the aims were set in, and of the other
#: one, which needs no new arrays and hence repeats better.
UNIT, OTHER_UNIT = "pass_seconds", "pass_in_place_seconds"
#: Columns of figures that are no multiples of a pass.
SHARE, RATIO, CPU_SECONDS = "share of the time", "ratio", "CPU seconds"
MILLISECONDS = "milliseconds"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with the smallest and largest of its repetitions, and the aim it should not exceed.

    >>> figure = Figure.of([0.5, 0.62, 0.6], aim=0.6)
    >>> print(figure, figure.met)
    0.6 [0.5, 0.62] True
    """

    middle: float
    low: float
    high: float
    num_repeats: int
    aim: float | None = None

    @classmethod
    def of(cls, values: list[float], *, aim: float | None = None) -> Figure:
        """The median with its range."""
        low, high = min(values), max(values)
        return cls(middle=median(values), low=low, high=high, num_repeats=len(values), aim=aim)

    @property
    def met(self) -> bool | None:
        """Whether the aim is reached; None without one."""
        return None if self.aim is None else self.middle <= self.aim

    def __str__(self) -> str:
        return f"{short(self.middle)} [{short(self.low)}, {short(self.high)}]"


@dataclass(frozen=True, kw_only=True)
class BenchmarkRow:
    """One workload; ``figures`` by column, in forward passes.

    In other units are the columns ``SHARE``, ``RATIO``, ``CPU_SECONDS`` and ``MILLISECONDS``.
    ``in_other_unit``: the medians in passes of the other kind.  ``seconds_below``: of the task that
    a ratio is over.  ``clock``: whose seconds a ratio is of.  ``file``: name and SHA256 of the
    network's file, where it has one.
    """

    name: str
    title: str
    group: str
    num_regions: int
    num_vertices: int
    figures: dict[str, Figure]
    other_unit: str
    in_other_unit: dict[str, float]
    pass_seconds: Figure | None
    pass_in_place_seconds: Figure | None
    bytes_per_region: dict[str, float]
    aims: dict[str, float]
    elsewhere: dict[str, Any] | None
    reference_of: str | None
    seconds_below: Figure | None
    clock: str
    file: dict[str, str] | None
    stopped: float | None
    made: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Growth:
    """Rows of growing size; ``ratios``: the last row's figures over the first's, by column."""

    name: str
    title: str
    rows: tuple[BenchmarkRow, ...]
    ratios: dict[str, Figure]


@dataclass(frozen=True, kw_only=True)
class BenchmarkResults:
    """All rows, the families of growing networks, and why what falls short does.

    ``reasons``: (row or family, column) -> a sentence.
    """

    rows: dict[str, BenchmarkRow]
    families: dict[str, Growth]
    reasons: dict[tuple[str, str], str]

    def judged(self) -> dict[tuple[str, str], Figure | None]:
        """Every figure that has an aim; None where the row was stopped before it was there."""
        found: dict[tuple[str, str], Figure | None] = {}
        for row in self.rows.values():
            for column, figure in row.figures.items():
                if figure.aim is not None:
                    found[row.name, column] = figure
            if row.stopped:
                found |= {(row.name, column): None for column in row.aims}
        for family in self.families.values():
            found |= {(family.name, column): ratio for column, ratio in family.ratios.items()}
            if family.rows[-1].stopped and not family.ratios:
                found |= {(family.name, column): None for column in family.rows[0].figures}
        return found

    def short(self) -> dict[tuple[str, str], Figure | None]:
        """Those of them that miss their aims."""
        return {key: f for key, f in self.judged().items() if f is None or not f.met}

    def unexplained(self) -> list[str]:
        """What falls short without a reason, and reasons for what does not."""
        missed = self.short()
        problems = [
            f"{row}, {column}: falls short without a reason"
            for row, column in missed
            if not self.reasons.get((row, column))
        ]
        return problems + [
            f"{row}, {column}: has a reason but does not fall short"
            for row, column in self.reasons
            if (row, column) not in missed
        ]


def load_benchmarks(results: Path, reasons: Path) -> BenchmarkResults | None:
    """Read the results and the reasons; None if there are no results.

    Raises:
        StagingError: if a file is not what the program writes.
    """
    if not results.is_file():
        return None
    try:
        record = json.loads(results.read_text(encoding="utf-8"))
        rows = {
            # A reference is measured against the same pass as the row it is a reference for.
            name: read_row(name, row, record["rows"].get(row.get("reference_of"), row))
            for name, row in record["rows"].items()
        }
        families = {
            name: _growth(name, family, rows)
            for name, family in record["families"].items()
            if all(each in rows for each in family["rows"])
        }
    except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise StagingError(f"{results} is damaged ({error!r}): measure again") from error
    except RecursionError:
        raise StagingError(f"{results} is nested too deeply: measure again") from None
    except OSError as error:
        raise StagingError(f"cannot read {results}: {error.strerror}") from None
    return BenchmarkResults(rows=rows, families=families, reasons=_reasons(reasons))


def _reasons(path: Path) -> dict[tuple[str, str], str]:
    by_row = read_yaml_map(path) if path.is_file() else {}
    for row, columns in by_row.items():
        if not isinstance(columns, dict):
            raise StagingError(f"{path}: {row} must map columns to sentences")
    return {
        (row, column): str(sentence).strip()
        for row, columns in by_row.items()
        for column, sentence in columns.items()
    }


def read_row(
    name: str, row: Mapping[str, Any], unit_row: Mapping[str, Any] | None = None
) -> BenchmarkRow:
    """A row of the file, its multiples computed: each sample over the median pass of a row.

    Growth is measured in the other unit: how memory is handed out must not look like growth.
    """
    _check_row(name, row)
    seconds, aims = row.get("seconds", {}), row.get("aims", {})
    names = (OTHER_UNIT, UNIT) if row["group"] == "growth" else (UNIT, OTHER_UNIT)
    timed = unit_row or row
    unit, other = (median(timed[each]) if each in timed else 1.0 for each in names)
    figures = {
        column: Figure.of([value / unit for value in values], aim=aims.get(column))
        for column, values in seconds.items()
    }
    figures |= _other_figures(row, aims)
    num_regions = row.get("num_regions", 0)
    passes, in_place = row.get("pass_seconds"), row.get("pass_in_place_seconds")
    below = row.get("seconds_below")
    return BenchmarkRow(
        name=name,
        title=row["title"],
        group=row["group"],
        num_regions=num_regions,
        num_vertices=row.get("num_vertices", 0),
        figures=figures,
        other_unit="plain" if names[0] == OTHER_UNIT else "in place",
        in_other_unit={column: median(values) / other for column, values in seconds.items()},
        pass_seconds=Figure.of(passes) if passes else None,
        pass_in_place_seconds=Figure.of(in_place) if in_place else None,
        bytes_per_region={k: v / num_regions for k, v in row.get("peak_bytes", {}).items()},
        aims=aims,
        elsewhere=row.get("elsewhere"),
        reference_of=row.get("reference_of"),
        seconds_below=Figure.of(below) if below else None,
        clock=row.get("clock", "processor"),
        file=row.get("file"),
        stopped=row.get("stopped"),
        made=row["made"],
    )


def _other_figures(row: Mapping[str, Any], aims: Mapping[str, float]) -> dict[str, Figure]:
    """Figures that are no multiples of a pass."""
    found = {}
    if row["group"] == "set-up" and row.get("seconds"):
        first = next(iter(row["seconds"].values()))
        milliseconds = [1e3 * value for value in first]
        found[MILLISECONDS] = Figure.of(milliseconds, aim=aims.get(MILLISECONDS))
    if "share" in row:
        found[SHARE] = Figure.of(row["share"], aim=row["aim_share"])
    if "seconds_above" in row:
        turns = zip(row["seconds_above"], row["seconds_below"], strict=True)
        found[RATIO] = Figure.of([above / below for above, below in turns], aim=aims.get(RATIO))
    if "process_seconds" in row:
        found[CPU_SECONDS] = Figure.of(row["process_seconds"], aim=aims.get(CPU_SECONDS))
    return found


def _check_row(name: str, row: Mapping[str, Any]) -> None:
    def positive(value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e300

    def samples(value: Any) -> bool:
        return isinstance(value, list) and bool(value) and all(map(positive, value))

    def maps_to(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
        return lambda value: isinstance(value, dict) and all(map(fits, value.values()))

    def whole(value: Any) -> bool:
        return isinstance(value, int) and value >= 0

    def elsewhere(value: Any) -> bool:
        return value is None or (
            isinstance(value, dict)
            and positive(value.get("multiple"))
            and {"program", "note"} <= set(value)
        )

    def file(value: Any) -> bool:
        return isinstance(value, dict) and all(
            isinstance(value.get(key), str) for key in ("name", "sha256")
        )

    forms: dict[str, Callable[[Any], bool]] = {
        "title": lambda value: isinstance(value, str),
        "group": lambda value: isinstance(value, str),
        "made": lambda value: isinstance(value, dict),
        "seconds": maps_to(samples),
        "aims": maps_to(positive),
        "peak_bytes": maps_to(positive),
        "share": samples,
        "aim_share": positive,
        "seconds_above": samples,
        "seconds_below": samples,
        "process_seconds": samples,
        "clock": lambda value: value in ("processor", "wall"),
        "file": file,
        UNIT: samples,
        OTHER_UNIT: samples,
        "num_regions": whole,
        "num_vertices": whole,
        "stopped": lambda value: value is None or positive(value),
        "elsewhere": elsewhere,
    }
    for key, fits in forms.items():
        needed = key in ("title", "group", "made")
        if (needed or key in row) and not fits(row.get(key)):
            raise ValueError(f"{name}: {key} is {str(row.get(key))[:60]}")


def _growth(name: str, family: Mapping[str, Any], rows: Mapping[str, BenchmarkRow]) -> Growth:
    members = tuple(rows[each] for each in family["rows"])
    first, last = members[0], members[-1]
    ratios = {}
    if first.figures and last.figures:
        for column, figure in last.figures.items():
            ratios[column] = _ratio(figure, first.figures[column])
        if family["judge_memory"]:
            for column, size in last.bytes_per_region.items():
                ratio = size / first.bytes_per_region[column]
                ratios[f"memory, {column}"] = Figure.of([ratio], aim=GROWTH_AIM)
    return Growth(name=name, title=family["title"], rows=members, ratios=ratios)


def _ratio(last: Figure, first: Figure) -> Figure:
    return Figure(
        middle=last.middle / first.middle,
        low=last.low / first.high,
        high=last.high / first.low,
        num_repeats=min(last.num_repeats, first.num_repeats),
        aim=GROWTH_AIM,
    )


def short(value: float) -> str:
    """Two digits, as many as the repetitions bear.

    >>> [short(x) for x in (0.0512, 0.6, 1.04, 13.6, 312.0, 1234.5)]
    ['0.051', '0.6', '1.0', '14', '310', '1,200']
    """
    if value == 0:
        return "0"
    text = f"{value:.2g}"
    number = float(text)
    if number >= 10:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 1 else f"{number:g}"
