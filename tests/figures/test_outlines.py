from __future__ import annotations

import numpy as np
import pytest

from linreg_lib.figures.outlines import chained_segments, closed_paths, face_outlines
from tests.figures.solid_networks import random_complex


def test_regions_of_a_plane_have_the_corners_that_geometry_gives() -> None:
    cx = random_complex(2)
    outlines = face_outlines(cx)
    assert len(outlines) == cx.num_regions
    for region, polygon in enumerate(cx.polygons()):
        part = outlines.corners[outlines.offsets[region] : outlines.offsets[region + 1]]
        np.testing.assert_array_equal(cx.vertices[part], polygon)


@pytest.mark.parametrize("dim", [2, 3])
def test_consecutive_corners_are_the_edges_of_the_face(dim: int) -> None:
    cx = random_complex(dim)
    outlines = face_outlines(cx)
    known = {frozenset(edge) for edge in cx.edges.tolist()}
    walked: list[set[frozenset[int]]] = [set() for _ in range(len(outlines))]
    for face, here, there in zip(
        outlines.owners, outlines.corners, outlines.following, strict=True
    ):
        walked[face].add(frozenset((int(here), int(there))))
    for face, sides in enumerate(walked):
        assert sides <= known
        assert sides == {frozenset(cx.edges[edge].tolist()) for edge in cx.boundary(2)[face]}


def test_some_polygons_in_the_order_asked_for() -> None:
    outlines = face_outlines(random_complex(2))
    numbers = np.array([5, 0, 3])
    some = outlines.chosen(numbers)
    for place, number in enumerate(numbers):
        np.testing.assert_array_equal(
            some.corners[some.offsets[place] : some.offsets[place + 1]],
            outlines.corners[outlines.offsets[number] : outlines.offsets[number + 1]],
        )
    mask = np.zeros(len(outlines), dtype=bool)
    mask[[0, 3, 5]] = True
    np.testing.assert_array_equal(
        outlines.chosen(mask).corners, outlines.chosen(np.array([0, 3, 5])).corners
    )
    assert len(outlines.chosen(np.zeros(len(outlines), dtype=bool))) == 0


def test_paths_keep_the_order_of_the_regions() -> None:
    cx = random_complex(2)
    paths = closed_paths(cx.vertices, face_outlines(cx))
    for path, polygon in zip(paths, cx.polygons(), strict=True):
        np.testing.assert_array_equal(path.vertices[:-1], polygon)


def test_segments_are_chained_with_gaps() -> None:
    segments = np.arange(20.0).reshape(5, 2, 2)
    chains = chained_segments(segments, chunk=2)
    assert [len(chain) for chain in chains] == [6, 6, 3]
    whole = np.concatenate(chains).reshape(5, 3, 2)
    np.testing.assert_array_equal(whole[:, :2], segments)
    assert np.isnan(whole[:, 2]).all()
