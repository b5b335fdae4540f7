"""What a subdivision carries from layer to layer, whoever does the cutting."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linreg_lib.errors import WorkLimitError
from linreg_lib.geometry.domains.coordinate_units import coordinate_units
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.vertex_signs.accurate_offset import accurate_offset
from linreg_lib.geometry.vertex_signs.certificate import Certificate, SignRecord
from linreg_lib.geometry.vertex_signs.float_sign_bounds import (
    ErrorModel,
    LayerError,
    num_hyperplanes,
)
from linreg_lib.geometry.vertex_signs.gradient_bound import measured_spread
from linreg_lib.geometry.vertex_signs.vertex_births import exact_corners
from linreg_lib.locked import kept_answer
from linreg_lib.networks import Network
from linreg_lib.networks.exact_network import ExactNetwork
from linreg_lib.networks.float_constants import FACTOR_FLOOR, PLACE_FLOOR, UNDERFLOW_FLOOR, UNIT
from linreg_lib.networks.unit_names import unit_name

#: rounding of the first layer's offset that does no harm, as a share of its change in the domain
_NEGLIGIBLE = 2.0**-36


class NotInGeneralPosition(Exception):
    """A hyperplane passes through an old vertex: a case that vertices and edges cannot tell."""


class SubdivisionState:
    """A network, a domain as it was before any cut, error bounds and exact arithmetic.

    While it is cut a bounded domain's coordinates are counted in ``units`` of their own, powers of
    two, so that it is about as long along each axis: bounds that add up coordinates then say the
    same whatever units the inputs have, and nothing is rounded.  ``basis`` and ``scales`` are the
    domain's in these units.
    """

    #: whether stored values are those at the rounded coordinates: see ``ErrorModel``
    values_at_coordinates = False

    def __init__(self, net: Network, domain: Domain, max_regions: int | None) -> None:
        self.net, self.domain, self.max_regions = net, domain, max_regions
        self.lattice = domain.initial_lattice()
        corners = self.lattice.points.view.copy()
        self.exact_corners = exact_corners(domain, corners)
        self.units = np.ones(corners.shape[1] - 1)
        if domain.is_bounded:
            self.units = coordinate_units(corners[:, :-1])
            corners[:, :-1] /= self.units
            self.lattice.points.view[:] = corners
        self.basis, self.scales = domain.basis * self.units[:, None], domain.scales / self.units
        rounded = corners[:, :-1] if domain.is_bounded else corners
        extent = float(np.abs(rounded).sum(axis=1).max())
        measure = self._measured_spread if self._wants_slopes(domain.dim) else None
        self.errors = ErrorModel(
            net, extent, not domain.is_bounded, measure, at_coordinates=self.values_at_coordinates
        )
        #: how far rounding leads a vertex off an affine hull, in all generations: see below
        self.rounding_on_hulls = 16 * UNIT * (1 + num_hyperplanes(net)) * extent + UNDERFLOW_FLOOR
        if not (domain.is_bounded and domain.is_axis_parallel):
            self._slacken_faces()
        self.exact_network = ExactNetwork(net, *domain.exact_lattice_frame())
        #: how far each corner may be rounded from its exact place
        self.corner_slack = np.zeros(len(corners))
        if domain.exact_corners() is not None:
            sizes = np.abs(corners).sum(axis=1)
            self.corner_slack[:] = 4 * UNIT * sizes + PLACE_FLOOR
        self.certificate = SignRecord()

    def _wants_slopes(self, dim: int) -> bool:
        """Whether bounds of slopes that are too large cost more than measuring them."""
        return True

    def sealed_certificate(self) -> Certificate:
        """What is known at the end, in the domain's length."""
        self.certificate.smallest_margin *= float(self.units.min())
        return self.certificate.certificate()

    def _slacken_faces(self) -> None:
        """How far rounding leads vertices off the faces that the domain starts with.

        A vertex is the rounding of a convex combination of two older ones, off by at most 8 units
        in the last place of ``extent``; corners, and vertices decided exactly, are off by one.  The
        distance to an affine hull is convex, so it grows by so much for each of the at most
        ``num_hyperplanes`` generations.  Only walls parallel to the axes are kept exactly, and only
        inhomogeneous cells are all of their hulls.
        """
        top = self.lattice.dim - (1 if self.domain.is_bounded else 0)
        for k in range(1, top + 1):
            self.lattice.slack[k].view[:] = self.rounding_on_hulls

    @property
    def num_regions(self) -> int:
        """Number of cells so far."""
        raise NotImplementedError

    def add_layer(self, layer: int, report: Callable[[int, int, int], None] | None) -> None:
        """Cut by all neurons of a hidden layer, reporting after each."""
        raise NotImplementedError

    def add_layers(
        self, depth: int, report: Callable[[int, int, int], None] | None, num_threads: int = 1
    ) -> None:
        """Cut by the first hidden layers, by so many threads if the engine knows how."""
        for layer in range(depth):
            self.add_layer(layer, report)

    @property
    def vertex_slack(self) -> np.ndarray:
        """How far each vertex may be rounded from its exact place (vertices,)."""
        raise NotImplementedError

    def cell_pieces(self) -> list[np.ndarray]:
        """Pieces (cells, n_l) of the layers that have cut."""
        raise NotImplementedError

    def record(self, depth: int) -> CutRecord:
        """What was cut by ``depth`` layers; the state is of no use afterwards."""
        raise NotImplementedError

    def first_values(self) -> tuple[np.ndarray, LayerError]:
        """The first layer's values at the corners, and their bounds."""
        points, domain = self.lattice.points.view, self.domain
        with np.errstate(over="ignore", invalid="ignore"):
            offset, offset_error = self.offset
            z = (points[:, :-1] @ self.basis) @ self.net.weights[0].T
            z += offset * points[:, -1:]
            size = np.abs(points[:, :-1]) @ np.abs(self.basis)
            size += FACTOR_FLOOR * (1.0 + np.abs(points[:, :-1]).max())
            return z, self.errors.first_layer(
                size, domain.dim, z, *self._frame(), np.abs(offset), offset_error
            )

    @kept_answer
    def offset(self) -> tuple[np.ndarray, np.ndarray]:
        """The first layer where coordinates are 0 (n,), and bounds of its error."""
        domain = self.domain
        weight, bias = self.net.weights[0], self.net.biases[0]
        origin = domain.origin + domain.centre @ domain.basis
        corners = np.abs(self.lattice.points.view[:, :-1]).max(axis=0)
        with np.errstate(over="ignore", invalid="ignore"):
            error = (len(origin) + 4) * UNIT * (np.abs(weight) @ np.abs(origin) + np.abs(bias))
            size = np.abs(weight @ self.basis.T) @ corners
            if (error <= _NEGLIGIBLE * size).all():
                return weight @ origin + bias, error + FACTOR_FLOOR
        return accurate_offset(weight, bias, origin)

    def _frame(self) -> tuple[np.ndarray, np.ndarray]:
        """The first layer in coordinates (n, d), and the sums of absolute values behind it."""
        weight = self.net.weights[0]
        frame, size = weight @ self.basis.T, np.abs(weight) @ np.abs(self.basis).T
        alive = weight.any(axis=1)
        size += (FACTOR_FLOOR * (np.abs(weight).sum(axis=1) + alive))[:, None]
        if self.domain.is_bounded:
            return frame, size
        offset, error = self.offset
        return (
            np.column_stack([frame, offset]),
            np.column_stack([size, np.abs(offset) + error / UNIT]),
        )

    def _measured_spread(self, units: np.ndarray) -> float:
        frame, size = self._frame()
        error = (self.net.input_dim + self.domain.dim + 12) * UNIT * size
        return measured_spread(
            self.net, frame, error, self.cell_pieces(), not self.domain.is_bounded, units
        )

    def check_limit(self, layer: int, neuron: int) -> None:
        """Give up beyond ``max_regions``."""
        if self.max_regions is not None and self.num_regions > self.max_regions:
            raise WorkLimitError(
                f"{self.num_regions} regions after {unit_name(layer, neuron)} "
                f"exceed max_regions={self.max_regions}; raise the limit, shrink the domain or "
                "stop at an earlier layer with upto_layer"
            )
