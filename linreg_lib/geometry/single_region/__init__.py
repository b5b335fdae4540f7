"""One region in any dimension, from a point inside it."""
