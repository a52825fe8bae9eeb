"""Notes of clinft's own generator, which hold no identifier, with identifiers put in."""

import re

from detector import locations, people
from detector.draw import Draw
from detector.negatives import notes, part
from detector.plain import PLAIN
from detector.template import Piece, Slot

PATIENT = re.compile(r"\b(The patient|This patient|Patient|He|She)\b")
PERSON = re.compile(r"\b(A |a |an |An )?\d\d?[- ]year[- ]old \w+")
SENTENCE_END = re.compile(r"(?<=[a-z]{2})(?=\.(\s|$)|\n|$)")
WHO: tuple[Slot, ...] = (
    people.titled,
    people.titled,
    people.person,
    people.given_only,
    people.surname_only,
    people.plain_person,
)
# Words before an identifier at the end of a sentence.
ENDINGS: tuple[tuple[str, Slot], ...] = (
    (" per ", people.doctor),
    (", seen by ", people.doctor),
    (", d/w ", people.doctor),
    (", as told by ", people.given_only),
    (" at ", locations.facility),
    (" in ", locations.city),
    (" near ", locations.city),
    (", transferred from ", locations.facility),
    (" (", people.surname_only),
    (" - ", people.person),
    (", ", people.given_only),
    (", according to ", people.person),
    (" while in ", locations.city),
    (", referred by ", people.doctor),
    (" on ", locations.road),
    (", from ", locations.city_state),
    (", discussed with ", people.plain_person),
    (" from ", locations.bare_facility),
    (" under ", people.doctor),
)


def injected(draw: Draw) -> list[Piece]:
    """One note, or a part of it, with one to three identifiers."""
    text = part(draw.one(notes()), draw)
    pieces: list[Piece] = [(text, None)]
    share = draw.share()
    if share < 0.45:
        pieces = _replaced(text, draw)
    elif share < 0.6:
        pieces = [*draw.one(WHO)(draw), (draw.one((": ", ", ", " - ", "\n", ". ")), None), (text, None)]
    if share > 0.35:
        pieces = _ended(pieces, draw)
    if draw.chance(0.12):
        pieces += [(draw.one(("\n", " - ", " --", " /s/ ", "\nSigned ")), None), *people.doctor(draw)]
    return pieces


def _replaced(text: str, draw: Draw) -> list[Piece]:
    """The first mention of the patient becomes a name, or gets one beside it."""
    match = PATIENT.search(text)
    if match is not None and draw.chance(0.75):
        return [(text[: match.start()], None), *draw.one(WHO)(draw), (text[match.end() :], None)]
    match = PERSON.search(text)
    if match is None:
        return [*people.person(draw), (" " + text, None)]
    if draw.chance(0.5):
        return [
            (text[: match.end()] + draw.one((", ", " named ", " (", " ")), None),
            *people.person(draw),
            (text[match.end() :], None),
        ]
    return [(text[: match.start()], None), *people.person(draw), (", ", None), (text[match.start() :], None)]


def _ended(pieces: list[Piece], draw: Draw) -> list[Piece]:
    text, label = pieces[-1]
    ends = [match.start() for match in SENTENCE_END.finditer(text)]
    if label is not None or not ends:
        return pieces
    at = draw.one(ends)
    before, slot = draw.one(ENDINGS)
    if draw.chance(0.15):
        before = f" on {PLAIN['date'](draw)[0][0]}{before}"
    closing = ")" if before == " (" else ""
    return [*pieces[:-1], (text[:at] + before, None), *slot(draw), (closing + text[at:], None)]
