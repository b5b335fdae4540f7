"""How messages name layers and neurons: counted from 1 as in prose, with the index in brackets."""

from __future__ import annotations


def layer_name(layer: int) -> str:
    """A hidden layer, given its index.

    >>> layer_name(0)
    'hidden layer 1 (weights[0])'
    """
    return f"hidden layer {layer + 1} (weights[{layer}])"


def unit_name(layer: int, unit: int) -> str:
    """A neuron, given the indices of its layer and of itself in the layer.

    >>> unit_name(1, 6)
    'neuron 7 of hidden layer 2 (weights[1][6])'
    """
    return f"neuron {unit + 1} of hidden layer {layer + 1} (weights[{layer}][{unit}])"
