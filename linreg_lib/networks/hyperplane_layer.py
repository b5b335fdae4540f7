"""A network whose first and only layer switches on given hyperplanes."""

from __future__ import annotations

from collections.abc import Sequence

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
    if not rows:
        raise ValueError("no hyperplanes: a hidden layer needs at least one neuron")
    for index, row in enumerate(rows):
        if max(map(abs, row)) > _LARGEST_EXACT:
            raise ValueError(
                f"hyperplane {index} has an entry beyond 2^53: no exact float64 weight"
            )
    weights = [[float(entry) for entry in row[:-1]] for row in rows]
    return Network.from_arrays([weights, [[1.0] * len(rows)]], [[-float(r[-1]) for r in rows], [0]])
