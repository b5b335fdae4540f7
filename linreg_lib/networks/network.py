"""The network: affine layers with piecewise linear activations between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.locked import kept_answer
from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.affine_map import AffineMap
from linreg_lib.networks.arguments import checked_index, checked_list
from linreg_lib.networks.exact_floats import exact_floats
from linreg_lib.networks.initialisation import BiasSpec, InitSpec, random_layers
from linreg_lib.networks.layer_activations import (
    LayerActivations,
    activation_of_layer,
    checked_activations,
)
from linreg_lib.networks.layer_arrays import ARRAYS, checked_layers
from linreg_lib.networks.max_units import (
    MaxUnit,
    check_max_units,
    permuted_max_units,
    settled_pattern,
)
from linreg_lib.networks.maxima_check import check_maxima
from linreg_lib.networks.mixed_activation import (
    Activation,
    MixedActivation,
)
from linreg_lib.networks.other_formats import OtherFormats
from linreg_lib.networks.pattern import pattern_at, piece_range_at
from linreg_lib.networks.unit_names import layer_name, unit_name
from linreg_lib.short_repr import shown, shown_ends


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Network(OtherFormats):
    """A fully connected network with piecewise linear activations and an affine output layer.

    Layer ``l`` maps ``h`` to ``weights[l] @ h + biases[l]`` (bias added, as in torch); after every
    layer but the last one ``activations[l]`` is applied, unit by unit.
    The network is the function with exactly these float64 numbers, in real arithmetic;
    ``net(x)`` evaluates it in floating point.

    Attributes:
        weights: tuple of float64 arrays (n_out, n_in), read-only copies
        biases: tuple of float64 arrays (n_out,), read-only copies
        activations: one per hidden layer: a ``PiecewiseLinear`` that all units have, or a
            ``MixedActivation`` where they differ
        max_units: which ReLU units are the matches of a maximum; see ``MaxUnit``

    Raises:
        TypeError, ValueError: if there is no layer, shapes do not fit, an entry is NaN, infinite
            or no float64, or the number of activations is not the number of hidden layers. The
            message names the argument.

    ``|x|`` from two ReLU units:

    >>> net = Network.from_arrays([[[1.0], [-1.0]], [[1.0, 1.0]]], [[0.0, 0.0], [0.0]])
    >>> net([-3.0]).tolist()
    [3.0]
    >>> net.pattern([[-3.0], [0.0], [2.0]]).tolist()
    [[0, 1], [0, 0], [1, 0]]
    >>> net
    Network(widths=(1, 2, 1), activation=relu())
    """

    weights: tuple[NDArray[np.float64], ...]
    biases: tuple[NDArray[np.float64], ...]
    activations: tuple[Activation, ...]
    max_units: tuple[MaxUnit, ...] = ()

    def __post_init__(self) -> None:
        weights, biases = checked_layers(self.weights, self.biases)
        activations = checked_activations(self.activations, biases)
        max_units = tuple(checked_list("max_units", self.max_units, "MaxUnit objects"))
        check_max_units(max_units, activations, [len(bias) for bias in biases[:-1]])
        if max_units:
            check_maxima(weights, biases, activations, max_units)
        object.__setattr__(self, "max_units", max_units)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)
        object.__setattr__(self, "activations", activations)

    @classmethod
    def from_arrays(
        cls,
        weights: Sequence[ArrayLike],
        biases: Sequence[ArrayLike],
        activation: LayerActivations = "relu",
        *,
        max_units: Sequence[MaxUnit] = (),
    ) -> Network:
        """A network from its arrays, the affine output layer last.

        ``weights[l]`` has shape (n_out, n_in) and ``biases[l]`` shape (n_out,); lists, integers
        and float32 are converted to float64 without rounding, arrays are copied.
        ``activation`` is a name (``"relu"``, ``"leaky_relu"``, ... of named_activations.py), a
        ``PiecewiseLinear``, or a sequence of these, one per hidden layer; an entry may itself be a
        sequence, one per unit of that layer.  ``max_units`` says which units are matches of a
        maximum.  Errors as for the class.

        A residual sum, x + relu(2 x - 1): the second unit carries x on and cuts nothing.

        >>> net = Network.from_arrays(
        ...     [[[2], [1]], [[1, 1]]], [[-1, 0], [0]], [["relu", "identity"]]
        ... )
        >>> net([[0.0], [3.0]]).ravel().tolist(), net.pattern([3.0]).tolist()
        ([0.0, 8.0], [1, 0])
        """
        layers = checked_list("weights", weights, ARRAYS)
        if isinstance(activation, Iterable) and not isinstance(activation, str):
            activations = tuple(
                activation_of_layer(each, f"activation[{i}]") for i, each in enumerate(activation)
            )
        else:
            num_hidden_layers = max(len(layers) - 1, 0)
            activations = (activation_of_layer(activation, "activation"),) * num_hidden_layers
        return cls(
            weights=tuple(layers),
            biases=tuple(checked_list("biases", biases, ARRAYS)),
            activations=activations,
            max_units=tuple(checked_list("max_units", max_units, "MaxUnit objects")),
        )

    @classmethod
    def random(
        cls,
        widths: Sequence[int],
        init: InitSpec = "he",
        biases: BiasSpec = None,
        *,
        rng: np.random.Generator,
        activation: str | PiecewiseLinear | Sequence[str | PiecewiseLinear] = "relu",
    ) -> Network:
        """A random network; the text of ``random_network`` is put here."""
        weights, bias_vectors = random_layers(widths, init, biases, rng)
        return cls.from_arrays(weights, bias_vectors, activation=activation)

    @property
    def input_dim(self) -> int:
        """Number of inputs."""
        return int(self.weights[0].shape[1])

    @property
    def output_dim(self) -> int:
        """Number of outputs."""
        return int(self.weights[-1].shape[0])

    @property
    def hidden_widths(self) -> tuple[int, ...]:
        """Number of units of each hidden layer."""
        return tuple(len(bias) for bias in self.biases[:-1])

    @property
    def num_hidden(self) -> int:
        """Number of hidden units in all layers together."""
        return sum(self.hidden_widths)

    @property
    def depth(self) -> int:
        """Number of hidden layers."""
        return len(self.activations)

    def points(self, x: ArrayLike) -> NDArray[np.float64]:
        """``x`` as a float64 array of shape (..., input_dim); errors say what is wrong."""
        points = exact_floats("x", x)
        if points.ndim == 0 or points.shape[-1] != self.input_dim:
            raise ValueError(
                f"x has shape {points.shape}; its last axis must have {self.input_dim} entries, "
                "one per input of the network"
            )
        return points

    def __call__(self, x: ArrayLike) -> NDArray[np.float64]:
        """Outputs at ``x`` of shape (..., n_in), as an array of shape (..., n_out)."""
        values = self.points(x)
        for weight, bias, activation in zip(
            self.weights, self.biases, self.activations, strict=False
        ):
            values = activation(values @ weight.T + bias)
        return np.asarray(values @ self.weights[-1].T + self.biases[-1])

    def pre_activations(self, x: ArrayLike) -> list[NDArray[np.float64]]:
        """Inputs of each hidden layer's activation at ``x``: arrays (..., n_l), rounded."""
        values = self.points(x)
        result = []
        for weight, bias, activation in zip(
            self.weights, self.biases, self.activations, strict=False
        ):
            before = values @ weight.T + bias
            result.append(np.asarray(before))
            values = activation(before)
        return result

    def pattern(self, x: ArrayLike) -> NDArray[np.uint8]:
        """The piece of every hidden unit at ``x``, exact for the points and weights as stored.

        ``x`` has shape (..., n_in), the result (..., num_hidden), in layer order. A unit exactly at
        a breakpoint is on the lower piece (ReLU: off). Signs that floating point cannot certify are
        decided in exact arithmetic, so the answer is right at and near ties too.
        Of a max unit's matches those that do not matter are on piece 0: see ``MaxUnit``.
        Raises ValueError for a wrong shape and for entries that are not finite.
        """
        found = pattern_at(self, self.points(x))
        return settled_pattern(found, self.max_units, self.hidden_widths)

    def piece_range(self, x: ArrayLike) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Lowest and highest piece that every hidden unit touches at ``x``, each like ``pattern``.

        The two differ exactly where a unit is at a breakpoint.

        >>> net = Network.from_arrays([[[1.0], [1.0]], [[1.0, 1.0]]], [[0.0, 1.0], [0.0]])
        >>> [pieces.tolist() for pieces in net.piece_range([0.0])]
        [[0, 1], [1, 1]]
        """
        return piece_range_at(self, self.points(x))

    def affine_map(self, x: ArrayLike) -> AffineMap:
        """The affine map that the network is on the pieces of ``pattern(x)``, at one point (n_in,).

        At a breakpoint the lower piece counts. The pattern is exact, the map's entries are rounded.

        >>> net = Network.from_arrays([[[1.0], [-1.0]], [[1.0, 1.0]]], [[0.0, 0.0], [5.0]])
        >>> net.affine_map([-3.0]).matrix.tolist(), net.affine_map([0.0]).matrix.tolist()
        ([[-1.0]], [[0.0]])
        """
        point = self.points(x)
        if point.ndim != 1:
            raise ValueError(f"x has shape {point.shape}; affine_map takes one point (n_in,)")
        return self.affine_map_of(self.pattern(point))

    def affine_map_of(self, pattern: ArrayLike) -> AffineMap:
        """The affine map of a pattern (num_hidden,), whether or not a region has this pattern."""
        pieces = np.asarray(pattern)
        if pieces.dtype.kind not in "iub" or isinstance(pattern, np.ma.MaskedArray):
            raise TypeError(f"pattern must hold integers, got dtype {pieces.dtype}")
        pieces = pieces.astype(np.int64)
        if pieces.shape != (self.num_hidden,):
            raise ValueError(
                f"pattern has shape {pieces.shape}; expected ({self.num_hidden},), a piece per unit"
            )
        matrix, offset = self.weights[0], self.biases[0]
        start = 0
        for layer, activation in enumerate(self.activations):
            stop = start + len(offset)
            piece = pieces[start:stop]
            most = np.isfinite(activation.breakpoint_table(len(offset))).sum(axis=1)
            wrong = np.flatnonzero((piece < 0) | (piece > most))
            if len(wrong):
                unit = int(wrong[0])
                raise ValueError(
                    f"pattern[{start + unit}] is {piece[unit]}, outside 0..{most[unit]}, the "
                    f"pieces of {unit_name(layer, unit)}"
                )
            slope = activation.slopes_on(piece)
            weight = self.weights[layer + 1]
            offset = weight @ (slope * offset + activation.offsets_on(piece))
            offset = offset + self.biases[layer + 1]
            matrix = weight @ (slope[:, None] * matrix)
            start = stop
        return AffineMap(matrix=matrix, offset=offset)

    def permuted(self, layer: int, order: ArrayLike) -> Network:
        """The same function with the units of hidden layer ``layer`` (from 0) reordered.

        Unit ``i`` of the new layer is unit ``order[i]`` of the old one.
        """
        self._check_hidden_layer(layer)
        width = self.hidden_widths[layer]
        index = np.asarray(order)
        if (
            index.shape != (width,)
            or index.dtype.kind not in "iu"
            or not np.array_equal(np.sort(index), np.arange(width))
        ):
            raise ValueError(f"order must be a permutation of 0..{width - 1}, got {order!r}")
        weights, biases = list(self.weights), list(self.biases)
        weights[layer] = weights[layer][index]
        biases[layer] = biases[layer][index]
        weights[layer + 1] = weights[layer + 1][:, index]
        activations = list(self.activations)
        if isinstance(moved := activations[layer], MixedActivation):
            activations[layer] = MixedActivation([moved.units[i] for i in index.tolist()])
        return Network(
            weights=tuple(weights),
            biases=tuple(biases),
            activations=tuple(activations),
            max_units=permuted_max_units(self.max_units, layer, index),
        )

    def rescaled(self, layer: int, powers: ArrayLike) -> Network:
        """The same function with unit ``i`` of hidden layer ``layer`` scaled by ``2**powers[i]``.

        Its incoming weights and bias are multiplied by ``2**powers[i]`` and its outgoing weights
        divided by it, without rounding. Allowed only for activations with ``phi(c t) = c phi(t)``
        for ``c > 0`` (ReLU, leaky ReLU, identity). Raises ValueError otherwise, and where a scaled
        number would leave the range of float64.
        """
        self._check_hidden_layer(layer)
        if not self.activations[layer].is_positively_homogeneous:
            raise ValueError(
                f"{layer_name(layer)} has the activation {self.activations[layer]!r}, which is "
                "not positively homogeneous; rescaling its units would change the function"
            )
        exponents = np.asarray(powers)
        width = self.hidden_widths[layer]
        if exponents.shape != (width,) or exponents.dtype.kind not in "iu":
            raise ValueError(f"powers must be {width} integers, the exponents of 2, got {powers!r}")
        weights, biases = list(self.weights), list(self.biases)
        weights[layer] = _scaled(f"weights[{layer}]", weights[layer], exponents[:, None])
        biases[layer] = _scaled(f"biases[{layer}]", biases[layer], exponents)
        weights[layer + 1] = _scaled(f"weights[{layer + 1}]", weights[layer + 1], -exponents)
        return replace(self, weights=tuple(weights), biases=tuple(biases))

    def _check_hidden_layer(self, layer: int) -> None:
        checked_index("layer", layer, self.depth, "hidden layers")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Network):
            return NotImplemented
        return (
            self.activations == other.activations
            and self.max_units == other.max_units
            and len(self.weights) == len(other.weights)
            and all(map(np.array_equal, self.weights, other.weights))
            and all(map(np.array_equal, self.biases, other.biases))
        )

    @kept_answer
    def _hash(self) -> int:
        arrays = (*self.weights, *self.biases)
        contents = tuple((each.shape, (each + 0.0).tobytes()) for each in arrays)
        return hash((contents, self.activations, self.max_units))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        # Unpickled arrays are writable, and hashes of bytes differ between processes.
        return _rebuilt, (self.weights, self.biases, self.activations, self.max_units)

    def __repr__(self) -> str:
        widths = (self.input_dim, *self.hidden_widths, self.output_dim)
        same = len(set(self.activations)) == 1
        activation = repr(self.activations[0]) if same else shown(list(self.activations))
        maxima = f", {len(self.max_units)} max units" if self.max_units else ""
        return f"Network(widths={shown_ends(widths)}, activation={activation}{maxima})"


def _rebuilt(weights: Any, biases: Any, activations: Any, max_units: Any) -> Network:
    return Network(weights=weights, biases=biases, activations=activations, max_units=max_units)


def _scaled(
    name: str, array: NDArray[np.float64], exponents: NDArray[np.integer[Any]]
) -> NDArray[np.float64]:
    with np.errstate(over="ignore", under="ignore"):
        scaled = np.ldexp(array, exponents)
        back = np.ldexp(scaled, -exponents)
    if not np.array_equal(back, array):
        raise ValueError(f"{name} times the powers of two leaves the range of float64")
    return np.asarray(scaled)
