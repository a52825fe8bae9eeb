"""Sending what is due: one line for each parcel that changed something or failed, and never an error.

The memory says what was delivered. It is read once for each sink and added to after each parcel, so that a
job that is killed sends one parcel again at the most, which a sink takes as the same.
"""

import contextlib
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from clinft.artifacts.canonical import digest_json
from clinft.errors import ClinftError, PolicyViolation, ServiceError
from clinft.pipeline.sinks.parcels import Due, digest_of, key_of, moment, what_of
from clinft.ports.sinks import Document, Finds, Foresees, Milestone, Parcel, Rows, Sink, SinkMemory
from clinft.spec.sinks import Sink as Place

SENT, WAITING, SINCE, PLACE = "sent:", "waiting:", "since", "place"
# By the token of a round: which parcel it is sending, of those that cannot be looked for.
SENDER = "sender:"
# A new channel is not flooded with history, and an upgrade that words things anew leaves old messages alone.
BEFORE_FIRST_CONTACT = timedelta(days=7)
OLD = timedelta(days=30)
# A sink that refuses so many parcels in a row is asked again next time, and so is it about a project whose
# parcels meet so many bugs.
MOST_FAILURES = 3

State = Literal["sent", "failed", "left", "unknown"]
# Told where a parcel is, as its sink has just said.
There = Callable[[Parcel, str], None]
Notes = Mapping[str, str]


@dataclass(frozen=True)
class Reported:
    """One line for people. `failed`: tried again each time. `left`: a person has to make it elsewhere.

    `unknown`: it may be there or not, and is not sent again.
    """

    sink: str
    what: str
    state: State = "sent"
    url: str | None = None


@dataclass(frozen=True)
class Desk:
    """`open_sink`: of an entry of the policy. `history`: a person asked for what is long past, too.

    `token`: tells this round's notes from those of another one, at the same moment elsewhere.
    """

    memory: SinkMemory
    open_sink: Callable[[Place], Sink]
    now: datetime
    history: bool = False
    token: str = field(default_factory=lambda: secrets.token_hex(8))


class NoMemory:
    """For a look at what would be sent: nothing was, and nothing is kept."""

    def read(self, sink: str) -> Mapping[str, str]:
        return {}

    def remember(self, sink: str, additions: Mapping[str, str]) -> Mapping[str, str]:
        return additions


class NotNoted(Exception):
    """Nobody will know next time what was sent: nothing more goes to this sink now."""

    def __init__(self, told: Reported) -> None:
        super().__init__()
        self.told = told


class Bug(Exception):
    """Met with one parcel. `notes`: as they stand then."""

    def __init__(self, told: Reported, notes: Notes) -> None:
        super().__init__()
        self.told, self.notes = told, notes


def _nobody(_: Parcel, __: str) -> None:
    return None


def deliver(
    desk: Desk, name: str, place: Place, dues: Iterable[Due], there: There = _nobody
) -> Iterator[Reported]:
    try:
        sink, notes = desk.open_sink(place), _notes(desk, name, place)
    except Exception as error:
        yield Reported(name, f"nothing was sent: {advice(error)}", "failed")
        return
    try:
        yield from _deliver(_Open(desk, name, sink, there), notes, dues)
    except NotNoted as stopped:
        yield stopped.told
    except Exception as error:
        yield Reported(name, f"the rest waits: {advice(error)}", "failed")


def find(desk: Desk, name: str, place: Place, dues: Iterable[Due], there: There) -> None:
    """Where documents are that were sent before. Nothing is sent, and after a failure none is looked for."""
    with contextlib.suppress(Exception):  # links are what nobody has to have
        sink, notes = desk.open_sink(place), desk.memory.read(name)
        if isinstance(sink, Finds) and notes.get(PLACE) == _where(place):
            for due in dues:
                if isinstance(due.parcel, Document) and (url := sink.found(due.parcel, known(notes))):
                    there(due.parcel, url)


def _notes(desk: Desk, name: str, place: Place) -> Mapping[str, str]:
    """What this place was sent. Where the policy has moved the sink, nothing that is known holds any more."""
    notes, now = desk.memory.read(name), desk.now.isoformat(timespec="seconds")
    where = _where(place)
    if notes.get(PLACE) not in (None, where):
        notes = desk.memory.remember(name, {**dict.fromkeys(notes, ""), PLACE: where, SINCE: now})
    elif SINCE not in notes or PLACE not in notes:
        notes = desk.memory.remember(name, {SINCE: notes.get(SINCE) or now, PLACE: where})
    return known(notes)


def _where(place: Place) -> str:
    return digest_json(place.model_dump(mode="json", exclude={"description", "eligibility", "login"}))


def known(notes: Mapping[str, str]) -> dict[str, str]:
    """A memory forgets nothing: what does not hold any more is emptied."""
    return {key: value for key, value in notes.items() if value}


def _deliver(sink: "_Open", notes: Notes, dues: Iterable[Due]) -> Iterator[Reported]:
    refused = 0
    bugs: Counter[str] = Counter()
    for due in dues:
        project = getattr(due.parcel, "project", "")
        if bugs[project] == MOST_FAILURES:
            continue
        try:
            told, notes = sink.offer(due, notes)
        except Bug as bug:  # it may be this project's evidence, which keeps no other from being told of
            yield bug.told
            notes = bug.notes
            bugs[project] += 1
            if bugs[project] == MOST_FAILURES:
                of = f" of {project}" if project else ""
                yield Reported(sink.name, f"the rest{of} waits: a bug was met too often.", "failed")
            continue
        if told is None:
            continue
        yield told
        refused = refused + 1 if told.state == "failed" else 0
        if refused == MOST_FAILURES:
            yield Reported(sink.name, "the rest waits: it failed too often in a row.", "failed")
            return


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


@dataclass(frozen=True)
class _Open:
    """A sink that is open, and where to say what it said."""

    desk: Desk
    name: str
    sink: Sink
    there: There

    def offer(self, due: Due, notes: Notes) -> tuple[Reported | None, Notes]:
        """None where it is there already, or not for this sink. Bug for what nobody foresaw."""
        try:
            return self._offer(due, notes)
        except NotNoted:
            raise
        except Exception as bug:
            told = self._failed(f"{what_of(due.parcel)}: {advice(bug)}")
            raise Bug(told, self._waits(due, notes, self._now)) from None

    def _offer(self, due: Due, notes: Notes) -> tuple[Reported | None, Notes]:
        past = not self.desk.history and _is_past(due, notes, self.desk.now)
        if past or not self.sink.accepts(due.parcel):
            return None, notes
        if not _is_there(due, notes):
            return self._send(due, notes)
        if not isinstance(self.sink, Finds) or not isinstance(due.parcel, Document | Rows):
            return None, self._waits(due, notes, "")
        try:
            url = self.sink.found(due.parcel, notes)
        except ClinftError as error:
            told = (
                f"nobody knows whether what was sent is still there: {what_of(due.parcel)}: {advice(error)}"
            )
            return self._failed(told), notes
        if url is None:  # it is gone, or what was noted is not ours
            return self._send(due, notes)
        self.there(due.parcel, url)
        return None, self._waits(due, notes, "")

    def _send(self, due: Due, notes: Notes) -> tuple[Reported | None, Notes]:
        key, what = key_of(due.parcel), what_of(due.parcel)
        done: Notes = {}  # emptied once the outcome is known
        try:
            if isinstance(self.sink, Foresees):
                foreseen = self.sink.foreseen(due.parcel, notes)
                done = dict.fromkeys(foreseen, "")
                fresh = {name: value for name, value in foreseen.items() if notes.get(name) != value}
                if fresh:
                    own = {self._sender: ""}
                    done, before, notes = done | own, notes, self._note_before(key, what, fresh)
                    if _is_there(due, notes):
                        return None, self._waits(due, notes, "", done)
                    if self._is_sent_elsewhere(key, before, notes):
                        told = (
                            f"{what}: another publisher is sending it at this moment, so it is not sent here"
                        )
                        notes = self._waits(due, notes, notes.get(WAITING + key, ""), own)
                        return Reported(self.name, told, "unknown"), notes
                    # As it was: what `send` finds there is of an earlier time.
                    notes = known({**notes, **{name: before.get(name, "") for name in fresh}})
            receipt = self.sink.send(due.parcel, notes)
        except ClinftError as error:
            return self._failed(f"{what}: {advice(error)}"), self._waits(due, notes, self._now, done)
        if receipt.url:
            self.there(due.parcel, receipt.url)
        gained = {**receipt.remember, **done, SENT + key: digest_of(due.parcel)}
        if notes.get(WAITING + key):
            gained[WAITING + key] = ""
        try:
            notes = known(self.desk.memory.remember(self.name, gained))
        except Exception as error:
            told = f"{what} was sent, which could not be noted; the rest waits: {advice(error)}"
            raise NotNoted(self._failed(told)) from None
        if not receipt.changed:
            return None, notes
        state: State = "sent" if receipt.certain else "unknown"
        return Reported(self.name, f"{what}: {receipt.what}", state, receipt.url), notes

    def _note_before(self, key: str, what: str, fresh: Notes) -> Notes:
        """What stands there then, of others too. One note after the other: the first sees no other."""
        try:
            noted = self.desk.memory.remember(self.name, {**fresh, self._sender: key})
        except Exception as error:
            told = f"{what} was not sent: it could not be noted before, and would be sent again and again; "
            raise NotNoted(self._failed(f"{told}the rest waits: {advice(error)}")) from None
        return known(noted)

    def _is_sent_elsewhere(self, key: str, before: Notes, notes: Notes) -> bool:
        """What stood there before is of a round that was killed."""
        return any(
            name.startswith(SENDER) and name != self._sender and sends == key != before.get(name)
            for name, sends in notes.items()
        )

    def _failed(self, what: str) -> Reported:
        return Reported(self.name, what, "failed")

    def _waits(self, due: Due, notes: Notes, since: str, more: Notes | None = None) -> Notes:
        """Empty: no longer. Where not even this can be noted, it is said to be undelivered all the same."""
        key, additions = WAITING + key_of(due.parcel), dict(more or {})
        if bool(notes.get(key)) != bool(since):
            additions[key] = since
        if not additions:
            return notes
        with contextlib.suppress(Exception):
            return known(self.desk.memory.remember(self.name, additions))
        return notes

    @property
    def _sender(self) -> str:
        return SENDER + self.desk.token

    @property
    def _now(self) -> str:
        return self.desk.now.isoformat(timespec="seconds")


def advice(error: Exception) -> str:
    """A setting is a person's to mend; a service is asked again.

    Of a bug its type alone: it, or a foreign client's text, may quote what was sent.
    """
    if not isinstance(error, ClinftError):
        return f"a bug in clinft or a client ({type(error).__name__})."
    if isinstance(error, ServiceError):
        return f"{error.what} {error.next_step} It is tried again with the next reconcile.".replace("  ", " ")
    if isinstance(error, PolicyViolation):
        return f"{error.what} {error.next_step}"
    return str(error)
