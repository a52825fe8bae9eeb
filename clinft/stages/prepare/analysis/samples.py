"""A few records to look at: seeded, spread over styles and answers, and found clean by an audit."""

from collections.abc import Callable, Sequence

from clinft.artifacts.data import Record

SHOWN = 10
# As many as this are asked about before giving up.
MOST_TRIED = 200
Clean = Callable[[Record], bool]


def samples(
    sample: Sequence[Record], clean: Clean | None, shown: int
) -> tuple[tuple[Record, ...], str | None]:
    """The records, and why there are fewer than `shown`. `sample` is in random order."""
    if clean is None:
        return (), "records that people brought are not copied into reports, or nobody could audit them here"
    chosen: list[Record] = []
    tried = 0
    for record in _spread(sample)[:MOST_TRIED]:
        tried += 1
        if clean(record):
            chosen.append(record)
        if len(chosen) == shown:
            return tuple(chosen), None
    return tuple(chosen), f"of {tried} records that were looked at, the audit found {len(chosen)} clean"


def _spread(sample: Sequence[Record]) -> list[Record]:
    """Each (style, answer) once before any a second time."""
    rounds: dict[tuple[str, str], int] = {}
    placed = []
    for position, record in enumerate(sample):
        key = (record.style, record.target)
        rounds[key] = rounds.get(key, 0) + 1
        placed.append((rounds[key], position, record))
    return [record for _, _, record in sorted(placed, key=lambda one: one[:2])]
