"""What `show(..., name=...)` displayed becomes a numbered figure."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from linreg_book.errors import RecordError
from linreg_book.pages.shown_figures import number_shown
from linreg_book.records import show as show_module
from linreg_book.records.show import show

CALL = 'show(film, alt="A film", caption="Seen {num}`n` times.", name="fig-film")'


@pytest.fixture
def emitted(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What a kernel would have displayed."""
    kept: list[dict[str, Any]] = []
    monkeypatch.setattr(show_module, "emit", lambda **given: kept.append(given))
    return kept


def cell_showing(*emitted: dict[str, Any], source: str = CALL) -> Any:
    cell = nbformat.v4.new_code_cell(source)
    for each in emitted:
        cell.outputs.append(
            nbformat.v4.new_output(
                "display_data",
                data={"text/html": str(each["html"]), "text/plain": each["text"]},
                metadata={"linreg": each["record"]},
            )
        )
    return cell


def staged(cell: Any) -> list[str]:
    problems: list[str] = []
    number_shown(cell, lambda text: text.replace("{num}`n`", "7"), problems)
    return problems


def test_a_named_display_is_a_figure_with_its_caption(emitted: list[dict[str, Any]]) -> None:
    body = "<div><figure>inside</figure><figcaption>too</figcaption></div>"
    show(body, alt="A film", caption="Seen {num}`n` <b> times.", name="fig-film")
    cell = cell_showing(*emitted)
    assert staged(cell) == []
    figure = cell.metadata["mystnb"]["figure"]
    assert figure == {"name": "fig-film", "caption": "Seen 7 <b> times."}
    html = cell.outputs[0].data["text/html"]
    assert html == f'<div class="linreg-show" role="group" aria-label="A film">{body}</div>'


def test_other_options_of_the_cell_stay(emitted: list[dict[str, Any]]) -> None:
    show("<p>x</p>", alt="A film", caption="Seen.", name="fig-film")
    cell = cell_showing(*emitted)
    cell.metadata["mystnb"] = {"image": {"width": "100%"}}
    staged(cell)
    assert set(cell.metadata["mystnb"]) == {"image", "figure"}


def test_without_a_name_nothing_changes(emitted: list[dict[str, Any]]) -> None:
    show("<p>x</p>", alt="A film", caption="Seen.")
    assert "name" not in emitted[0]["record"]
    cell = cell_showing(*emitted, source="show(film, alt='A film', caption='Seen.')")
    before = nbformat.from_dict(cell)
    assert staged(cell) == []
    assert cell == before


def test_a_named_figure_needs_a_cell_of_its_own(emitted: list[dict[str, Any]]) -> None:
    show("<p>x</p>", alt="A film", caption="Seen.", name="fig-film")
    show("<p>y</p>", alt="Another")
    (problem,) = staged(cell_showing(*emitted))
    assert "fig-film" in problem
    assert "displays 2 things" in problem


def test_what_was_not_run_has_its_name_all_the_same() -> None:
    cell = cell_showing(source=f"film = evolve()\n{CALL}")
    assert staged(cell) == []
    assert cell.metadata["mystnb"]["figure"]["name"] == "fig-film"


def test_names_that_no_reference_could_use_are_refused() -> None:
    for name, caption in (("fig line", "Seen."), ("<b>", "Seen."), ("fig-film", " ")):
        with pytest.raises(RecordError, match="letters, digits and hyphens"):
            show("<p>x</p>", alt="A film", caption=caption, name=name)


def test_a_forged_name_is_no_figure(emitted: list[dict[str, Any]]) -> None:
    show("<p>x</p>", alt="A film")
    for name in (7, "fig`film", ["fig"]):
        emitted[0]["record"]["name"] = name
        cell = cell_showing(*emitted, source="show(film, alt='A film')")
        assert staged(cell) == []
        assert "mystnb" not in cell.metadata


CONF = """
extensions = ["myst_nb"]
numfig = True
nb_execution_mode = "off"
html_theme = "basic"
"""


def test_the_renderer_numbers_it_and_references_find_it(
    emitted: list[dict[str, Any]], tmp_path: Path
) -> None:
    show("<div>frames</div>", alt="A film", caption="Seen $2^n$ times.", name="fig-film")
    run = cell_showing(*emitted)
    text = nbformat.v4.new_markdown_cell("# Title\n\nAs {numref}`fig-film` shows.")
    assert staged(run) == []
    notebook = nbformat.v4.new_notebook(cells=[text, run])
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "python"}
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python"}
    (tmp_path / "conf.py").write_text(CONF, encoding="utf-8")
    nbformat.write(notebook, tmp_path / "index.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(tmp_path), "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert re.search(r'href="#fig-film"><span class="std std-numref">Fig. 1<', html)
    assert re.search(r'<figure [^>]*id="fig-film">.*<div>frames</div>.*Fig. 1', html, re.DOTALL)
