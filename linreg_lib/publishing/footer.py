"""What every chapter's page says about itself: how it was made, and where to run it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from linreg_lib.publishing.outcome import Outcome


def provenance_html(outcome: Outcome) -> str:
    """The footer: commit at execution time, lock, profile, parameters, seeds, time, date."""
    made = outcome.provenance
    commit = str(made.get("commit") or "")
    state = f"<code>{escape(commit[:12])}</code>" if commit else "not under version control"
    if commit and made.get("dirty"):
        state += " with uncommitted changes"
    lock = str(made.get("lock") or "")
    rows = [
        ("Commit", state),
        ("Lock file", f"<code>{escape(lock[:12])}</code>" if lock else "none"),
        ("Python", escape(str(made.get("python", "")))),
        ("Profile", f"<code>{escape(outcome.profile)}</code>"),
        ("Parameters", parameters_html(outcome.parameters)),
        ("Run time", f"{outcome.seconds:.1f} s"),
        ("Executed", escape(str(made.get("date", "")))),
    ]
    body = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in rows)
    return (
        '<section class="linreg-provenance" aria-label="How this page was made">'
        "<details><summary>How this page was made</summary>"
        f"<table><tbody>{body}</tbody></table></details></section>"
    )


def parameters_html(parameters: Mapping[str, Any]) -> str:
    """Names and values in one line, seeds among them."""
    return ", ".join(
        f"<code>{escape(name)}={escape(repr(value))}</code>" for name, value in parameters.items()
    )


def links_html(chapter: str, repository: Mapping[str, Any]) -> str:
    """Links to the executed notebook and, with a public repository, to Binder and Colab."""
    links = [
        f'<a class="linreg-link" href="../executed/{chapter}.ipynb" download>'
        "Download the executed notebook</a>"
    ]
    found = re.fullmatch(
        r"https://github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?/?", str(repository.get("url") or "")
    )
    if found:
        owner, name = found.groups()
        branch = str(repository.get("branch") or "main")
        links.append(
            f'<a class="linreg-link" href="https://mybinder.org/v2/gh/{owner}/{name}/{branch}'
            f'?urlpath=lab/tree/notebooks/{chapter}.md">Run on Binder</a>'
        )
        # Text sources cannot be opened there: the published site holds the notebooks.
        links.append(
            f'<a class="linreg-link" href="https://colab.research.google.com/github/{owner}/{name}'
            f'/blob/gh-pages/executed/{chapter}.ipynb">Open in Colab</a>'
        )
    return f'<p class="linreg-links">{" · ".join(links)}</p>'


def profile_stamp_html(outcome: Outcome) -> str:
    """The profile, on top of the page."""
    return (
        f'<p class="linreg-profile">Profile <code>{escape(outcome.profile)}</code>, '
        f"run in {outcome.seconds:.0f} s</p>"
    )
