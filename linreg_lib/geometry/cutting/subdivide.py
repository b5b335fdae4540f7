"""Cut a domain into the activation regions of a network: layer by layer, neuron by neuron.

The pre-activations of a layer are affine on every cell that the earlier layers left, so their
values at the vertices say everything.  There are two ways: reference/ keeps all faces and knows all
cases; compiled/ keeps vertices and edges alone, which determine the other faces as long as all
hyperplanes are in general position.  Signs are exact in both: certified in float64
(vertex_signs/float_sign_bounds.py) or decided in rational arithmetic
(vertex_signs/exact_vertices.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex, complex_of
from linreg_lib.geometry.cutting.reference.numpy_subdivision import NumpySubdivision
from linreg_lib.geometry.cutting.reference.whole_space_subdivision import SpaceSubdivision
from linreg_lib.geometry.cutting.subdivision_state import NotInGeneralPosition, SubdivisionState
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.domains.space import Space
from linreg_lib.geometry.record.invariants import require_sound
from linreg_lib.geometry.record.joined_record import joined_record
from linreg_lib.geometry.record.whole_space_record import whole_space_record
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import (
    checked_count,
    checked_flag,
    checked_kind,
    checked_limit,
)
from linreg_lib.progress_bar import progress_bar

_Kind = Callable[[Network, Any, int | None], SubdivisionState]
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

    Args:
        net: network with ``net.input_dim == domain.input_dim``
        domain: ``Box``, ``Segment``, ``Plane``, ``Simplex``, ``Polytope``, or the unbounded
            ``Line`` and ``Space``, of dimension 1 to 6
        upto_layer: count hidden layers 1..upto_layer only (0: the domain itself; default: all)
        max_regions: give up with ``WorkLimitError`` beyond this number of regions
        progress: True draws a progress bar; or a function called with (layer, neuron, num_regions)
        compiled: use the compiled kernels: None, if numba is installed; True insists; False never.
            They give the same complex (faces other than regions may be numbered otherwise) and are
            many times faster.  Networks with ties, domains that are unbounded and polytopes
            that are not simple are left to the NumPy reference; then ``progress`` is told again
            from the beginning.

    Ties: the combinatorics are exact for the numbers as stored: signs that float64 cannot certify
    are decided in rational arithmetic.  A neuron that is at a breakpoint on a whole cell cuts
    nothing there and takes the lower piece; coincident neurons cut once.

    Maxima: a network with ``max_units`` (from max pooling, say) is cut where the largest entry of a
    maximum changes, and nowhere else.  On the way it is cut by all matches, and regions that differ
    in none of the others are joined; ``max_regions`` and ``progress`` see the regions before that.

    Raises:
        ValueError, TypeError: if dimensions do not fit or an argument is out of range.
        OverflowError: if pre-activations overflow float64 on the domain.
        WorkLimitError: beyond ``max_regions``.
        BrokenInvariantError: if the outcome breaks Euler's relation: a fault of this library, to
            be reported.

    Two lines through the square make four regions, and the lattice of their faces:

    >>> import linreg_lib as lr
    >>> net = lr.Network.from_arrays([[[1, 0], [0, 1]], [[1, 1]]], [[0, 0], [0]])
    >>> cx = lr.subdivide(net, lr.Box(-1, 1, dim=2))
    >>> cx.num_regions, cx.f_vector, cx.euler_characteristic
    (4, (9, 12, 4), 1)

    Source: the subdivision described in HR19, Section 3.3; QW23, Section 4.
    """
    checked_kind("net", net, Network, "a linreg_lib.Network")
    checked_kind("domain", domain, Domain, "a domain such as Box, Segment or Plane")
    if net.input_dim != domain.input_dim:
        raise ValueError(
            f"net takes {net.input_dim} inputs, but the domain lies in R^{domain.input_dim}"
        )
    if domain.dim > 6:
        raise ValueError(f"the domain has dimension {domain.dim}; at most 6 is supported")
    depth = net.depth
    if upto_layer is not None:
        depth = checked_count("upto_layer", upto_layer, least=0, most=net.depth)
    max_regions = checked_limit("max_regions", max_regions)
    compiled = None if compiled is None else checked_flag("compiled", compiled)
    if not callable(progress):
        progress = checked_flag("progress", progress)
    kinds: list[_Kind] = [NumpySubdivision]
    if isinstance(domain, Space):
        kinds = [SpaceSubdivision]
    elif compiled is not False and domain.is_bounded:
        kinds = _compiled_first(required=compiled is True)
    for kind in kinds:
        try:
            run = kind(net, domain, max_regions)
            with _reporter(progress, sum(net.hidden_widths[:depth])) as report:
                for layer in range(depth):
                    run.add_layer(layer, report)
        except NotInGeneralPosition:
            continue
        record = run.record(depth)
        if isinstance(domain, Space):
            record = whole_space_record(record)
        require_sound(record)
        if net.max_units and not isinstance(domain, Space):
            record = joined_record(record)
        return complex_of(record)
    raise AssertionError("the NumPy subdivision knows all cases")


def _compiled_first(required: bool) -> list[_Kind]:
    try:
        from linreg_lib.geometry.cutting.compiled.skeleton_subdivision import SkeletonSubdivision
    except ImportError as missing:
        if required:
            raise ImportError("compiled=True needs the package numba; install it") from missing
        return [NumpySubdivision]
    return [SkeletonSubdivision, NumpySubdivision]


@contextmanager
def _reporter(progress: bool | Progress, total: int) -> Iterator[Progress | None]:
    """Turns the argument ``progress`` into a function called after each neuron."""
    if callable(progress) or not progress:
        yield progress if callable(progress) else None
        return
    with progress_bar(total=total, unit="neuron") as bar:

        def advance(layer: int, neuron: int, num_regions: int) -> None:
            bar.set_postfix(regions=num_regions, refresh=False)
            bar.update()

        yield advance
