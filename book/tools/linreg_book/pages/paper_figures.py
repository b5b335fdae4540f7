"""The papers' figures and tables, and which cards of the gallery show each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from linreg_book.errors import StagingError
from linreg_book.markup import Html, fill, join, typeset
from linreg_book.pages.claim_words import ledger_anchor
from linreg_book.pages.ledger import LedgerEntry
from linreg_book.records.boxes import verdict_badge
from linreg_book.records.registry import PAPERS, element_id
from linreg_book.yaml_map import read_yaml_map


@dataclass(frozen=True, kw_only=True)
class PaperFigure:
    """One figure or table of a paper.

    Attributes:
        label: as the paper names it, for instance ``Fig. 4``.
        claims: ids of what is said about it.
        says: a sentence where no card is its own, and why; else empty.
    """

    paper: str
    label: str
    claims: tuple[str, ...]
    says: str


def load_paper_figures(path: Path) -> tuple[PaperFigure, ...]:
    """What ``book/results/paper_figures.yml`` lists, in its order; empty where there is no file.

    Raises:
        StagingError: for an entry of another form, or an unknown paper.
    """
    listed = read_yaml_map(path) if path.is_file() else {}
    return tuple(_figure(name, items, path) for name, items in listed.items())


def _figure(name: object, items: object, path: Path) -> PaperFigure:
    paper, _, label = str(name).partition(" ")
    if paper not in PAPERS or not label:
        raise StagingError(f"{path}: {str(name)[:60]!r} names no figure of a paper")
    if not (isinstance(items, list) and items and all(isinstance(item, str) for item in items)):
        raise StagingError(f"{path}: {name} must be a list of claims, and perhaps a sentence")
    says = " ".join(item for item in items if " " in item)
    claims = tuple(item for item in items if " " not in item)
    return PaperFigure(paper=paper, label=label, claims=claims, says=says)


def figures_table(
    figures: Sequence[PaperFigure],
    entries: Sequence[LedgerEntry],
    has_card: Callable[[LedgerEntry], bool],
) -> Html:
    """A row each: the paper's name of it, the cards, or why there is none.

    Raises:
        StagingError: for a claim that is not registered.
    """
    by_id = {entry.claim.id: entry for entry in entries}
    rows = join(
        fill(
            '<tr><th scope="row">{}</th><td data-head="cards">{}{}</td></tr>',
            figure.label,
            join((_link(claim, by_id, has_card) for claim in figure.claims), between=" · "),
            fill(' <span class="linreg-uses">{}</span>', typeset(figure.says)),
        )
        for figure in figures
    )
    return fill(
        '<div class="linreg-scroll" role="region" tabindex="0" aria-label="Figures and tables">'
        '<table class="linreg-table linreg-figures"><thead><tr><th scope="col">the paper\'s</th>'
        '<th scope="col">cards below, or where else</th></tr></thead><tbody>{}</tbody></table>'
        "</div>\n",
        rows,
    )


def _link(
    claim_id: str, by_id: Mapping[str, LedgerEntry], has_card: Callable[[LedgerEntry], bool]
) -> Html:
    entry = by_id.get(claim_id)
    if entry is None:
        raise StagingError(f"paper_figures.yml: no claim {claim_id!r} is registered")
    if has_card(entry):
        address = f"#{element_id('shot', claim_id)}"
    else:
        address = f"ledger.html#{ledger_anchor(claim_id)}"
    return fill('<a href="{}">{}</a> {}', address, entry.claim.label, verdict_badge(entry.verdict))
