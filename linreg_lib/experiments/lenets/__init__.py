"""Polytopes of LeNets in many dimensions: inequalities, walks, facets."""
