"""Files of the kind .nnet: a fully connected ReLU network as text."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.networks.arguments import checked_path
from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.regular_file import open_regular

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class NnetFile:
    """What a .nnet file holds.

    The network takes ``(x - means) / ranges`` for inputs x in their own units, and its outputs are
    ``(y - output_mean) / output_range``.
    """

    weights: list[Array]
    biases: list[Array]
    minima: Array
    maxima: Array
    means: Array
    ranges: Array
    output_mean: float
    output_range: float

    def in_own_units(self) -> tuple[list[Array], list[Array]]:
        """Weights and biases with both normalisations in them, each number rounded once."""
        weights, biases = list(self.weights), list(self.biases)
        means = [Fraction(each) for each in self.means.tolist()]
        ranges = [Fraction(each) for each in self.ranges.tolist()]
        first = [
            [Fraction(w) / r for w, r in zip(row, ranges, strict=True)]
            for row in weights[0].tolist()
        ]
        offsets = [
            Fraction(b) - sum(w * m for w, m in zip(row, means, strict=True))
            for row, b in zip(first, biases[0].tolist(), strict=True)
        ]
        if len(weights) == 1:
            factor, mean = Fraction(self.output_range), Fraction(self.output_mean)
            first = [[factor * w for w in row] for row in first]
            offsets = [factor * b + mean for b in offsets]
        else:
            weights[-1], biases[-1] = self._output_in_own_units(weights[-1], biases[-1])
        weights[0] = np.array([[float(w) for w in row] for row in first])
        biases[0] = np.array([float(b) for b in offsets])
        return weights, biases

    def _output_in_own_units(self, weight: Array, bias: Array) -> tuple[Array, Array]:
        factor, mean = Fraction(self.output_range), Fraction(self.output_mean)
        offsets = [float(factor * Fraction(b) + mean) for b in bias.tolist()]
        return weight * self.output_range, np.array(offsets)


def read_nnet(path: Any) -> NnetFile:
    """Read a .nnet file.

    Lines of numbers between commas, after comments (``//``): the number of layers and of inputs;
    the size of each layer, inputs first; a line out of use; minima and maxima of the inputs; means
    and ranges of the inputs, then that of all outputs; for each layer the rows of its weights and
    its biases, one a line.  Raises ValueError, with the line, for other files.
    """
    file = checked_path("path", path)
    with open_regular(file) as stream:
        lines = _Lines(file, stream.read().decode("utf-8", errors="replace"))
    num_layers, num_inputs = lines.sizes(2)
    sizes = lines.sizes(num_layers + 1)
    if sizes[0] != num_inputs:
        raise ValueError(f"{lines.place}: sizes {sizes}, but {num_inputs} inputs")
    lines.numbers(0, at_least=True)
    minima, maxima = lines.numbers(num_inputs), lines.numbers(num_inputs)
    means, ranges = lines.numbers(num_inputs + 1), lines.numbers(num_inputs + 1)
    if not ranges.all():
        raise ValueError(f"{lines.place}: a range is 0")
    weights, biases = [], []
    for before, size in pairwise(sizes):
        weights.append(np.array([lines.numbers(before) for _ in range(size)]))
        biases.append(np.concatenate([lines.numbers(1) for _ in range(size)]))
    lines.end()
    return NnetFile(
        weights=weights,
        biases=biases,
        minima=minima,
        maxima=maxima,
        means=means[:-1],
        ranges=ranges[:-1],
        output_mean=float(means[-1]),
        output_range=float(ranges[-1]),
    )


class _Lines:
    """The lines of a file that hold numbers."""

    def __init__(self, file: Path, text: str) -> None:
        self._file = file
        self._lines = enumerate(text.splitlines(), start=1)
        self.place = str(file)

    def _next(self) -> str | None:
        for number, line in self._lines:
            if line.strip() and not line.lstrip().startswith("//"):
                self.place = f"{self._file}, line {number}"
                return line
        return None

    def numbers(self, num: int, at_least: bool = False) -> Array:
        """The next line's numbers, so many or more."""
        line = self._next()
        if line is None:
            raise ValueError(f"{self._file} is no whole .nnet file: it ends after {self.place}")
        return self._parsed(line, num, at_least)

    def sizes(self, num: int) -> list[int]:
        """The same for counts, so many of them."""
        found = self.numbers(num, at_least=True)
        used = found[:num]
        if (used < 1).any() or (used != np.floor(used)).any():
            raise ValueError(f"{self.place}: sizes must be integers from 1, got {used.tolist()}")
        return [int(each) for each in used]

    def end(self) -> None:
        """ValueError if there is another line."""
        if self._next() is not None:
            raise ValueError(
                f"{self.place}: more numbers than the sizes of the layers at its top ask for"
            )

    def _parsed(self, line: str, num: int, at_least: bool) -> Array:
        fields = [each for each in line.split(",") if each.strip()]
        try:
            found = exact_floats("numbers", [float(each) for each in fields])
        except ValueError as error:
            raise ValueError(f"{self.place}: {str(error)[:120]}") from error
        if len(found) < num or (len(found) > num and not at_least):
            raise ValueError(f"{self.place} has {len(found)} numbers; expected {num}")
        return found
