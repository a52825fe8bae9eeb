"""Evaluate: the base model and the tuned one on the same held-out records."""
