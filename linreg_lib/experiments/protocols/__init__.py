"""The experiments of the papers, a module a paper: run in pieces, kept as tables."""

from __future__ import annotations

from linreg_lib.experiments.protocols.parameter import Parameter
from linreg_lib.experiments.protocols.protocol import Protocol
from linreg_lib.experiments.protocols.protocol_run import ProtocolRun, run_protocol
from linreg_lib.experiments.protocols.registry import protocols
from linreg_lib.experiments.protocols.stored_table import StoredTable, load_table, save_table

__all__ = [
    "Parameter",
    "Protocol",
    "ProtocolRun",
    "StoredTable",
    "load_table",
    "protocols",
    "run_protocol",
    "save_table",
]
