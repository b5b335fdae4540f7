"""What sign flips of neurons say about breakpoints on whole lines: exact expectations.

By the argument of ``symmetry`` the flipped copies of a network have, together, as many breakpoints
as all masked linear networks together. On a whole line an affine function has exactly one zero
unless it is constant, that is unless the mask leaves an earlier layer empty.
"""

from __future__ import annotations

from fractions import Fraction

from linreg_lib.networks.arguments import checked_choice
from linreg_lib.networks.laws import Normal
from linreg_lib.theory.lines.expected_breakpoints import Of
from linreg_lib.theory.random_networks.init_law import InitLaw
from linreg_lib.theory.sign_flips.symmetry import require_sign_symmetry
from linreg_lib.theory.widths.layer_arrangements import layer_arrangements


def whole_line_breakpoints(law: InitLaw, of: Of = "linear") -> tuple[Fraction, ...]:
    """Expected breakpoints on any whole line, by hidden layer, exact.

    A unit of layer l has on average prod_{j<l} (1 - 2^-n_j) breakpoints, of which the share
    prod_{j>l} (1 - 2^-n_j) are jumps of the gradient. For activations with a kink at 0, value 0
    there and no slope 0 (leaky ReLU) a layer's factor is 1. Weights and biases must have laws that
    sign flips do not change, biases must have a density; nothing else about the laws matters, nor
    do the line and the input dimension.

    Raises:
        ValueError: laws or activations without the symmetry, or biases without a density.

    >>> law = InitLaw(widths=(784, 2, 3, 10), biases=Normal(1e-3))
    >>> whole_line_breakpoints(law, of="activation"), whole_line_breakpoints(law, of="linear")
    ((Fraction(2, 1), Fraction(9, 4)), (Fraction(7, 4), Fraction(9, 4)))
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


def whole_line_regions(
    num_neurons: int, activation: str = "relu"
) -> dict[tuple[int, ...], Fraction]:
    """Expected linear regions of a whole line for each arrangement of the neurons, exact.

    For laws that sign flips leave unchanged; see ``whole_line_breakpoints``.

    >>> [str(mean) for mean in whole_line_regions(2).values()]
    ['3', '2']
    """
    laws = {
        hidden: InitLaw(widths=(1, *hidden, 1), biases=Normal(1.0), activation=activation)
        for hidden in layer_arrangements(num_neurons)
    }
    return {hidden: sum(whole_line_breakpoints(law), Fraction(1)) for hidden, law in laws.items()}
