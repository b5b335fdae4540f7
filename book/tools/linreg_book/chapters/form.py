"""The blocks that a chapter's text has beside those of Markdown: its box, claims, what was found.

``{chapter-box}`` below the title says in short what the chapter is about, ``{claim} ID`` holds a
paper's statement, ``{found}`` stands for the table of all verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from linreg_book.errors import PublishingError

BLOCKS = ("chapter-box", "claim", "found")
_FIELDS = ("question", "assumes", "minutes", "answer")
_BLOCK = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?P<name>" + "|".join(BLOCKS) + r")\}[ \t]*(?P<argument>[^\n]*)\n"
    r"(?P<body>.*?)^(?P=fence)[ \t]*$",
    flags=re.MULTILINE | re.DOTALL,
)
_ROLE = re.compile(r"\{claim\}`(?P<id>[^`]+)`")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One block: its name, what follows on the first line, and its text."""

    name: str
    argument: str
    body: str


@dataclass(frozen=True, kw_only=True)
class ChapterBox:
    """What stands on top of a chapter; Markdown, but for the ``minutes`` it takes to read."""

    question: str
    assumes: str
    minutes: int
    answer: str


def find_blocks(text: str) -> tuple[Block, ...]:
    """All blocks of a text, in order.

    >>> find_blocks("```{claim} F23-Lem1\\nAt most.\\n```\\n")
    (Block(name='claim', argument='F23-Lem1', body='At most.'),)
    """
    return tuple(_block(found) for found in _BLOCK.finditer(text))


def replace_blocks(text: str, replace: Callable[[Block], str]) -> str:
    """The text with each block replaced."""
    return _BLOCK.sub(lambda found: replace(_block(found)), text)


def replace_mentions(text: str, replace: Callable[[str], str]) -> str:
    """The text with each ``{claim}`ID` `` replaced, by its id."""
    return _ROLE.sub(lambda found: replace(found["id"].strip()), text)


def box_end(text: str) -> int | None:
    """Where the chapter box ends in a text, if it has one."""
    for found in _BLOCK.finditer(text):
        if found["name"] == "chapter-box":
            return found.end()
    return None


def read_box(block: Block) -> ChapterBox:
    """The fields of a chapter box; a line without a field's name continues the one before.

    Raises:
        PublishingError: naming the field that is missing, empty, unknown or twice there, or
            minutes that are no number in 1..40.
    """
    fields: dict[str, str] = {}
    last = ""
    for line in filter(str.strip, block.body.splitlines()):
        name, colon, text = line.partition(":")
        if colon and re.fullmatch(r"[a-z]+", name):
            if name not in _FIELDS:
                raise PublishingError(
                    f"the chapter box has {', '.join(_FIELDS)}, and no {name!r}; begin a line that "
                    "goes on with a space"
                )
            if name in fields:
                raise PublishingError(f"the chapter box has {name!r} twice")
            last, fields[name] = name, text.strip()
        elif last:
            fields[last] += " " + line.strip()
        else:
            raise PublishingError(f"the chapter box begins with {line.strip()[:40]!r}, no field")
    for name in _FIELDS:
        if not fields.get(name):
            raise PublishingError(f"the chapter box lacks {name!r}")
    minutes = fields["minutes"]
    if not re.fullmatch(r"[1-9]\d?", minutes) or int(minutes) > 40:
        raise PublishingError(
            f"the chapter box says minutes: {minutes!r}; a chapter takes 1..40, or it is two"
        )
    return ChapterBox(
        question=fields["question"],
        assumes=fields["assumes"],
        minutes=int(minutes),
        answer=fields["answer"],
    )


def _block(found: re.Match[str]) -> Block:
    return Block(
        name=found["name"], argument=found["argument"].strip(), body=found["body"].strip("\n")
    )
