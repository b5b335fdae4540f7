"""Many small networks trained at once, compiled, with the same bits on every machine."""
