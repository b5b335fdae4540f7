"""One entry for every registered claim, made from the records of all chapters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from linreg_book.errors import StagingError
from linreg_book.pages.collect import ExecutedChapter, FoundRecord
from linreg_book.records.boxes import mended_statements
from linreg_book.records.registry import RegisteredClaim, element_id, planned_titles


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """What the book says about one claim.

    Attributes:
        chapter, cell: where the verdict was earned; cell is None while the claim is open.
        chapter_title: what readers know the chapter by; of one not written yet, the title planned.
        planned: whether the chapter is not written yet.
        why: the reason in one line; formulas between dollar signs.
        counterexample, rests: of a claim that fails as stated: the smallest one, and what else in
            the paper rests on the claim.
        mended: what holds instead, each statement that passed all its checks.
        evidence: checks with their numbers, the owner's first.
        seeds: the owner's seed parameters.
    """

    claim: RegisteredClaim
    verdict: str
    note: str
    chapter: str
    cell: int | None
    evidence: tuple[dict[str, Any], ...]
    profile: str
    dataset: str | None
    seeds: dict[str, Any]
    why: str = ""
    counterexample: str = ""
    rests: str = ""
    mended: tuple[str, ...] = ()
    chapter_title: str = ""
    planned: bool = False

    @property
    def reason(self) -> str:
        """Why the verdict is what it is, in one line."""
        return self.why or self.note

    @property
    def page(self) -> str | None:
        """Page and anchor of the verdict, relative to the site."""
        if self.cell is None:
            return None
        return f"notebooks/{self.chapter}.html#{element_id('claim', self.claim.id)}"

    def as_json(self) -> dict[str, Any]:
        """The entry of ``records.json``."""
        return {
            "id": self.claim.id,
            "name": self.claim.title,
            "paper": self.claim.paper,
            "kind": self.claim.kind,
            "place": self.claim.place,
            "statement": self.claim.statement,
            "verdict": self.verdict,
            "why": self.why,
            "counterexample": self.counterexample,
            "mended": list(self.mended),
            "rests": self.rests,
            "note": self.note,
            "chapter": self.chapter,
            "chapter_title": self.chapter_title,
            "cell": self.cell,
            "page": self.page,
            "evidence": list(self.evidence),
            "profile": self.profile,
            "dataset": self.dataset,
            "seeds": self.seeds,
        }


def make_ledger(
    registry: Sequence[RegisteredClaim],
    chapters: Iterable[ExecutedChapter],
    profile: str,
    written: Mapping[str, str] = MappingProxyType({}),
) -> tuple[LedgerEntry, ...]:
    """One entry an id, in the registry's order.

    Only the owning chapter's verdict counts, and only if that chapter ran to its end.

    Args:
        written: name -> title of the chapters that have a text, executed or not.

    Raises:
        StagingError: for an id that is not registered, or a second verdict in the owning chapter.
    """
    by_name = {chapter.name: chapter for chapter in chapters}
    found = [record for chapter in by_name.values() for record in chapter.records]
    by_claim: dict[str, list[FoundRecord]] = {claim.id: [] for claim in registry}
    for record in found:
        claim_id = record.content.get("id")
        if claim_id is None:
            continue
        if claim_id not in by_claim:
            raise StagingError(
                f"{record.chapter}, code cell {record.cell}: no claim {claim_id!r} is registered"
            )
        by_claim[claim_id].append(record)
    titles = {claim.chapter: _words_of(claim.chapter) for claim in registry}
    titles |= {**planned_titles(), **written}
    titles |= {name: chapter.title for name, chapter in by_name.items()}
    entries = (_entry(claim, by_claim[claim.id], by_name, titles, profile) for claim in registry)
    known = {*written, *by_name}
    return tuple(replace(entry, planned=entry.chapter not in known) for entry in entries)


def ledger_json(entries: Iterable[LedgerEntry]) -> str:
    """The text of ``records.json``."""
    return json.dumps([entry.as_json() for entry in entries], indent=1, ensure_ascii=False) + "\n"


def _entry(
    claim: RegisteredClaim,
    records: Sequence[FoundRecord],
    chapters: Mapping[str, ExecutedChapter],
    titles: Mapping[str, str],
    profile: str,
) -> LedgerEntry:
    owner = chapters.get(claim.chapter)
    verdicts = [
        record
        for record in records
        if record.content["type"] == "verdict" and record.chapter == claim.chapter
    ]
    if len(verdicts) > 1:
        cells = " and ".join(str(record.cell) for record in verdicts)
        raise StagingError(f"{claim.chapter}, code cells {cells}: two verdicts on {claim.id}")
    failed = owner is not None and owner.outcome.failure is not None
    evidence = _evidence(records, claim.chapter, titles)
    seeds = _seeds(owner)
    if failed or not verdicts:
        return LedgerEntry(
            claim=claim,
            verdict="open",
            note="its chapter did not run to the end" if failed else "",
            chapter=claim.chapter,
            cell=None,
            evidence=evidence,
            profile=owner.outcome.profile if owner else profile,
            dataset=None,
            seeds=seeds,
            chapter_title=titles[claim.chapter],
        )
    content = verdicts[0].content
    return LedgerEntry(
        claim=claim,
        verdict=content["verdict"],
        note=content.get("note", ""),
        chapter=claim.chapter,
        cell=verdicts[0].cell,
        evidence=evidence,
        profile=content["profile"],
        dataset=content.get("dataset"),
        seeds=seeds,
        why=content["why"],
        counterexample=content["counterexample"],
        rests=content["rests"],
        mended=mended_statements(content["repairs"]),
        chapter_title=titles[claim.chapter],
    )


def _evidence(
    records: Sequence[FoundRecord], owner: str, titles: Mapping[str, str]
) -> tuple[dict[str, Any], ...]:
    checks = [record for record in records if record.content["type"] == "check"]
    ordered = sorted(checks, key=lambda record: (record.chapter != owner, record.chapter))
    readings = [
        {**check, "role": "reading", **_place(record, titles)}
        for record in records
        if record.content["type"] == "verdict" and record.content["verdict"] == "ill-posed"
        for check in record.content["checks"]
        if check["criterion"] == "readings differ"
    ]
    listed = []
    for record in ordered:
        content = record.content
        entry = {
            **content["check"],
            "role": content["role"],
            **_place(record, titles),
        }
        if content["role"] == "repair":
            entry |= {"statement": content["statement"], "change": content["change"]}
        listed.append(entry)
    return (*listed, *readings)


def _words_of(chapter: str) -> str:
    return chapter.partition("_")[2].replace("_", " ")


def _place(record: FoundRecord, titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "chapter": record.chapter,
        "chapter_title": titles[record.chapter],
        "cell": record.cell,
    }


def _seeds(owner: ExecutedChapter | None) -> dict[str, Any]:
    if owner is None:
        return {}
    parameters = owner.outcome.parameters
    return {name: value for name, value in parameters.items() if "SEED" in name}
