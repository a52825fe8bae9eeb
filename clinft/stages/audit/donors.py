"""The rows that canaries are planted into, read a second time: their text is kept nowhere in between."""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from itertools import chain, pairwise

from clinft.errors import DigestMismatch
from clinft.stages.audit.batch import Scanned
from clinft.stages.audit.chunks import Chunk, chunks
from clinft.stages.audit.engine import Engine
from clinft.stages.audit.pool import Pool
from clinft.stages.audit.reading.piece import ROWS
from clinft.stages.audit.reading.rows import rows
from clinft.stages.audit.reading.source import Source
from clinft.stages.audit.sensitivity import Donor

# All that planting and tallying need to know of a donor's file: is a row JSON or a line?
JSON_FILE, TEXT_FILE = "rows.jsonl", "rows.txt"


def donors_of(sources: Sequence[Source], scanned: Scanned, pool: Pool) -> list[Donor]:
    """The chosen rows of what was scanned. Raises DigestMismatch if a file is no longer what was scanned."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for donor in scanned.result.chosen_donors():
        wanted[donor.file].add(donor.row)
    again: dict[str, str] = {}
    read = chunks([source for source in sources if source.name in wanted], again, lambda size: None)
    donors = [donor for some in pool.map(_texts, _with_rows(read, wanted)) for donor in some]
    for name in sorted(wanted):
        if again[name] != scanned.digests[name]:
            raise DigestMismatch(
                f"{name} is not the file that was scanned.",
                "Something wrote to it while it was audited, or since.",
                "Let nothing write to it, and audit it again.",
            )
    return donors


def _with_rows(read: Iterator[Chunk], wanted: dict[str, set[int]]) -> Iterator[tuple[Chunk, Set[int]]]:
    """Chunks that hold wanted rows, with those: the next chunk tells where one ends."""
    for chunk, following in pairwise(chain(read, (None,))):
        if chunk and chunk.piece.form in ROWS:
            own = {row for row in wanted[chunk.source.name] if chunk.piece.row <= row}
            if following and following.source is chunk.source:
                own = {row for row in own if row < following.piece.row}
            if own:
                yield chunk, own


def _texts(engine: Engine, work: tuple[Chunk, Set[int]]) -> list[Donor]:
    chunk, own = work
    file = TEXT_FILE if chunk.piece.form == "line" else JSON_FILE
    return [Donor(file, row.text) for row in rows(chunk.piece) if row.number in own]
