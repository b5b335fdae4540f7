"""Where one number, or one curve, of a paper lies among many runs of ours."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linreg_lib.networks.exact_floats import exact_floats, exact_number


def place_among(value: float, samples: ArrayLike) -> float:
    """Share of the samples below ``value``, equal ones counted half.

    >>> place_among(2.0, [1.0, 2.0, 2.0, 5.0])
    0.5
    """
    value, all_of_them = exact_number("value", value), exact_floats("samples", samples)
    if all_of_them.ndim != 1 or not len(all_of_them):
        raise ValueError(f"samples has shape {all_of_them.shape}; give one or more numbers")
    return float(((all_of_them < value) + 0.5 * (all_of_them == value)).mean())


def chance_of_curve(curve: ArrayLike, curves: ArrayLike) -> float:
    """How often a curve as odd as this one comes about, if it is a run like the others.

    ``curve`` (t,) and ``curves`` (n, t), all positive.  The oddness of one of these n + 1 curves is
    its mean distance from the others' mean, of logarithms, in units of the others' standard
    deviation at each place; returned is the share of the n + 1 that are at least as odd as
    ``curve``, itself counted.  If all are drawn independently by one law this is at most p with
    a chance of at most p, whatever the law and however places depend on each other; it is at least
    1 / (n + 1).

    Raises:
        ValueError: shapes that do not fit, fewer than two curves, numbers that are not positive.

    >>> chance_of_curve([8.0], [[1.0], [2.0], [2.0], [1.0]])
    0.2
    >>> chance_of_curve([2.0], [[1.0], [2.0], [2.0], [1.0]])
    1.0
    """
    one, others = exact_floats("curve", curve), exact_floats("curves", curves)
    if one.ndim != 1 or others.ndim != 2 or others.shape[1] != len(one) or not len(one):
        raise ValueError(
            f"curve has shape {one.shape}, curves {others.shape}; give (t,) and (n, t)"
        )
    if len(others) < 2:
        raise ValueError("curves has fewer than two rows; their spread is what curve is held to")
    logs = np.vstack([one, others])
    if not (logs > 0).all():
        raise ValueError("curve and curves must be positive: their logarithms are compared")
    oddness = _oddness(np.log(logs))
    return float((oddness >= oddness[0] * (1 - 1e-9)).mean())


def _oddness(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    odd = []
    for number, row in enumerate(logs):
        others = np.delete(logs, number, axis=0)
        distance, spread = np.abs(row - others.mean(axis=0)), others.std(axis=0, ddof=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            odd.append(np.where(distance == 0, 0.0, distance / spread).mean())
    return np.array(odd)
