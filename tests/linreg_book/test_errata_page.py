"""The page of errata, from a small ledger."""

from __future__ import annotations

from linreg_book.pages.errata_page import errata_markdown
from linreg_book.site.live_content import live_content
from tests.linreg_book.page_html import raw_html, rest_of
from tests.linreg_book.synthetic_ledger import check, entry, small_ledger

ENTRIES = small_ledger()


def told(markdown: str, anchor: str) -> dict[str, str]:
    item = raw_html(markdown).find(id=anchor)
    assert item is not None
    heads = [head.get_text() for head in item.find_all("dt")]  # type: ignore[union-attr]
    texts = [text.get_text() for text in item.find_all("dd")]  # type: ignore[union-attr]
    return dict(zip(heads, texts, strict=True))


def test_only_what_fails_stands_there() -> None:
    page = raw_html(errata_markdown(ENTRIES, {}))
    assert [item["id"] for item in page.select(".linreg-erratum")] == [
        "erratum-hr19-thm1",
        "erratum-hr19-vol0",
        "erratum-f23-fig10",
    ]


def test_each_paper_begins_with_the_names_of_its_items() -> None:
    page = raw_html(errata_markdown(ENTRIES, {}))
    named = [link["href"] for link in page.select("details.linreg-names a")]
    assert named == [f"#{item['id']}" for item in page.select(".linreg-erratum")]


def test_an_item_leads_to_what_its_chapter_found_besides() -> None:
    page = raw_html(errata_markdown(ENTRIES, {}, {"41_good"}))
    assert page.select_one('#erratum-hr19-thm1 a[href="new.html#new-in-41-good"]')
    assert not raw_html(errata_markdown(ENTRIES, {})).select('a[href^="new.html"]')


def test_an_item_has_all_its_parts() -> None:
    found = told(errata_markdown(ENTRIES, {}), "erratum-hr19-thm1")
    assert list(found) == [
        "What is claimed",
        "What fails",
        "Smallest counterexample",
        "True instead",
        "What rests on it",
        "Evidence",
    ]
    assert found["What fails"] == "The constant depends on the depth."
    assert found["What rests on it"] == "Figure 5a."
    assert "A good chapter" in found["Evidence"]
    assert "Mended" in told(errata_markdown(ENTRIES, {}), "erratum-hr19-vol0")


def test_without_a_reason_the_failed_comparisons_speak() -> None:
    failing = check(passed=False, name="three neurons", measured=5, predicted=8)
    quiet = check(passed=False, consistency=True, name="a bug")
    single = entry("HR19-Thm1", "not-reproduced", evidence=(check(), failing, quiet))
    found = told(errata_markdown([single], {}), "erratum-hr19-thm1")
    assert found["What fails"] == "three neurons: 5, not 8"


def test_an_experiment_shows_its_numbers_on_both_sides() -> None:
    numbers = (
        check(name="pieces", of_paper="about 1", measured=1, predicted=1, kind="experiment"),
        check(name="slope", of_paper="-1", passed=False, measured=-2, predicted=-1),
        check(name="our own", passed=False, measured=5, predicted=8),
    )
    half = entry("HR19-Fig5a", "partly", kind="figure", why="one of two", evidence=numbers)
    found = told(errata_markdown([half], {}), "erratum-hr19-fig5a")
    assert found["What came out instead"].startswith("slope: ")
    assert found["What came out as told"].startswith("pieces: 1, as predicted")
    assert "our own" not in " ".join(found.values())


def test_a_false_claim_without_a_mended_one_says_so() -> None:
    found = told(errata_markdown([entry("HR19-Thm1", "false")], {}), "erratum-hr19-thm1")
    assert found["True instead"] == "The chapter puts no other statement in its place."


def test_readings_say_what_it_could_mean() -> None:
    readings = tuple(
        check(role="reading", name=f"reading: {words}", measured=value)
        for words, value in (("sets", 4), ("numbers", 7))
    )
    vague = entry("QW23-Def1", "ill-posed", note="a number equals a set", evidence=readings)
    found = told(errata_markdown([vague], {}), "erratum-qw23-def1")
    assert found["What fails"] == "A number equals a set."
    assert found["What it could mean"] == "sets: 4numbers: 7"


def test_a_mended_statement_stands_once() -> None:
    mended = entry("HR19-Thm1", "false", mended=("At most $2N$.",), note="stated informally")
    assert errata_markdown([mended], {}).count("At most") == 1


def test_each_paper_that_is_judged_has_a_section() -> None:
    rest = rest_of(errata_markdown(ENTRIES, {}))
    assert [line for line in rest.splitlines() if line.startswith("## ")] == [
        "## Hanin & Rolnick (2019)",
        "## Fan et al. (2023)",
    ]
    assert "2 of 2 claims are judged, 2 stand here." in rest
    assert "Nothing is judged yet of: Qi & Wei (2023)." in rest


def test_words_stay_words() -> None:
    markdown = errata_markdown(ENTRIES, {})
    assert "no heading" not in rest_of(markdown)
    page = raw_html(markdown)
    assert (live_content(str(page)).around, page.find(["img", "script"])) == ([], None)
