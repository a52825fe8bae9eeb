"""Sending what is due: one line for each parcel that changed something or failed, and never an error.

The memory says what was delivered. It is read once for each sink and added to after each parcel, so that a
job that is killed sends one parcel again at the most, which a sink takes as the same.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from clinft.artifacts.canonical import digest_json
from clinft.errors import ClinftError, PolicyViolation, ServiceError
from clinft.pipeline.sinks.documents import URL
from clinft.pipeline.sinks.parcels import Due, digest_of, key_of, moment, what_of
from clinft.ports.sinks import Milestone, Sink, SinkMemory
from clinft.spec.sinks import Sink as Place

SENT, WAITING, SINCE, PLACE = "sent:", "waiting:", "since", "place"
# A new channel is not flooded with history, and an upgrade that words things anew leaves old messages alone.
BEFORE_FIRST_CONTACT = timedelta(days=7)
OLD = timedelta(days=30)
# A sink that refuses so many parcels in a row is asked again next time.
MOST_FAILURES = 3


State = Literal["sent", "failed", "left"]


@dataclass(frozen=True)
class Reported:
    """One line for people. `failed`: tried again each time. `left`: a person has to make it elsewhere."""

    sink: str
    what: str
    state: State = "sent"
    url: str | None = None


@dataclass(frozen=True)
class Desk:
    """`open_sink`: of an entry of the policy. `history`: a person asked for what is long past, too."""

    memory: SinkMemory
    open_sink: Callable[[Place], Sink]
    now: datetime
    history: bool = False


class NoMemory:
    """For a look at what would be sent: nothing was, and nothing is kept."""

    def read(self, sink: str) -> Mapping[str, str]:
        return {}

    def remember(self, sink: str, additions: Mapping[str, str]) -> Mapping[str, str]:
        return additions


class NotNoted(Exception):
    """It was sent, and nobody will know next time: nothing more goes to this sink now."""

    def __init__(self, told: Reported) -> None:
        super().__init__()
        self.told = told


def deliver(desk: Desk, name: str, place: Place, dues: Iterable[Due]) -> Iterator[Reported]:
    try:
        sink, notes = desk.open_sink(place), _notes(desk, name, place)
    except ClinftError as error:
        yield Reported(name, f"nothing was sent: {_advice(error)}", "failed")
        return
    try:
        yield from _deliver(desk, name, sink, notes, dues)
    except NotNoted as stopped:
        yield stopped.told
    except ClinftError as error:
        yield Reported(name, f"the rest waits: {_advice(error)}", "failed")
    except Exception as bug:  # no text of it: it may quote what was to be sent
        yield Reported(name, f"the rest waits: a bug in clinft ({type(bug).__name__}).", "failed")


def _notes(desk: Desk, name: str, place: Place) -> Mapping[str, str]:
    """What this place was sent. Where the policy has moved the sink, nothing that is known holds any more."""
    notes, now = desk.memory.read(name), desk.now.isoformat(timespec="seconds")
    where = digest_json(place.model_dump(mode="json", exclude={"description", "eligibility", "login"}))
    if notes.get(PLACE) not in (None, where):
        notes = desk.memory.remember(name, {**dict.fromkeys(notes, ""), PLACE: where, SINCE: now})
    elif SINCE not in notes or PLACE not in notes:
        notes = desk.memory.remember(name, {SINCE: notes.get(SINCE) or now, PLACE: where})
    return known(notes)


def known(notes: Mapping[str, str]) -> dict[str, str]:
    """A memory forgets nothing: what does not hold any more is emptied."""
    return {key: value for key, value in notes.items() if value}


def _deliver(
    desk: Desk, name: str, sink: Sink, notes: Mapping[str, str], dues: Iterable[Due]
) -> Iterator[Reported]:
    failures = 0
    for due in dues:
        past = not desk.history and _is_past(due, notes, desk.now)
        if past or not sink.accepts(due.parcel) or _is_there(due, notes):
            continue
        told, notes = _send(desk, name, sink, due, notes)
        if told is None:
            continue
        yield told
        failures = failures + 1 if told.state == "failed" else 0
        if failures == MOST_FAILURES:
            yield Reported(name, "the rest waits: it failed too often in a row.", "failed")
            return


def previews(name: str, sink: Sink, dues: Iterable[Due]) -> Iterator[tuple[str, str]]:
    """What would be sent first, were nothing there yet: nothing is asked and nothing is remembered."""
    for due in dues:
        if sink.accepts(due.parcel):
            yield f"{name}: {what_of(due.parcel)}", sink.preview(due.parcel, {})


def waiting(notes: Mapping[str, str]) -> dict[str, str]:
    """What could not be delivered yet, and since when."""
    return {
        key.removeprefix(WAITING): since for key, since in notes.items() if key.startswith(WAITING) and since
    }


def _is_there(due: Due, notes: Mapping[str, str]) -> bool:
    return notes.get(SENT + key_of(due.parcel)) == digest_of(due.parcel)


def _is_past(due: Due, notes: Mapping[str, str], now: datetime) -> bool:
    if not isinstance(due.parcel, Milestone) or due.at is None:
        return False
    first = moment(notes.get(SINCE)) or now
    return due.at < max(first - BEFORE_FIRST_CONTACT, now - OLD)


def _send(
    desk: Desk, name: str, sink: Sink, due: Due, notes: Mapping[str, str]
) -> tuple[Reported | None, Mapping[str, str]]:
    key, what = key_of(due.parcel), what_of(due.parcel)
    try:
        receipt = sink.send(due.parcel, notes)
    except ClinftError as error:
        return _failed(desk, name, key, f"{what}: {_advice(error)}", notes)
    except Exception as bug:  # a foreign client's exception may quote what was sent: no text of it
        return _failed(desk, name, key, f"{what}: a bug in clinft or a client ({type(bug).__name__}).", notes)
    gained = {**receipt.remember, SENT + key: digest_of(due.parcel)}
    if receipt.url:
        gained[URL + key] = receipt.url
    if notes.get(WAITING + key):
        gained[WAITING + key] = ""
    try:
        notes = known(desk.memory.remember(name, gained))
    except ClinftError as error:
        told = f"{what} was sent, which could not be noted; the rest waits: {_advice(error)}"
        raise NotNoted(Reported(name, told, "failed")) from None
    return (Reported(name, f"{what}: {receipt.what}", url=receipt.url) if receipt.changed else None), notes


def _failed(
    desk: Desk, name: str, key: str, what: str, notes: Mapping[str, str]
) -> tuple[Reported, Mapping[str, str]]:
    if not notes.get(WAITING + key):
        # Where not even this can be noted, the parcel itself is said to be undelivered all the same.
        with contextlib.suppress(ClinftError):
            noted = desk.memory.remember(name, {WAITING + key: desk.now.isoformat(timespec="seconds")})
            notes = known(noted)
    return Reported(name, what, "failed"), notes


def _advice(error: ClinftError) -> str:
    """A setting is a person's to mend; a service is asked again."""
    if isinstance(error, ServiceError):
        return f"{error.what} {error.next_step} It is tried again with the next reconcile.".replace("  ", " ")
    if isinstance(error, PolicyViolation):
        return f"{error.what} {error.next_step}"
    return str(error)
