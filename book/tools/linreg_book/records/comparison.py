"""One comparison: what was measured, held against a prediction by a criterion."""

from __future__ import annotations

from typing import Any

from linreg_book.errors import RecordError
from linreg_book.records.criteria import Criterion
from linreg_book.records.plain_values import plain_value
from linreg_book.records.verdicts import VERDICT_OF_KIND, CheckResult


def compared(
    where: str,
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
) -> CheckResult:
    """Compare once.

    Args:
        where: the claim or finding that it is for; begins every message.

    Raises:
        RecordError: unknown kind, missing prediction, a comparison that makes no sense, a failed
            consistency check: that is a fault of the book, no result.
    """
    told = f"{where}, check {name!r}"
    if kind not in VERDICT_OF_KIND:
        raise RecordError(f"{told}: kind={kind!r}; use one of {', '.join(VERDICT_OF_KIND)}")
    if not isinstance(criterion, Criterion):
        raise RecordError(
            f"{told}: criterion must be made by equal(), close(), ...; got {criterion!r}"
        )
    if criterion.needs_prediction and predicted is None:
        raise RecordError(f"{told}: criterion {criterion.words!r} needs predicted=...")
    if of_paper and consistency:
        raise RecordError(
            f"{told}: a comparison with the paper's {of_paper} is no consistency check"
        )
    try:
        passed = bool(criterion.test(measured, predicted))
    except (TypeError, ValueError) as error:
        raise RecordError(
            f"{told}: criterion {criterion.words!r} cannot compare "
            f"{measured!r} with {predicted!r}: {error}"
        ) from error
    if consistency and not passed:
        raise RecordError(
            f"{told}: a consistency check failed ({measured!r} against {predicted!r}, "
            f"{criterion.words}): only a bug can do that"
        )
    return CheckResult(
        name=name,
        kind=kind,
        passed=passed,
        measured=plain_value(measured),
        predicted=plain_value(predicted),
        criterion=criterion.words,
        part=part,
        note=note,
        consistency=consistency,
        of_paper=of_paper,
    )
