"""Run, record, stage and render the book. Knows no mathematics.

Chapters use what is exported here; everything that builds the book lives in modules which are
loaded by ``python -m linreg_lib.publishing`` alone.
"""

from linreg_lib.publishing.claims import Claim, claim
from linreg_lib.publishing.criteria import (
    Criterion,
    at_least,
    at_most,
    between,
    close,
    equal,
    true,
    within_stderr,
)
from linreg_lib.publishing.numbers import record
from linreg_lib.publishing.show import show
from linreg_lib.publishing.verdicts import Judgement

__all__ = [
    "Claim",
    "Criterion",
    "Judgement",
    "at_least",
    "at_most",
    "between",
    "claim",
    "close",
    "equal",
    "record",
    "show",
    "true",
    "within_stderr",
]
