"""What every chapter's page says about itself: how it was made, and where to run it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from linreg_book.markup import Html, fill, join
from linreg_book.runs.outcome import Outcome


def provenance_html(outcome: Outcome) -> Html:
    """The footer: commit at execution time, lock, profile, parameters, seeds, time, date."""
    made = outcome.provenance
    commit = str(made.get("commit") or "")
    changes = " with uncommitted changes" if made.get("dirty") else ""
    state = fill("<code>{}</code>{}", commit[:12], changes)
    lock = str(made.get("lock") or "")
    seeds = [
        f" -p {name} {seed + 1}" for name, seed in outcome.parameters.items() if name == "SEED"
    ]
    again = f"papermill notebooks/{outcome.chapter}.md out.ipynb{''.join(seeds)}"
    rows = [
        ("With another seed" if seeds else "To run it", fill("<code>{}</code>", again)),
        ("Commit", state if commit else "not under version control"),
        ("Lock file", fill("<code>{}</code>", lock[:12]) if lock else "none"),
        ("Python", made.get("python", "")),
        ("Profile", fill("<code>{}</code>", outcome.profile)),
        ("Parameters", parameters_html(outcome.parameters)),
        ("Run time", f"{outcome.seconds:.1f} s"),
        ("Executed", made.get("date", "")),
    ]
    body = join(fill('<tr><th scope="row">{}</th><td>{}</td></tr>', *row) for row in rows)
    return fill(
        '<section class="linreg-provenance" aria-label="How this page was made">'
        "<details><summary>How this page was made</summary>"
        "<table><tbody>{}</tbody></table></details></section>",
        body,
    )


def parameters_html(parameters: Mapping[str, Any]) -> Html:
    """Names and values in one line, seeds among them."""
    shown = (fill("<code>{}={}</code>", name, repr(value)) for name, value in parameters.items())
    return join(shown, between=", ")


def links_html(chapter: str, repository: Mapping[str, Any]) -> Html:
    """Links to the executed notebook and, with a public repository, to Binder and Colab."""
    links = [
        fill(
            '<a class="linreg-link" href="../executed/{}.ipynb" download>'
            "Download the executed notebook</a>, with the cells that this page leaves out",
            chapter,
        )
    ]
    found = re.fullmatch(
        r"https://github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?/?", str(repository.get("url") or "")
    )
    if found:
        owner, name = found.groups()
        branch = quote(str(repository.get("branch") or "main"))
        links.append(
            fill(
                '<a class="linreg-link" href="https://mybinder.org/v2/gh/{}/{}/{}'
                '?urlpath=lab/tree/notebooks/{}.md">Run on Binder</a>',
                owner,
                name,
                branch,
                chapter,
            )
        )
        # Text sources cannot be opened there: the published site holds the notebooks.
        links.append(
            fill(
                '<a class="linreg-link" href="https://colab.research.google.com/github/{}/{}'
                '/blob/gh-pages/executed/{}.ipynb">Open in Colab</a>',
                owner,
                name,
                chapter,
            )
        )
    return fill('<p class="linreg-links">{}</p>', join(links, between=" · "))


def profile_stamp_html(outcome: Outcome) -> Html:
    """The profile, on top of the page."""
    return fill(
        '<p class="linreg-profile">Profile <code>{}</code>, run in {} s</p>',
        outcome.profile,
        f"{outcome.seconds:.0f}",
    )
