"""Tables of computed values."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from linreg_book.errors import RecordError
from linreg_book.records.value_table import ValueTable


def test_values_are_written_and_escaped():
    html = ValueTable({"a<b": ["x & y"], "$t^2$": ["$t<1$"], "n": [12345]}, label="L")._repr_html_()
    assert "a&lt;b" in html
    assert "x &amp; y" in html
    assert r'<span class="mathjax_process">\(t^2\)</span>' in html
    assert r"\(t&lt;1\)" in html
    assert ">12,345</td>" in html
    assert 'scope="row"' in html


def test_uneven_columns_are_refused():
    with pytest.raises(RecordError, match="equally long"):
        ValueTable({"a": [1], "b": []}, label="L")
    with pytest.raises(RecordError, match="at least one column"):
        ValueTable({}, label="L")


def test_the_label_is_a_caption():
    html = ValueTable({"n": [1]}, label="Pieces < $2^n$ at -1")._repr_html_()
    table = BeautifulSoup(html, "html.parser").table
    assert table is not None
    first = table.find(True)
    assert first.name == "caption"
    assert first.get_text() == r"Pieces < \(2^n\) at −1"
    assert first.select_one(".mathjax_process")
    assert table.parent["aria-label"] == "Pieces < 2^n at −1"
    with pytest.raises(RecordError, match="caption"):
        ValueTable({"n": [1]}, label=" ")


def test_negative_numbers_have_a_minus_sign():
    table = ValueTable({"n-1": ["-0.5 ± 0.1", "$-3$", "3-5", "two-layer"]}, label="L")
    assert "−0.5 ± 0.1" in str(table)
    texts = [cell.get_text() for cell in BeautifulSoup(table._repr_html_(), "html.parser")("th")]
    assert texts == ["n-1", "−0.5 ± 0.1", r"\(-3\)", "3-5", "two-layer"]
    assert "−2, 1" in ValueTable({"x": [[-2, 1]]}, label="L")._repr_html_()


def test_a_number_keeps_its_error_on_its_line():
    html = ValueTable({"n": ["a"], "x": ["0.998 ± 0.006"], "y": ["2 ± 1 apples"]}, label="L")
    cells = html._repr_html_().split("<td")
    assert "nowrap" in cells[1]
    assert "nowrap" not in cells[2]
