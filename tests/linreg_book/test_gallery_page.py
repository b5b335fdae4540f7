"""The gallery, from a small ledger and a small chapter."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import nbformat
import pytest

from linreg_book.errors import StagingError
from linreg_book.pages.gallery_page import KINDS, belongs_to_gallery, gallery_markdown
from linreg_book.pages.gallery_pictures import (
    Picture,
    load_figure_names,
    picture_of,
    pictures_of,
)
from linreg_book.pages.ledger import LedgerEntry
from linreg_book.pages.paper_figures import PaperFigure, load_paper_figures
from linreg_book.pages.quoting import Numbers
from linreg_book.records.registry import load_registry
from linreg_book.site.live_content import live_content
from tests.linreg_book.page_html import raw_html, rest_of
from tests.linreg_book.small_chapters import small_chapter
from tests.linreg_book.synthetic_ledger import HOSTILE, check, entry, small_ledger

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = Numbers(by_chapter={"41_good": {"n": "7"}})
PICTURE = Picture(name="0123.png", content=b"png", alt="Seven <lines>", anchor="fig-lines")
FIGURE = entry(
    "HR19-Fig5a",
    "partly",
    kind="figure",
    why="two of three",
    dataset="MNIST",
    evidence=(
        check(of_paper="Fig. 5a: ratio", predicted=1, measured={"mean": 0.98, "stderr": 0.01}),
        check(of_paper="Fig. 5a: order", passed=False, predicted=True, measured=False),
        check(name="against our threshold", kind="experiment"),
        check(name="two programs", consistency=True),
    ),
)


def nothing(_: LedgerEntry) -> list[Picture]:
    return []


def card(single: LedgerEntry, *pictures: Picture) -> Any:
    page = raw_html(gallery_markdown([single], lambda _: pictures, {}))
    (found,) = page.select(".linreg-shot")
    return found


def test_figures_and_what_compares_with_the_paper_belong_there() -> None:
    assert belongs_to_gallery(FIGURE)
    assert belongs_to_gallery(entry("HR19-Thm1", "supported", evidence=(check(of_paper="1"),)))
    assert not belongs_to_gallery(entry("HR19-Thm1", "supported"))


def test_a_card_sets_the_paper_beside_ours() -> None:
    rows = card(FIGURE).select("table.linreg-compared > tbody > tr")
    cells = [[cell.get_text() for cell in row.select("td")] for row in rows]
    assert cells == [
        ["two neurons", "Fig. 5a: ratio", "0.980 ± 0.010", "1 (equal)", "✓ within"],
        ["two neurons", "Fig. 5a: order", "no", "equal", "✗ outside"],
    ]


def test_comparisons_that_say_the_same_share_a_row() -> None:
    same = tuple(check(name=f"method {number}", of_paper="all") for number in range(4))
    other = check(name="method 5", of_paper="all", measured=4)
    rows = card(entry("F23-Fig4", "partly", evidence=(*same, other))).select(
        "table.linreg-compared > tbody > tr"
    )
    assert [row.td.get_text() for row in rows] == [
        "4 comparisons alike" + "".join(f"method {number}" for number in range(4)),
        "method 5",
    ]


def test_a_picture_stands_once() -> None:
    second = entry("HR19-Fig5b", "reproduced", kind="figure")
    page = raw_html(gallery_markdown([FIGURE, second], lambda _: [PICTURE], {}))
    assert len(page.select("img")) == 1
    assert page.select_one('#shot-hr19-fig5b a[href="#shot-hr19-fig5a"]')


def test_our_own_criteria_are_folded() -> None:
    (fold,) = card(FIGURE).select("details.linreg-own")
    text = fold.get_text(" ")
    assert "against our threshold" in text
    assert "two programs" in text
    assert "consistency" in text


def test_a_card_says_how_it_was_made() -> None:
    text = card(FIGURE).select_one(".linreg-made").get_text()
    assert text == "A good chapter · profile quick · data: MNIST · seed 7 · ledger · erratum"


def test_the_picture_leads_to_the_figure() -> None:
    link = card(FIGURE, PICTURE).select_one("a.linreg-ours")
    assert link["href"] == "../notebooks/41_good.html#fig-lines"
    assert link.img["src"] == "../_static/gallery/0123.png"
    assert link.img["alt"] == "Seven <lines>"


def test_what_is_open_is_folded() -> None:
    waiting = entry("QW23-Fig3", "open", kind="figure")
    page = raw_html(gallery_markdown([FIGURE, waiting], nothing, {}))
    (fold,) = page.select("details.linreg-waiting")
    assert [one["id"] for one in fold.select(".linreg-shot")] == ["shot-qw23-fig3"]


def test_words_stay_words() -> None:
    markdown = gallery_markdown(small_ledger(), lambda _: [PICTURE], {})
    assert "no heading" not in rest_of(markdown)
    page = raw_html(markdown)
    assert page.select(".linreg-shot")
    assert (live_content(str(page)).around, page.find("script")) == ([], None)


def drawn(content: bytes, **figure: str) -> Any:
    data = {"image/png": base64.b64encode(content).decode(), "text/plain": "figure"}
    cell = nbformat.v4.new_code_cell(
        "draw()", outputs=[nbformat.v4.new_output("display_data", data=data)]
    )
    cell.metadata["mystnb"] = {"image": {"alt": "{num}`n` lines"}, "figure": figure}
    return cell


def bare(*tags: str) -> Any:
    cell = nbformat.v4.new_code_cell("1")
    cell.metadata["tags"] = list(tags)
    return cell


@pytest.mark.parametrize(
    ("cell", "content"), [(1, None), (2, b"first"), (3, b"first"), (4, b"second"), (9, b"third")]
)
def test_the_last_picture_before_the_verdict(cell: int, content: bytes | None) -> None:
    cells = [bare(), drawn(b"first"), bare(), drawn(b"second"), drawn(b"third")]
    found = picture_of("", cell, small_chapter("41_good", *cells), NUMBERS)
    assert (found.content if found else None) == content


def test_injected_cells_do_not_count() -> None:
    cells = [bare(), bare("injected-parameters"), drawn(b"first", name="fig-one")]
    found = picture_of("", 2, small_chapter("41_good", *cells), NUMBERS)
    assert found is not None
    assert (found.anchor, found.alt, found.name[-4:]) == ("fig-one", "7 lines", ".png")


def test_a_name_says_which_picture() -> None:
    cells = [drawn(b"first", name="fig-one"), bare(), drawn(b"other", name="fig-other")]
    chapter = small_chapter("41_good", *cells)
    for figure, content in (("fig-other", b"other"), ("fig-unknown", b"first")):
        found = picture_of(figure, 2, chapter, NUMBERS)
        assert found is not None
        assert found.content == content


def film(*frames: bytes, name: str = "fig-film") -> Any:
    images = "".join(
        f'<img src="data:image/webp;base64,{base64.b64encode(frame).decode()}">' for frame in frames
    )
    record = {"type": "shown", "alt": "a film", "name": name, "caption": "Moves."}
    output = nbformat.v4.new_output(
        "display_data", data={"text/html": images}, metadata={"linreg": record}
    )
    return nbformat.v4.new_code_cell("show(film)", outputs=[output])


def test_of_a_film_the_last_frame_is_taken() -> None:
    chapter = small_chapter("41_good", drawn(b"first", name="fig-one"), film(b"start", b"end"))
    (found,) = pictures_of(["fig-film"], 2, chapter, NUMBERS)
    assert (found.content, found.name[-5:], found.alt) == (b"end", ".webp", "a film")
    (nearest,) = pictures_of([], 2, chapter, NUMBERS)
    assert nearest.content == b"first"


def test_a_card_may_have_several_pictures_or_none() -> None:
    chapter = small_chapter("41_good", drawn(b"first", name="fig-one"), film(b"start", b"end"))
    both = pictures_of(["fig-film", "fig-one"], 2, chapter, NUMBERS)
    assert [picture.content for picture in both] == [b"end", b"first"]
    assert pictures_of(["none"], 2, chapter, NUMBERS) == []
    assert len(card(FIGURE, *both).select("a.linreg-ours")) == 2


def test_names_are_of_figures_and_claims(tmp_path: Path) -> None:
    names = load_figure_names(ROOT / "book" / "results" / "gallery.yml")
    owners = {claim.id: claim.chapter for claim in load_registry()}
    assert names
    for claim, figures in names.items():
        text = (ROOT / "notebooks" / f"{owners[claim]}.md").read_text(encoding="utf-8")
        for figure in figures:
            named = (f"name: {figure}\n", f'name="{figure}"')
            assert figure == "none" or any(name in text for name in named), (claim, figure)
    (tmp_path / "gallery.yml").write_text("HR19-Fig1: [fig-one]\n")
    with pytest.raises(StagingError, match="HR19-Fig1: .* is no name of a figure"):
        load_figure_names(tmp_path / "gallery.yml")
    assert load_figure_names(tmp_path / "nothing.yml") == {}


#: What the papers have, counted in their text: figures, then tables.
FIGURES = {
    "HR19": [f"Fig. {number}" for number in range(1, 9)],
    "QW23": [f"Fig. {number}" for number in range(1, 11)]
    + [f"Table {number}" for number in (1, 2, 3)],
    "F23": [f"Fig. {number}" for number in range(1, 11)] + ["Table I"],
}


def test_every_figure_and_table_of_the_papers_is_there() -> None:
    listed = load_paper_figures(ROOT / "book" / "results" / "paper_figures.yml")
    claims = {claim.id: claim for claim in load_registry()}
    for paper, labels in FIGURES.items():
        assert [figure.label for figure in listed if figure.paper == paper] == labels
    for figure in listed:
        assert all(claims[each].paper == figure.paper for each in figure.claims)
        own = [each for each in figure.claims if claims[each].kind in KINDS]
        assert own or "no card" in figure.says, figure
    shown = {claim for figure in listed for claim in figure.claims}
    of_figures = {each.id for each in claims.values() if each.kind in ("figure", "table")}
    assert of_figures - shown == set()


def test_a_figure_leads_to_its_cards_or_says_why_not() -> None:
    drawing = PaperFigure(paper="HR19", label="Fig. 9", claims=("HR19-Thm1",), says="No card.")
    own = PaperFigure(paper="HR19", label="Fig. 5", claims=("HR19-Fig5a",), says="")
    ledger = [FIGURE, entry("HR19-Thm1", "false")]
    page = raw_html(gallery_markdown(ledger, nothing, {}, [own, drawing]))
    links = [link["href"] for link in page.select("table.linreg-figures a")]
    assert links == ["#shot-hr19-fig5a", "ledger.html#ledger-hr19-thm1"]
    assert "No card." in page.select_one("table.linreg-figures").get_text()  # type: ignore[union-attr]
    lost = PaperFigure(paper="HR19", label="Fig. 5", claims=("HR19-Fig99",), says="")
    with pytest.raises(StagingError, match="no claim 'HR19-Fig99'"):
        gallery_markdown(ledger, nothing, {}, [lost])


@pytest.mark.parametrize(
    "text", ["XX20 Fig. 1: [XX20-Fig1]", "HR19: [HR19-Fig1]", "HR19 Fig. 1: 7"]
)
def test_lists_of_figures_of_another_form(tmp_path: Path, text: str) -> None:
    (tmp_path / "paper_figures.yml").write_text(text + "\n")
    with pytest.raises(StagingError, match=r"names no figure|must be a list"):
        load_paper_figures(tmp_path / "paper_figures.yml")
    assert load_paper_figures(tmp_path / "nothing.yml") == ()


def test_an_alternative_text_stays_one() -> None:
    picture = Picture(name="0.svg", content=b"", alt=HOSTILE, anchor="")
    image = card(FIGURE, picture).select_one("img")
    assert image["alt"] == HOSTILE
