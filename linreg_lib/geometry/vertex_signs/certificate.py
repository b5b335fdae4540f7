"""What is known about the signs that a complex rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """How the signs behind a complex were decided.

    ``certified``: all of them are exact, so that counts and incidences are those of the network as
    stored.  ``subdivide`` knows no other way; only measurements of what this costs do without.
    ``num_float_signs`` were certified in float64, by bounds for all vertices or, in the compiled
    engine, by those of a vertex' own cell; at ``num_refined_vertices`` vertices the signs of a
    layer were certified in extended precision, one by one (by the compiled engine alone), at
    ``num_exact_vertices`` they were decided in rational arithmetic.  ``smallest_margin`` is an
    estimate from below, in the domain's length, of the smallest distance at which a certified
    float64 sign told a vertex from a breakpoint's hyperplane: a tiny margin means that slivers
    exist.
    ``compiled`` tells whether the compiled kernels cut, or the NumPy reference.
    """

    certified: bool = True
    num_float_signs: int = 0
    num_refined_vertices: int = 0
    num_exact_vertices: int = 0
    smallest_margin: float = float("inf")
    compiled: bool = False

    @property
    def num_doubtful_vertices(self) -> int:
        """Vertices at which float64 did not suffice: refined or exact."""
        return self.num_refined_vertices + self.num_exact_vertices


@dataclass(kw_only=True)
class SignRecord:
    """What a ``Certificate`` says, while it is still being found out."""

    certified: bool = True
    num_float_signs: int = 0
    num_refined_vertices: int = 0
    num_exact_vertices: int = 0
    smallest_margin: float = float("inf")
    compiled: bool = False

    def certificate(self) -> Certificate:
        """What is known now."""
        return Certificate(**vars(self))

    def see_margins(self, size: np.ndarray, lipschitz: np.ndarray, near: np.ndarray) -> None:
        """Take note of |values| (vertices, n); ``near`` marks those left to exact arithmetic."""
        if near.any():
            size = np.where(near, np.inf, size)
        self._see(size.min(axis=0, initial=np.inf), lipschitz)

    def see_gaps(self, size: np.ndarray, lipschitz: np.ndarray, near: np.ndarray) -> None:
        """The same for single values."""
        if len(size):
            self._see(np.where(near, np.inf, size), lipschitz)

    def _see(self, size: np.ndarray, lipschitz: np.ndarray) -> None:
        # A neuron without gradient has no hyperplane; its distance is as good as infinite.
        with np.errstate(over="ignore"):
            margins = size / np.maximum(lipschitz, 1e-300)
        self.smallest_margin = min(self.smallest_margin, float(margins.min(initial=np.inf)))
