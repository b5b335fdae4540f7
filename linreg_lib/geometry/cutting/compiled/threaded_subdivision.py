"""The subdivision with compiled kernels by several threads: a half of the domain for each."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import numpy as np

from linreg_lib.geometry.cutting.compiled.halves import Half, Whole, halving_hyperplane, split
from linreg_lib.geometry.cutting.compiled.skeleton_subdivision import SkeletonSubdivision
from linreg_lib.geometry.faces.lattice import Growing
from linreg_lib.geometry.vertex_signs.certificate import SignRecord
from linreg_lib.locked import kept_answer


class ThreadedSubdivision(SkeletonSubdivision):
    """Layers after the first are cut on both sides of one of its hyperplanes at once."""

    def add_layers(
        self, depth: int, report: Callable[[int, int, int], None] | None, num_threads: int = 1
    ) -> None:
        if num_threads == 1 or depth < 2 or report is not None or self.max_regions is not None:
            super().add_layers(depth, report)
            return
        self.add_layer(0, None)
        #: set where one part has failed: what the others do is of no use then
        self._stop = Event()
        self._add_in_halves(depth, num_threads)

    def _add_in_halves(self, depth: int, num_threads: int) -> None:
        """The layers after the first one, by so many threads."""
        hyperplane = None
        if num_threads > 1:
            hyperplane = halving_hyperplane(self._vertices, self._columns, self._second_pieces)
        if hyperplane is None:
            with self._or_stop():
                for layer in range(1, depth):
                    if self._stop.is_set():
                        return
                    self.add_layer(layer, None)
            return
        halves = split(self._vertices, self._up.view, self._columns, hyperplane)
        parts = [self._part(half) for half in halves]
        shares = (num_threads - num_threads // 2, num_threads // 2)
        with ThreadPoolExecutor(max_workers=1) as other, self._or_stop():
            later = other.submit(parts[1]._add_in_halves, depth, shares[1])
            parts[0]._add_in_halves(depth, shares[0])
            later.result()
            if self._stop.is_set():
                return
            whole = Whole(self._vertices.size, *halves, int(self._first_word[depth]))
            self._vertices.reserve(whole.size)
            up = self._up.room_for(whole.size - self._vertices.size)
            self._vertices.size = self._up.size = whole.size
            ups = [part._up.view for part in parts]
            later_fill = other.submit(whole.fill, 1, self._vertices, up, ups[1])
            whole.fill(0, self._vertices, up, ups[0])
            later_fill.result()
        whole.add_leaving(up, ups[1])
        for part in parts:
            self.certificate.add(part.certificate)
        self._num_done = depth

    @contextmanager
    def _or_stop(self) -> Iterator[None]:
        """Whatever ends a part, an interrupt say, ends the others when they have cut a layer."""
        try:
            yield
        except BaseException:
            self._stop.set()
            raise

    def _second_pieces(self, points: np.ndarray) -> np.ndarray:
        """Rounded pieces (m, n) of the second layer at coordinates: to estimate with alone."""
        (frame, offset), net = self._folded, self.net
        with np.errstate(over="ignore", invalid="ignore"):
            hidden = net.activations[0](np.nan_to_num(points @ frame.T + offset))
            values = np.nan_to_num(hidden @ net.weights[1].T + net.biases[1])
        return net.activations[1].piece(values)

    def _part(self, half: Half) -> ThreadedSubdivision:
        """The same for one half of the vertices."""
        part = copy.copy(self)
        for kind in type(self).__mro__:
            for name, kept in vars(kind).items():
                if isinstance(kept, kept_answer):
                    vars(part).pop(name, None)
        part._stand_on(half.rows, self._places.of_others(half.rows))
        part._up = Growing(half.up)
        part._closed = self._closed.copy()
        part._closed[half.hyperplane] = 1 if half.side else 2
        part._value_error, part._lipschitz = self._value_error.copy(), self._lipschitz.copy()
        part.errors = self.errors.of_part(part._measured_spread)
        part.certificate = SignRecord()
        return part
