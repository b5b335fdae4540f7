"""Chapters are run, each in a process of its own, and only where something changed."""
