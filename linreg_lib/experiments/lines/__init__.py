"""Breakpoints and pieces along lines, of given or random networks."""
