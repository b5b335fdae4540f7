"""What goes wrong while pieces of an experiment run."""

from __future__ import annotations

from linreg_lib.errors import LinregError


class RunError(LinregError):
    """A run raised an error or its process died; the finished ones are saved."""
