"""The faces of a decision complex: patterns are made when somebody asks for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linreg_lib.geometry.faces.face_source import HeldFaces
from linreg_lib.geometry.faces.incidence import StoredBoundaries
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.locked import kept_answer
from linreg_lib.networks import Network
from linreg_lib.networks.max_units import settled_pattern


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DecidedFaces(HeldFaces):
    """A ``FaceSource``; ``first_cells`` (regions,) is one cell of ``fine`` in each region.

    ``network`` is that of the complex, ``fine`` was cut by its outputs, too.
    """

    points: np.ndarray
    boundaries: StoredBoundaries
    zeros: np.ndarray
    zero_words: tuple[int, ...]
    network: Network
    fine: CutRecord
    first_cells: np.ndarray

    @kept_answer
    def patterns(self) -> np.ndarray:
        """Pieces uint8 (regions, hidden units of the network)."""
        net = self.network
        patterns = self.fine.patterns[self.first_cells, : net.num_hidden]
        return settled_pattern(patterns, net.max_units, net.hidden_widths)

    def _patterns(self) -> np.ndarray:
        return self.patterns
