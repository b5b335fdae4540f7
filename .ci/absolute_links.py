"""Print a README whose links into the repository are absolute, for an index that shows it alone.

usage: python .ci/absolute_links.py README.md https://HOST/OWNER/NAME REF
"""

import re
import sys
from pathlib import Path

LINK = re.compile(r"(!?)(\[[^\]]*\])\((?![a-z]+:|#)([^)\s]+)\)")


def absolute_links(text: str, repository: str, ref: str) -> str:
    """Pictures as they are (raw), everything else as a page; links with a scheme stay."""

    def absolute(match: re.Match[str]) -> str:
        picture, words, target = match.groups()
        return f"{picture}{words}({repository}/{'raw' if picture else 'blob'}/{ref}/{target})"

    return LINK.sub(absolute, text)


if __name__ == "__main__":
    path, repository, ref = sys.argv[1:]
    sys.stdout.write(absolute_links(Path(path).read_text(encoding="utf-8"), repository, ref))
