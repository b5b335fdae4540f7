"""One network trained with torch, and what any training starts from."""
