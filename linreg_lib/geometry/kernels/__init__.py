"""How kernels are compiled, and kept on disk. Imported only where numba is installed."""
