"""Records that a program of the project left as JSON: read, or refused in one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from linreg_lib.errors import DataError

T = TypeVar("T")


def read_record(
    path: Path, understood: Callable[[dict[str, Any]], T], *, what: str, command: str
) -> T:
    """What ``understood`` makes of the record at ``path``; it may stumble over what is damaged.

    Args:
        what: the record's name in errors.
        command: what makes it, in a checkout.

    Raises:
        DataError: there is none, or it is damaged; says which, and how to make it.
    """
    try:
        if not path.is_file():
            raise DataError(
                f"no record of the {what} at {path}; make one in a checkout with {command}"
            )
        return understood(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DataError(
            f"{path} is no record of the {what} ({type(error).__name__}: {error}); make it again "
            f"in a checkout with {command}"
        ) from error


def require_total(record: Mapping[str, Any], num_grouped: int) -> None:
    """Raises ValueError unless the groups hold all networks; one that disagrees may be in none."""
    if num_grouped != record["num_nets"] and not record["num_disagreements"]:
        raise ValueError(f"groups hold {num_grouped} networks, not {record['num_nets']}")
