"""What a model is asked for: one note from one record's facts, and again with what was wrong."""

import re
from collections.abc import Sequence

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.data import Message
from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.written.items import Item
from clinft.stages.prepare.written.survival import Brief, Fault

SYSTEM = """\
You write one clinical note for a data set of invented cases. No patient exists.

Rules:
1. Say every listed fact, and use its words exactly as listed (you may change upper and lower case, and the
   words around them). Keep every number with its unit.
2. Say nothing that is not listed: no other number, symptom, finding, diagnosis, medication, test or plan.
3. What is listed under ABSENT is denied, in the same sentence as the denial. What is listed under RULED OUT
   was considered and dropped, and the sentence says so. What is listed under FAMILY is said of that relative,
   in one sentence with the relative, and of nobody else.
4. No names, dates, places, phone numbers, addresses or record numbers.
5. Do not name the category of the diagnosis. Do not explain, and add no heading that is no part of the note.
6. Answer with the note alone, as plain text.
"""
VOICES = (
    "terse, in fragments",
    "in full sentences",
    "in plain, unhurried prose",
    "telegraphic, the way it is typed between two patients",
    "structured, with short headings of the note's own",
    "as if dictated",
)
HEADINGS = {"negated": "ABSENT", "excluded": "RULED OUT", "family": "FAMILY"}
AGAIN = "This note cannot be used:"
ONCE_MORE = "Write the whole note again, by the same rules. Answer with the note alone."
SAID = {
    "missing": "not said, or not in these words",
    "negated": "said as if it were absent",
    "not_negated": "not said as absent in every place",
    "not_excluded": "not said as ruled out",
    "not_of_relative": "not said of the relative alone",
    "wrong_sex": "a word of the other sex",
    "wrong_vital": "the number does not stand beside the name of its vital sign",
    "invented_number": "a number that is not listed",
    "invented_term": "a term that is not listed",
    "answer_told": "the category is named",
    "no_note": "what was asked for is",
    "identifier": "looks like an identifier of a person",
}
MOST_FAULTS = 12
LONGEST_QUOTE = 80


def prompt_sha256() -> str:
    """Of everything that is said beside a record's facts."""
    return digest_json([SYSTEM, list(VOICES), HEADINGS, AGAIN, ONCE_MORE, SAID])


def first(brief: Brief, seed: int) -> tuple[Message, ...]:
    return (Message(role="system", content=SYSTEM), Message(role="user", content=_told(brief, seed)))


def again(asked: Sequence[Message], answer: str, found: Sequence[Fault]) -> tuple[Message, ...]:
    """The model's own words are its own turn; of them our turn quotes a few, each on one line."""
    wrong = "\n".join(f"- {SAID[fault.kind]}: {_quoted(fault.what)}" for fault in found[:MOST_FAULTS])
    return (
        *asked,
        Message(role="assistant", content=answer),
        Message(role="user", content=f"{AGAIN}\n{wrong}\n{ONCE_MORE}"),
    )


def _told(brief: Brief, seed: int) -> str:
    record = brief.record
    voice = Draw(seed, "voice", record.id).one(VOICES)
    lines = [f"Kind of note: {record.style.replace('-', ' ')}. Voice: {voice}.", "", "FACTS"]
    things = _things(brief.items)
    lines += [f"- {_line(thing)}" for thing in things if thing[0].role not in HEADINGS]
    for role, heading in HEADINGS.items():
        of_role = [thing for thing in things if thing[0].role == role]
        if of_role:
            lines += ["", heading, *(f"- {_line(thing)}" for thing in of_role)]
    return "\n".join(lines)


def _things(items: Sequence[Item]) -> list[list[Item]]:
    """A medication with its dose, a lab with its value: a name, and what is said of it."""
    things: list[list[Item]] = []
    for item in items:
        head = things[-1][0] if things else None
        if head is not None and item.beside and item.role != "family" and item.beside == head.wordings:
            things[-1].append(item)
        else:
            things.append([item])
    return things


def _line(thing: Sequence[Item]) -> str:
    head, *parts = thing
    name = head.label or head.fact.replace("_", " ")
    said = f"{head.told}{_also(head)}"
    if parts:
        said += f", in the same sentence: {', '.join(part.told for part in parts)}"
    if head.role in ("negated", "excluded"):
        return said
    return f"{head.beside[0]}: {said}" if head.role == "family" else f"{name}: {said}"


def _also(item: Item) -> str:
    """Of a number there is no other wording."""
    return f" (or: {', '.join(item.wordings[1:])})" if item.role != "quantity" and item.wordings[1:] else ""


def _quoted(text: str) -> str:
    return re.sub(r"\s+", " ", text)[:LONGEST_QUOTE]
