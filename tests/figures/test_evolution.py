from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from linreg_lib.figures import Evolution, evolution_of_regions
from tests.figures.complex_stub import grid_complex

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def picture(width: int = 80, height: int = 60, seed: int | None = None) -> bytes:
    if seed is None:
        pixels = np.full((height, width, 3), 200, dtype=np.uint8)
    else:
        pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, Any]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, Any]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_without_scripts_the_last_frame_shows_and_no_dead_buttons() -> None:
    html = Evolution([picture()] * 3, ["a", "b", "c"], "squares")._repr_html_()
    elements = Elements(html)
    assert ["hidden" in image for image in elements.named("img")] == [True, True, False]
    (controls,) = [d for d in elements.named("div") if d.get("class") == "linreg-controls"]
    assert "hidden" in controls
    assert re.search(r'<p class="linreg-label"[^>]*>c</p>', html)


def test_a_film_opens_on_its_first_frame_with_the_label_above(
    browser: Browser,
) -> None:
    long = "epoch 1, and so many words that they do not fit on one line of a narrow page"
    film = Evolution([picture(200, 200)] * 3, ["epoch 0", long, "epoch 9"], "squares")
    page = browser.new_page(viewport={"width": 390, "height": 780})
    page.set_content(f"<!doctype html><body>{film._repr_html_()}")
    page.wait_for_timeout(200)
    label, frame = page.locator(".linreg-label"), page.locator(".linreg-frame:visible")
    assert label.inner_text() == "epoch 0"
    assert "Frame 1 of 3" in str(frame.get_attribute("alt"))
    assert page.locator("input").input_value() == "0"
    top = frame.bounding_box()["y"]  # type: ignore[index]
    assert label.bounding_box()["y"] < top  # type: ignore[index]
    assert page.locator("button").first.bounding_box()["y"] > top  # type: ignore[index]
    for words in (long, "epoch 9", "epoch 0"):
        page.locator(".linreg-next").click()
        assert label.inner_text() == words
        assert frame.bounding_box()["y"] == top  # type: ignore[index]
    page.close()


def test_every_frame_has_its_own_words() -> None:
    images = Elements(Evolution([picture()] * 2, ["epoch 0", "epoch 1"], "A plane.")._repr_html_())
    assert [image["alt"] for image in images.named("img")] == [
        "A plane. Frame 1 of 2: epoch 0.",
        "A plane. Frame 2 of 2: epoch 1.",
    ]


def test_controls_have_names() -> None:
    elements = Elements(Evolution([picture()] * 2, ["a", "b"], "x")._repr_html_())
    for button in elements.named("button"):
        assert button["type"] == "button"
        assert button.get("aria-label") or button["class"] == "linreg-play"
    (slider,) = elements.named("input")
    assert slider["aria-label"]
    assert slider["aria-valuetext"] == "b"


def test_nothing_is_fetched_from_elsewhere() -> None:
    html = Evolution([picture()], ["a"], "x")._repr_html_()
    assert "http" not in html
    assert all(image["src"].startswith("data:") for image in Elements(html).named("img"))


def test_two_films_on_a_page_do_not_share_names() -> None:
    film = Evolution([picture()], ["a"], "x")
    names = [
        element["id"]
        for html in (film._repr_html_(), film._repr_html_())
        for _, element in Elements(html).found
        if "id" in element
    ]
    assert len(names) == len(set(names)) == 2


def test_texts_are_escaped() -> None:
    html = Evolution([picture()], ['<b>"1" & 2</b>'], "a < b")._repr_html_()
    assert "<b>" not in html
    assert Elements(html).named("img")[0]["data-label"] == '<b>"1" & 2</b>'


def test_a_large_film_is_scaled_into_its_budget() -> None:
    frames = [picture(1000, 800, seed=k) for k in range(4)]  # noise: nothing compresses worse
    film = Evolution(frames, list("abcd"), "noise", max_bytes=1_000_000)
    html = film._repr_html_()
    assert len(html) <= 1_000_000
    assert film.size[0] < 1000
    data = Elements(html).named("img")[0]["src"].partition(",")[2]
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == film.size
    with pytest.raises(ValueError, match="4 frames do not fit 50000 bytes"):
        Evolution(frames, list("abcd"), "noise", max_bytes=50_000)


@pytest.mark.parametrize(
    ("frames", "labels", "alt", "message"),
    [
        ([], [], "x", "at least one frame"),
        ([picture()], ["a", "b"], "x", "1 frames need as many labels, got 2"),
        ([picture()], ["a"], " ", "alt is empty"),
        ([picture(), picture(90, 60)], ["a", "b"], "x", "frame 1 has \\(90, 60\\) pixels"),
    ],
)
def test_a_film_that_cannot_be_shown_is_refused(
    frames: list[bytes], labels: list[str], alt: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Evolution(frames, labels, alt)


def test_a_film_of_regions_counts_them_and_stays_small() -> None:
    cuts = [np.linspace(-0.9, 0.9, 3 * n).tolist() for n in range(1, 4)]
    film = evolution_of_regions(
        [grid_complex(c, c) for c in cuts],
        ["epoch 0", "epoch 1", "epoch 2"],
        "regions",
        points=[[0.0, 0.0]],
    )
    assert film.labels == ("epoch 0: 16 regions", "epoch 1: 49 regions", "epoch 2: 100 regions")
    assert len(film._repr_html_()) < 1_500_000
    with pytest.raises(ValueError, match="1 complexes need as many labels, got 2"):
        evolution_of_regions([grid_complex([0.0], [])], ["a", "b"], "x")
