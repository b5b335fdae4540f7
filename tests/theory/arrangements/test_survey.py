"""Every way of counting, side by side."""

from __future__ import annotations

import numpy as np

from linreg_lib.theory.arrangements import families
from linreg_lib.theory.arrangements.arrangement import Arrangement
from linreg_lib.theory.arrangements.gallery import five_lines, named_families
from linreg_lib.theory.arrangements.survey import ArrangementSurvey


def test_all_ways_agree():
    arrangements = (*five_lines().values(), *named_families().values(), Arrangement([], [], 2))
    survey = ArrangementSurvey(arrangements=arrangements)
    assert (survey.listed == survey.whitney_sums).all()
    assert (survey.listed == survey.listed_by_deletion).all()
    assert (survey.listed_bounded == survey.bounded).all()
    assert (survey.listed <= survey.bounds).all()
    assert (survey.is_generic == (survey.listed == survey.bounds)).all()
    assert survey.polynomials("flats") == survey.polynomials("whitney")


def test_known_values():
    survey = ArrangementSurvey(arrangements=tuple(five_lines().values()))
    assert survey.listed.tolist() == [16, 15, 15, 14, 14, 13, 12, 10, 6]
    assert survey.listed_bounded.tolist() == [6, 5, 5, 4, 4, 3, 2, 0, 4]
    assert survey.is_generic.tolist() == [True] + [False] * 8
    assert survey.is_essential.tolist() == [True] * 8 + [False]
    assert survey.half_widths.max() == 4


def test_traces_are_looked_at_only_where_the_bound_is_reached():
    generic, pencil = families.generic(4, 3), families.pencil(4, 3)
    survey = ArrangementSurvey(arrangements=(generic, pencil, families.generic(3, 1)))
    assert survey.maximal_traces_generic.tolist() == [True] * 4
    assert not survey.listed.flags.writeable
    assert survey.listed.dtype.kind == "i"
    assert np.array_equal(survey.bounds, [15, 15, 4])
