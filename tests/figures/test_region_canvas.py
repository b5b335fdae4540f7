"""A canvas's HTML, read without a browser: the numbers in it are the complex's."""

from __future__ import annotations

import base64
import io
import json
import re
import zlib
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from PIL import Image

from linreg_lib.errors import UnboundedQuestionError, WorkLimitError
from linreg_lib.figures import region_canvas
from linreg_lib.figures.outlines import face_outlines
from linreg_lib.geometry import Box, PolyhedralComplex, Space, subdivide
from linreg_lib.networks import Network
from tests.figures.complex_stub import line_complex
from tests.figures.solid_networks import random_complex

NUMBERS = np.zeros(random_complex(2).num_regions)
SPOILT = np.where(np.arange(len(NUMBERS)) == 3, np.nan, NUMBERS)
both = pytest.mark.parametrize("dim", [2, 3])


class Page(HTMLParser):
    """Elements with their attributes, text of the scripts, and whether tags are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, Any]]] = []
        self.scripts: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("img", "input"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "script":
            self.scripts[self.found[-1][1].get("class", "code")] = data

    def named(self, tag: str) -> list[dict[str, Any]]:
        return [attributes for name, attributes in self.found if name == tag]


def decoded(html: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and the arrays, by the description in the docstring and not by the packer."""
    page = Page(html)
    header = json.loads(page.scripts["linreg-header"])
    raw = zlib.decompress(base64.b64decode(page.scripts["linreg-data"]))
    arrays, start = {}, 0
    for each in header["arrays"]:
        kind = np.dtype(each["type"]).newbyteorder("<")
        count = int(np.prod(each["shape"]))
        planes = np.frombuffer(raw, np.uint8, count * kind.itemsize, start)
        start += count * kind.itemsize
        whole = planes.reshape(kind.itemsize, count).T.copy()
        arrays[each["name"]] = whole.view(kind).reshape(each["shape"])
    assert start == len(raw)
    return header, arrays


def places_of_corners(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> list[np.ndarray]:
    numbers, known = [], 0
    for back in arrays["corners"].tolist():
        numbers.append(known - back)
        known += back == 0
    assert known == len(arrays["vertices"])
    places = arrays["vertices"] * header["scale"] + np.array(header["centre"])
    return np.split(places[numbers], np.cumsum(arrays["sizes"])[:-1])


def html_of(cx: PolyhedralComplex, **options: Any) -> str:
    return region_canvas(cx, "Regions", **options)._repr_html_()


@both
def test_the_numbers_of_every_region_are_in_the_page(dim: int) -> None:
    cx = random_complex(dim)
    numbers = np.linspace(-2.0, 5.0, cx.num_regions)
    header, arrays = decoded(html_of(cx, values={"height": numbers}))
    assert (header["dim"], header["num_regions"]) == (dim, cx.num_regions)
    np.testing.assert_allclose(arrays["measure"] * header["scale"] ** dim, cx.volumes, rtol=1e-6)
    np.testing.assert_array_equal(arrays["facets"], cx.facets_per_region())
    on = [cx.patterns[:, :7].sum(axis=1), cx.patterns[:, 7:].sum(axis=1)]
    np.testing.assert_array_equal(arrays["units"], np.stack(on, axis=1))
    assert header["values"] == {"value0": "height"}
    np.testing.assert_allclose(arrays["value0"], numbers, rtol=1e-6)
    assert header["layers"] == [{"width": 7, "breakpoints": 1}, {"width": 5, "breakpoints": 1}]


def test_polygons_of_a_plane_are_the_regions() -> None:
    cx = random_complex(2)
    for drawn, polygon in zip(places_of_corners(*decoded(html_of(cx))), cx.polygons(), strict=True):
        np.testing.assert_allclose(drawn, polygon, atol=1e-6)


def test_polygons_of_a_solid_are_the_facets_between_its_regions() -> None:
    cx = random_complex(3)
    header, arrays = decoded(html_of(cx))
    first = np.cumsum(arrays["first_sides"], dtype=np.int64)
    second = np.where(arrays["second_sides"] == 0, -1, first + arrays["second_sides"])
    outlines = face_outlines(cx)
    facets: dict[tuple[int, int], list[np.ndarray]] = {}
    for facet, sides in enumerate(cx.facet_cells.tolist()):
        part = outlines.corners[outlines.offsets[facet] : outlines.offsets[facet + 1]]
        key = (max(sides), -1) if -1 in sides else (min(sides), max(sides))
        facets.setdefault(key, []).append(cx.vertices[part])
    drawn = places_of_corners(header, arrays)
    assert len(drawn) == len(cx.facet_cells)
    for places, key in zip(drawn, zip(first.tolist(), second.tolist(), strict=True), strict=True):
        gaps = [
            np.abs(places - facet).max() for facet in facets[key] if facet.shape == places.shape
        ]
        assert min(gaps) < 1e-6


def test_far_from_the_origin_places_keep_their_precision() -> None:
    net = Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[-1e6 - 0.5, -2e6 - 0.25], [0]])
    cx = subdivide(net, Box([1e6, 2e6], [1e6 + 1, 2e6 + 1]))
    header, arrays = decoded(html_of(cx))
    for drawn, polygon in zip(places_of_corners(header, arrays), cx.polygons(), strict=True):
        np.testing.assert_allclose(drawn, polygon, rtol=0, atol=1e-6)
    np.testing.assert_allclose(arrays["measure"] * header["scale"] ** 2, cx.volumes, rtol=1e-6)


def test_a_tiny_domain_keeps_its_volumes() -> None:
    net = Network.from_arrays([[[1, 0, 0]], [[1]]], [[0], [0]])
    cx = subdivide(net, Box(-1e-20, 1e-20, dim=3))
    header, arrays = decoded(html_of(cx))
    assert header["scale"] == 1e-20
    np.testing.assert_allclose(arrays["measure"], [4.0, 4.0], rtol=1e-6)


def test_units_of_an_activation_with_two_breakpoints_are_counted_by_piece() -> None:
    net = Network.from_arrays([[[1, 0]], [[1]]], [[0], [0]], activation="hard_tanh")
    header, arrays = decoded(html_of(subdivide(net, Box(-2, 2, dim=2))))
    assert header["layers"] == [{"width": 1, "breakpoints": 2}]
    assert arrays["units"].tolist() == [[0, 0], [1, 0], [0, 1]]


@both
def test_there_is_a_picture_for_readers_without_scripts(dim: int) -> None:
    page = Page(region_canvas(random_complex(dim), "A net.", colour_by="volume")._repr_html_())
    (image,) = page.named("img")
    assert image["alt"] == f"A net. {random_complex(dim).num_regions} regions."
    picture = Image.open(io.BytesIO(base64.b64decode(image["src"].partition(",")[2])))
    assert len(picture.getcolors(picture.size[0] * picture.size[1]) or ()) > 50


@both
def test_controls_have_names_and_nothing_is_fetched(dim: int) -> None:
    html = html_of(random_complex(dim))
    page = Page(html)
    (stage,) = page.named("canvas")
    assert stage["tabindex"] == "0"
    assert stage["aria-label"].startswith("Regions. ")
    for button in page.named("button"):
        assert button["type"] == "button"
        assert "aria-label" in button or button["class"] == "linreg-home"
    assert len(page.named("label")) == len(page.named("input")) + len(page.named("select"))
    assert re.findall(r"https?:|//cdn|import\(|fetch\(|XMLHttp", html) == []


def test_two_canvases_on_a_page_do_not_share_names() -> None:
    canvas = region_canvas(random_complex(2), "Regions")
    names = [re.findall(r' id="([^"]+)"', canvas._repr_html_()) for _ in range(2)]
    assert len(set(sum(names, []))) == 2


def test_texts_are_escaped() -> None:
    cx = random_complex(2)
    name = "</script><b>$x & 'y'"
    canvas = region_canvas(cx, '<i>"1" & 2</i>', values={name: np.zeros(cx.num_regions)})
    html = canvas._repr_html_()
    assert "<b>" not in html
    assert "<i>" not in html
    assert decoded(html)[0]["values"] == {"value0": name}
    assert Page(html).named("canvas")[0]["aria-label"].startswith('<i>"1" & 2</i>. ')


def test_linear_regions_have_one_colour() -> None:
    # The second neuron is not listened to: three patterns, two linear regions.
    net = Network.from_arrays([[[1, 0], [1, 0]], [[1, 0]]], [[0, -0.5], [0]])
    cx = subdivide(net, Box(-1, 1, dim=2))
    colours = decoded(html_of(cx, colour_by="linear"))[1]["linear"].tolist()
    assert len(colours) == 3
    assert colours[0] != colours[1]
    assert colours[1] == colours[2]


def test_sizes_are_told_and_small() -> None:
    canvas = region_canvas(random_complex(2, (40, 40)), "Regions")
    assert canvas.num_bytes == pytest.approx(len(canvas._repr_html_()), rel=1e-3)
    assert canvas.bytes_per_region < 40
    assert f"{canvas.num_regions} regions" in repr(canvas)
    assert region_canvas(random_complex(3, (16, 12)), "Regions").bytes_per_region < 75


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"alt": " "}, ValueError, "alt is empty"),
        ({"colour_by": "age"}, ValueError, "'age' is unknown; use one of 'region', .*'height'"),
        ({"values": {"height": [1.0]}}, ValueError, r"shape \(\d+,\), got shape \(1,\)"),
        ({"values": {"facets": NUMBERS}}, ValueError, "name of a built-in colouring"),
        ({"values": {"height": SPOILT}}, ValueError, r"values\['height'\]\[3\] is nan"),
        ({"max_regions": 10}, WorkLimitError, "more than max_regions=10; .* draw_regions"),
        ({"max_bytes": 500}, WorkLimitError, "a region.* more than max_bytes=500"),
        ({"max_bytes": 20_000}, WorkLimitError, "more than max_bytes=20000"),
    ],
)
def test_what_a_page_cannot_hold_is_refused(
    options: dict[str, Any], kind: type[Exception], message: str
) -> None:
    cx = random_complex(2)
    given: dict[str, Any] = {"alt": "x", "values": {"height": NUMBERS}, **options}
    with pytest.raises(kind, match=message):
        region_canvas(cx, **given)


def test_other_complexes_are_refused() -> None:
    line: Any = line_complex([0.0])
    with pytest.raises(ValueError, match="dimension 2 or 3, got dimension 1"):
        region_canvas(line, "x")
    cx = subdivide(random_complex(2).network, Space(2))
    with pytest.raises(UnboundedQuestionError, match=r"Space\(.\) is unbounded; subdivide a Box"):
        region_canvas(cx, "x")
