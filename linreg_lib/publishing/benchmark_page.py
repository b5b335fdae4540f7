"""The generated parts of the page of benchmarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from linreg_lib.publishing.benchmark_results import (
    BenchmarkResults,
    BenchmarkRow,
    Figure,
    Growth,
    short,
)
from linreg_lib.publishing.tables import table_html

_NONE = "No benchmark has been run yet.\n"
_EMPTY = "<td></td>"
_WHOLE = 'style="white-space: nowrap"'


def speed_markdown(results: BenchmarkResults | None) -> str:
    """The table of workloads, and why those that fall short do."""
    if results is None:
        return _NONE
    rows = _group(results, "speed")
    references = {row.reference_of: row for row in results.rows.values() if row.reference_of}
    columns = list(dict.fromkeys(column for row in rows for column in (*row.figures, *row.aims)))
    body = "".join(
        f"<tr>{_name(row)}{_elsewhere(row)}"
        + "".join(_cell(row, column) for column in columns)
        + _reference(references.get(row.name))
        + "</tr>"
        for row in rows
    )
    heads = ["workload", "best elsewhere", *columns, "NumPy reference, whole lattice"]
    table = table_html(heads, body, "Forward passes by workload", "benchmarks")
    return table + "\n" + _shortfalls(results, {row.name: row.title for row in rows})


def growth_markdown(results: BenchmarkResults | None) -> str:
    """How multiples and memory grow with the number of regions."""
    if results is None:
        return _NONE
    parts = []
    for family in results.families.values():
        columns = list(next((row.figures for row in family.rows if row.figures), {}))
        body = "".join(_growth_row(row, columns) for row in family.rows)
        body += _ratio_row(family, columns)
        heads = ["network", *columns, *(f"bytes a region: {column}" for column in columns)]
        parts.append(f"### {_sentence_case(family.title)}\n")
        parts.append(table_html(heads, body, f"Growth: {family.title}", "benchmarks"))
        if len({_digest(row) for row in family.rows}) > 1:
            parts.append("\nThe engine's sources changed between the rows of this table.\n")
    titles = {family.name: family.title for family in results.families.values()}
    return "\n".join([*parts, _shortfalls(results, titles)])


def memory_markdown(results: BenchmarkResults | None) -> str:
    """Peak memory a region of the workloads of the first table."""
    if results is None:
        return _NONE
    rows = _group(results, "speed")
    columns = list(dict.fromkeys(column for row in rows for column in row.bytes_per_region))
    body = "".join(
        f"<tr>{_name(row)}"
        + "".join(_bytes(row, column) for column in columns)
        + f"<td>{_mebibytes(row)}</td></tr>"
        for row in rows
        if row.figures
    )
    heads = ["workload", *(f"bytes a region: {column}" for column in columns), "MiB in all"]
    return table_html(heads, body, "Memory by workload", "benchmarks")


def set_up_markdown(results: BenchmarkResults | None) -> str:
    """What a call costs by itself, and what certified signs cost."""
    if results is None:
        return _NONE
    parts = []
    rows = _group(results, "set-up")
    if rows:
        columns = list(dict.fromkeys(column for row in rows for column in row.figures))
        body = "".join(
            f"<tr>{_name(row)}"
            + "".join(_cell(row, column) for column in columns)
            + f"<td>{_milliseconds(row, columns[0])}</td></tr>"
            for row in rows
        )
        heads = ["workload", *columns, "milliseconds"]
        parts.append(table_html(heads, body, "Set-up", "benchmarks"))
    rows = _group(results, "certification")
    if rows:
        body = "".join(
            f"<tr>{_name(row)}{_cell(row, column)}</tr>" for row in rows for column in row.figures
        )
        heads = ["network", "share of the time for certified signs"]
        parts.append(table_html(heads, body, "The cost of certified signs", "benchmarks"))
    titles = {row.name: row.title for row in results.rows.values() if row.group == "certification"}
    return "\n".join([*parts, _shortfalls(results, titles)])


def conditions_markdown(results: BenchmarkResults | None, engine_digest: str) -> str:
    """Machine, versions, date, whether the engine is still the one measured, and the passes."""
    if results is None:
        return _NONE
    made = [row.made for row in results.rows.values()]
    stale = [row.title for row in results.rows.values() if _digest(row) != engine_digest]
    facts = [
        ("processor", _all(each.get("processor") for each in made)),
        *(
            (
                package.capitalize() if package == "python" else package,
                _all(_versions(made, package)),
            )
            for package in ("python", "numpy", "numba")
        ),
        ("measured", _all(each.get("date") for each in made)),
        ("processes running then", _load(made)),
        ("checksum of the engine", _all(_digest(row) for row in results.rows.values())),
    ]
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(text)}</td></tr>'
        for name, text in facts
    )
    state = (
        "The engine's sources are the ones that were measured."
        if not stale
        else "**The engine's sources have changed since "
        + ("these numbers were" if len(stale) == len(made) else f"{len(stale)} rows were")
        + f" measured** (checksum now `{engine_digest}`)."
    )
    return "\n".join(
        [
            state + "\n",
            table_html(["condition", ""], body, "Conditions of the measurement", "benchmarks"),
            "\nThe passes themselves:\n",
            _passes(row for row in results.rows.values() if row.group == "speed"),
        ]
    )


def _group(results: BenchmarkResults, group: str) -> list[BenchmarkRow]:
    return [row for row in results.rows.values() if row.group == group]


def _name(row: BenchmarkRow) -> str:
    regions = f"{row.num_regions:,} regions" if row.num_regions else ""
    return (
        f'<th scope="row">{escape(row.title)}<br><span class="linreg-source">{regions}</span></th>'
    )


def _elsewhere(row: BenchmarkRow) -> str:
    if not row.elsewhere:
        return _EMPTY
    note = f"{row.elsewhere['program']}, {row.elsewhere['note']}"
    return f"<td>{short(row.elsewhere['multiple'])}<br>{_quiet(note)}</td>"


def _cell(row: BenchmarkRow, column: str) -> str:
    figure, aim = row.figures.get(column), row.aims.get(column)
    if figure is None and row.stopped and aim is not None:
        missed = f'<span class="linreg-fail">✗ aim {aim:g}</span>'
        return f"<td>stopped after {row.stopped:g} s<br>{missed}</td>"
    if figure is None:
        return _EMPTY
    other = row.in_other_unit.get(column)
    told = "" if other is None else f"<br>{_quiet(f'{row.other_unit} {short(other)}')}"
    return f"<td>{_figure(figure)}{_against_aim(figure)}{told}</td>"


def _figure(figure: Figure) -> str:
    once = figure.num_repeats == 1
    spread = "once" if once else f"[{short(figure.low)}, {short(figure.high)}]"
    if not once and figure.num_repeats != 5:
        spread += f" of {figure.num_repeats}"
    return f"<strong>{short(figure.middle)}</strong> {_quiet(spread, whole=True)}"


def _quiet(text: str, *, whole: bool = False) -> str:
    return f'<span class="linreg-source"{" " + _WHOLE if whole else ""}>{escape(text)}</span>'


def _against_aim(figure: Figure) -> str:
    if figure.aim is None:
        return ""
    if figure.met:
        return f'<br><span class="linreg-pass">✓ aim {figure.aim:g}</span>'
    over = _times(figure.middle / figure.aim)
    return f'<br><span class="linreg-fail" {_WHOLE}>✗ {over} aim {figure.aim:g}</span>'


def _times(ratio: float) -> str:
    """How far a missed aim is: ``1.04 ×``, ``2.6 ×``, ``31 ×``."""
    return f"{ratio:.2f} ×" if ratio < 1.995 else f"{short(ratio)} ×"


def _reference(row: BenchmarkRow | None) -> str:
    if row is None:
        return _EMPTY
    if row.stopped:
        return f"<td>stopped after {row.stopped:g} s</td>"
    return f"<td>{_figure(list(row.figures.values())[-1])}</td>"


def _shortfalls(results: BenchmarkResults, titles: dict[str, str]) -> str:
    told: dict[tuple[str, str], list[str]] = {}
    for (name, column), figure in results.short().items():
        if name in titles:
            number = "stopped" if figure is None else f"{short(figure.middle)}, aim {figure.aim:g}"
            reason = results.reasons.get((name, column), "No reason is known yet.")
            told.setdefault((name, reason), []).append(f"{column} ({number})")
    if not told:
        return "\nEvery aim of this table is reached.\n"
    lines = [
        f"- **{titles[name]}**: {', '.join(columns)}. {reason}"
        for (name, reason), columns in told.items()
    ]
    return "\nWhat falls short, and why:\n\n" + "\n".join(lines) + "\n"


def _growth_row(row: BenchmarkRow, columns: Sequence[str]) -> str:
    cells = "".join(_cell(row, column) if row.figures else _stopped(row) for column in columns)
    return f"<tr>{_name(row)}{cells}{''.join(_bytes(row, column) for column in columns)}</tr>"


def _stopped(row: BenchmarkRow) -> str:
    return f"<td>stopped after {row.stopped:g} s</td>"


def _ratio_row(family: Growth, columns: Sequence[str]) -> str:
    def ratio(column: str) -> str:
        figure = family.ratios.get(column)
        return _EMPTY if figure is None else f"<td>{_figure_only(figure)}</td>"

    cells = "".join(ratio(column) for column in columns)
    cells += "".join(ratio(f"memory, {column}") for column in columns)
    return f'<tr><th scope="row">largest over smallest</th>{cells}</tr>'


def _figure_only(figure: Figure) -> str:
    return f"<strong>{figure.middle:.2f}</strong>{_against_aim(figure)}"


def _bytes(row: BenchmarkRow, column: str) -> str:
    size = row.bytes_per_region.get(column)
    return _EMPTY if size is None else f"<td>{size:,.0f}</td>"


def _mebibytes(row: BenchmarkRow) -> str:
    most = max(row.bytes_per_region.values(), default=0.0) * row.num_regions
    return f"{most / 2**20:,.0f}"


def _milliseconds(row: BenchmarkRow, column: str) -> str:
    unit = row.pass_seconds
    if unit is None or column not in row.figures:
        return ""
    return short(1e3 * unit.middle * row.figures[column].middle)


def _passes(rows: Iterable[BenchmarkRow]) -> str:
    body = []
    for row in rows:
        plain, kept = row.pass_seconds, row.pass_in_place_seconds
        if plain is None or kept is None:
            continue
        cells = [f"{row.num_vertices:,}"]
        for each in (plain, kept):
            spread = f"[{short(1e3 * each.low)}, {short(1e3 * each.high)}]"
            cells.append(f"{short(1e3 * each.middle)} {_quiet(spread)}")
        cells.append(f"{plain.middle / kept.middle:.2f}")
        body.append(
            f'<tr><th scope="row">{escape(row.title)}</th>'
            + "".join(f"<td>{cell}</td>" for cell in cells)
            + "</tr>"
        )
    heads = ["workload", "vertices", "pass, ms", "pass in place, ms", "pass over pass in place"]
    return table_html(heads, "".join(body), "Forward passes", "benchmarks")


def _digest(row: BenchmarkRow) -> str:
    return str(row.made.get("source_digest", ""))


def _versions(made: Iterable[dict], package: str) -> Iterable[object]:
    return (each.get("versions", {}).get(package) for each in made)


def _all(values: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(str(value) for value in values if value))


def _load(made: Iterable[dict]) -> str:
    loads = [each["load"] for each in made if "load" in each]
    return f"{min(loads):.1f} to {max(loads):.1f} (load average)" if loads else ""


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
