"""The cut in NumPy: every case, one neuron at a time."""
