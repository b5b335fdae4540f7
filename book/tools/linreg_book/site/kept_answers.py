"""A Sphinx extension: answers that are computed once and kept are shown as properties.

Autodoc knows ``property`` and ``functools.cached_property``, and would take ours for methods.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.ext.autodoc import ClassLevelDocumenter, PropertyDocumenter

from linreg_book.site.plain_reference import ShortProperty
from linreg_lib.locked import kept_answer


class KeptAnswerDocumenter(ShortProperty):
    """The documenter of a ``kept_answer``."""

    objtype = "keptanswer"
    directivetype = "property"
    priority = PropertyDocumenter.priority + 1

    @classmethod
    def can_document_member(cls, member: Any, membername: str, isattr: bool, parent: Any) -> bool:
        return isinstance(member, kept_answer)

    def import_object(self, raiseerror: bool = False) -> bool:
        self.isclassmethod = False
        return ClassLevelDocumenter.import_object(self, raiseerror)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_autodocumenter(KeptAnswerDocumenter)
    return {"parallel_read_safe": True}
