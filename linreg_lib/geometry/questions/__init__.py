"""What one asks of a complex; every function here reads the record alone."""
