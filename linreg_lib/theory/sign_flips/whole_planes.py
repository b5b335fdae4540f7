"""What sign flips of neurons say about regions of whole planes: an exact expectation.

The argument is that of ``whole_lines``, one dimension up.  All curves in a plane make
1 + crossings + ends / 2 activation regions (Euler).  Averaged over the flipped copies of a network
a pair of units crosses as often as in the masked linear networks, where it crosses once unless its
two gradients are parallel, and a unit has as many ends as there, two unless its gradient is zero.
What is left is the chance that a fair mask makes gradients zero or parallel.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod

from linreg_lib.theory.random_networks.init_law import InitLaw
from linreg_lib.theory.sign_flips.symmetry import require_sign_symmetry


def whole_plane_regions(law: InitLaw) -> Fraction:
    """Expected number of activation regions on any whole plane, exact, for ReLU networks.

    With fair independent masks, a unit of layer l has a gradient unless an earlier layer is empty,
    probability prod_{j<l} (1 - 2^-n_j).  Two units of layer l cross once unless an earlier layer
    has fewer than two open units, prod_{j<l} (1 - (1 + n_j) 2^-n_j).  A unit of layer l and one of
    layer m > l cross once unless moreover the other n_l - 1 units of layer l are all closed, or a
    layer between them is empty.  For wide layers the sum is that of N lines in general position,
    1 + N + N (N - 1) / 2 for N units, less exponentially small terms.

    Weights and biases must have laws that sign flips do not change, biases must have a density;
    nothing else about the laws matters, nor do the plane and the input dimension (at least 2).

    Raises:
        ValueError: an activation other than ReLU, laws without the symmetry, or one input.

    >>> from linreg_lib.networks.laws import Normal
    >>> whole_plane_regions(InitLaw(widths=(784, 3, 10), biases=Normal(1e-3)))
    Fraction(7, 1)
    >>> whole_plane_regions(InitLaw(widths=(2, 2, 1, 1), biases=Normal(1.0)))
    Fraction(23, 4)
    """
    require_sign_symmetry(law)
    if law.input_dim < 2:
        raise ValueError("there is no plane in one input dimension; give at least two inputs")
    for layer, activation in enumerate(law.activations):
        law.bias_law(layer).density(0.0)
        if (activation.slopes == 0.0).sum() != 1:
            raise ValueError(
                f"hidden layer {layer + 1}: {activation!r} has no slope 0, unlike ReLU"
            )
    widths = law.hidden_widths
    some = [1 - Fraction(1, 2**width) for width in widths]
    several = [1 - Fraction(1 + width, 2**width) for width in widths]
    total = Fraction(1)
    for layer, width in enumerate(widths):
        total += width * prod(some[:layer])
        crossings = Fraction(width * (width - 1), 2)
        others = 1 - Fraction(1, 2 ** (width - 1))
        for later in range(layer + 1, len(widths)):
            crossings += width * widths[later] * others * prod(some[layer + 1 : later])
        total += crossings * prod(several[:layer])
    return total
