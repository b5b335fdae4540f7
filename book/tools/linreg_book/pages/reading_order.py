"""The chapters in order, with the question and the minutes that each one's box states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linreg_book.chapters.chapter import Chapter
from linreg_book.chapters.form import find_blocks, read_box
from linreg_book.errors import PublishingError
from linreg_book.pages.contents import CHAPTER_PREFIX, listed_pages
from linreg_book.pages.quoting import Numbers


@dataclass(frozen=True, kw_only=True)
class ReadChapter:
    """What a reader wants to know before opening a chapter; minutes is 0 where it does not say."""

    name: str
    title: str
    question: str
    minutes: int


def read_chapter(chapter: Chapter) -> ReadChapter:
    """Title, question and minutes of a chapter's text."""
    question, minutes = "", 0
    for block in find_blocks(chapter.source):
        if block.name == "chapter-box":
            try:
                box = read_box(block)
            except PublishingError:
                break  # told when the chapter itself is staged
            question, minutes = box.question, box.minutes
    return ReadChapter(name=chapter.name, title=chapter.title, question=question, minutes=minutes)


def reading_markdown(
    contents: Mapping[str, Any], available: Mapping[str, Chapter], numbers: Numbers
) -> str:
    """A list a part of the book, each chapter with its question and minutes; then their sum."""
    lines: list[str] = []
    total = 0
    for part in contents.get("parts", []):
        chapters = [read_chapter(chapter) for chapter in _chapters_of(part, available)]
        if not chapters:
            continue
        lines += [f"**{part.get('caption', 'Chapters')}**", ""]
        for chapter in chapters:
            total += chapter.minutes
            lines.append(_line(chapter, numbers))
        lines.append("")
    if total:
        lines += [f"Together about {_duration(total)} of reading.", ""]
    return "\n".join(lines)


def _chapters_of(part: Mapping[str, Any], available: Mapping[str, Chapter]) -> Sequence[Chapter]:
    names = [
        page.removeprefix(CHAPTER_PREFIX)
        for page in listed_pages(part.get("chapters", []))
        if page.startswith(CHAPTER_PREFIX)
    ]
    return [available[name] for name in names if name in available]


def _line(chapter: ReadChapter, numbers: Numbers) -> str:
    minutes = f", {chapter.minutes} minutes" if chapter.minutes else ""
    question = numbers.quote(
        chapter.question,
        chapter=chapter.name,
        problems=[],  # told when the chapter itself is staged
        where=chapter.name,
    )
    told = f": {question}" if question else ""
    return f"- [{chapter.title}](../{CHAPTER_PREFIX}{chapter.name}){minutes}{told}"


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} minutes"
    whole = hours + (rest >= 30)
    return f"{whole} hour{'s' * (whole > 1)}"
