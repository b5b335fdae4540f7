"""Expected volume of the pieces of the boundary, in every codimension, by HR19's formula."""
