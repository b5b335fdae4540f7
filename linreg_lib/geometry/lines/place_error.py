"""What the reference and the compiled kernels know of a vertex' place along its segment."""

#: bound of the rounding errors of a vertex' stored place, which pass through a few layers
PLACE_ERROR = 1e-13
