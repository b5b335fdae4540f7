"""In which order each epoch goes through the examples, drawn as far as it is needed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class EpochOrders:
    """The orders of a lane, one permutation of the examples an epoch, drawn one after the other.

    >>> orders = EpochOrders(3, np.random.default_rng(0))
    >>> first = orders.epochs(0, 2)
    >>> again = EpochOrders(3, np.random.default_rng(1))
    >>> again.restore(orders.state, epoch=1)  # the last one drawn
    >>> again.epochs(1, 1).tolist() == first[1:].tolist()
    True
    """

    def __init__(self, num_examples: int, rng: np.random.Generator) -> None:
        self._num_examples, self._rng = num_examples, rng
        self._state = rng.bit_generator.state  # before the last one drawn
        self._last: NDArray[np.int32] | None = None
        self._next_epoch = 0

    def epochs(self, first: int, num: int) -> NDArray[np.int32]:
        """The orders of ``num`` epochs from ``first`` on, (num, num_examples).

        ``first`` is the next one, or the last one again.
        """
        rows = np.empty((num, self._num_examples), dtype=np.int32)
        done = 0
        if first == self._next_epoch - 1 and self._last is not None:
            rows[0] = self._last
            done = 1
        elif first != self._next_epoch:
            raise ValueError(f"first is {first}; the next epoch is {self._next_epoch}")
        for row in rows[done:]:
            self._state = self._rng.bit_generator.state
            row[:] = self._rng.permutation(self._num_examples)
            self._next_epoch += 1
        self._last = rows[-1].copy()
        return rows

    @property
    def state(self) -> dict[str, Any]:
        """The generator's state before the last order was drawn; integers and text."""
        return dict(self._state)

    def restore(self, state: dict[str, Any], epoch: int) -> None:
        """As after drawing ``epoch``; ``state`` is the one before.

        Raises:
            ValueError, TypeError, KeyError: it is no state of this kind of generator.
        """
        self._rng.bit_generator.state = state
        self._last, self._next_epoch = None, epoch
        self.epochs(epoch, 1)
