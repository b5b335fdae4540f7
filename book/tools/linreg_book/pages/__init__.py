"""From executed chapters to the tree of pages that the renderer reads."""
