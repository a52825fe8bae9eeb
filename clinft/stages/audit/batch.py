"""Files through the pool: every byte is hashed here, every row is scanned once, the parts are summed up."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from clinft.errors import SpecError
from clinft.ports.progress import ProgressTask
from clinft.ports.workers import Ready
from clinft.stages.audit.chunks import Chunk, chunks, scan_chunk
from clinft.stages.audit.partial import Partial
from clinft.stages.audit.pool import Pool
from clinft.stages.audit.reading.source import Source, unreadable
from clinft.stages.audit.resume import Finished

MOST_SHARDS = 1000
WRITTEN = re.compile(r"(-?[0-9]{1,4})/(-?[0-9]{1,4})")


@dataclass(frozen=True)
class Shard:
    """The chunks whose number, divided by `of`, leaves `index`; both as in `--shard 0/4`."""

    index: int = 0
    of: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.index < self.of <= MOST_SHARDS:
            raise _no_shard(f"There is no shard {self.index}/{self.of}.")

    @classmethod
    def parse(cls, text: str) -> "Shard":
        if found := WRITTEN.fullmatch(text):
            return cls(int(found[1]), int(found[2]))
        raise _no_shard("What --shard names is no shard.")

    def __contains__(self, chunk: Chunk) -> bool:
        return chunk.number % self.of == self.index


def _no_shard(what: str) -> SpecError:
    return SpecError(
        what,
        f"A shard is written i/n, with i from 0 to n - 1, and n at most {MOST_SHARDS}.",
        "Call the audit once for each of, say, 0/4, 1/4, 2/4 and 3/4.",
    )


WHOLE = Shard()


@dataclass(frozen=True)
class Scanned:
    """`digests`: name → sha256 of every file, whatever the shard."""

    result: Partial
    digests: dict[str, str]


def scan(
    sources: Sequence[Source],
    pool: Pool,
    keep: int,
    task: ProgressTask,
    finished: Finished | None = None,
    shard: Shard = WHOLE,
) -> Scanned:
    """The same for every number of workers: parts are added in the order of the chunks."""
    total, digests = Partial(keep), dict[str, str]()
    handed_out: deque[Chunk | None] = deque()

    def work() -> Iterator[Chunk | Ready[Partial]]:
        for chunk in chunks(sources, digests, task.advance):
            if chunk in shard:
                known = finished.load(chunk) if finished else None
                handed_out.append(None if known else chunk)
                yield Ready(known) if known else chunk

    for result in pool.map(partial(scan_chunk, keep=keep), work()):
        chunk = handed_out.popleft()
        if finished and chunk:
            finished.save(chunk, result)
        total.merge(result)
    return Scanned(total, digests)


def bytes_of(sources: Sequence[Source]) -> int:
    return sum(map(_size, sources))


def _size(source: Source) -> int:
    try:
        return source.path.stat().st_size
    except OSError as error:
        raise unreadable(source.name, error) from None
