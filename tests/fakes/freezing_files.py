"""Files that people bring to `clinft freeze`, and the word of two people about them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from clinft.artifacts.canonical import digest_file
from tests.fakes.rescue import records

ROWS = 80


def rows(count: int = ROWS, seed: int = 4) -> list[dict[str, Any]]:
    return [{"text": one.text, "target": one.target} for one in records(count, seed)]


def jsonl(path: Path, found: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in found))
    return path


def statement(path: Path, *files: Path, reviewer: str = "priv-officer") -> Path:
    given = [
        {
            "file_sha256": digest_file(one),
            "how_made": "Written by the generator of the tests; no patient's record was read.",
            "author": "ml-lead",
            "reviewer": reviewer,
            "date": "2026-11-30",
        }
        for one in files
    ]
    path.write_text(yaml.safe_dump({"statements": given}))
    return path
