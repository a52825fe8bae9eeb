"""What waits to be sent and since when, and whether a sink can be reached from here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from clinft.artifacts.doctor import Finding
from clinft.ports.sinks import Reached
from clinft.stages.doctor.findings import listed, note, ok


@dataclass(frozen=True)
class SinkFacts:
    """`waiting`: what could not be delivered, and the time of its first failure. `unread`: why nobody knows.

    `reached`: empty where no key of it is here, so nothing was tried.
    """

    name: str
    waiting: Mapping[str, str] = field(default_factory=dict)
    unread: str = ""
    reached: Sequence[Reached] = ()


def sink_findings(sinks: Sequence[SinkFacts]) -> Iterator[Finding]:
    for sink in sinks:
        if sink.unread:
            yield note("policy", f"What {sink.name} was sent cannot be read: {sink.unread}", by="clinft")
        elif sink.waiting:
            since = min(sink.waiting.values())
            yield note(
                "policy",
                f"{len(sink.waiting)} not delivered to {sink.name}, the oldest since {since}: "
                f"{listed(sorted(sink.waiting), 5)}.",
                "The summary of the last reconcile says why; what a person must mend is said there, the rest "
                "is tried again each hour.",
                by="clinft",
            )
        else:
            yield ok("policy", f"Nothing waits to be sent to {sink.name}.", by="clinft")
        for tried in sink.reached:
            told = f"{sink.name}: {tried.what}"
            yield ok("policy", told, by="clinft") if tried.ok else note("policy", told, tried.advice)
