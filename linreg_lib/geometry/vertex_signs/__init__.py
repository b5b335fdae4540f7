"""Which float signs are right, and exact arithmetic for the rest."""
