"""Runs that are saved as they go: many seeds, moments of training, their files."""
