"""Collecting coupons of unequal chances: what random rays find, and when they should stop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linreg_lib.networks.arguments import checked_count
from linreg_lib.networks.exact_floats import exact_floats, exact_number


@dataclass(frozen=True, kw_only=True)
class StoppingLaw:
    """Exact means at the stop: coupons missed, chance left unseen, draws made."""

    mean_missed: float
    mean_unseen: float
    mean_draws: float


def expected_found(chances: npt.ArrayLike, num_draws: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Mean number of different coupons in independent draws: sum_i 1 - (1 - q_i)^N.

    ``chances`` (K,) of the coupons, summing to at most 1; ``num_draws`` any shape, also the
    result's. It needs no independence between coupons, only between draws.

    Raises:
        ValueError: chances that are negative or sum to more than 1, or a negative number of draws.

    >>> expected_found([0.5, 0.5], [1, 2]).tolist()
    [1.0, 1.5]
    """
    each = _chances(chances)
    draws = exact_floats("num_draws", num_draws)
    if (draws < 0).any():
        raise ValueError(f"num_draws must not be negative, got {draws.min()}")
    return np.asarray((1.0 - (1.0 - np.minimum(each, 1.0)) ** draws[..., None]).sum(axis=-1))


def expected_draws(chances: npt.ArrayLike) -> float:
    """Mean number of draws until every coupon with a positive chance has been seen.

    E T = sum over non-empty sets A of coupons of (-1)^(#A + 1) / q(A); coupons: at most 20.

    Raises:
        ValueError: chances that are negative or sum to more than 1, or more than 20 coupons.

    >>> expected_draws([0.5, 0.5])
    3.0
    """
    each = _chances(chances)
    each = each[each > 0.0]
    if not len(each):
        return 0.0
    masses, sizes = _sums_over_subsets(each)
    return float((np.where(sizes % 2 == 1, 1.0, -1.0)[1:] / masses[1:]).sum())


def stopping_law(chances: npt.ArrayLike, patience: int) -> StoppingLaw:
    """The rule "look every ``patience`` draws, stop if they brought nothing new", solved exactly.

    States are the sets S seen at a look. From S, the set after one more block is S' with
    probability sum over S <= A <= S' of (-1)^#(S' - A) q(A)^patience (a draw may also bring no
    coupon at all), and the rule stops with the probability that S' = S.

    Raises:
        ValueError: chances as in ``expected_found``, or more than 10 coupons, whose subsets are too
            many.

    Two coupons and patience 1: the second draw stops the rule if it repeats the first.

    >>> stopping_law([0.5, 0.5], 1)
    StoppingLaw(mean_missed=0.5, mean_unseen=0.25, mean_draws=2.5)

    Source: the rule is in F23, Section V.C; the law is ours.
    """
    each = _chances(chances)
    each = each[each > 0.0]
    patience = checked_count("patience", patience)
    if len(each) > 10:
        raise ValueError(f"{len(each)} coupons have too many subsets; at most 10")
    masses, sizes = _sums_over_subsets(each)
    masses = masses + max(1.0 - float(each.sum()), 0.0)  # draws that bring no coupon
    kept = np.minimum(masses, 1.0) ** patience
    reached = np.zeros(len(masses))
    reached[0] = 1.0
    missed = unseen = draws = 0.0
    for state in range(len(masses)):
        if reached[state] <= 0.0:
            continue
        draws += patience * reached[state]
        # Moebius inversion over the coupons outside the state.
        ways = np.where((np.arange(len(masses)) & state) == state, kept, 0.0)
        for bit in range(len(each)):
            if not state >> bit & 1:
                whole = ways.reshape(-1, 2, 1 << bit)
                whole[:, 1] -= whole[:, 0]
        stop = reached[state] * kept[state]
        missed += stop * (len(each) - int(sizes[state]))
        unseen += stop * (1.0 - float(masses[state]))
        ways[state] = 0.0
        reached += reached[state] * np.maximum(ways, 0.0)
    return StoppingLaw(
        mean_missed=float(missed), mean_unseen=float(unseen), mean_draws=float(draws)
    )


def unseen_chance_bound(patience: int, risk: float, num_looks: int) -> float:
    """The most unseen chance that ``patience`` barren draws leave plausible.

    At one look, a set of coupons of total chance q stays unseen with probability (1 - q)^patience.
    Over ``num_looks`` looks, the rule stops with more than this bound unseen with probability at
    most ``risk``.

    Raises:
        ValueError: a ``risk`` that is not in (0, 1].

    >>> round(unseen_chance_bound(1000, 0.01, 10), 5)
    0.00688
    """
    patience = checked_count("patience", patience)
    num_looks = checked_count("num_looks", num_looks)
    risk = exact_number("risk", risk)
    if not 0 < risk <= 1:
        raise ValueError(f"risk is {risk}; it must be a probability above 0")
    return float(-np.expm1(np.log(risk / num_looks) / patience))


def _chances(chances: npt.ArrayLike) -> npt.NDArray[np.float64]:
    each = exact_floats("chances", chances)
    if each.ndim != 1 or (each < 0.0).any() or not each.sum() <= 1.0 + 1e-9:
        raise ValueError("chances must be a list of numbers >= 0 that sum to at most 1")
    return each


def _sums_over_subsets(each: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if len(each) > 20:
        raise ValueError(f"{len(each)} coupons have too many subsets; at most 20")
    masses, sizes = np.zeros(1), np.zeros(1, dtype=np.int64)
    for chance in each:
        masses = np.concatenate([masses, masses + chance])
        sizes = np.concatenate([sizes, sizes + 1])
    return masses, sizes
