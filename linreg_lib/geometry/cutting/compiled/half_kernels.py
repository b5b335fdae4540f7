"""The vertices of a half skeleton, written into the whole: compiled."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.kernels.jit import kernel


@kernel
def fill_rows(
    words: np.ndarray,
    ints: np.ndarray,
    up: np.ndarray,
    numbers: np.ndarray,
    num_old: int,
    dim: int,
    shift: int,
    hyperplane: int,
    side: int,
    all_words: np.ndarray,
    all_ints: np.ndarray,
    all_up: np.ndarray,
) -> None:
    """Write the rows of one half under their ``numbers`` in the whole.

    ``words`` and ``ints`` are views of the same rows (see vertex_rows.py).  A vertex on the
    hyperplane has its row from the half below (``side`` 0), and from the half above only the edge
    that leads there; neither half writes what the other one does.  Whether that edge leads upwards
    is left out.
    """
    slots = (1 << shift) - 1
    for v in range(numbers.size):
        n, leaving = numbers[v], -1
        for axis in range(dim):
            if ints[v, 2 * dim + axis] == hyperplane:
                leaving = 2 * axis + 1
        if leaving < 0 or side == 0:
            for column in range(words.shape[1]):
                if column >= dim or leaving < 0:
                    all_words[n, column] = words[v, column]
            for end in range(3 * dim, 3 * dim + 2):
                if v >= num_old:  # an old vertex' ends are named as in the whole
                    all_ints[n, end] = numbers[ints[v, end]]
        for slot in range(2 * dim):
            if leaving >= 0 and (slot == leaving) != (side == 1):
                continue
            code = ints[v, slot]
            if code >= 0:
                code = (numbers[code >> shift] << shift) | (code & slots)
            all_ints[n, slot] = code
        if leaving < 0 or side == 0:
            all_up[n] = up[v]
