"""Tables of computed values."""

from __future__ import annotations

import pytest

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


def test_a_number_keeps_its_error_on_its_line():
    html = ValueTable({"n": ["a"], "x": ["0.998 ± 0.006"], "y": ["2 ± 1 apples"]}, label="L")
    cells = html._repr_html_().split("<td")
    assert "nowrap" in cells[1]
    assert "nowrap" not in cells[2]
