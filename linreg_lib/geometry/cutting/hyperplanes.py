"""Cutting a domain by a list of hyperplanes."""

from __future__ import annotations

from collections.abc import Sequence

from linreg_lib.geometry.complex.polyhedral_complex import PolyhedralComplex
from linreg_lib.geometry.cutting.subdivide import subdivide
from linreg_lib.geometry.domains.box import Box
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.networks.exact_floats import exact_number
from linreg_lib.networks.hyperplane_layer import hyperplane_network


def cut_by_hyperplanes(rows: Sequence[Sequence[int]], domain: Domain | float) -> PolyhedralComplex:
    """The complex into which hyperplanes a.x = b cut a domain, or the cube [-B, B]^n.

    ``rows`` are integers (a_1, ..., a_n, b), one hyperplane each; ``domain`` is a domain of R^n or
    the number B. The complex is that of a network with one ReLU neuron a hyperplane; a hyperplane
    that is listed twice is two neurons, and cuts once. Errors as for ``hyperplane_network``.

    >>> cut_by_hyperplanes([(1, 0, 0), (0, 1, 0), (1, 1, 1)], 2).num_regions
    7
    """
    network = hyperplane_network(rows)
    if not isinstance(domain, Domain):
        if not (half := exact_number("domain", domain)) > 0:
            raise ValueError(f"domain is {half}; as a number B it must be positive: [-B, B]^n")
        domain = Box(-half, half, dim=network.input_dim)
    return subdivide(network, domain)
