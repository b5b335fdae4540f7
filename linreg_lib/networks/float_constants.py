"""The constants of the error model: what all bounds of rounding errors are made of.

A bound has the form ``(num_operations * UNIT * size + floor) * SAFETY``.  ``UNIT`` counts relative
errors.  A floor stands for what underflow loses, by itself at most 2**-1075 a product, once later
factors have scaled it: the later a bound is used, the larger its floor.  ``SAFETY`` covers the
rounding of the bound itself.  Compiled kernels read some of these, with the same bits.
"""

from __future__ import annotations

import numpy as np

#: unit roundoff u of float64: an operation's result is off by at most this share of itself
UNIT = 2.0**-53
#: distance of the ``longdouble`` numbers around 1: twice their unit roundoff
LONG_SPACING = float(np.finfo(np.longdouble).eps)
#: whether ``longdouble`` is longer than float64 (on some machines it is not)
LONG_IS_LONGER = LONG_SPACING < 2.0**-60

#: the smallest float64 with all its digits: relative errors of smaller results exceed ``UNIT``
SMALLEST_NORMAL = 2.0**-1022
#: the smallest positive float64: nothing that is rounded once below the normal range loses more
SMALLEST = 2.0**-1074

#: added to a factor: ``UNIT`` times its product with 1 is then more than that loses by underflow
FACTOR_FLOOR = 2.0**-1020
#: more than a point's coordinates, scaled or interpolated, lose below the normal range
PLACE_FLOOR = 2.0**-1060
#: more than a sum of products loses by underflow
SUM_FLOOR = 2.0**-1000
#: the same with more room for what is behind it: rows of networks
ROW_FLOOR = 2.0**-960
#: the same with room for all layers behind it; smaller sums may have lost terms that matter
UNDERFLOW_FLOOR = 2.0**-900
#: products of two numbers from here on do not underflow
SQUARE_FLOOR = 2.0**-500

#: a bound times this covers the rounding of float64 operations in the bound itself
SAFETY = 1.0 + 1e-6
#: the same for bounds of ``longdouble`` numbers, which take fewer operations
LONG_SAFETY = 1.0 + 1e-9
#: factors that make up for the few roundings in a difference or a length
ROUNDED_UP = 1.0 + 1e-12
ROUNDED_DOWN = 1.0 - 1e-12
