"""One round over all sinks: documents first, so that rows and messages can link them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from clinft.errors import ClinftError
from clinft.pipeline.sinks import documents, sending
from clinft.pipeline.sinks.consent import agreed, is_current
from clinft.pipeline.sinks.due import Wanted, due
from clinft.pipeline.sinks.seen import Seen
from clinft.pipeline.sinks.sending import Desk, Reported
from clinft.ports.sinks import Link
from clinft.spec.sinks import Sink as Place

ORDER = ("google_docs", "google_sheets", "slack", "langsmith")


class Left:
    """What could not be made here; a person has to."""

    def __init__(self, sink: str) -> None:
        self._sink = sink
        self.told: list[Reported] = []

    def __call__(self, project: str, error: ClinftError) -> None:
        self.told.append(Reported(self._sink, f"{project}: {error}", "left"))


def places(seen: Seen, only: Collection[str] = ORDER) -> Iterator[tuple[str, Place]]:
    """Sinks that a project names, in the order of sending."""
    named = {name for project in seen.projects if project.spec for name in project.spec.notify}
    for kind in ORDER:
        for name, place in sorted(seen.policy.sinks.items()):
            if place.kind == kind and kind in only and name in named:
                yield name, place


def send_all(seen: Seen, desk: Desk, wanted: Wanted, only: Collection[str] = ORDER) -> Iterator[Reported]:
    """Never raises for a sink: what failed is a line, and is due again next time."""
    links: Mapping[str, tuple[Link, ...]] | None = None
    for name, place in places(seen, only):
        if not is_current(place.eligibility, seen.today):
            yield Reported(name, f"nothing was sent: {_out_of_date(place)}", "failed")
            continue
        if links is None and place.kind != ORDER[0]:
            links = delivered(seen, desk)  # the documents have all been sent by now
        linked, left = replace(wanted, delivered=links or {}), Left(name)
        yield from sending.deliver(desk, name, place, due(seen, name, place.kind, linked, left))
        yield from left.told


def preview_all(
    seen: Seen, desk: Desk, wanted: Wanted, only: Collection[str] = ORDER
) -> Iterator[tuple[str, str]]:
    for name, place in places(seen, only):
        if is_current(place.eligibility, seen.today):
            left = Left(name)
            dues = due(seen, name, place.kind, wanted, left)
            yield from sending.previews(name, desk.open_sink(place), dues)
            yield from ((f"{one.sink}: would not be sent", one.what) for one in left.told)
        else:
            yield f"{name}: would not be sent", _out_of_date(place)


def _out_of_date(place: Place) -> str:
    day = f"its facts were to be reviewed by {place.eligibility.review_by}"
    return f"{day}. {place.eligibility.owner} renews them in the policy."


def delivered(seen: Seen, desk: Desk) -> Mapping[str, tuple[Link, ...]]:
    """Links to the documents of each project that agreed to their sink; none where no memory is to be had."""
    found: dict[str, tuple[Link, ...]] = {}
    for name, _ in places(seen, ("google_docs",)):
        try:
            notes = desk.memory.read(name)
        except ClinftError:
            continue
        for project in seen.projects:
            if (
                project.spec
                and not project.quarantined
                and name in agreed(project.spec, seen.policy, seen.today)
            ):
                links = documents.links_of(project.name, notes)
                found.setdefault(project.name, links)
    return found
