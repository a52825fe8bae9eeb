"""Where the weights of the detector and its tables lie, and the digest that names them."""

import hashlib
from functools import cache
from pathlib import Path

from clinft.stages.audit import tables


def folder() -> Path:
    return tables.folder() / "detector"


@cache
def digest() -> str:
    """sha256 over the names and bytes of all files: another detector, another digest."""
    found = hashlib.sha256()
    for path in sorted(folder().iterdir()):
        found.update(f"\n{path.name}\n".encode() + path.read_bytes())
    return found.hexdigest()
