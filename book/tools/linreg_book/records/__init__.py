"""What a chapter says of itself while it runs: claims with verdicts, numbers, tables, pictures."""
