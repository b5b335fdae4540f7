"""What every complex satisfies: looked at each time one is handed out."""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from linreg_lib.errors import BrokenInvariantError
from linreg_lib.geometry.record.cut_record import CutRecord


def require_sound(record: CutRecord) -> None:
    """Euler's relation and a region at least; cheap, since it asks for counts alone."""
    expected = 1 if record.domain.is_bounded else (-1) ** record.dim
    if record.num_regions < 1 or record.euler_characteristic != expected:
        raise BrokenInvariantError(
            f"the subdivision has f-vector {record.f_vector}, against Euler's relation "
            f"({expected}); this is a fault of linreg_lib: please report the network and the domain"
        )


def require_different(rows: np.ndarray, what: str) -> None:
    """No two of the sorted ``rows`` (n, m) are the same."""
    if (rows[1:] == rows[:-1]).all(axis=1).any():
        refuse_equal(what)


def refuse_equal(what: str) -> NoReturn:
    """Two regions are told apart by nothing."""
    raise BrokenInvariantError(
        f"two regions have the same {what}; this is a fault of linreg_lib: please report the "
        "network and the domain"
    )
