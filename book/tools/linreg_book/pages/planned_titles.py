"""Titles of the chapters that are planned."""

from __future__ import annotations

_PLANNED = {
    "05_bounds": "How many regions could there be?",
    "08_volume": "Expected boundary volume in any codimension",
    "09_constants": "The constants at initialisation",
    "10_distance": "Distance to the boundary",
    "11_curve": "How many neurons does a curve need?",
    "12_simplices": "Simplices and faces",
    "13_average": "The average polytope",
    "14_constructions": "Complicated polytopes on purpose",
    "16_lines_training": "Regions along lines during training",
    "17_distance_training": "Distance during training",
    "19_moons": "Moons and Gaussian quantiles",
    "20_random_labels": "Random labels",
    "21_initialisation": "Polytopes at initialisation: method, depth, bias",
    "22_covid": "COVID risk",
    "23_lenet": "LeNet-5",
    "24_after": "What came after",
}


def planned_title(chapter: str) -> str:
    """The title under which readers will know a chapter; its name made readable if unknown.

    >>> planned_title("10_distance"), planned_title("41_good")
    ('Distance to the boundary', 'good')
    """
    return _PLANNED.get(chapter, chapter.partition("_")[2].replace("_", " "))
