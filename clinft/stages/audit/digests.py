"""What names the rules and the data, so that equal digests mean equal findings."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from clinft.artifacts.canonical import digest_json
from clinft.stages.audit import tables


@cache
def rules_digest() -> str:
    """sha256 over all that decides what is found: other rules, other digest.

    Not of hyperscan: it only says which rules need not be tried.
    """
    digest = hashlib.sha256(metadata.version("presidio-analyzer").encode())
    files = rule_files()
    for name in sorted(files):
        digest.update(f"\n{name}\n".encode() + files[name].read_bytes())
    return digest.hexdigest()


def rule_files() -> dict[str, Path]:
    """The audit's sources and tables, with the challenge set, and how text is folded."""
    package = Path(__file__).parent
    found = [("audit", package, path) for path in package.rglob("*.py")]
    found += [("tables", tables.folder(), path) for path in tables.folder().rglob("*.*")]
    files = {f"{kind}/{path.relative_to(folder).as_posix()}": path for kind, folder, path in found}
    return files | {"spec/folding.py": package.parents[1] / "spec" / "folding.py"}


def data_digest(digests: Mapping[str, str]) -> str:
    """One file's own sha256; of several, of the canonical list of their names and digests."""
    if len(digests) == 1:
        return next(iter(digests.values()))
    return digest_json([[name, digests[name]] for name in sorted(digests)])
