"""On which neurons' breakpoints a facet lies."""

from __future__ import annotations

import numpy as np

from linreg_lib.geometry.faces.pattern_words import unpacked
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.vertex_signs.support import Support


def supports_of_facet(record: CutRecord, facet: int) -> tuple[Support, ...]:
    """None for a facet on a wall; what holds both cells beside the facet is no support."""
    first, second = record.facet_cells[facet]
    if second < 0:
        return ()
    on_cells = record.zeros_on_cells[first] & record.zeros_on_cells[second]
    words = record.zeros_on_facets[facet] & ~on_cells
    supports: list[Support] = []
    start = 0
    for layer, num_words in enumerate(record.faces.zero_words):
        num_breakpoints = record.network.activations[layer].num_breakpoints
        count = record.network.hidden_widths[layer] * num_breakpoints
        bits = unpacked(words[None, start : start + num_words], count)[0]
        start += num_words
        for column in np.flatnonzero(bits).tolist():
            neuron, index = divmod(column, num_breakpoints)
            supports.append(Support(layer=layer, neuron=neuron, breakpoint=index))
    return tuple(supports)
