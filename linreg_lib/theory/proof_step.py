"""One identity of a derivation, as sympy left it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sympy import Expr

from linreg_lib.short_repr import ShortRepr


@dataclass(frozen=True, kw_only=True, repr=False)
class ProofStep(ShortRepr):
    """One identity of a derivation; ``residual`` is what sympy leaves of left - right."""

    name: str
    left: Expr
    right: Expr
    residual: Expr

    @property
    def holds(self) -> bool:
        """Whether sympy reduced the difference to 0."""
        return bool(self.residual == 0)
