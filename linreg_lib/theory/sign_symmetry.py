"""What sign flips of neurons say about breakpoints: exact counts on whole lines.

Flip a neuron: change the sign of its incoming weights, its bias and its outgoing weights. Fix an
input x and a mask, which units are to be open. Of the 2^N flipped copies of a generic network with
N hidden units exactly one has that mask as its pattern at x, and there every pre-activation is, up
to sign, the one of the linear network in which the units outside the mask are deleted: a number
that no flip changes. So the copies together have as many breakpoints of a given neuron, on any
set of inputs, as all masked linear networks together. On a whole line an affine function has
exactly one zero unless it is constant, that is unless the mask leaves an earlier layer empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import numpy as np

from linreg_lib.estimate import Estimate
from linreg_lib.networks import Network
from linreg_lib.networks.arguments import checked_choice, checked_count, checked_kind, checked_rng
from linreg_lib.networks.laws import Constant, Laplace, Law, Normal, Uniform
from linreg_lib.theory.expected_breakpoints import BreakpointExpectation, Of
from linreg_lib.theory.init_law import InitLaw
from linreg_lib.theory.line_piece import LinePiece
from linreg_lib.theory.network_batch import NetworkBatch
from linreg_lib.theory.open_paths import probability_good


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


def whole_line_breakpoints(law: InitLaw, of: Of = "linear") -> tuple[Fraction, ...]:
    """Expected breakpoints on any whole line, by hidden layer, exact.

    A unit of layer l has on average prod_{j<l} (1 - 2^-n_j) breakpoints, of which the share
    prod_{j>l} (1 - 2^-n_j) are jumps of the gradient. For activations with a kink at 0, value 0
    there and no slope 0 (leaky ReLU) a layer's factor is 1. Weights and biases must have laws that
    sign flips do not change, biases must have a density; nothing else about the laws matters, nor
    do the line and the input dimension.

    >>> law = InitLaw(widths=(784, 2, 3, 10), biases=Normal(1e-3))
    >>> whole_line_breakpoints(law, of="activation"), whole_line_breakpoints(law, of="linear")
    ((Fraction(2, 1), Fraction(9, 4)), (Fraction(7, 4), Fraction(9, 4)))

    Raises ``ValueError`` for laws or activations without the symmetry.
    """
    require_sign_symmetry(law)
    checked_choice("of", of, ("activation", "linear"))
    for layer in range(law.depth):
        law.bias_law(layer).density(0.0)
    closes = [
        Fraction(1, 2**width) if (activation.slopes == 0.0).any() else Fraction(0)
        for width, activation in zip(law.hidden_widths, law.activations, strict=True)
    ]
    counts = []
    for layer, width in enumerate(law.hidden_widths):
        value = Fraction(width)
        for other, closed in enumerate(closes):
            if other < layer or (other > layer and of == "linear"):
                value *= 1 - closed
        counts.append(value)
    return tuple(counts)


def breakpoints_by_masks(
    law: InitLaw,
    line: LinePiece,
    *,
    rng: np.random.Generator,
    of: Of = "linear",
    num_networks: int = 1000,
) -> BreakpointExpectation:
    """Expected breakpoints on a line piece from random masks: no density, no point is sampled.

    Each sampled network is made linear by a fair random mask in each hidden layer; the neurons
    whose affine pre-activation has its zero on the piece are counted. For ``of="linear"`` the
    counts are multiplied by ``probability_good``. ReLU networks with sign-symmetric laws only. It
    shares no formula with ``expected_breakpoints``.

    >>> law = InitLaw(widths=(1, 3, 1), biases=Normal(1.0))
    >>> masks = breakpoints_by_masks(law, LinePiece.whole(0.0, 1.0), rng=np.random.default_rng(0))
    >>> masks.total.mean
    3.0
    """
    require_sign_symmetry(law)
    checked_kind("line", line, LinePiece, "a LinePiece")
    checked_rng("rng", rng)
    checked_choice("of", of, ("activation", "linear"))
    num_networks = checked_count("num_networks", num_networks, least=2)
    if any((activation.slopes == 0.0).sum() != 1 for activation in law.activations):
        raise ValueError("masks are for activations with a slope 0, such as ReLU")
    if line.dim != law.input_dim:
        raise ValueError(f"the line lies in R^{line.dim}, the networks take R^{law.input_dim}")
    counts = np.empty((num_networks, law.depth))
    chunk = max(1, 2_000_000 // (max(law.widths) ** 2))
    for start in range(0, num_networks, chunk):
        stop = min(start + chunk, num_networks)
        counts[start:stop] = _masked_counts(NetworkBatch.sample(law, stop - start, rng), line, rng)
    if of == "linear":
        widths = law.hidden_widths
        counts *= [float(probability_good(widths, layer)) for layer in range(law.depth)]
    return BreakpointExpectation(
        total=Estimate.from_samples(counts.sum(axis=1)),
        per_layer=tuple(Estimate.from_samples(column) for column in counts.T),
        hidden_widths=law.hidden_widths,
        of=of,
    )


def _masked_counts(batch: NetworkBatch, line: LinePiece, rng: np.random.Generator) -> np.ndarray:
    """Zeros on the piece by network and layer, shape (B, L)."""
    value = np.broadcast_to(line.point, (batch.size, line.dim))
    slope = np.broadcast_to(line.direction, (batch.size, line.dim))
    counts = np.empty((batch.size, batch.depth))
    for layer, activation in enumerate(batch.activations):
        weights = batch.weights[layer]
        value = np.einsum("boi,bi->bo", weights, value) + batch.biases[layer]
        slope = np.einsum("boi,bi->bo", weights, slope)
        moving = slope != 0.0
        zeros = -value / np.where(moving, slope, 1.0)
        counts[:, layer] = (moving & (line.low < zeros) & (zeros < line.high)).sum(axis=1)
        gain = activation.slopes[rng.integers(0, 2, size=value.shape)]
        value, slope = value * gain, slope * gain
    return counts


def require_sign_symmetry(law: InitLaw) -> None:
    """Raise ``ValueError`` unless flipping neurons leaves the law of the network unchanged.

    All named initialisations qualify; laws must be symmetric about 0; activations must be
    positively homogeneous (one kink, at the origin).
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
