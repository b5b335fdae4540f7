"""Arrangements of hyperplanes with rational coefficients: their flats, their regions, counted."""
