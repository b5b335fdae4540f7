"""What the engine is held against, and how often: records, catalogues, a counter that errs."""
