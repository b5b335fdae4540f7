"""What a subdivision carries from layer to layer, whoever does the cutting."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linreg_lib.errors import WorkLimitError
from linreg_lib.geometry.certificates import UNIT, ErrorModel, LayerError, num_hyperplanes
from linreg_lib.geometry.complex import Certificate, PolyhedralComplex
from linreg_lib.geometry.domains import Domain
from linreg_lib.geometry.exact_vertices import Birth, ExactVertices
from linreg_lib.geometry.finish import finished_complex
from linreg_lib.geometry.lattice import FacePairs, Growing
from linreg_lib.geometry.layer_signs import LayerSigns
from linreg_lib.geometry.measured_spread import measured_spread
from linreg_lib.geometry.patterns import packed_rows
from linreg_lib.networks import Network
from linreg_lib.networks.rational import ExactNetwork


class DegenerateForKernels(Exception):
    """A hyperplane passes through an old vertex: a case that only the NumPy reference knows."""


class SubdivisionState:
    """Vertices with their histories, values after the last layer, patterns of the cells."""

    def __init__(self, net: Network, domain: Domain, max_regions: int | None) -> None:
        self.net, self.domain, self.max_regions = net, domain, max_regions
        self.lattice = domain.initial_lattice()
        corners = self.lattice.points.view.copy()
        rounded = corners[:, :-1] if domain.is_bounded else corners
        extent = float(np.abs(rounded).sum(axis=1).max())
        self.errors = ErrorModel(net, extent, not domain.is_bounded, self._measured_spread)
        exact_corners = domain.exact_corners()
        if not (domain.is_bounded and domain.is_axis_parallel):
            self._slacken_faces(extent)
        #: ends (a, b), then layer, neuron, breakpoint of each vertex' birth
        self.births = Growing(np.full((len(corners), 5), -1, dtype=np.int32))
        self.exact = ExactVertices(
            ExactNetwork(net, *domain.exact_frame()),
            corners if exact_corners is None else exact_corners,
            self._birth,
            domain.scales,
            domain.is_bounded,
        )
        self.vertex_slack = Growing(np.zeros(len(corners)))
        if exact_corners is not None:
            sizes = np.abs(corners).sum(axis=1)
            self.vertex_slack.view[:] = 4 * UNIT * sizes + 2.0**-1060
        self.hidden: np.ndarray | None = None
        self.pieces: list[np.ndarray] = []
        #: bits (vertices, words): which breakpoints of finished layers a vertex lies on exactly
        self.zeros = Growing(np.zeros((len(corners), 0), dtype=np.uint64))
        self.zero_words: list[int] = []
        self.certificate = Certificate()

    def _slacken_faces(self, extent: float) -> None:
        """How far rounding leads vertices off the faces that the domain starts with.

        A vertex is the rounding of a convex combination of two older ones, off by at most 8 units
        in the last place of ``extent``; corners, and vertices decided exactly, are off by one.  The
        distance to an affine hull is convex, so it grows by so much for each of the at most
        ``num_hyperplanes`` generations.  Only walls parallel to the axes are kept exactly, and only
        inhomogeneous cells are all of their hulls.
        """
        top = self.lattice.dim - (1 if self.domain.is_bounded else 0)
        for k in range(1, top + 1):
            self.lattice.slack[k].view[:] = (
                16 * UNIT * (1 + num_hyperplanes(self.net)) * extent + 2.0**-900
            )

    @property
    def num_regions(self) -> int:
        """Number of cells so far."""
        return self.lattice.num_cells

    def final_lattice(self) -> FacePairs:
        """The faces and their incidences at the end."""
        return self.lattice

    def _birth(self, vertex: int) -> Birth:
        a, b, layer, neuron, breakpoint = (int(i) for i in self.births.view[vertex])
        return Birth(ends=(a, b), layer=layer, neuron=neuron, breakpoint=breakpoint)

    def add_layer(self, layer: int, report: Callable[[int, int, int], None] | None) -> None:
        """Cut by all neurons of a hidden layer, reporting after each."""
        raise NotImplementedError

    def layer_signs(self, layer: int) -> LayerSigns:
        """Pre-activations and exact signs of a layer at all vertices so far."""
        values, error = self._pre_activations(layer)
        return LayerSigns(
            layer=layer,
            net=self.net,
            lattice=self.lattice,
            values=values,
            error=error,
            slack=self.vertex_slack,
            exact=self.exact,
            certificate=self.certificate,
        )

    def _pre_activations(self, layer: int) -> tuple[np.ndarray, LayerError]:
        points = self.lattice.points.view
        with np.errstate(over="ignore", invalid="ignore"):
            if self.hidden is None:
                inputs = points[:, :-1] @ self.domain.basis + points[:, -1:] * self.domain.origin
                z = inputs @ self.net.weights[layer].T
                z += self.net.biases[layer] * points[:, -1:]
                return z, self._first_error(points, z)
            z = self.hidden @ self.net.weights[layer].T
            z += self.net.biases[layer] * points[:, -1:]
            return z, self.errors.next_layer(layer, self.hidden, z)

    def _first_error(self, points: np.ndarray, values: np.ndarray) -> LayerError:
        size = np.abs(points[:, :-1]) @ np.abs(self.domain.basis) + np.abs(self.domain.origin)
        return self.errors.first_layer(size, self.domain.dim, values, *self._frame())

    def _frame(self) -> tuple[np.ndarray, np.ndarray]:
        """The first layer in coordinates (n, d), and the sums of absolute values behind it."""
        domain, weight = self.domain, self.net.weights[0]
        frame, size = weight @ domain.basis.T, np.abs(weight) @ np.abs(domain.basis).T
        if domain.is_bounded:
            return frame, size
        bias = self.net.biases[0]
        moved = np.abs(weight) @ np.abs(domain.origin) + np.abs(bias)
        return (
            np.column_stack([frame, weight @ domain.origin + bias]),
            np.column_stack([size, moved]),
        )

    def _measured_spread(self) -> float:
        frame, size = self._frame()
        error = (self.net.input_dim + self.domain.dim + 12) * UNIT * size
        return measured_spread(self.net, frame, error, self.pieces, not self.domain.is_bounded)

    def end_layer(self, signs: LayerSigns, origin: np.ndarray, pieces: np.ndarray) -> None:
        """Keep what later layers need: ``origin`` (cells,) says which old cell each came from."""
        self.pieces = [old[origin] for old in self.pieces]
        self.pieces.append(pieces)
        here = packed_rows(signs.signs == 0)
        self.zeros = Growing(np.concatenate([self.zeros.view, here], axis=1))
        self.zero_words.append(here.shape[1])
        self.hidden = signs.hidden()

    def check_limit(self, layer: int, neuron: int) -> None:
        """Give up beyond ``max_regions``."""
        if self.max_regions is not None and self.num_regions > self.max_regions:
            raise WorkLimitError(
                f"{self.num_regions} regions after neuron {neuron} of hidden layer {layer + 1} "
                f"exceed max_regions={self.max_regions}; raise the limit, shrink the domain or "
                "stop at an earlier layer with upto_layer"
            )

    def finished(self, depth: int) -> PolyhedralComplex:
        """The complex after ``depth`` layers."""
        self._check_homogeneous_coordinates()
        return finished_complex(
            net=self.net,
            domain=self.domain,
            lattice=self.final_lattice(),
            pieces=self.pieces,
            zeros=self.zeros.view,
            zero_words=self.zero_words,
            exact=self.exact,
            certificate=self.certificate,
            depth=depth,
        )

    def _check_homogeneous_coordinates(self) -> None:
        """Vertices at infinity are those between such vertices: w must not have underflown."""
        first, second = self.births.view[:, :2].T
        born = first >= 0
        is_finite = self.lattice.points.view[:, -1] > 0
        expected = is_finite[first] | is_finite[second]
        if (is_finite != expected)[born].any():
            raise OverflowError(
                "a vertex is too far away for float64; scale the weights, or use a bounded domain"
            )
