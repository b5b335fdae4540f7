"""Cut a domain into the activation regions of a network: layer by layer, neuron by neuron.

The pre-activations of a layer are affine on every cell that the earlier layers left, so their
values at the vertices say everything.  One matrix product gives them for all vertices; each neuron
then cuts the faces on both of whose sides it has vertices (cut.py), and vertices born on the way
get their values by interpolation.  Signs are exact: certified in float64 (certificates.py) or
decided in rational arithmetic (exact_vertices.py).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linreg_lib.geometry.complex import PolyhedralComplex
from linreg_lib.geometry.cut import HyperplaneError, edge_slopes, split_faces
from linreg_lib.geometry.domains import Domain
from linreg_lib.geometry.lattice import Growing
from linreg_lib.geometry.layer_signs import LayerSigns
from linreg_lib.geometry.patterns import layer_pieces
from linreg_lib.geometry.subdivision_state import DegenerateForKernels, SubdivisionState
from linreg_lib.networks import Network

#: called after each neuron with (layer, neuron, num_regions so far)
Progress = Callable[[int, int, int], None]


def subdivide(
    net: Network,
    domain: Domain,
    *,
    upto_layer: int | None = None,
    max_regions: int | None = None,
    progress: bool | Progress = False,
    compiled: bool | None = None,
) -> PolyhedralComplex:
    """The polyhedral complex into which ``net`` cuts ``domain``, with its activation regions.

    Parameters
    ----------
    net : network with ``net.input_dim == domain.input_dim``
    domain : ``Box``, ``Segment``, ``Plane``, ``Simplex``, ``Polytope``, or the unbounded
        ``Line`` and ``Space``, of dimension 1 to 6
    upto_layer : count hidden layers 1..upto_layer only (0: the domain itself; default: all)
    max_regions : give up with ``WorkLimitError`` beyond this number of regions
    progress : True draws a progress bar; or a function called with (layer, neuron, num_regions)
    compiled : use the compiled kernels: None, where they are faster (dimension 1 and 2) and numba
        is installed; True insists; False never.  They give the same complex; networks with ties
        start again with the NumPy reference, and then ``progress`` is told from the beginning.

    Ties
    ----
    The combinatorics are exact for the numbers as stored: signs that float64 cannot certify are
    decided in rational arithmetic.  A neuron that is at a breakpoint on a whole cell cuts nothing
    there and takes the lower piece; coincident neurons cut once.

    Raises
    ------
    ValueError, TypeError
        If dimensions do not fit or an argument is out of range.
    OverflowError
        If pre-activations overflow float64 on the domain.
    WorkLimitError
        Beyond ``max_regions``.

    Examples
    --------
    Two lines through the square make four regions, and the lattice of their faces:

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, 0], [0]])
    >>> cx = lr.subdivide(net, lr.Box(-1, 1, dim=2))
    >>> cx.num_regions, cx.f_vector, cx.euler_characteristic
    (4, (9, 12, 4), 1)

    Source: the subdivision described in HR19, Section 3.3; QW23, Section 4.
    """
    if not isinstance(net, Network):
        raise TypeError(f"net must be a linreg_lib.Network, got {type(net).__name__}")
    if not isinstance(domain, Domain):
        given = type(domain).__name__
        raise TypeError(f"domain must be a domain such as Box, Segment or Plane, got {given}")
    if net.input_dim != domain.input_dim:
        raise ValueError(
            f"net takes {net.input_dim} inputs, but the domain lies in R^{domain.input_dim}"
        )
    if domain.dim > 6:
        raise ValueError(f"the domain has dimension {domain.dim}; at most 6 is supported")
    depth = net.depth if upto_layer is None else upto_layer
    if int(depth) != depth or not 0 <= depth <= net.depth:
        raise ValueError(
            f"upto_layer is {upto_layer}; it must be 0..{net.depth}, hidden layers to keep"
        )
    if max_regions is not None and max_regions < 1:
        raise ValueError(f"max_regions must be at least 1, got {max_regions}")
    kinds: list[type[SubdivisionState]] = [NumpySubdivision]
    if compiled or (compiled is None and domain.dim <= 2):
        kinds = _compiled_first(required=compiled is True)
    for kind in kinds:
        run = kind(net, domain, max_regions)
        try:
            with _Reporter(progress, sum(net.hidden_widths[:depth])) as report:
                for layer in range(depth):
                    run.add_layer(layer, report)
        except DegenerateForKernels:
            continue
        return run.finished(depth)
    raise AssertionError("the NumPy subdivision knows all cases")


def _compiled_first(required: bool) -> list[type[SubdivisionState]]:
    try:
        from linreg_lib.geometry.compiled import CompiledSubdivision
    except ImportError as missing:
        if required:
            raise ImportError("compiled=True needs the package numba; install it") from missing
        return [NumpySubdivision]
    return [CompiledSubdivision, NumpySubdivision]


class NumpySubdivision(SubdivisionState):
    """The reference: every case, one neuron at a time."""

    def add_layer(self, layer: int, report: Progress | None) -> None:
        """Cut by all neurons of a hidden layer."""
        signs = self.layer_signs(layer)
        origin = Growing(np.arange(self.num_regions, dtype=np.int32))
        num_breakpoints = self.net.activations[layer].num_breakpoints
        for neuron in range(signs.values.shape[1]):
            for index in range(num_breakpoints):
                cells = self._cut(signs, neuron, index)
                if cells is not None:
                    origin.append(origin.view[cells])
            self.check_limit(layer, neuron)
            if report is not None:
                report(layer, neuron, self.num_regions)
        pieces = layer_pieces(self.lattice, signs.signs, num_breakpoints)
        self.end_layer(signs, origin.view, pieces)

    def _cut(self, state: LayerSigns, neuron: int, index: int) -> np.ndarray | None:
        lattice = self.lattice
        signs = state.signs_of(neuron, index)
        if signs is None:
            return None
        start, end = lattice.ends
        cut_edges = np.flatnonzero(signs[start] * signs[end] < 0)
        new = np.arange(lattice.points.size, lattice.points.size + len(cut_edges))
        error = HyperplaneError(
            value=float(state.error.value[neuron]), lipschitz=float(state.error.lipschitz[neuron])
        )
        slopes = np.zeros(0)
        if len(cut_edges):
            a, b = start[cut_edges], end[cut_edges]
            at_a, at_b = state.excess(neuron, index, a), state.excess(neuron, index, b)
            change = at_a - at_b
            slopes = edge_slopes(lattice, cut_edges, np.abs(change), error)
            slack = error.section_slack(lattice.slack[1].view[cut_edges], slopes)
            births = np.empty((len(a), 5), dtype=np.int32)
            births[:, 0], births[:, 1] = a, b
            births[:, 2:] = state.layer, neuron, index
            self.births.append(births)
            self.zeros.append(self.zeros.view[a] & self.zeros.view[b])
            weight = np.divide(at_a, change, out=np.zeros(len(a)), where=change != 0)
            state.add_vertices(a, b, neuron, index, weight, slack)
        signs = state.signs_of_all(neuron, index)
        cells = split_faces(lattice, signs, cut_edges, new, slopes, error)
        return cells if len(cells) else None


class _Reporter:
    """Turns the argument ``progress`` into a function called after each neuron."""

    def __init__(self, progress: bool | Progress, total: int) -> None:
        self._progress, self._total = progress, total
        self._bar = None

    def __enter__(self) -> Progress | None:
        if callable(self._progress):
            return self._progress
        if not self._progress:
            return None
        try:
            from tqdm.auto import tqdm
        except ImportError as missing:
            raise ImportError(
                "progress=True needs the package tqdm; install it or pass a function"
            ) from missing
        self._bar = tqdm(total=self._total, unit="neuron")
        return self._advance

    def _advance(self, layer: int, neuron: int, num_regions: int) -> None:
        assert self._bar is not None
        self._bar.set_postfix(regions=num_regions, refresh=False)
        self._bar.update()

    def __exit__(self, *details: object) -> None:
        if self._bar is not None:
            self._bar.close()
