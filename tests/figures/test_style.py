from __future__ import annotations

import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
from matplotlib.colors import to_rgb

from linreg_lib.figures import PALETTE, book_style, new_figure, style, use_book_style
from linreg_lib.figures.style import grid_shape, plain_count


def luminance(colour: str) -> float:
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def test_the_style_ends_with_its_block() -> None:
    before = matplotlib.rcParams["font.size"]
    with matplotlib.rc_context({"font.size": 3.0}):
        with book_style():
            assert matplotlib.rcParams["font.size"] == 11.0
        assert matplotlib.rcParams["font.size"] == 3.0
    assert matplotlib.rcParams["font.size"] == before


def test_the_style_can_stay_on() -> None:
    use_book_style()
    assert matplotlib.rcParams["figure.dpi"] == style.DOTS_PER_INCH


def test_text_and_lines_stand_out_from_the_card() -> None:
    for colour, least in [(style.INK, 7.0), (style.GREY, 4.5), *((c, 2.0) for c in PALETTE)]:
        assert 1.05 / (luminance(colour) + 0.05) >= least, colour


def test_figures_have_one_width() -> None:
    widths = {new_figure(1, columns)[0].get_figwidth() for columns in (1, 2, 3)}
    assert widths == {style.FIGURE_WIDTH}


def test_spare_panels_are_removed() -> None:
    figure, axes = new_figure(2, 2, num_panels=3)
    assert len(figure.axes) == len(axes) == 3
    with pytest.raises(ValueError, match=r"it must be 1\.\.4"):
        new_figure(2, 2, num_panels=5)
    with pytest.raises(ValueError, match="rows is 0"):
        new_figure(0, 2)


def test_rows_are_evenly_filled() -> None:
    for num_panels in range(1, 13):
        for max_columns in range(1, 5):
            rows, columns = grid_shape(num_panels, max_columns)
            assert columns <= max_columns
            assert (rows - 1) * columns < num_panels <= rows * columns
    with pytest.raises(ValueError, match="num_panels is 0"):
        grid_shape(0)


def test_counts_have_commas_in_titles_and_in_the_canvas() -> None:
    assert [plain_count(count) for count in (0, 999, 1000, 1234567)] == [
        "0",
        "999",
        "1,000",
        "1,234,567",
    ]
    words = Path(style.__file__).with_name("canvas_words.js").read_text(encoding="utf-8")
    assert r'return String(count).replace(/\B(?=(\d{3})+$)/g, ",");' in words


@pytest.mark.parametrize("name", ["colours", "curves", "evolution", "graphs", "regions", "style"])
def test_examples(name: str) -> None:
    module = importlib.import_module(f"linreg_lib.figures.{name}")
    outcome = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_the_library_does_not_load_figures_or_matplotlib() -> None:
    code = (
        "import sys, linreg_lib; "
        "sys.exit(any(m.split('.')[0] == 'matplotlib' or m.startswith('linreg_lib.figures') "
        "for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
