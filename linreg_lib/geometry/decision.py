"""A classifier's complex, cut further where the top class switches."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from linreg_lib.geometry.complex import PolyhedralComplex
from linreg_lib.geometry.exact_vertices import ExactVertices
from linreg_lib.geometry.locate import _piece_ranges, _rounded_onto, located
from linreg_lib.geometry.measures import face_volumes
from linreg_lib.geometry.merged_faces import merged_faces, some_cell
from linreg_lib.geometry.patterns import unpacked
from linreg_lib.geometry.subdivision import subdivide
from linreg_lib.networks import Network, PiecewiseLinear, relu
from linreg_lib.networks.rational import ExactNetwork


class DecisionComplex(PolyhedralComplex):
    """Regions on which both the activation pattern and the top class are constant.

    Made by ``decision_complex``.  All of ``PolyhedralComplex``, of the same network; regions are
    numbered by pattern, then by class, so that patterns may repeat.  A facet that only the top
    class cuts has no supports.
    """

    #: (num_regions,) the largest output on each region, the lowest class index on ties
    classes: npt.NDArray[np.int64]
    #: (num_regions,) the region of the complex before in which each region lies, non-decreasing
    origin_regions: npt.NDArray[np.int64]
    _fine: PolyhedralComplex

    def __repr__(self) -> str:
        return super().__repr__().replace("PolyhedralComplex(", "DecisionComplex(", 1)

    @cached_property
    def class_switches(self) -> np.ndarray:
        """Which (d-1)-faces lie between regions of different classes, bool (f_{d-1},).

        These make up the decision boundary inside the domain; some lie on a neuron's hyperplane.
        """
        beside = self.classes[self.facet_cells]
        switches = ~self.facet_is_wall & (beside[:, 0] != beside[:, 1])
        switches.setflags(write=False)
        return switches

    @property
    def boundary_volume(self) -> float:
        """(d-1)-volume of the decision boundary in the domain: a count, a length, an area."""
        return float(face_volumes(self, self.dim - 1)[self.class_switches].sum())

    @property
    def class_volumes(self) -> np.ndarray:
        """d-volume of the part of the domain that each class gets, (n_out,)."""
        num = self.network.output_dim
        return np.bincount(self.classes, weights=self.volumes, minlength=num)

    def locate(self, points: npt.ArrayLike) -> np.ndarray:
        """The region that each input (..., n_in) lies in, as ``PolyhedralComplex.locate`` does."""
        fine = located(self._fine, points)
        found = np.where(fine < 0, -1, self._region_of[fine])
        flat, inside = found.reshape(-1), np.flatnonzero(found.reshape(-1) >= 0)
        if not len(inside):
            return found
        inputs = np.asarray(points, dtype=np.float64).reshape(-1, self.domain.input_dim)[inside]
        coordinates = self.domain.project(inputs)
        if self.domain.exact_frame()[1] is not None:
            coordinates = _rounded_onto(self, coordinates)
        low, high = (each[:, self._pair_start :] for each in _piece_ranges(self._fine, coordinates))
        for i in np.flatnonzero((low != high).any(axis=1)):
            # Among the regions of the first original region: the lowest class that is on top.
            tied = (low[i] != high[i])[None]
            top = ~_beaten(self.network.output_dim, low[i][None] > 0, tied)[0]
            here = self.origin_regions == self.origin_regions[flat[inside[i]]]
            flat[inside[i]] = int(np.argmax(here & top[self.classes]))
        return found

    _region_of: np.ndarray
    _pair_start: int


class _SameVertices(ExactVertices):
    """The vertices of a complex of a larger network, seen by the network itself."""

    def __init__(self, network: ExactNetwork, larger: ExactVertices) -> None:
        super().__init__(network, np.zeros((0, 1)), larger._births, larger._scales, larger._bounded)
        self._larger = larger

    def point(self, vertex: int) -> np.ndarray:
        return self._larger.point(vertex)


def decision_complex(cx: PolyhedralComplex, *, max_regions: int | None = None) -> DecisionComplex:
    """Cut the complex of a classifier by the switch of the top class; ``cx`` stays as it is.

    Every region of the new complex lies in one region of ``cx`` and has one constant argmax of the
    outputs (``.classes``); two regions in the same region of ``cx`` that meet in a facet have
    different classes, so nothing is cut without need.  Faces of all dimensions fit together.

    Ties
    ----
    Exact, as in ``subdivide``.  Where several outputs are largest on a whole region, the lowest
    class index is its class, and no cut is made between them.

    How
    ---
    The network continued by its outputs and their pairwise differences is subdivided afresh, and
    what the differences of lower outputs cut is joined again.  The work grows with the square of
    the number of classes; ``max_regions`` limits the regions before joining.

    Raises
    ------
    TypeError
        If ``cx`` is no ``PolyhedralComplex``, or one of a special kind: a ``DecisionComplex``
        already, or of the unbounded ``Space``.
    ValueError
        With one output, or for a complex cut up to an inner layer.
    WorkLimitError
        Beyond ``max_regions``.

    Examples
    --------
    Outputs |x| and 1/2 on [-1, 1]: the class changes at -1/2 and 1/2, the neurons at 0.

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
    fine = subdivide(_continued(cx), cx.domain, max_regions=max_regions)
    num_hidden, num_out = cx.network.num_hidden, cx.network.output_dim
    cell_of = _original_cells(fine, cx)
    pair_start = fine.patterns.shape[1] - num_out * (num_out - 1) // 2
    tops = _tops(fine, pair_start, num_out)
    classes = tops[fine.dim].argmax(axis=1)
    keys, region_of = np.unique(cell_of * num_out + classes, return_inverse=True)
    merged = merged_faces(fine, cell_of, region_of, [top.sum(axis=1) for top in tops])
    words = cx._zero_words
    decided = DecisionComplex(
        network=cx.network,
        domain=cx.domain,
        upto_layer=cx.upto_layer,
        points=fine._points[merged.vertices],
        boundaries=merged.boundaries,
        patterns=cx.patterns[keys // num_out].reshape(len(keys), num_hidden),
        zeros=fine._zeros[merged.vertices, : sum(words)],
        zero_words=words,
        exact=_SameVertices(cx._exact.network, fine._exact),
        vertex_ids=fine._vertex_ids[merged.vertices],
        certificate=fine.certificate,
    )
    decided.origin_regions, decided.classes = np.divmod(keys, num_out)
    for array in (decided.origin_regions, decided.classes):
        array.setflags(write=False)
    decided._fine, decided._region_of, decided._pair_start = fine, region_of, pair_start
    if decided.euler_characteristic != cx.euler_characteristic:
        raise AssertionError("the faces of the decision complex do not fit together")
    return decided


def _check(cx: PolyhedralComplex) -> None:
    if type(cx) is not PolyhedralComplex:
        raise TypeError(
            "cx must be a PolyhedralComplex made by subdivide on a bounded domain or a Line, got "
            f"{type(cx).__name__}"
        )
    if cx.network.output_dim < 2:
        raise ValueError(
            "cx.network has one output; a top class needs at least two (for the sign of one "
            "output add a second one that is zero)"
        )
    if cx.upto_layer != cx.network.depth:
        raise ValueError(
            f"cx is cut up to hidden layer {cx.upto_layer} of {cx.network.depth}, so outputs are "
            "not affine on its regions; subdivide without upto_layer"
        )


def _continued(cx: PolyhedralComplex) -> Network:
    """The network with two more hidden layers: its outputs unchanged, then their differences.

    Differences of stored weights are no floats in general, so the outputs pass through first.
    """
    net = cx.network
    weight, bias = net.weights[-1], net.biases[-1]
    pairs = list(combinations(range(net.output_dim), 2))
    differences = np.zeros((len(pairs), net.output_dim))
    for row, (i, j) in enumerate(pairs):
        differences[row, [i, j]] = 1.0, -1.0
    if cx.domain.is_bounded:
        # Linear above a breakpoint far below all values; the patterns tell whether it is.
        largest = float(np.abs(net(cx.domain.embed(cx.vertices))).max())
        far = -(2.0 ** (np.ceil(np.log2(max(largest, 2.0**-500))) + 2))
        passing = PiecewiseLinear([far], [0.0, 1.0])
    else:
        passing = relu()
        weight, bias = np.concatenate([weight, -weight]), np.concatenate([bias, -bias])
        differences = np.concatenate([differences, -differences], axis=1)
    return Network.from_arrays(
        [*net.weights[:-1], weight, differences, np.ones((1, len(pairs)))],
        [*net.biases[:-1], bias, np.zeros(len(pairs)), np.zeros(1)],
        activation=[*net.activations, passing, relu()],
    )


def _original_cells(fine: PolyhedralComplex, cx: PolyhedralComplex) -> np.ndarray:
    """The region of ``cx`` in which each cell of ``fine`` lies."""
    num_hidden, num_out = cx.network.num_hidden, cx.network.output_dim
    if (
        fine.domain.is_bounded
        and not (fine.patterns[:, num_hidden : num_hidden + num_out] == 1).all()
    ):
        raise AssertionError("an output is below its bound")
    patterns = fine.patterns[:, :num_hidden]
    cells = np.concatenate([[0], np.cumsum((patterns[1:] != patterns[:-1]).any(axis=1))])
    if cells[-1] + 1 != cx.num_regions or (cx.patterns[cells] != patterns).any():
        raise ValueError("cx is not the complex of its network on its domain")
    return cells


def _tops(fine: PolyhedralComplex, pair_start: int, num_out: int) -> list[np.ndarray]:
    """For each k which classes are largest inside each k-face, bool (f_k, n_out)."""
    num_pairs = num_out * (num_out - 1) // 2
    tops = []
    for k, cell in enumerate(some_cell(fine)):
        words = fine._zeros_on(k)[:, -fine._zero_words[-1] :]
        tied = unpacked(words, num_pairs).astype(bool)
        tops.append(~_beaten(num_out, fine.patterns[cell, pair_start:] > 0, tied))
    return tops


def _beaten(num_out: int, above: np.ndarray, tied: np.ndarray) -> np.ndarray:
    """Which classes are below another one, bool (n, n_out).

    For each pair i < j of classes (columns): whether output i exceeds j; whether they are equal,
    which counts first.
    """
    beaten = np.zeros((len(above), num_out), dtype=bool)
    for pair, (i, j) in enumerate(combinations(range(num_out), 2)):
        beaten[:, j] |= above[:, pair] & ~tied[:, pair]
        beaten[:, i] |= ~above[:, pair] & ~tied[:, pair]
    return beaten
