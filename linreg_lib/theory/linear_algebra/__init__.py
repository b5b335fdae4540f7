"""Linear algebra over the rationals: elimination, and inequalities with certificates."""
