"""The chapters' text sources: cells, parameters with their ranges, profiles, lint."""
