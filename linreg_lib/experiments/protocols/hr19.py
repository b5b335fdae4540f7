"""Protocols of Hanin and Rolnick (2019)."""

from __future__ import annotations

from linreg_lib.experiments.protocols.protocol import Protocol

#: none yet
PROTOCOLS: tuple[Protocol, ...] = ()
