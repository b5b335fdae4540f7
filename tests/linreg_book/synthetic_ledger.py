"""Small ledgers made by hand, for the pages that are made from ledgers."""

from __future__ import annotations

from typing import Any

from linreg_book.pages.ledger import LedgerEntry
from linreg_book.records.registry import RegisteredClaim

HOSTILE = "<script>alert(1)</script>\n```\n# no heading\n\"'><img src=x onerror=alert(2)>"


def check(**changes: Any) -> dict[str, Any]:
    """One comparison, as the ledger keeps it."""
    return {
        "name": "two neurons",
        "kind": "exact",
        "passed": True,
        "measured": 3,
        "predicted": 4,
        "criterion": "equal",
        "part": "",
        "note": "",
        "consistency": False,
        "of_paper": "",
        "role": "check",
        "chapter": "41_good",
        "chapter_title": "A good chapter",
        "cell": 3,
    } | changes


def entry(claim_id: str, verdict: str, **changes: Any) -> LedgerEntry:
    """An entry; what is given besides replaces a field of the claim or of the entry."""
    claim = {
        "id": claim_id,
        "paper": claim_id.partition("-")[0],
        "label": claim_id.partition("-")[2].replace("Thm", "Theorem "),
        "kind": "theorem",
        "place": "2.1",
        "statement": "A line is cut into $2^n$ pieces.",
        "chapter": "41_good",
    }
    claim |= {name: changes.pop(name) for name in claim if name in changes}
    fields: dict[str, Any] = {
        "claim": RegisteredClaim(**claim),
        "verdict": verdict,
        "note": "",
        "chapter": claim["chapter"],
        "chapter_title": "A good chapter",
        "cell": None if verdict == "open" else 4,
        "evidence": () if verdict in ("open", "not-testable") else (check(),),
        "profile": "quick",
        "dataset": None,
        "seeds": {"SEED": 7},
    }
    return LedgerEntry(**fields | changes)


def small_ledger() -> tuple[LedgerEntry, ...]:
    """Five claims: false, repaired, proved, open, and one whose every word is hostile."""
    return (
        entry(
            "HR19-Thm1",
            "false",
            why="the constant depends on the depth",
            counterexample="$N = 2$ in layers 1-1: $3/2$ pieces",
            mended=("The expected number is at most $2 T N$.",),
            rests="Figure 5a",
            evidence=(check(passed=False),),
        ),
        entry("HR19-vol0", "repaired", kind="statement", why="ends count", mended=("K is open.",)),
        entry("QW23-Eq27", "open", chapter_title="Planned & waiting", kind="bound", planned=True),
        entry("F23-Lem1", "proved", kind="lemma", why="deletion and restriction"),
        entry(
            "F23-Fig10",
            "ill-posed",
            kind=HOSTILE,
            place=HOSTILE,
            statement=HOSTILE,
            why=HOSTILE,
            note=HOSTILE,
            counterexample=HOSTILE,
            mended=(HOSTILE,),
            rests=HOSTILE,
            chapter_title=HOSTILE,
            dataset=HOSTILE,
            seeds={HOSTILE: HOSTILE},
            evidence=(
                check(name=HOSTILE, role="reading", measured=HOSTILE, criterion=HOSTILE),
                check(name=HOSTILE, measured=HOSTILE, predicted=HOSTILE, of_paper=HOSTILE),
            ),
        ),
    )
