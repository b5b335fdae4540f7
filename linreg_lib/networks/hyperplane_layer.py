"""A network whose first and only layer switches on given hyperplanes."""

from __future__ import annotations

from collections.abc import Sequence

from linreg_lib.networks.arguments import checked_counts, checked_list
from linreg_lib.networks.network import Network

_LARGEST_EXACT = 2**53


def hyperplane_network(rows: Sequence[Sequence[int]]) -> Network:
    """One hidden ReLU layer whose neurons switch on the listed hyperplanes a.x = b.

    ``rows`` are integers (a_1, ..., a_n, b); neuron i is ReLU(a.x - b) and the output is the sum
    of all neurons. A hyperplane that is listed twice becomes two neurons. Raises ``ValueError``
    for an empty list and for integers beyond 2^53, which a float64 weight might round.

    >>> net = hyperplane_network([(1, 0, 2), (1, 1, 0)])    # x = 2 and x + y = 0
    >>> net.pattern([[3.0, 0.0], [0.0, 1.0]]).tolist()
    [[1, 1], [0, 1]]
    """
    hyperplanes = checked_list("rows", rows, "hyperplanes (a_1, ..., a_n, b)")
    if not hyperplanes:
        raise ValueError("no hyperplanes: a hidden layer needs at least one neuron")
    exact: list[list[int]] = []
    for index, row in enumerate(hyperplanes):
        entries = checked_counts(f"rows[{index}]", row, least=-(2**63), num_least=2)
        if max(map(abs, entries)) > _LARGEST_EXACT:
            raise ValueError(
                f"hyperplane {index} has an entry beyond 2^53: no exact float64 weight"
            )
        if len(entries) != len(exact[0] if exact else entries):
            raise ValueError(
                f"rows[{index}] has {len(entries)} entries and rows[0] has {len(exact[0])}; all "
                "must be hyperplanes of one space"
            )
        exact.append(entries)
    weights = [[float(entry) for entry in row[:-1]] for row in exact]
    return Network.from_arrays(
        [weights, [[1.0] * len(exact)]], [[-float(r[-1]) for r in exact], [0]]
    )
