"""Machine instructions on words against Python's integers."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("numba", reason="the kernels' words need numba")


def test_places_and_numbers_of_bits() -> None:
    from numba import njit

    from linreg_lib.geometry.kernels.bits import lowest_bit, num_bits

    @njit
    def of_all(words: np.ndarray) -> np.ndarray:
        out = np.empty((len(words), 2), dtype=np.int64)
        for i in range(len(words)):
            out[i, 0], out[i, 1] = lowest_bit(words[i]), num_bits(words[i])
        return out

    rng = np.random.default_rng(0)
    singles = [1 << i for i in range(64)]
    words = [*singles, *(int(w) for w in rng.integers(1, 2**63, size=200)), 2**64 - 1, 3 << 62]
    expected = [[(w & -w).bit_length() - 1, w.bit_count()] for w in words]
    assert of_all(np.array(words, dtype=np.uint64)).tolist() == expected
