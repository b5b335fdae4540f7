"""A network as a graph of affine maps, activations and maxima, and how layers are made of it."""
