"""What can go wrong between a chapter's source and the finished site."""

from __future__ import annotations

import errno

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


_WAYS_OUT = {
    errno.ENOSPC: "free some space on that disk and run the command again",
    errno.EDQUOT: "free some of your quota there and run the command again",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f) and run the command again",
    errno.EACCES: "make the folder writable for this user, or work in a copy that is",
    errno.EPERM: "make the folder writable for this user, or work in a copy that is",
    errno.EROFS: "the disk is mounted read-only: work in a copy elsewhere",
    errno.ENOENT: "it was removed while the command ran: run it again",
    errno.ENOTDIR: "a file stands where a folder is needed: move it away",
    errno.EISDIR: "a folder stands where a file is needed: move it away",
    errno.EEXIST: "something stands where a folder is needed: move it away",
    errno.EMFILE: "raise the limit on open files (ulimit -n) or lower --jobs",
}


def os_error_sentence(error: OSError) -> str:
    """What the system refused, where, and the way out; one line.

    >>> os_error_sentence(OSError(errno.ENOSPC, "No space left on device", "/book/x"))
    '/book/x: No space left on device; free some space on that disk and run the command again'
    """
    name = next((one for one in (error.filename2, error.filename) if isinstance(one, str)), "")
    place = f"{name}: " if name else ""
    return f"{place}{error.strerror or error}; {way_out(error.errno or 0)}"


def way_out(number: int) -> str:
    """What to do about an error of the system, by its number."""
    return _WAYS_OUT.get(number, "see to it and run the command again")
