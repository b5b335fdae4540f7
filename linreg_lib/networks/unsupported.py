"""The error for what cannot become part of a piecewise linear network."""

from __future__ import annotations

from linreg_lib.errors import LinregError


class UnsupportedLayerError(LinregError, ValueError):
    """A layer or an operation that cannot become part of a piecewise linear network here."""
