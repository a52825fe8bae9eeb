"""A training server that speaks MCP: how it is called, what it is given, what is read from its answers."""
