"""A classifier's complex, cut further where the top class switches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from linreg_lib.errors import BrokenInvariantError
from linreg_lib.geometry.complex.joined_complex import JoinedComplex
from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex
from linreg_lib.geometry.complex.whole_space_complex import UnboundedComplex
from linreg_lib.geometry.cutting.subdivide import subdivide
from linreg_lib.geometry.decision.decided_faces import DecidedFaces
from linreg_lib.geometry.decision.tournament import Tournament, tournament
from linreg_lib.geometry.faces.face_source import FaceSource, StoredFaces
from linreg_lib.geometry.faces.incidence import StoredBoundaries
from linreg_lib.geometry.questions.locate import located, piece_ranges, rounded_onto
from linreg_lib.geometry.questions.vertex_places import VertexPlaces, vertex_places
from linreg_lib.geometry.questions.volumes import summed
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.record.joined_record import regions_of_patterns
from linreg_lib.geometry.record.merged_faces import merged_faces
from linreg_lib.geometry.record.whole_space_record import WholeSpaceRecord, whole_space_record
from linreg_lib.geometry.vertex_signs.exact_vertices import ExactVertices
from linreg_lib.locked import Locked, kept_answer, locked
from linreg_lib.networks.arguments import checked_limit
from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.networks.max_units import settled_pattern


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Decided(Locked):
    """How a decision complex came about.

    ``fine``: what the network cut that goes on with a ``contest`` of its outputs; ``region_of``
    (fine regions,) the region to which each was joined.
    """

    classes: np.ndarray
    origin_regions: np.ndarray
    fine: CutRecord
    region_of: np.ndarray
    contest: Tournament


class DecisionComplex(PolyhedralComplex):
    """Regions on which both the activation pattern and the top class are constant.

    Made by ``decision_complex``.  All of ``PolyhedralComplex``, of the same network; regions are
    numbered by pattern, then by class, so that patterns may repeat.  A facet that only the top
    class cuts has no supports.
    """

    _is_cut_further = True

    #: (num_regions,) the largest output on each region, the lowest class index on ties
    classes: npt.NDArray[np.int64]
    #: (num_regions,) the region of the complex before in which each region lies, non-decreasing
    origin_regions: npt.NDArray[np.int64]

    def __init__(self, record: CutRecord, decided: Decided) -> None:
        super().__init__(record)
        self._decided = decided
        self.classes, self.origin_regions = decided.classes, decided.origin_regions

    def after_layer(self, layer: int) -> PolyhedralComplex:
        """The complex after hidden layers 1..layer, without the cuts of the top class.

        TypeError for a network that takes maxima: ask the complex that this one was made from.
        """
        if self.network.max_units:
            raise TypeError(
                "after_layer of a DecisionComplex does not know networks that take maxima; ask the "
                "complex that it was made from"
            )
        return super().after_layer(layer)

    @kept_answer
    def class_switches(self) -> np.ndarray:
        """Which (d-1)-faces lie between regions of different classes, bool (f_{d-1},).

        These make up the decision boundary inside the domain; some lie on a neuron's hyperplane.
        """
        beside = self.classes[self.facet_cells]
        switches = ~self.facet_is_wall & (beside[:, 0] != beside[:, 1])
        switches.setflags(write=False)
        return switches

    def table(self) -> dict[str, npt.NDArray[Any]]:
        """As ``PolyhedralComplex.table``, with ``class`` and ``origin_region``."""
        return {
            **super().table(),
            "class": np.array(self.classes),
            "origin_region": np.array(self.origin_regions),
        }

    @kept_answer
    def interior_certified(self) -> np.ndarray:
        """Whether its interior point, as rounded, is in the region: pattern, class and domain."""
        own = self.locate(self.interior_points) == np.arange(self.num_regions)
        return np.asarray(super().interior_certified & own)

    @property
    def boundary_volume(self) -> float:
        """(d-1)-volume of the decision boundary in the domain: a count, a length, an area."""
        k = self.dim - 1
        return summed(self._face_volumes(k)[self.class_switches], k)

    @property
    def class_volumes(self) -> np.ndarray:
        """d-volume of the part of the domain that each class gets, (n_out,)."""
        num = self.network.output_dim
        return locked(np.bincount(self.classes, weights=self.volumes, minlength=num))

    @kept_answer
    def _places(self) -> VertexPlaces:
        fine_ids = self._decided.fine.vertex_ids
        order = np.argsort(fine_ids)
        found = np.searchsorted(fine_ids, self._record.vertex_ids, sorter=order)
        return vertex_places(self._decided.fine).of(order[found])

    def locate(self, points: npt.ArrayLike) -> np.ndarray:
        """The region that each input (..., n_in) lies in, as ``PolyhedralComplex.locate`` does."""
        decided = self._decided
        fine = located(decided.fine, points)
        found = np.where(fine < 0, -1, decided.region_of[fine])
        flat, inside = found.reshape(-1), np.flatnonzero(found.reshape(-1) >= 0)
        if not len(inside):
            return found
        inputs = exact_floats("points", points).reshape(-1, self.domain.input_dim)[inside]
        coordinates = self.domain.project(inputs)
        if self.domain.exact_frame()[1] is not None:
            coordinates = rounded_onto(self._record, coordinates)
        columns = decided.contest.columns
        low, high = (each[:, columns] for each in piece_ranges(decided.fine, coordinates))
        for i in np.flatnonzero((low != high).any(axis=1)):
            # Among the regions of the first original region: the lowest class that is on top.
            above, tied = low[i : i + 1] > 0, low[i : i + 1] != high[i : i + 1]
            top = decided.contest.top.largest(above, tied)[0]
            here = self.origin_regions == self.origin_regions[flat[inside[i]]]
            flat[inside[i]] = int(np.argmax(here & top[self.classes]))
        return found


class UnboundedDecisionComplex(DecisionComplex, UnboundedComplex):
    """A ``DecisionComplex`` of the whole input space; volumes are inf where regions are unbounded.

    Answers what ``UnboundedComplex`` answers.
    """

    @kept_answer
    def _places(self) -> VertexPlaces:
        return self._part_places.of(self._record.kept)

    @property
    def boundary_volume(self) -> float:
        """(d-1)-volume of the decision boundary, inf if a part is unbounded."""
        volumes = self._face_volumes(self.dim - 1)
        return float(volumes[self.class_switches[: len(volumes)]].sum())


def decision_complex(cx: PolyhedralComplex, *, max_regions: int | None = None) -> DecisionComplex:
    """Cut the complex of a classifier by the switch of the top class; ``cx`` stays as it is.

    Every region of the new complex lies in one region of ``cx`` and has one constant argmax of the
    outputs (``.classes``); two regions in the same region of ``cx`` that meet in a facet have
    different classes, so nothing is cut without need.  Faces of all dimensions fit together.

    Ties: exact, as in ``subdivide``.  Where several outputs are largest on a whole region, the
    lowest class index is its class, and no cut is made between them.

    How: the network continued by a tournament of its outputs (tournament.py) is subdivided afresh,
    and what matches of lower outputs cut is joined again.  ``max_regions`` limits the regions
    before joining.

    Raises:
        TypeError: if ``cx`` is no complex made by ``subdivide``, say a ``DecisionComplex`` already.
        ValueError: with one output, or for a complex cut up to an inner layer.
        WorkLimitError: beyond ``max_regions``.
        OverflowError: if outputs overflow float64 on the domain, or, on an unbounded one, are
            equal only at points beyond float64.

    Outputs ``|x|`` and 1/2 on [-1, 1]: the class changes at -1/2 and 1/2, the neurons at 0.

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[1], [-1]], [[1, 1], [0, 0]]], [[0, 0], [0, 0.5]])
    >>> cx = lr.subdivide(net, lr.Box(-1, 1, dim=1))
    >>> decided = decision_complex(cx)
    >>> cx.num_regions, decided.num_regions, decided.classes.tolist()
    (2, 4, [0, 1, 0, 1])
    >>> decided.origin_regions.tolist(), decided.class_volumes.tolist(), decided.boundary_volume
    ([0, 0, 1, 1], [1.0, 1.0], 2.0)
    """
    _check(cx)
    max_regions = checked_limit("max_regions", max_regions)
    before = cx.record
    contest = tournament(cx.network)
    fine = subdivide(contest.network, cx.domain, max_regions=max_regions).record
    num_out = cx.network.output_dim
    cell_of = original_cells(fine, before)
    # On ties the lower class wins each match, and so the lowest of all that are largest.
    later = fine.faces.pieces_after(cx.upto_layer, cx.network.num_hidden)
    classes = contest.top.winners(later[:, contest.columns - cx.network.num_hidden] > 0)
    keys, first_cells, region_of = np.unique(
        cell_of * num_out + classes, return_index=True, return_inverse=True
    )
    origin_regions, classes = np.divmod(keys, num_out)
    decided = Decided(
        classes=classes,
        origin_regions=origin_regions,
        fine=fine,
        region_of=region_of,
        contest=contest,
    )
    if isinstance(fine, WholeSpaceRecord):
        parts = _seen_by(before, fine.parts, _own_faces(before, fine.parts))
        record: CutRecord = whole_space_record(parts, region_of[fine.joined.face_of[-1]])
        kind: type[DecisionComplex] = UnboundedDecisionComplex
    else:
        merged = merged_faces(fine, region_of)
        words = before.faces.zero_words
        faces = DecidedFaces(
            points=fine.points[merged.vertices],
            boundaries=StoredBoundaries(merged.boundaries),
            zeros=fine.faces.zeros[merged.vertices, : sum(words)],
            zero_words=words,
            network=cx.network,
            fine=fine,
            first_cells=first_cells,
        )
        seen = _seen_by(before, fine, faces)
        record = replace(seen, vertex_ids=fine.vertex_ids[merged.vertices])
        kind = DecisionComplex
    if record.euler_characteristic != before.euler_characteristic:
        raise BrokenInvariantError(
            "the faces of the decision complex do not fit together; this is a fault of linreg_lib: "
            "please report the network and the domain"
        )
    return kind(record, decided)


def _own_faces(before: CutRecord, fine: CutRecord) -> StoredFaces:
    """All faces of ``fine``, with the network's own units and breakpoints alone."""
    words = before.faces.zero_words
    return StoredFaces(
        points=fine.points,
        boundaries=StoredBoundaries((k, fine.boundary(k)) for k in range(1, fine.dim + 1)),
        patterns=fine.patterns[:, : before.network.num_hidden],
        zeros=fine.faces.zeros[:, : sum(words)],
        zero_words=words,
    )


def _seen_by(before: CutRecord, fine: CutRecord, faces: FaceSource) -> CutRecord:
    """What the larger network cut, as the network itself sees it: its own faces and values."""
    return replace(
        fine,
        network=before.network,
        upto_layer=before.upto_layer,
        faces=faces,
        exact=ExactVertices.settled(before.exact.network, fine.exact.places, fine.domain),
    )


def _check(cx: PolyhedralComplex) -> None:
    require_whole_cut(cx)
    if cx.network.output_dim < 2:
        raise ValueError(
            "cx.network has one output; a top class needs at least two (for the sign of one "
            "output add a second one that is zero)"
        )


def require_whole_cut(cx: PolyhedralComplex) -> None:
    """Raise unless ``cx`` is a complex made by ``subdivide``, cut by all layers."""
    if type(cx) not in (PolyhedralComplex, JoinedComplex, UnboundedComplex):
        raise TypeError(f"cx must be a complex made by subdivide, got {type(cx).__name__}")
    if cx.upto_layer != cx.network.depth:
        raise ValueError(
            f"cx is cut up to hidden layer {cx.upto_layer} of {cx.network.depth}, so outputs are "
            "not affine on its regions; subdivide without upto_layer"
        )


def original_cells(fine: CutRecord, before: CutRecord) -> np.ndarray:
    """The region of the record before in which each cell of ``fine`` lies."""
    net = before.network
    if net.max_units:
        patterns = fine.patterns[:, : net.num_hidden]
        patterns = settled_pattern(patterns, net.max_units, net.hidden_widths)
        _, cells = regions_of_patterns(patterns)
    else:  # in the order of patterns, of which these units are the first columns
        cells = np.cumsum(fine.faces.starts_group(net.depth, net.num_hidden)) - 1
    if int(cells.max()) + 1 != before.num_regions:
        raise BrokenInvariantError(
            "the outputs cut other regions than those of cx; this is a fault of linreg_lib: "
            "please report the network and the domain"
        )
    return cells
