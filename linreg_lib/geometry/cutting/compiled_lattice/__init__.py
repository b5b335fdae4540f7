"""The cut in compiled kernels with all faces: every case, a layer in one call."""
