"""Sinks and a memory in this process: what was sent to whom, with failures and kills on request."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field

from clinft.errors import ServiceError
from clinft.pipeline.sinks.parcels import key_of
from clinft.ports.sinks import Document, Milestone, Parcel, Reached, Receipt, Rows
from clinft.spec.sinks import Sink as Place

TAKES: dict[str, tuple[type, ...]] = {
    "slack": (Milestone,),
    "google_docs": (Document,),
    "google_sheets": (Rows,),
}


@dataclass
class FakeSink:
    """`there`: by key, what people would see. `fails`: raised before anything is delivered, while not None.

    `lost`: delivered, but the answer never came.
    """

    place: Place
    there: dict[str, Parcel] = field(default_factory=dict)
    sent: list[Parcel] = field(default_factory=list)
    fails: Exception | None = None
    lost: Exception | None = None

    def accepts(self, parcel: Parcel) -> bool:
        return isinstance(parcel, TAKES.get(self.place.kind, (object,)))

    def send(self, parcel: Parcel, memory: Mapping[str, str]) -> Receipt:
        if self.fails is not None:
            raise self.fails
        key = key_of(parcel)
        changed = self.there.get(key) != parcel
        self.there[key] = parcel
        self.sent.append(parcel)
        if self.lost is not None:
            raise self.lost
        url = address(key) if isinstance(parcel, Document) else None
        return Receipt(changed, "delivered", url, {f"id:{key}": str(len(self.there))})

    def found(self, parcel: Document | Rows, memory: Mapping[str, str]) -> str | None:
        if self.fails is not None:
            raise self.fails
        key = key_of(parcel)
        return address(key) if key in self.there else None

    def preview(self, parcel: Parcel, memory: Mapping[str, str]) -> str:
        return json.dumps(asdict(parcel), indent=1, sort_keys=True, ensure_ascii=False, default=str)

    def check(self) -> Iterator[Reached]:
        yield Reached(self.fails is None, "the fake answers")


def address(key: str) -> str:
    return f"https://docs.google.com/document/d/{key.replace('/', '-')}/edit"


class Sinks:
    """Opens each place once. By description, which is what a test names it."""

    def __init__(self) -> None:
        self.by_name: dict[str, FakeSink] = {}

    def __call__(self, place: Place) -> FakeSink:
        return self.by_name.setdefault(place.description, FakeSink(place))

    def __getitem__(self, name: str) -> FakeSink:
        return self.by_name[name]


class DictMemory:
    """`before_noting`: called before anything is noted; may raise, as a kill would."""

    def __init__(self) -> None:
        self.notes: dict[str, dict[str, str]] = {}
        self.before_noting: Callable[[Mapping[str, str]], None] = lambda additions: None

    def read(self, sink: str) -> Mapping[str, str]:
        return dict(self.notes.get(sink, {}))

    def remember(self, sink: str, additions: Mapping[str, str]) -> Mapping[str, str]:
        self.before_noting(additions)
        self.notes.setdefault(sink, {}).update(additions)
        return self.read(sink)


def down() -> ServiceError:
    return ServiceError("The service did not answer.", "It is down.", "Nothing is to be done.")
