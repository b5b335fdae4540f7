"""What can go wrong between a chapter's source and the finished site."""

from __future__ import annotations

from linreg_lib.errors import LinregError


class PublishingError(LinregError):
    """A chapter, page or setting cannot be published as it is."""


class ParameterError(PublishingError, ValueError):
    """A chapter was given a parameter that it does not have, or a value of the wrong type."""


class RecordError(PublishingError):
    """A claim or number was recorded in a way that means nothing."""


class VerdictMismatch(PublishingError, AssertionError):
    """The computed verdict is not the one that the prose announces."""


class StagingError(PublishingError):
    """The executed chapters and pages do not fit together into a book."""


class RenderError(PublishingError):
    """The renderer reported warnings or failed."""
