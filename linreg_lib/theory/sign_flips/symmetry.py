"""Sign flips of neurons: which laws they leave unchanged, and all flipped copies of a network.

Flip a neuron: change the sign of its incoming weights, its bias and its outgoing weights. Fix an
input x and a mask, which units are to be open. Of the 2^N flipped copies of a generic network with
N hidden units exactly one has that mask as its pattern at x, and there every pre-activation is, up
to sign, the one of the linear network in which the units outside the mask are deleted: a number
that no flip changes. So the copies together have as many breakpoints of a given neuron, on any
set of inputs, as all masked linear networks together.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_kind
from linreg_lib.networks.laws import Constant, Laplace, Law, Normal, Uniform
from linreg_lib.theory.random_networks.init_law import InitLaw


def require_sign_symmetry(law: InitLaw) -> None:
    """Raise ``ValueError`` unless flipping neurons leaves the law of the network unchanged.

    All named initialisations qualify; laws must be symmetric about 0; activations must be
    positively homogeneous (one kink, at the origin).

    Raises:
        ValueError: an activation, biases or weights without the symmetry.
    """
    checked_kind("law", law, InitLaw, "an InitLaw")
    for layer, activation in enumerate(law.activations):
        if not activation.is_positively_homogeneous:
            raise ValueError(
                f"hidden layer {layer + 1}: {activation!r} does not have its kink at 0"
            )
        if not _is_symmetric(law.bias_law(layer)):
            raise ValueError(
                f"hidden layer {layer + 1}: biases {law.bias_law(layer)!r} not symmetric"
            )
    if not isinstance(law.init, str) and not (
        isinstance(law.init, Law) and _is_symmetric(law.init)
    ):
        raise ValueError(f"init={law.init!r} is not known to be symmetric about 0")


def _is_symmetric(law: Law) -> bool:
    if isinstance(law, Normal | Constant):
        return law.mean == 0.0
    if isinstance(law, Uniform):
        return law.low == -law.high
    return isinstance(law, Laplace)


def sign_flipped_copies(net: Network) -> Iterator[Network]:
    """All 2^N networks that come from ``net`` by flipping some of its N hidden units.

    Layer l becomes diag(s_l) W_l diag(s_(l-1)) with bias s_l b_l, s_l being signs (1 for inputs and
    outputs).

    >>> net = Network.from_arrays([[[2.0]], [[3.0]]], [[1.0], [0.0]])
    >>> [copy.weights[0].item() for copy in sign_flipped_copies(net)]
    [2.0, -2.0]
    """
    return _flipped(checked_kind("net", net, Network, "a linreg_lib.Network"))


def _flipped(net: Network) -> Iterator[Network]:
    widths = net.hidden_widths
    for flat in product((1.0, -1.0), repeat=sum(widths)):
        signs = np.split(np.array(flat), np.cumsum(widths)[:-1])
        after = [*signs, np.ones(net.output_dim)]
        before = [np.ones(net.input_dim), *signs]
        yield Network.from_arrays(
            [
                left[:, None] * weight * right
                for left, weight, right in zip(after, net.weights, before, strict=True)
            ],
            [left * bias for left, bias in zip(after, net.biases, strict=True)],
            activation=net.activations,
        )
