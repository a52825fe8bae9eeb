"""What would be sent first, were nothing there yet: nothing is asked and nothing is remembered."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from clinft.pipeline.sinks.consent import is_current
from clinft.pipeline.sinks.due import Wanted, due
from clinft.pipeline.sinks.parcels import Due, what_of
from clinft.pipeline.sinks.round import ORDER, Left, out_of_date, places
from clinft.pipeline.sinks.seen import Seen
from clinft.pipeline.sinks.sending import Desk
from clinft.ports.sinks import Rehearses, Sink

NOT_SENT = "would not be sent"


@dataclass(frozen=True)
class Preview:
    """`exact`: all of it, JSON or Markdown. `shown`: for a person, where the sink has words for it."""

    sink: str
    what: str
    exact: str
    shown: str


def preview_all(seen: Seen, desk: Desk, wanted: Wanted, only: Collection[str] = ORDER) -> Iterator[Preview]:
    for name, place in places(seen, only):
        if not is_current(place.eligibility, seen.today):
            yield _not_sent(name, out_of_date(place))
            continue
        left = Left(name)
        yield from _previews(name, desk.open_sink(place), due(seen, name, place.kind, wanted, left))
        yield from (_not_sent(one.sink, one.what) for one in left.told)


def _previews(name: str, sink: Sink, dues: Iterable[Due]) -> Iterator[Preview]:
    memory: dict[str, str] = {}
    for each in dues:
        if not sink.accepts(each.parcel):
            continue
        exact = shown = sink.preview(each.parcel, memory)
        if isinstance(sink, Rehearses):
            shown = sink.shown(each.parcel, memory)
            memory |= sink.rehearsed(each.parcel, memory)
        yield Preview(name, what_of(each.parcel), exact, shown)


def _not_sent(name: str, why: str) -> Preview:
    return Preview(name, NOT_SENT, why, why)
