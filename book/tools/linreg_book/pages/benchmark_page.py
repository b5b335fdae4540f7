"""The generated parts of the page of benchmarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from linreg_book.markup import Html, code_span, fill, join, prose
from linreg_book.pages.benchmark_results import (
    CPU_SECONDS,
    MILLISECONDS,
    RATIO,
    BenchmarkResults,
    BenchmarkRow,
    Figure,
    Growth,
    short,
)
from linreg_book.pages.tables import table_html

_NONE = "No benchmark has been run yet.\n"
_EMPTY = fill("<td></td>")


def example_markdown(results: BenchmarkResults | None) -> str:
    """What the first workload takes in seconds, in a sentence; nothing where none was measured."""
    if results is None:
        return ""
    for row in _group(results, "speed"):
        if row.figures and row.pass_seconds is not None:
            column, figure = next(iter(row.figures.items()))
            milliseconds = 1e3 * figure.middle * row.pass_seconds.middle
            return (
                f"For instance {prose(column)} of {prose(row.title)}, {row.num_regions:,} regions, "
                f"took {prose(short(milliseconds))} milliseconds of one processor.\n"
            )
    return ""


def load_markdown(results: BenchmarkResults | None) -> str:
    """How busy the machine was meanwhile, in a sentence; nothing where it was not noted."""
    load = _load(row.made for row in results.rows.values()) if results is not None else ""
    if not load:
        return ""
    return f"Other programs ran meanwhile: processes at work were {load}.\n"


def speed_markdown(results: BenchmarkResults | None) -> str:
    """The table of workloads, and why those that fall short do."""
    if results is None:
        return _NONE
    rows = _group(results, "speed")
    references = {row.reference_of: row for row in results.rows.values() if row.reference_of}
    columns = list(dict.fromkeys(column for row in rows for column in (*row.figures, *row.aims)))
    body = join(
        fill(
            "<tr>{}{}{}{}</tr>",
            _name(row),
            _elsewhere(row),
            join(_cell(row, column) for column in columns),
            _reference(references.get(row.name)),
        )
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
        body = join(
            [*(_growth_row(row, columns) for row in family.rows), _ratio_row(family, columns)]
        )
        heads = ["network", *columns, *(f"bytes a region: {column}" for column in columns)]
        parts.append(f"### {prose(_sentence_case(family.title))}\n")
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
    body = join(
        fill(
            "<tr>{}{}<td>{}</td></tr>",
            _name(row),
            join(_bytes(row, column) for column in columns),
            _mebibytes(row),
        )
        for row in rows
        if row.figures
    )
    heads = ["workload", *(f"bytes a region: {column}" for column in columns), "MiB in all"]
    return table_html(heads, body, "Memory by workload", "benchmarks")


def set_up_markdown(results: BenchmarkResults | None) -> str:
    """What a call and a process cost by themselves, and what certified signs cost."""
    if results is None:
        return _NONE
    parts = []
    rows = _group(results, "set-up")
    if rows:
        found = (column for row in rows for column in (*row.figures, *row.aims))
        passes = [column for column in dict.fromkeys(found) if column != MILLISECONDS]
        columns = [*passes, MILLISECONDS]
        body = join(
            fill("<tr>{}{}</tr>", _name(row), join(_cell(row, column) for column in columns))
            for row in rows
        )
        parts.append(table_html(["workload", *columns], body, "Set-up", "benchmarks"))
    rows = _group(results, "processes")
    if rows:
        body = join(fill("<tr>{}{}</tr>", _name(row), _cell(row, CPU_SECONDS)) for row in rows)
        heads = ["process", CPU_SECONDS]
        parts.append(table_html(heads, body, "First calls", "benchmarks"))
    rows = _group(results, "certification")
    if rows:
        body = join(
            fill("<tr>{}{}</tr>", _name(row), _cell(row, column))
            for row in rows
            for column in row.figures
        )
        heads = ["network", "share of the time for certified signs"]
        parts.append(table_html(heads, body, "The cost of certified signs", "benchmarks"))
    groups = ("set-up", "processes", "certification")
    titles = {row.name: row.title for row in results.rows.values() if row.group in groups}
    return "\n".join([*parts, _shortfalls(results, titles)])


def ratios_markdown(results: BenchmarkResults | None) -> str:
    """Tasks in units of other tasks."""
    if results is None:
        return _NONE
    rows = _group(results, "ratios")
    if not rows:
        return "No ratio has been measured yet.\n"
    body = join(
        fill("<tr>{}{}{}</tr>", _name(row), _cell(row, RATIO), _divisor(row)) for row in rows
    )
    heads = ["what, over what", "ratio", "the divisor, ms"]
    table = table_html(heads, body, "Ratios", "benchmarks")
    return table + "\n" + _shortfalls(results, {row.name: row.title for row in rows})


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
    body = join(fill('<tr><th scope="row">{}</th><td>{}</td></tr>', *fact) for fact in facts)
    state = (
        "The engine's sources are the ones that were measured."
        if not stale
        else "**The engine's sources have changed since "
        + ("these numbers were" if len(stale) == len(made) else f"{len(stale)} rows were")
        + f" measured** (checksum now {code_span(engine_digest)})."
    )
    return "\n".join(
        [
            state + "\n",
            table_html(["condition", ""], body, "Conditions of the measurement", "benchmarks"),
            "\nThe passes themselves:\n",
            _passes(row for row in results.rows.values() if row.group == "speed"),
            _files(results.rows.values()),
        ]
    )


def _group(results: BenchmarkResults, group: str) -> list[BenchmarkRow]:
    return [row for row in results.rows.values() if row.group == group]


def _name(row: BenchmarkRow) -> Html:
    regions = f"{row.num_regions:,} regions" if row.num_regions else ""
    return fill('<th scope="row">{}<br>{}</th>', row.title, _quiet(regions))


def _elsewhere(row: BenchmarkRow) -> Html:
    if not row.elsewhere:
        return _EMPTY
    note = f"{row.elsewhere['program']}, {row.elsewhere['note']}"
    return fill("<td>{}<br>{}</td>", short(row.elsewhere["multiple"]), _quiet(note))


def _cell(row: BenchmarkRow, column: str) -> Html:
    figure, aim = row.figures.get(column), row.aims.get(column)
    if figure is None and row.stopped and aim is not None:
        return fill(
            '<td>stopped after {} s<br><span class="linreg-fail">✗ aim {}</span></td>',
            f"{row.stopped:g}",
            f"{aim:g}",
        )
    if figure is None:
        return _EMPTY
    other = row.in_other_unit.get(column)
    told = "" if other is None else fill("<br>{}", _quiet(f"{row.other_unit} {short(other)}"))
    return fill("<td>{}{}{}</td>", _figure(figure), _against_aim(figure), told)


def _figure(figure: Figure) -> Html:
    once = figure.num_repeats == 1
    spread = "once" if once else f"[{short(figure.low)}, {short(figure.high)}]"
    if not once and figure.num_repeats != 5:
        spread += f" of {figure.num_repeats}"
    return fill("<strong>{}</strong> {}", _middle(figure), _quiet(spread, whole=True))


def _middle(figure: Figure) -> str:
    """Two digits; three where a number is held against an aim and misses it.

    >>> [_middle(Figure.of([1.013], aim=aim)) for aim in (None, 1.0, 2.0)]
    ['1.0', '1.01', '1.0']
    """
    exact = figure.met is False and figure.middle < 100
    return f"{figure.middle:#.3g}" if exact else short(figure.middle)


def _quiet(text: str, *, whole: bool = False) -> Html:
    if whole:
        return fill('<span class="linreg-source" style="white-space: nowrap">{}</span>', text)
    return fill('<span class="linreg-source">{}</span>', text)


def _against_aim(figure: Figure) -> Html:
    if figure.aim is None:
        return Html()
    if figure.met:
        return fill('<br><span class="linreg-pass">✓ aim {}</span>', f"{figure.aim:g}")
    return fill(
        '<br><span class="linreg-fail" style="white-space: nowrap">✗ {} aim {}</span>',
        _times(figure.middle / figure.aim),
        f"{figure.aim:g}",
    )


def _times(ratio: float) -> str:
    """How far a missed aim is: ``1.04 ×``, ``2.6 ×``, ``31 ×``."""
    return f"{ratio:.2f} ×" if ratio < 1.995 else f"{short(ratio)} ×"


def _reference(row: BenchmarkRow | None) -> Html:
    if row is None:
        return _EMPTY
    if row.stopped:
        return _stopped(row)
    return fill("<td>{}</td>", _figure(list(row.figures.values())[-1]))


def _shortfalls(results: BenchmarkResults, titles: dict[str, str]) -> str:
    told: dict[tuple[str, str], list[str]] = {}
    for (name, column), figure in results.short().items():
        if name in titles:
            number = "stopped" if figure is None else f"{_middle(figure)}, aim {figure.aim:g}"
            reason = results.reasons.get((name, column), "No reason is known yet.")
            told.setdefault((name, reason), []).append(prose(f"{column} ({number})"))
    if not told:
        return "\nEvery aim of this table is reached.\n"
    lines = [
        f"- **{prose(titles[name])}**: {', '.join(columns)}. {reason}"
        for (name, reason), columns in told.items()
    ]
    return "\nWhat falls short, and why:\n\n" + "\n".join(lines) + "\n"


def _growth_row(row: BenchmarkRow, columns: Sequence[str]) -> Html:
    cells = [_cell(row, column) if row.figures else _stopped(row) for column in columns]
    cells += [_bytes(row, column) for column in columns]
    return fill("<tr>{}{}</tr>", _name(row), join(cells))


def _stopped(row: BenchmarkRow) -> Html:
    return fill("<td>stopped after {} s</td>", f"{row.stopped:g}")


def _ratio_row(family: Growth, columns: Sequence[str]) -> Html:
    def ratio(column: str) -> Html:
        figure = family.ratios.get(column)
        return _EMPTY if figure is None else fill("<td>{}</td>", _figure_only(figure))

    cells = [ratio(column) for column in columns]
    cells += [ratio(f"memory, {column}") for column in columns]
    return fill(
        '<tr><th scope="row">largest network over smallest network</th>{}</tr>', join(cells)
    )


def _figure_only(figure: Figure) -> Html:
    return fill("<strong>{}</strong>{}", f"{figure.middle:.2f}", _against_aim(figure))


def _bytes(row: BenchmarkRow, column: str) -> Html:
    size = row.bytes_per_region.get(column)
    return _EMPTY if size is None else fill("<td>{}</td>", f"{size:,.0f}")


def _mebibytes(row: BenchmarkRow) -> str:
    most = max(row.bytes_per_region.values(), default=0.0) * row.num_regions
    return f"{most / 2**20:,.0f}"


def _divisor(row: BenchmarkRow) -> Html:
    below = row.seconds_below
    if below is None:
        return _EMPTY
    clock = "by the clock on the wall" if row.clock == "wall" else "of the processor"
    return fill("<td>{}<br>{}</td>", short(1e3 * below.middle), _quiet(clock))


def _passes(rows: Iterable[BenchmarkRow]) -> str:
    body = []
    for row in rows:
        plain, kept = row.pass_seconds, row.pass_in_place_seconds
        if plain is None or kept is None:
            continue
        cells = [f"{row.num_vertices:,}"]
        for each in (plain, kept):
            spread = f"[{short(1e3 * each.low)}, {short(1e3 * each.high)}]"
            cells.append(fill("{} {}", short(1e3 * each.middle), _quiet(spread)))
        cells.append(f"{plain.middle / kept.middle:.2f}")
        body.append(
            fill(
                '<tr><th scope="row">{}</th>{}</tr>',
                row.title,
                join(fill("<td>{}</td>", cell) for cell in cells),
            )
        )
    heads = ["workload", "vertices", "pass, ms", "pass in place, ms", "pass over pass in place"]
    return table_html(heads, join(body), "Forward passes", "benchmarks")


def _files(rows: Iterable[BenchmarkRow]) -> str:
    """Names and checksums: a table of their own, since in a narrow column they take a page."""
    files = {row.file["name"]: row.file["sha256"] for row in rows if row.file is not None}
    if not files:
        return ""
    body = join(
        fill(
            '<tr><th scope="row">{}</th><td style="overflow-wrap: anywhere">{}</td></tr>',
            name,
            checksum,
        )
        for name, checksum in files.items()
    )
    table = table_html(["file", "SHA256"], body, "Files of trained networks", "benchmarks")
    return "\nThe files of the trained networks:\n\n" + table


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
