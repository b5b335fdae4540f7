"""Cells cut into simplices."""
