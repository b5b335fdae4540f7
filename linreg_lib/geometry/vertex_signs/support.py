"""What a facet lies on, a vertex is born by, and a match compares with: one neuron's breakpoint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Support:
    """What a facet lies on: a neuron at a breakpoint; layers, neurons, breakpoints count from 0."""

    layer: int
    neuron: int
    breakpoint: int
