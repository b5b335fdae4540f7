from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy

from linreg_lib.theory import Arrangement, intersection_poset, rows_in_general_position
from linreg_lib.theory.arrangements import families


def test_proportional_rows_are_one_hyperplane():
    lines = Arrangement([(1, 2), (Fraction(-1, 2), -1), (0, 1)], [3, Fraction(-3, 2), 0])
    assert lines.rows == ((1, 2, 3), (0, 1, 0))
    assert lines.groups == ((0, 1), (2,))
    assert (lines.num_given, lines.num_hyperplanes) == (3, 2)


def test_number_types():
    one_third = [sympy.Rational(1, 3), Fraction(1, 3), "1/3"]
    assert len({Arrangement([[value]], [np.int64(1)]) for value in one_third}) == 1
    with pytest.raises(TypeError, match="Fraction"):
        Arrangement([[0.5]], [0])
    with pytest.raises(ValueError, match=r"hyperplane 0 .*: '1/0' has the denominator 0"):
        Arrangement([["1/0"]], [0])


def test_bad_rows_are_named():
    with pytest.raises(ValueError, match=r"hyperplane 1 .*: the normal is zero"):
        Arrangement([(1, 0), (0, 0)], [0, 1])
    with pytest.raises(ValueError, match="normal 1 has 1 entries"):
        Arrangement([(1, 0), (1,)], [0, 1])
    with pytest.raises(ValueError, match="2 normals but 1 offsets"):
        Arrangement([(1, 0), (0, 1)], [0])
    with pytest.raises(ValueError, match="needs its dimension"):
        Arrangement([], [])


def test_an_arrangement_cannot_be_changed():
    with pytest.raises(AttributeError):
        families.coordinate(2).rows = ()


def test_equality_is_that_of_sets():
    first = Arrangement([(1, 0), (0, 1)], [0, 2])
    assert first == Arrangement([(0, -3), (5, 0), (1, 0)], [-6, 0, 0])
    assert first != Arrangement([(0, 1), (1, 0)], [0, 2])


@pytest.mark.parametrize(
    ("arrangement", "rank", "central", "generic"),
    [
        (Arrangement([], [], 3), 0, True, True),
        (families.coordinate(3), 3, True, True),
        (families.generic(6, 3), 3, False, True),
        (families.generic_central(4, 3), 3, True, False),
        (families.braid(4), 3, True, False),
        (families.parallel(3, 2), 1, False, False),
        (families.parallel(3, 1), 1, False, True),
        (families.pencil(3, 3), 2, True, False),
    ],
)
def test_properties(arrangement, rank, central, generic):
    assert arrangement.rank == rank
    assert arrangement.is_central is central
    assert arrangement.is_in_general_position is generic


def test_general_position_of_a_list_counts_repetitions():
    assert not rows_in_general_position([(1, 0, 0), (1, 0, 0)], 2)
    assert Arrangement([(1, 0), (1, 0)], [0, 0]).is_in_general_position


def test_restriction_merges_equal_traces_and_drops_parallels():
    lines = Arrangement([(0, 1), (1, 1), (1, -1), (0, 1)], [0, 0, 0, 1])
    assert lines.restricted_to(0).rows == ((1, 0),)
    assert lines.without(0).num_hyperplanes == 3


def test_flats_of_the_braid_arrangement_are_set_partitions():
    # Stirling numbers of the second kind S(4, 4 - k); mu of the partition lattice is (-1)^3 3!.
    poset = intersection_poset(families.braid(4))
    assert poset.num_by_codimension == (1, 6, 7, 1, 0)
    assert poset.moebius[-1] == -6


def test_parallel_hyperplanes_have_no_common_flat():
    assert intersection_poset(families.parallel_families([2, 3])).num_by_codimension == (1, 5, 6)
