"""How far points are from the boundary."""
