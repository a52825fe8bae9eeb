"""One round over all sinks: documents first, so that rows and messages can link them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from clinft.errors import ClinftError
from clinft.pipeline.sinks import documents, sending
from clinft.pipeline.sinks.consent import agreed, is_current
from clinft.pipeline.sinks.due import Wanted, due
from clinft.pipeline.sinks.parcels import Due
from clinft.pipeline.sinks.seen import Seen
from clinft.pipeline.sinks.sending import Desk, Reported
from clinft.ports.sinks import Link
from clinft.spec.sinks import Sink as Place

ORDER = ("google_docs", "google_sheets", "slack", "langsmith")


def places(seen: Seen, only: Collection[str] = ORDER) -> Iterator[tuple[str, Place]]:
    """Sinks that a project names, in the order of sending."""
    named = {name for project in seen.projects if project.spec for name in project.spec.notify}
    for kind in ORDER:
        for name, place in sorted(seen.policy.sinks.items()):
            if place.kind == kind and kind in only and name in named:
                yield name, place


def send_all(seen: Seen, desk: Desk, wanted: Wanted, only: Collection[str] = ORDER) -> Iterator[Reported]:
    """Never raises for a sink: what failed is a line, and is due again next time."""
    for name, place in places(seen, only):
        if not is_current(place.eligibility, seen.today):
            day = f"its facts were to be reviewed by {place.eligibility.review_by}"
            what = f"nothing was sent: {day}. {place.eligibility.owner} renews them in the policy."
            yield Reported(name, what, failed=True)
            continue
        linked = replace(wanted, delivered=delivered(seen, desk))
        told: list[Reported] = []
        yield from sending.deliver(
            desk, name, place, _softly(due(seen, name, place.kind, linked), name, told)
        )
        yield from told


def preview_all(
    seen: Seen, desk: Desk, wanted: Wanted, only: Collection[str] = ORDER
) -> Iterator[tuple[str, str]]:
    for name, place in places(seen, only):
        if is_current(place.eligibility, seen.today):
            told: list[Reported] = []
            dues = _softly(due(seen, name, place.kind, wanted), name, told)
            yield from sending.previews(name, desk.open_sink(place), dues)
            yield from ((f"{one.sink}: not sent", one.what) for one in told)


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


def _softly(dues: Iterator[Due], name: str, told: list[Reported]) -> Iterator[Due]:
    """Where working out what is due fails half-way, what was found is sent, and the failure is told."""
    try:
        yield from dues
    except ClinftError as error:
        told.append(Reported(name, str(error), failed=True))
