"""Arrangements worth a picture or a line in a table."""

from __future__ import annotations

from linreg_lib.theory.arrangements import families
from linreg_lib.theory.arrangements.arrangement import Arrangement


def of_rows(rows: list[tuple[int, ...]]) -> Arrangement:
    """The arrangement of the hyperplanes (a_1, ..., a_n, b), a.x = b.

    >>> of_rows([(1, 0, 2), (1, 1, 0)])
    Arrangement(2 hyperplanes in R^2)
    """
    return Arrangement([row[:-1] for row in rows], [row[-1] for row in rows])


def five_lines() -> dict[str, Arrangement]:
    """Nine ways to lay five lines, all seven numbers of regions that five lines can make.

    Every crossing lies in the open square (-4, 4)^2.

    >>> from linreg_lib.theory import num_regions
    >>> [num_regions(lines) for lines in five_lines().values()]
    [16, 15, 15, 14, 14, 13, 12, 10, 6]
    """
    return {
        "generic": of_rows([(1, -1, 1), (0, 2, -3), (2, -1, -1), (2, 1, 3), (1, 2, -2)]),
        "a parallel pair": of_rows([(1, -1, 1), (2, 1, 0), (2, -1, -1), (2, 1, 3), (1, 2, -2)]),
        "a triple point": of_rows([(1, -1, 1), (0, 2, -3), (1, 0, 1), (2, 1, 3), (1, 2, -2)]),
        "two triple points": of_rows([(0, 1, -1), (1, -1, -1), (1, 0, -2), (1, 1, 1), (1, 2, 0)]),
        "two parallel pairs": of_rows([(1, 0, -2), (1, 0, 1), (0, 1, -1), (0, 1, 2), (1, 2, 1)]),
        "three parallel": of_rows([(1, 0, -2), (1, 0, 0), (1, 0, 2), (1, 1, 1), (1, -2, 1)]),
        "a grid": of_rows([(1, 0, -2), (1, 0, 0), (1, 0, 2), (0, 1, -1), (0, 1, 1)]),
        "a pencil": of_rows([(1, 0, 0), (0, 1, 0), (1, 1, 0), (1, -1, 0), (2, 1, 0)]),
        "parallel": of_rows([(1, 0, -2), (1, 0, -1), (1, 0, 0), (1, 0, 1), (1, 0, 2)]),
    }


def named_families() -> dict[str, Arrangement]:
    """``families`` at sizes that fit a table.

    >>> named_families()["braid"]
    Arrangement(6 hyperplanes in R^4)
    """
    return {
        "generic": families.generic(6, 3),
        "generic, through 0": families.generic_central(6, 3),
        "coordinate": families.coordinate(4),
        "braid": families.braid(4),
        "grid": families.parallel_families([3, 2, 1]),
        "parallel": families.parallel(5, 3),
        "pencil": families.pencil(5, 3),
        "one point": families.generic(1, 1),
    }
