"""GitHub: reading what the gate decides on, and writing one comment and statuses."""

from clinft.adapters.github.reader import GitHubReader
from clinft.adapters.github.writer import GitHubWriter

__all__ = ["GitHubReader", "GitHubWriter"]
