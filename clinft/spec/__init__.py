"""What people write: the project's spec, its prompt and the repository's policy."""
