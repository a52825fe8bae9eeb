"""GitHub: reading what the gate decides on, writing one comment and statuses, bringing results back."""

from clinft.adapters.github.publisher import GitHubPublisher
from clinft.adapters.github.reader import GitHubReader
from clinft.adapters.github.writer import GitHubWriter

__all__ = ["GitHubPublisher", "GitHubReader", "GitHubWriter"]
