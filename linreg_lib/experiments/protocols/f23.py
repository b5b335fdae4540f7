"""Protocols of Fan and others (2023)."""

from __future__ import annotations

from linreg_lib.experiments.protocols.protocol import Protocol

#: none yet
PROTOCOLS: tuple[Protocol, ...] = ()
