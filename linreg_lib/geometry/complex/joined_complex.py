"""The complex of a network that takes maxima."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex, complex_of
from linreg_lib.geometry.questions.vertex_places import VertexPlaces, vertex_places
from linreg_lib.geometry.record.joined_record import JoinedRecord
from linreg_lib.locked import kept_answer


class JoinedComplex(PolyhedralComplex):
    """As ``PolyhedralComplex``: regions end where a maximum's largest entry changes.

    What was cut is finer, and ``record.fine`` tells it.
    """

    _record: JoinedRecord

    @kept_answer
    def _places(self) -> VertexPlaces:
        fine_ids = self._record.fine.vertex_ids
        order = np.argsort(fine_ids)
        found = np.searchsorted(fine_ids, self._record.vertex_ids, sorter=order)
        return vertex_places(self._record.fine).of(order[found])


complex_of.register(JoinedRecord, JoinedComplex)
