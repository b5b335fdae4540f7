"""Protocols of Qi and Wei (2023); ``qw23_criteria`` says how each claim is judged by them."""

from __future__ import annotations

from linreg_lib.experiments.protocols import (
    qw23_decay,
    qw23_epoch0,
    qw23_random,
    qw23_tables,
)

PROTOCOLS = (
    *qw23_epoch0.PROTOCOLS,
    *qw23_tables.PROTOCOLS,
    *qw23_random.PROTOCOLS,
    *qw23_decay.PROTOCOLS,
)
