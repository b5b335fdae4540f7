"""The library's own errors, beside ValueError and TypeError for bad arguments."""

from __future__ import annotations


class LinregError(Exception):
    """Base class of the library's own errors."""


class DegenerateError(LinregError):
    """A sign could be certified neither in float64 nor within the allowed exact work."""


class UnboundedQuestionError(LinregError, ValueError, NotImplementedError):
    """What was asked for needs a bounded domain."""


class NotCompiledError(LinregError, ValueError):
    """``compiled=True`` was asked for what the compiled kernels do not know."""


class WorkLimitError(LinregError):
    """A computation grew past a limit that the caller set (for instance ``max_regions``)."""


class BrokenInvariantError(LinregError, AssertionError):
    """A result contradicts what all results satisfy, and was not handed out: a fault of ours."""


class DataError(LinregError):
    """A data file is missing, truncated, corrupt or could not be fetched."""
