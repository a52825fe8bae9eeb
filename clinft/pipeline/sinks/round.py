"""One round over all sinks: documents first, so that rows and messages can link them."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from clinft.errors import ClinftError
from clinft.pipeline.sinks import sending
from clinft.pipeline.sinks.consent import is_current
from clinft.pipeline.sinks.documents import Shelf
from clinft.pipeline.sinks.due import Wanted, due
from clinft.pipeline.sinks.seen import Seen
from clinft.pipeline.sinks.sending import Desk, Reported
from clinft.spec.sinks import Sink as Place

DOCUMENTS = "google_docs"
WITH_LINKS = ("google_sheets", "slack")
ORDER = (DOCUMENTS, *WITH_LINKS, "langsmith")


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


def send_all(
    seen: Seen, desk: Desk, wanted: Wanted, only: Collection[str] = ORDER, shelf: Shelf | None = None
) -> Iterator[Reported]:
    """Never raises for a sink: what failed is a line, and is due again next time. `shelf`: an empty one."""
    shelf = Shelf() if shelf is None else shelf
    if DOCUMENTS not in only and set(only) & set(WITH_LINKS):
        _look_up(seen, desk, wanted, shelf)
    for name, place in places(seen, only):
        if not is_current(place.eligibility, seen.today):
            yield Reported(name, f"nothing was sent: {out_of_date(place)}", "failed")
            continue
        left = Left(name)
        dues = due(seen, name, place.kind, replace(wanted, delivered=shelf.links()), left)
        yield from sending.deliver(desk, name, place, shelf.awaiting(dues), shelf.put)
        yield from left.told


def _look_up(seen: Seen, desk: Desk, wanted: Wanted, shelf: Shelf) -> None:
    """Documents are not sent now; rows and messages link those that are there."""
    for name, place in places(seen, (DOCUMENTS,)):
        if is_current(place.eligibility, seen.today):
            dues = due(seen, name, place.kind, wanted, Left(name))
            sending.find(desk, name, place, shelf.awaiting(dues), shelf.put)


def out_of_date(place: Place) -> str:
    day = f"its facts were to be reviewed by {place.eligibility.review_by}"
    return f"{day}. {place.eligibility.owner} renews them in the policy."
