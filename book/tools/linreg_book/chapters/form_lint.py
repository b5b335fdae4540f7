"""Rules on a chapter's form: its box, claim blocks, verdicts with reasons, exercises to code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from linreg_book.chapters.chapter import Chapter
from linreg_book.chapters.form import find_blocks, read_box
from linreg_book.errors import PublishingError
from linreg_book.records.registry import PAPERS, load_registry

_JUDGING = ("verdict", "ill_posed", "not_testable")
_THEOREM = re.compile(
    r"^(?:`{3,}|:{3,})\{prf:(?:theorem|proposition|lemma|corollary|definition)\}[ \t]*([^\n]*)",
    re.MULTILINE,
)
_EXERCISE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{exercise\}(?P<head>[^\n]*(?:\n:[^\n]*)*)", re.MULTILINE
)


def check_form(chapter: Chapter) -> Iterator[str]:
    """What the form of a chapter lacks, one sentence each."""
    text = "\n\n".join(
        cell.source for cell in chapter.notebook().cells if cell.cell_type == "markdown"
    )
    yield from _check_box(text)
    blocks = find_blocks(text)
    if sum(block.name == "found" for block in blocks) != 1:
        yield "has not exactly one {found} block, in the section 'What we found'"
    stated = [block.argument for block in blocks if block.name == "claim"]
    yield from _check_claims(stated, judged_claims(chapter.code_cells))
    for title in _THEOREM.findall(text):
        if any(re.search(rf"\b{paper}\b", title) for paper in PAPERS):
            yield f"{title.strip()!r}: a paper's statement stands in a claim block, no theorem"
    if not any("code" in found["head"] for found in _EXERCISE.finditer(text)):
        yield "has no exercise to code (an {exercise} with 'code' in its title or class)"


def judged_claims(cells: Iterable[str]) -> dict[str, list[ast.Call]]:
    """Id -> the calls that judge it, found through names such as ``lemma = claim("F23-Lem1")``."""
    names: dict[str, str] = {}
    judged: dict[str, list[ast.Call]] = {}
    for cell in cells:
        try:
            tree = ast.parse(re.sub(r"^\s*[%!].*$", "pass", cell, flags=re.MULTILINE))
        except SyntaxError:
            continue  # another rule reports it
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                names.update(_named_claims(node))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                claim_id = _claim_of(node.func.value, names)
                if claim_id and node.func.attr in _JUDGING:
                    judged.setdefault(claim_id, []).append(node)
    return judged


def _check_box(text: str) -> Iterator[str]:
    boxes = [block for block in find_blocks(text) if block.name == "chapter-box"]
    if len(boxes) != 1:
        yield f"has {len(boxes)} chapter boxes ({{chapter-box}}); exactly one, below its title"
        return
    try:
        read_box(boxes[0])
    except PublishingError as error:
        yield str(error)


def _check_claims(stated: list[str], judged: dict[str, list[ast.Call]]) -> Iterator[str]:
    known = {claim.id for claim in load_registry()}
    for claim_id in dict.fromkeys(stated):
        if claim_id not in known:
            yield f"{{claim}} {claim_id}: the registry has no such claim"
        if stated.count(claim_id) > 1:
            yield f"{{claim}} {claim_id} stands {stated.count(claim_id)} times; once"
    for claim_id, calls in judged.items():
        if claim_id not in stated:
            yield f"judges {claim_id} without a block that states it ({{claim}} {claim_id})"
        for call in calls:
            given = {keyword.arg for keyword in call.keywords}
            if isinstance(call.func, ast.Attribute) and call.func.attr == "verdict":
                if "why" not in given:
                    yield f"the verdict on {claim_id} does not say why=..."


def _named_claims(node: ast.Assign) -> Iterator[tuple[str, str]]:
    for target in node.targets:
        pairs: list[tuple[ast.expr, ast.expr]] = [(target, node.value)]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=False))
        for name, value in pairs:
            claim_id = _claim_of(value, {})
            if claim_id and isinstance(name, ast.Name):
                yield name.id, claim_id


def _claim_of(node: ast.expr, names: dict[str, str]) -> str:
    """The id at the root of ``claim("ID").check(...).check(...)`` or of a name for it."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "claim"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ):
        return str(node.args[0].value)
    return ""
