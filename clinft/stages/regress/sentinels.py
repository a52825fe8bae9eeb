"""Cases that people named beforehand as ones that must never be missed.

The ids of a test split go by position: after any change of the data the same id is another case. So a spec
pins each to the digest of its item, `test-000012=1f0c…`; an id alone, or of another case, was not looked at.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clinft.artifacts.results import ItemResult, SafetyCheck
from clinft.metrics.comparing import Pair
from clinft.stages.regress.pairing import Pairing
from clinft.stages.regress.protocol import Protocol

PINNED = re.compile(r"(?P<item>.+)=(?P<digest>[0-9a-f]{12,64})")
PIN_LENGTH = 12
# The rest is counted.
MOST_TOLD = 20


@dataclass(frozen=True)
class Named:
    """`items`: ids that stand for the case they were named for. `unclear`: why the others do not."""

    items: tuple[str, ...]
    unclear: tuple[str, ...]


def named(protocol: Protocol, rows: Sequence[ItemResult]) -> Named:
    by_item = {row.item: row for row in rows}
    items, unclear = [], []
    for written in dict.fromkeys(protocol.sentinels):
        pinned = PINNED.fullmatch(written) if protocol.sentinels_pinned else None
        item = pinned["item"] if pinned else written
        if item not in by_item:
            unclear.append(f"{written} is not in the test split")
        elif pinned and not by_item[item].item_sha256.startswith(pinned["digest"]):
            unclear.append(f"{item} is another case than the one that was named")
        elif protocol.sentinels_pinned and not pinned:
            unclear.append(f"{item} has no pin: write {pin(by_item[item])}")
        else:
            items.append(item)
    return Named(tuple(dict.fromkeys(items)), tuple(unclear))


def pin(row: ItemResult) -> str:
    """As `regression.sentinels` has it."""
    return f"{row.item}={row.item_sha256[:PIN_LENGTH]}"


def alone(protocol: Protocol, rows: Sequence[ItemResult]) -> Iterator[SafetyCheck]:
    """Of a run that is compared with none: it is not deployable with one missed."""
    if not protocol.sentinels:
        return
    found = named(protocol, rows)
    by_item = {row.item: row for row in rows}
    missed = tuple(item for item in found.items if not by_item[item].correct)
    yield SafetyCheck(
        rule="sentinels",
        status="FAIL" if missed else "NOT_MEASURED" if found.unclear else "PASS",
        detail=f"{len(missed):,} of {len(protocol.sentinels):,} sentinel cases are missed{_list(missed)}; no "
        f"earlier model was compared{_unclear(found.unclear)}.",
        items=missed,
        n=len(found.items),
    )


def compared(protocol: Protocol, pairing: Pairing) -> Iterator[SafetyCheck]:
    """Missed in any way of reading the candidate counts: label scores excuse no free answer."""
    if not protocol.sentinels:
        return
    found = named(protocol, [now for _, now in pairing.answered])
    by_item: dict[str, list[Pair]] = {item: [] for item in found.items}
    for pair in (*pairing.answered, *pairing.mixed):
        if pair[1].item in by_item:
            by_item[pair[1].item].append(pair)
    newly = tuple(item for item, pairs in by_item.items() if any(_lost(*pair) for pair in pairs))
    still = tuple(
        item
        for item, pairs in by_item.items()
        if item not in newly and any(not now.correct for _, now in pairs)
    )
    said = f"{len(newly):,} of {len(found.items):,} sentinel cases newly missed{_list(newly)}"
    if still:
        said += f"; {len(still):,} were missed before already{_list(still)}"
    status = "CRITICAL" if newly else "NOT_MEASURED" if found.unclear else "WARN" if still else "PASS"
    yield SafetyCheck(
        rule="sentinels",
        status=status,  # type: ignore[arg-type]  # one of the literals above
        detail=f"{said}{_unclear(found.unclear)}.",
        items=newly + still,
        n=len(found.items),
    )


def _lost(before: ItemResult, now: ItemResult) -> bool:
    return before.correct and not now.correct


def _list(items: Sequence[str]) -> str:
    return f" ({_told(items, ', ')})" if items else ""


def _unclear(why: Sequence[str]) -> str:
    return f"; not looked at: {_told(why, '; ')}" if why else ""


def _told(parts: Sequence[str], between: str) -> str:
    left = len(parts) - MOST_TOLD
    return between.join((*parts[:MOST_TOLD], *([f"{left:,} more"] if left > 0 else [])))
