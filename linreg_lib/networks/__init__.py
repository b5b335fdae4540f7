"""Networks: what a piecewise linear network is and where one comes from."""

from __future__ import annotations

from linreg_lib.networks.activation import PiecewiseLinear
from linreg_lib.networks.affine_map import AffineMap
from linreg_lib.networks.constructions import perturbed, sawtooth
from linreg_lib.networks.from_torch.refusals import UnsupportedLayerError
from linreg_lib.networks.hyperplane_layer import hyperplane_network
from linreg_lib.networks.integer_networks import integer_networks
from linreg_lib.networks.laws import (
    Constant,
    Exponential,
    Laplace,
    Law,
    Normal,
    Support,
    Uniform,
    Zero,
)
from linreg_lib.networks.max_units import Match, MaxUnit
from linreg_lib.networks.mixed_activation import Activation, MixedActivation, activation_of_units
from linreg_lib.networks.named_activations import (
    activation_named,
    hard_tanh,
    identity,
    leaky_relu,
    relu,
    relu6,
)
from linreg_lib.networks.network import Network
from linreg_lib.networks.network_from_torch import network_from_torch
from linreg_lib.networks.random_network import random_network
from linreg_lib.networks.rounding import BoundedPreActivations, running_error_bound
from linreg_lib.networks.summed_network import summed_network
from linreg_lib.networks.zigzag import zigzag

__all__ = [
    "Activation",
    "AffineMap",
    "BoundedPreActivations",
    "Constant",
    "Exponential",
    "Laplace",
    "Law",
    "Match",
    "MaxUnit",
    "MixedActivation",
    "Network",
    "Normal",
    "PiecewiseLinear",
    "Support",
    "Uniform",
    "UnsupportedLayerError",
    "Zero",
    "activation_named",
    "activation_of_units",
    "hard_tanh",
    "hyperplane_network",
    "identity",
    "integer_networks",
    "leaky_relu",
    "network_from_torch",
    "perturbed",
    "random_network",
    "relu",
    "relu6",
    "running_error_bound",
    "sawtooth",
    "summed_network",
    "zigzag",
]
