"""The cut in compiled kernels: general position alone, vertices and edges."""
