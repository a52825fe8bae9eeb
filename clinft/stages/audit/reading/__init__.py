"""A path to a stream of rows: one module per file format; bytes are hashed as they pass."""
