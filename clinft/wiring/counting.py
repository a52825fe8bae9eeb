"""How many tokens a file of training examples has, for whoever would train on it."""

from dataclasses import dataclass
from pathlib import Path

from clinft.ports.progress import Progress
from clinft.spec.reached import ELSEWHERE
from clinft.stages.estimate import counted_file


@dataclass(frozen=True)
class FileTokens:
    tokens: int
    samples: int
    basis: str


def count_file(path: Path, provider: str, model: str, progress: Progress) -> FileTokens:
    """Streams. A model of your own has a tokenizer of its own, which is not at hand here: characters then."""
    if provider in ELSEWHERE:
        from clinft.adapters.model import hosted_tokens

        found = hosted_tokens.count_file(path, model, progress)
        return FileTokens(found.tokens, found.examples, found.basis)
    counted = counted_file(path)
    return FileTokens(counted.likely, counted.samples, "characters")
