"""Run, record, stage and render the book. Knows no mathematics.

Chapters use what is exported here; everything that builds the book lives in modules which are
loaded by ``python -m linreg_book`` alone.
"""

from linreg_book.records.claims import Claim, claim
from linreg_book.records.criteria import (
    Criterion,
    at_least,
    at_most,
    between,
    close,
    equal,
    true,
    within_stderr,
)
from linreg_book.records.findings import Finding, finding
from linreg_book.records.numbers import record
from linreg_book.records.show import show
from linreg_book.records.value_table import ValueTable
from linreg_book.records.verdicts import Judgement

__all__ = [
    "Claim",
    "Criterion",
    "Finding",
    "Judgement",
    "ValueTable",
    "at_least",
    "at_most",
    "between",
    "claim",
    "close",
    "equal",
    "finding",
    "record",
    "show",
    "true",
    "within_stderr",
]
