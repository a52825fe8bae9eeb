"""The frozen challenge set that ships with clinft: clinft/tables/audit/challenge/<LETTER>.jsonl."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from clinft.stages.audit import tables
from clinft.stages.audit.safe_harbor import CATEGORIES
from clinft.stages.audit.sensitivity.planted import Planted, Span

# What the scan finds each case's text under.
FIELD = "text"


def folder() -> Path:
    return tables.folder() / "challenge"


def challenge_cases(where: Path | None = None) -> Iterator[Planted]:
    """In the order of letters and lines. A letter without a file has no cases."""
    for letter, path in _files(where):
        for line in path.read_bytes().splitlines():
            case = json.loads(line)
            spans = tuple(Span(letter, FIELD, start, end) for start, end in case["spans"])
            yield Planted(f"challenge/{path.name}", json.dumps({FIELD: case["text"]}), spans)


def challenge_sha256(where: Path | None = None) -> str:
    """Over the names and bytes of all files: another set, another digest."""
    digest = hashlib.sha256()
    for _, path in _files(where):
        digest.update(f"\n{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _files(where: Path | None) -> list[tuple[str, Path]]:
    paths = [(category.letter, (where or folder()) / f"{category.letter}.jsonl") for category in CATEGORIES]
    return [(letter, path) for letter, path in paths if path.is_file()]
