"""Expected breakpoints on a piece of a line: formula, closed forms, quadrature."""
