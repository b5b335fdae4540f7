"""A cube that shows all regions of an arrangement."""

from __future__ import annotations

import math
from fractions import Fraction

from linreg_lib.theory.arrangements.arrangement import Arrangement
from linreg_lib.theory.arrangements.flats import intersection_poset


def enclosing_half_width(arrangement: Arrangement) -> int:
    """A whole number B >= 1 such that the open cube (-B, B)^n meets every region.

    The closure of every region contains a flat of the smallest dimension, n - rank. B exceeds the
    coordinates of one point of each such flat (its free coordinates are set to 0), and next to
    that point lie points of the region. Where the normals span R^n those flats are the vertices,
    and the cube holds all of them, so that the bounded regions are inside it altogether.

    >>> enclosing_half_width(Arrangement([(1, 0), (0, 1), (1, 1)], [0, 0, 3]))
    4
    """
    largest = Fraction(0)
    for flat in intersection_poset(arrangement).flats:
        if flat.codimension == arrangement.rank:
            largest = max([largest, *(abs(equation[-1]) for equation in flat.equations)])
    return math.floor(largest) + 1
