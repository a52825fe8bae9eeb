"""Finished chunks on disk, so that an interrupted audit goes on where it was. Counts and places, no text."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from clinft.artifacts.canonical import digest_json
from clinft.run_folder import write_atomically
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit.chunks import Chunk
from clinft.stages.audit.digests import rules_digest
from clinft.stages.audit.partial import Partial

FORMAT = 1
FOLDER = "audit-chunks"


class Finished:
    """Chunks scanned under one policy by one set of rules; of any other they are not found."""

    def __init__(self, folder: Path, policy: AuditPolicy, keep: int) -> None:
        self._folder, self._keep = folder / FOLDER, keep
        self._key = digest_json([FORMAT, rules_digest(), policy.model_dump(mode="json"), keep])
        self._used: list[Path] = []

    def load(self, chunk: Chunk) -> Partial | None:
        """None also for a file that cannot be read back: the chunk is then scanned again."""
        path = self._path(chunk)
        try:
            known = Partial.from_json(self._keep, json.loads(path.read_bytes()))
        except (OSError, ValueError, RecursionError):
            return None
        self._used.append(path)
        return known

    def save(self, chunk: Chunk, partial: Partial) -> None:
        path = self._path(chunk)
        write_atomically(path, json.dumps(partial.to_json()).encode())
        self._used.append(path)

    def forget(self) -> None:
        """All chunks are done and their sum is known. Another shard may still need its own."""
        for path in self._used:
            path.unlink(missing_ok=True)

    def _path(self, chunk: Chunk) -> Path:
        """Named after all that decides its content: another position or another byte, another name."""
        source, piece = chunk.source, chunk.piece
        place = (source.name, source.settings, source.records, source.counted, replace(piece, data=b""))
        digest = hashlib.sha256(f"{self._key}\n{place!r}\n".encode())
        digest.update(piece.data)
        return self._folder / f"{digest.hexdigest()}.json"
