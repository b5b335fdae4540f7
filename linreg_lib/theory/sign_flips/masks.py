"""What sign flips of neurons say about breakpoints on a piece of a line: random masks."""

from __future__ import annotations

import numpy as np

from linreg_lib.estimate import Estimate
from linreg_lib.networks.arguments import checked_choice, checked_count, checked_kind, checked_rng
from linreg_lib.theory.lines.expected_breakpoints import BreakpointExpectation, Of
from linreg_lib.theory.lines.line_piece import LinePiece
from linreg_lib.theory.random_networks.batch import NetworkBatch
from linreg_lib.theory.random_networks.init_law import InitLaw
from linreg_lib.theory.sign_flips.open_paths import probability_good
from linreg_lib.theory.sign_flips.symmetry import require_sign_symmetry


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

    Raises:
        ValueError: laws without the symmetry, an activation without a slope 0, a line in another
            dimension, or fewer than two networks.

    >>> from linreg_lib.networks.laws import Normal
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
        counts[start:stop] = _masked_counts(
            NetworkBatch.sample(law, stop - start, rng=rng), line, rng
        )
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
