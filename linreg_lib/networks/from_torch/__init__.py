"""Layers of torch modules as affine maps and activations of the same float64 numbers."""
