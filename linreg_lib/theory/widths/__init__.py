"""What the hidden widths alone say: the ways to choose them, and bounds on pieces of a line."""
