"""What an assistant may do with a repository: read, check, and draft on a branch. `clinft mcp` serves it.

`table.py` lists the tools; each is a function from a Desk and typed arguments to a typed answer. None
approves, merges, trains, deploys, pushes or sends, none asks a provider, and none reads a record.
"""
