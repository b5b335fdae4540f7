"""What a claim is judged by, written down before the experiment ran at its full size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """How a claim is judged: what of the paper's is compared, how, and what would be noticed.

    ``limits`` are the numbers in ``criterion``, by name, so that chapters use no others.
    """

    protocols: tuple[str, ...]
    of_paper: str
    criterion: str
    power: str
    limits: Mapping[str, float] = field(default_factory=dict)
