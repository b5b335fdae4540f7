"""Constants that the NumPy reference and the compiled kernels share."""

from __future__ import annotations

#: more than the squares of an edge's coordinates may lose by underflow
TINY_LENGTH = 1e-160
#: A vertex this close to an end of its edge (as a share of it) may round onto it: it is placed,
#: and its signs are decided, in exact arithmetic.
WEIGHT_MARGIN = 2.0**-44
