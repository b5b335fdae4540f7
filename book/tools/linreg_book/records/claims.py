"""What a chapter says about a claim: checks, repairs, and the verdict computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from linreg_book.errors import RecordError, VerdictMismatch
from linreg_book.records.boxes import record_html, record_text
from linreg_book.records.comparison import compared
from linreg_book.records.criteria import Criterion
from linreg_book.records.kernel_display import emit, keep, profile_in_use
from linreg_book.records.plain_values import plain_value, short_text
from linreg_book.records.registry import find_claim
from linreg_book.records.verdicts import (
    CHANGES,
    STAND_INS,
    VERDICTS,
    CheckResult,
    Evidence,
    Judgement,
    RepairResult,
    judge,
)

_open_claims: dict[str, Claim] = {}


def claim(claim_id: str) -> Claim:
    """The claim of that id, with the checks made so far in this kernel.

    Raises:
        RecordError: if the registry has no such id.

    >>> from linreg_book import equal
    >>> checked = claim("F23-Lem1").check(
    ...     name="m = 2, n = 1", measured=3, predicted=3, criterion=equal(), kind="exact")
    >>> checked.verdict(expect="exact", why="two pieces and one more").verdict
    'exact'
    """
    find_claim(claim_id)
    if claim_id not in _open_claims:
        _open_claims[claim_id] = Claim(claim_id)
    return _open_claims[claim_id]


class Claim:
    """Collects checks of one claim until a verdict is asked for."""

    def __init__(self, claim_id: str) -> None:
        self.id = claim_id
        self._checks: list[CheckResult] = []
        self._repairs: list[RepairResult] = []

    def check(
        self,
        *,
        name: str,
        measured: Any,
        criterion: Criterion,
        kind: str,
        predicted: Any = None,
        part: str = "",
        note: str = "",
        consistency: bool = False,
        of_paper: str = "",
    ) -> Claim:
        """Compare once, for the statement as stated.

        Args:
            name: what was compared, in a few words.
            measured, predicted: numbers, arrays, estimates, truth values.
            criterion: for instance ``equal()``; fixed before measuring.
            kind: ``proof``, ``exact``, ``sample``, ``asymptotic``, ``definition`` or
                ``experiment``.
            part: names the part of a statement that has several; each part needs its own
                evidence, and the weakest part decides.
            note: a remark kept with the record.
            consistency: only a bug could make it fail; it decides nothing.
            of_paper: what of the paper's an experiment is compared with ("Fig. 5a: the ratio
                1"); experiments without it are held against our own criterion and decide nothing.

        Raises:
            RecordError: unknown kind, missing prediction, a comparison that makes no sense, a
                failed consistency check.
        """
        result = compared(
            self.id,
            name=name,
            measured=measured,
            predicted=predicted,
            criterion=criterion,
            kind=kind,
            part=part,
            note=note,
            consistency=consistency,
            of_paper=of_paper,
        )
        self._checks.append(result)
        self._keep("check", result)
        return self

    def repair(
        self,
        *,
        name: str,
        statement: str,
        change: str,
        measured: Any,
        criterion: Criterion,
        kind: str,
        predicted: Any = None,
        note: str = "",
    ) -> Claim:
        """Compare once, for a mended statement.

        Args:
            statement: the mended statement, in words.
            change: what was mended: ``reading``, ``hypothesis`` (both make the claim
                ``repaired``) or ``conclusion`` (the claim stays ``false``).

        The other arguments are those of :meth:`check`.
        """
        if change not in CHANGES:
            raise RecordError(f"{self.id}: change={change!r}; use one of {', '.join(CHANGES)}")
        result = compared(
            self.id,
            name=name,
            measured=measured,
            predicted=predicted,
            criterion=criterion,
            kind=kind,
            note=note,
        )
        self._repairs.append(RepairResult(statement=statement, change=change, check=result))
        self._keep("repair", result, statement=statement, change=change)
        return self

    def verdict(
        self,
        *,
        expect: str,
        why: str,
        counterexample: str = "",
        rests: str = "",
        dataset: str | None = None,
        note: str = "",
    ) -> Judgement:
        """Compute the verdict, draw its box, leave the record, start afresh.

        Args:
            expect: the verdict that the prose announces.
            why: the reason in one line; formulas between dollar signs.
            counterexample: the smallest one, of a claim that fails as stated.
            rests: what else in the paper rests on a claim that fails as stated.
            dataset: the data that was measured, where data were used; a stand-in
                (``"digits"`` for MNIST) leaves the claim open.
            note: a remark shown in the box.

        Raises:
            VerdictMismatch: if another verdict was earned. A verdict left open by the ``tiny``
                profile or by stand-in data is no mismatch.
            RecordError: if nothing was checked that could have come out otherwise, ``expect`` is
                no verdict, or a claim that fails lacks its counterexample.
        """
        if expect not in VERDICTS:
            raise RecordError(f"{self.id}: expect={expect!r}; verdicts: {', '.join(VERDICTS)}")
        if not why.strip():
            raise RecordError(f"{self.id}: say in why=... why, in one line")
        if expect == "false" and not counterexample.strip():
            raise RecordError(f"{self.id}: a false claim needs counterexample=..., the smallest")
        if expect in ("false", "repaired") and not rests.strip():
            raise RecordError(
                f"{self.id}: say in rests=... what else in the paper rests on it, or "
                "'nothing else in the paper'"
            )
        evidence = Evidence(
            checks=self._checks,
            repairs=self._repairs,
            profile=profile_in_use(),
            dataset=dataset,
        )
        try:
            judgement = judge(evidence)
        except RecordError as error:
            raise RecordError(f"{self.id}: {error}") from None
        words = {"why": why, "counterexample": counterexample, "rests": rests, "note": note}
        return self._conclude(judgement, expect=expect, dataset=dataset, words=words)

    def evidence(self) -> None:
        """Draw one box with the checks and repairs so far; another chapter gives the verdict.

        Raises:
            RecordError: if nothing was checked.
        """
        if not self._checks and not self._repairs:
            raise RecordError(f"{self.id}: no check to show: call check(...) before evidence()")
        record = {
            "type": "evidence",
            "id": self.id,
            "checks": [asdict(check) for check in self._checks],
            "repairs": [asdict(repair) for repair in self._repairs],
        }
        _open_claims.pop(self.id, None)
        self._checks, self._repairs = [], []
        emit(html=record_html(record), text=record_text(record), record=record)

    def ill_posed(self, *, readings: Mapping[str, Any], reason: str, rests: str = "") -> Judgement:
        """Two or more readings of the text that give different values.

        Args:
            readings: reading in words -> the value it gives.
            reason: what is missing from the text, in one line; formulas between dollar signs.
            rests: what else in the paper rests on it.

        Raises:
            VerdictMismatch: if all readings give the same value: then the text is well posed as
                far as this computation can tell.
        """
        values = {reading: plain_value(value) for reading, value in readings.items()}
        if len(values) < 2:
            raise RecordError(f"{self.id}: ill_posed needs two readings, got {len(values)}")
        told = "; ".join(f"{reading}: {short_text(value)}" for reading, value in values.items())
        distinct = {repr(value) for value in values.values()}
        if len(distinct) < 2:
            raise VerdictMismatch(f"{self.id}: all readings agree ({told}): not ill-posed")
        for reading, value in values.items():
            self._checks.append(
                CheckResult(
                    name=f"reading: {reading}",
                    kind="definition",
                    passed=True,
                    measured=value,
                    predicted=None,
                    criterion="readings differ",
                )
            )
        words = {"why": reason, "counterexample": "", "rests": rests, "note": ""}
        judgement = Judgement(verdict="ill-posed")
        return self._conclude(judgement, expect="ill-posed", dataset=None, words=words)

    def not_testable(self, reason: str) -> Judgement:
        """No computation can decide the claim; says why, in one line."""
        if not reason.strip():
            raise RecordError(f"{self.id}: not_testable needs a reason")
        words = {"why": reason, "counterexample": "", "rests": "", "note": ""}
        judgement = Judgement(verdict="not-testable")
        return self._conclude(judgement, expect="not-testable", dataset=None, words=words)

    def left_open(self, reason: str) -> Judgement:
        """No verdict yet, as something that decides is missing; says what, in one line.

        The checks so far stay in the record and decide nothing.
        """
        if not reason.strip():
            raise RecordError(f"{self.id}: left_open needs a reason")
        words = {"why": reason, "counterexample": "", "rests": "", "note": ""}
        return self._conclude(Judgement(verdict="open"), expect="open", dataset=None, words=words)

    def __repr__(self) -> str:
        return f"Claim({self.id!r}, {len(self._checks)} checks, {len(self._repairs)} repairs)"

    def _ipython_display_(self) -> None:
        """Nothing: the box comes with the verdict."""

    def _keep(self, role: str, result: CheckResult, **extra: str) -> None:
        keep({"type": "check", "id": self.id, "role": role, "check": asdict(result), **extra})

    def _conclude(
        self,
        judgement: Judgement,
        *,
        expect: str,
        dataset: str | None,
        words: Mapping[str, str],
    ) -> Judgement:
        held_back = judgement.verdict == "open" and (
            profile_in_use() == "tiny" or dataset in STAND_INS
        )
        record = {
            "type": "verdict",
            "id": self.id,
            "verdict": judgement.verdict,
            "expect": expect,
            **words,
            "note": "; ".join(part for part in (judgement.note, words["note"]) if part),
            "profile": profile_in_use(),
            "dataset": dataset,
            "checks": [asdict(check) for check in self._checks],
            "repairs": [asdict(repair) for repair in self._repairs],
        }
        _open_claims.pop(self.id, None)
        self._checks, self._repairs = [], []
        emit(html=record_html(record), text=record_text(record), record=record)
        if judgement.verdict != expect and not held_back:
            raise VerdictMismatch(
                f"{self.id}: the prose announces {expect!r}, the checks earn "
                f"{judgement.verdict!r}\n{record_text(record)}"
            )
        return judgement
