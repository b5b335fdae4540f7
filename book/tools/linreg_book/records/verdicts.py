"""From checks to a verdict: the rules, and nothing else.

A claim is checked *as stated* by one or more checks, and in mended form by repairs. The verdict
is a function of what passed, of the kinds of evidence, of the profile and of the data used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from linreg_book.errors import RecordError

# Evidence from the strongest kind to the weakest, with the verdict that it earns.
VERDICT_OF_KIND = {
    "proof": "proved",
    "exact": "exact",
    "sample": "supported",
    "asymptotic": "holds",
    "definition": "definition",
    "experiment": "reproduced",
}
EXPERIMENT_VERDICTS = ("reproduced", "partly", "not-reproduced")
VERDICTS = (
    "proved",
    "exact",
    "supported",
    "holds",
    "repaired",
    "false",
    "ill-posed",
    "definition",
    *EXPERIMENT_VERDICTS,
    "not-testable",
    "open",
)
CHANGES = ("reading", "hypothesis", "conclusion")
# Data sets that stand in for another one and so never decide about it.
STAND_INS = {"digits": "MNIST"}


def decides(check: Mapping[str, Any]) -> bool:
    """Whether a verdict may rest on a check, given by its fields.

    An identity that only a bug could break decides nothing, nor does an experiment that is held
    against a threshold of our own.

    >>> decides({"kind": "experiment"}), decides({"kind": "experiment", "of_paper": "Fig. 1"})
    (False, True)
    """
    own = check["kind"] == "experiment" and not check.get("of_paper")
    return not check.get("consistency") and not own


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """One comparison that was made; values already plain (see ``plain_values``).

    ``consistency``: only a bug could make it fail.  ``of_paper``: the number, curve or ordering of
    the paper that an experiment was compared with.
    """

    name: str
    kind: str
    passed: bool
    measured: Any
    predicted: Any
    criterion: str
    part: str = ""
    note: str = ""
    consistency: bool = False
    of_paper: str = ""

    @property
    def decides(self) -> bool:
        """Whether a verdict may rest on it (:func:`decides`)."""
        return decides(vars(self))


@dataclass(frozen=True, kw_only=True)
class RepairResult:
    """One comparison of a mended statement."""

    statement: str
    change: str
    check: CheckResult


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A verdict and the remark that goes with it (empty where there is nothing to say)."""

    verdict: str
    note: str = ""

    def _ipython_display_(self) -> None:
        """Nothing: the verdict's box has been drawn already."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything that a verdict is computed from."""

    checks: Sequence[CheckResult] = field(default=())
    repairs: Sequence[RepairResult] = field(default=())
    profile: str = "quick"
    dataset: str | None = None


def judge(evidence: Evidence) -> Judgement:
    """The verdict that the evidence earns.

    Only checks that could have come out otherwise count (:attr:`CheckResult.decides`). Within a
    part of a statement (``part=`` of a check; all checks form one part by default) the strongest
    kind of evidence counts; over several parts the weakest part does. One failed check of the
    statement as stated makes it false, or repaired where a mended reading or an added hypothesis
    passed every one of its checks.

    Raises:
        RecordError: if the statement as stated was never checked by a check that decides.

    >>> passed = CheckResult(name="m = 2", kind="exact", passed=True, measured=4, predicted=4,
    ...                      criterion="equal")
    >>> judge(Evidence(checks=[passed])).verdict
    'exact'
    """
    if not evidence.checks:
        raise RecordError(
            "no check of the statement as stated: call check(...) at least once before verdict()"
        )
    checks = [check for check in evidence.checks if check.decides]
    if not checks:
        raise RecordError(
            "nothing here could have come out otherwise: consistency checks, and experiments "
            "without of_paper=..., earn no verdict; compare with something of the paper's, or "
            "say not_testable(...)"
        )
    if evidence.dataset in STAND_INS:
        stands_for = STAND_INS[evidence.dataset]
        return Judgement(
            verdict="open",
            note=f"measured on {evidence.dataset}, which cannot decide about {stands_for}",
        )
    if any(check.kind == "experiment" for check in checks):
        return _judge_experiment(checks, evidence.profile)
    if all(check.passed for check in checks):
        return Judgement(verdict=VERDICT_OF_KIND[_deciding_kind(checks)])
    return _judge_failure(evidence.repairs)


def _judge_experiment(checks: Sequence[CheckResult], profile: str) -> Judgement:
    num_passed = sum(check.passed for check in checks)
    num_checks = len(checks)
    if profile == "tiny":
        return Judgement(verdict="open", note="the tiny profile never decides an experiment")
    note = _within_words(num_passed, num_checks)
    if num_passed == num_checks:
        return Judgement(verdict="reproduced", note=note)
    return Judgement(verdict="partly" if num_passed else "not-reproduced", note=note)


def _within_words(num_passed: int, num_checks: int) -> str:
    """How many comparisons came out well, as one would say it.

    >>> _within_words(0, 1)
    'the one comparison is outside its tolerance'
    >>> _within_words(1, 4)
    '1 of 4 comparisons is within its tolerance, the others are outside'
    """
    if num_passed in (0, num_checks):
        where = "within" if num_passed else "outside"
        if num_checks == 1:
            return f"the one comparison is {where} its tolerance"
        which = "both" if num_checks == 2 else f"all {num_checks}"
        return f"{which} comparisons are {where} their tolerances"
    found = "is within its tolerance" if num_passed == 1 else "are within their tolerances"
    rest = "the other is" if num_checks - num_passed == 1 else "the others are"
    return f"{num_passed} of {num_checks} comparisons {found}, {rest} outside"


def _deciding_kind(checks: Sequence[CheckResult]) -> str:
    strength = list(VERDICT_OF_KIND)
    best_of_part: dict[str, int] = {}
    for check in checks:
        rank = strength.index(check.kind)
        best_of_part[check.part] = min(rank, best_of_part.get(check.part, rank))
    return strength[max(best_of_part.values())]


def _judge_failure(repairs: Sequence[RepairResult]) -> Judgement:
    passed: dict[tuple[str, str], bool] = {}
    for repair in repairs:
        key = (repair.change, repair.statement)
        passed[key] = passed.get(key, True) and repair.check.passed
    mended = [(change, statement) for (change, statement), good in passed.items() if good]
    if any(change in ("reading", "hypothesis") for change, _ in mended):
        return Judgement(verdict="repaired")
    return Judgement(verdict="false")
