"""One identity of a derivation, as sympy left it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sympy import Expr


@dataclass(frozen=True, kw_only=True)
class ProofStep:
    """One identity of a derivation; ``residual`` is what sympy leaves of left - right."""

    name: str
    left: Expr
    right: Expr
    residual: Expr

    @property
    def holds(self) -> bool:
        """Whether sympy reduced the difference to 0."""
        return bool(self.residual == 0)
