from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from linreg_book import claim, equal, finding, record, show, true
from linreg_book.errors import RecordError, VerdictMismatch
from linreg_book.records.kernel_display import METADATA_KEY


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Stands for a notebook's kernel: what is displayed ends up in ``shown``."""
    import IPython
    import IPython.display

    shell = SimpleNamespace(user_ns={"PROFILE": "quick"}, kernel=object(), shown=[])

    def display(data: dict[str, str], *, raw: bool, metadata: dict[str, Any]) -> None:
        assert raw
        shell.shown.append((data, metadata))

    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", lambda: shell)
    monkeypatch.setattr(IPython.display, "display", display)
    return shell


def one_check(measured: int = 3, kind: str = "exact") -> Any:
    return claim("F23-Lem1").check(
        name="m = 2, n = 1",
        measured=measured,
        predicted=3,
        criterion=equal(),
        kind=kind,
        of_paper="Table 1" if kind == "experiment" else "",
    )


@pytest.fixture(autouse=True)
def fresh_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linreg_book.records.claims._open_claims", {})


def test_verdict_leaves_record_and_box(kernel: SimpleNamespace) -> None:
    one_check().verdict(expect="exact", why="as counted")
    data, metadata = kernel.shown[-1]
    left = metadata[METADATA_KEY]
    assert (left["type"], left["id"], left["verdict"]) == ("verdict", "F23-Lem1", "exact")
    assert left["checks"][0]["measured"] == 3
    assert 'id="claim-f23-lem1"' in data["text/html"]
    assert "exact" in data["text/plain"]


def test_left_open_keeps_the_checks_and_says_why(kernel: SimpleNamespace) -> None:
    judged = one_check().left_open("its table is not there yet")
    left = kernel.shown[-1][1][METADATA_KEY]
    assert judged.verdict == left["verdict"] == "open"
    assert (left["why"], len(left["checks"])) == ("its table is not there yet", 1)
    with pytest.raises(RecordError, match="needs a reason"):
        one_check().left_open(" ")


def test_mismatch_stops_but_shows_the_box(kernel: SimpleNamespace) -> None:
    with pytest.raises(VerdictMismatch, match=r"announces 'exact'.*\n?.*'false'"):
        one_check(measured=4).verdict(expect="exact", why="as counted")
    assert kernel.shown[-1][1][METADATA_KEY]["verdict"] == "false"


def test_tiny_holds_an_experiment_back_without_a_mismatch(kernel: SimpleNamespace) -> None:
    kernel.user_ns["PROFILE"] = "tiny"
    judgement = one_check(measured=4, kind="experiment").verdict(
        expect="reproduced", why="as counted"
    )
    assert judgement.verdict == "open"
    with pytest.raises(VerdictMismatch):
        one_check(measured=4).verdict(expect="exact", why="as counted")


def test_digits_hold_back_but_other_mismatches_raise(kernel: SimpleNamespace) -> None:
    judgement = one_check(kind="experiment").verdict(
        expect="reproduced", dataset="digits", why="as counted"
    )
    assert judgement.verdict == "open"
    with pytest.raises(VerdictMismatch):
        one_check(kind="experiment").verdict(expect="partly", dataset="mnist", why="as counted")


def test_a_verdict_uses_up_its_checks() -> None:
    one_check().verdict(expect="exact", why="as counted")
    with pytest.raises(RecordError, match="F23-Lem1.*as stated"):
        claim("F23-Lem1").verdict(expect="exact", why="as counted")


def test_a_failed_check_cannot_be_overwritten() -> None:
    one_check(measured=4)
    one_check(measured=3)
    with pytest.raises(VerdictMismatch):
        claim("F23-Lem1").verdict(expect="exact", why="as counted")


def test_ill_posed_needs_readings_that_differ() -> None:
    readings = {"with walls": 4, "without walls": 3}
    judgement = claim("QW23-Thm1").ill_posed(readings=readings, reason="walls are not mentioned")
    assert judgement.verdict == "ill-posed"
    with pytest.raises(VerdictMismatch, match="agree"):
        claim("QW23-Thm1").ill_posed(readings={"a": 4, "b": 4}, reason="")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: claim("F23-Lem99"), "F23-Lem9|did you mean"),
        (lambda: one_check(kind="guess"), "kind='guess'"),
        (lambda: one_check().verdict(expect="sure", why="as counted"), "expect='sure'"),
        (lambda: claim("F23-Lem1").not_testable(" "), "reason"),
        (
            lambda: claim("F23-Lem1").check(name="x", measured=1, criterion=equal(), kind="exact"),
            "needs predicted",
        ),
        (
            lambda: claim("F23-Lem1").check(name="x", measured=3, criterion=true(), kind="exact"),
            "truth values",
        ),
        (
            lambda: claim("F23-Lem1").repair(
                name="x",
                statement="y",
                change="mood",
                measured=1,
                predicted=1,
                criterion=equal(),
                kind="exact",
            ),
            "change='mood'",
        ),
        (lambda: record("Bad Key", 1), "lower-case"),
        (lambda: record("key", 1.5, format="d"), "does not fit"),
        (lambda: show("<p>x</p>", alt=" "), "alt"),
        (lambda: show('<img src="https://example.org/a.png">', alt="a"), "network"),
        (lambda: show(3, alt="three"), "cannot show"),
    ],
)
def test_clear_errors(call: Any, message: str) -> None:
    with pytest.raises(RecordError, match=message):
        call()


def test_show_embeds_and_describes(kernel: SimpleNamespace) -> None:
    html = '<link rel="stylesheet" href="https://example.org/font.css">\n<img id="frame" src="">'
    player = SimpleNamespace(to_jshtml=lambda: html)
    show(player, alt='A "film"', caption="Ten <frames>")
    shown = kernel.shown[-1][0]["text/html"]
    assert "https://" not in shown
    assert 'alt="A &quot;film&quot;"' in shown
    assert "Ten &lt;frames&gt;" in shown


def test_estimates_in_prose() -> None:
    estimate = SimpleNamespace(mean=1.23456, stderr=0.0123, count=100)
    assert record("mean", estimate) == "1.23 ± 0.01"


def test_reasons_are_kept_and_drawn(kernel: SimpleNamespace) -> None:
    one_check(measured=4).verdict(
        expect="false", why="there are $3$", counterexample="two lines", rests="Lemma 2"
    )
    data, metadata = kernel.shown[-1]
    left = metadata[METADATA_KEY]
    assert (left["why"], left["counterexample"], left["rests"]) == (
        "there are $3$",
        "two lines",
        "Lemma 2",
    )
    assert "\\(3\\)" in data["text/html"]
    assert "refutes" in data["text/html"]
    assert "FAILED" not in data["text/plain"]


@pytest.mark.parametrize(
    ("expect", "given", "message"),
    [
        ("false", {"rests": "nothing"}, "needs counterexample"),
        ("false", {"counterexample": "two lines"}, "rests="),
        ("repaired", {}, "rests="),
    ],
)
def test_a_claim_that_fails_says_what_follows(
    expect: str, given: dict[str, str], message: str
) -> None:
    with pytest.raises(RecordError, match=message):
        one_check(measured=4).verdict(expect=expect, why="so", **given)


def test_checks_and_numbers_are_silent(kernel: SimpleNamespace) -> None:
    one_check()
    record("n", 7)
    assert [data["text/html"] for data, _ in kernel.shown] == ["", ""]
    assert [left[METADATA_KEY]["type"] for _, left in kernel.shown] == ["check", "number"]


def test_evidence_for_a_claim_judged_elsewhere(kernel: SimpleNamespace) -> None:
    one_check().evidence()
    data, metadata = kernel.shown[-1]
    assert metadata[METADATA_KEY]["type"] == "evidence"
    assert "adds to the evidence" in data["text/html"]
    claim("F23-Lem1").repair(
        name="m = 2",
        statement="for $n = 1$",
        change="hypothesis",
        measured=3,
        predicted=3,
        criterion=equal(),
        kind="exact",
    ).evidence()
    data, metadata = kernel.shown[-1]
    assert metadata[METADATA_KEY]["repairs"][0]["check"]["measured"] == 3
    assert "mended hypothesis" in data["text/html"]
    with pytest.raises(RecordError, match="no check to show"):
        claim("F23-Lem1").evidence()


def test_a_failed_consistency_check_is_a_fault() -> None:
    with pytest.raises(RecordError, match="only a bug can do that"):
        claim("F23-Lem1").check(
            name="n", measured=1, predicted=2, criterion=equal(), kind="exact", consistency=True
        )
    with pytest.raises(RecordError, match="no consistency check"):
        claim("F23-Lem1").check(
            name="n",
            measured=1,
            predicted=1,
            criterion=equal(),
            kind="experiment",
            consistency=True,
            of_paper="Table 1",
        )


def test_finding_leaves_record_and_box(kernel: SimpleNamespace) -> None:
    tents = finding("tents", title="Tents", statement="$n$ tents make $2^n$ pieces")
    tents.check(name="n = 2", measured=4, predicted=4, criterion=equal(), kind="proof")
    tents.conclude(expect="proved")
    data, metadata = kernel.shown[-1]
    assert metadata[METADATA_KEY]["verdict"] == "proved"
    assert 'id="finding-tents"' in data["text/html"]


def test_evidence_tells_the_statement_only_where_one_was_mended(kernel: SimpleNamespace) -> None:
    heading = '<th scope="col">statement</th>'
    one_check().verdict(expect="exact", why="as counted")
    assert heading not in kernel.shown[-1][0]["text/html"]
    one_check(measured=4).repair(
        name="n = 2",
        statement="there are 4",
        change="reading",
        measured=4,
        predicted=4,
        criterion=equal(),
        kind="exact",
    ).verdict(expect="repaired", why="in another reading", rests="nothing else in the paper")
    assert heading in kernel.shown[-1][0]["text/html"]


def test_finding_that_fails_or_has_no_name() -> None:
    tents = finding("tents", title="Tents", statement="so")
    with pytest.raises(RecordError, match="no check"):
        tents.conclude(expect="proved")
    tents.check(name="n = 2", measured=5, predicted=4, criterion=equal(), kind="exact")
    with pytest.raises(VerdictMismatch, match="finding tents"):
        tents.conclude(expect="exact")
    for given in ({"key": "Tents"}, {"key": "tents", "title": " "}, {"key": "t", "statement": ""}):
        with pytest.raises(RecordError, match="finding"):
            finding(**{"key": "t", "title": "T", "statement": "s", **given})


def test_a_verdict_says_why() -> None:
    with pytest.raises(RecordError, match="say in why="):
        one_check().verdict(expect="exact", why=" ")
