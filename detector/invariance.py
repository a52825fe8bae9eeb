"""Does the audit still find names and places when what should not matter changes?

Prints recall on the labelled records as they are, in capitals, in lower case, with a slip of the keys in each
identifier, with each name swapped for one of another culture that no training text holds, behind 3,000
characters of a clean note, and inside a note of 40,000 characters. Needs the folders `bench` and `bench/data`
on the path of Python.
"""

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from audit_scores import Span
from audit_sets import Record, sets
from people_by_culture import NAMES

from clinft.stages.audit.detector.operating_point import chosen
from detector.draw import Draw
from detector.measure import engine, found_by, scored
from detector.people import typo

CLEAN = (
    "Lungs clear to auscultation bilaterally. Abdomen soft, non-tender. Continue the current plan; recheck "
    "the basic metabolic panel in the morning. Patient ambulated in the hallway without assistance.\n"
)
BEFORE, LONG = 3_000, 40_000
WORD = re.compile(r"[^\W\d_]{4,}")
PEOPLE, PLACES = "NAME", "LOCATION"
Form = Callable[[Record], Record]


def rewritten(record: Record, change: Callable[[str, Span], str]) -> Record:
    """With each name and place changed; the places of all spans move along."""
    text, spans, done = "", [], 0
    for span in sorted(record.spans):
        if span.start < done:
            continue
        old = record.text[span.start : span.end]
        new = change(old, span) if span.label in (PEOPLE, PLACES) else old
        text += record.text[done : span.start]
        spans.append(span._replace(start=len(text), end=len(text) + len(new)))
        text, done = text + new, span.end
    return record._replace(text=text + record.text[done:], spans=tuple(spans))


def in_capitals(record: Record) -> Record:
    return _same_length(record, record.text.upper())


def in_lower_case(record: Record) -> Record:
    return _same_length(record, record.text.lower())


def _same_length(record: Record, text: str) -> Record:
    return record._replace(text=text) if len(text) == len(record.text) else record


def with_slips(record: Record) -> Record:
    draw = Draw("slips", record.id)

    def change(old: str, span: Span) -> str:
        found = list(WORD.finditer(old))
        if not found:
            return old
        match = draw.one(found)
        return old[: match.start()] + typo(match[0], draw) + old[match.end() :]

    return rewritten(record, change)


def of_another_culture(record: Record) -> Record:
    """Each word of a name in capitals becomes one of a culture drawn for the record."""
    draw = Draw("culture", record.id)
    names = NAMES[draw.one(sorted(NAMES))].split()

    def change(old: str, span: Span) -> str:
        if span.label != PEOPLE:
            return old
        return WORD.sub(lambda match: draw.one(names) if match[0][0].isupper() else match[0], old)

    return rewritten(record, change)


def moved(record: Record) -> Record:
    return _shifted(record, (CLEAN * (BEFORE // len(CLEAN) + 1))[:BEFORE] + "\n", "")


def in_long_note(record: Record) -> Record:
    half = CLEAN * (LONG // 2 // len(CLEAN))
    return _shifted(record, half, "\n" + half)


def _shifted(record: Record, before: str, after: str) -> Record:
    spans = tuple(
        span._replace(start=span.start + len(before), end=span.end + len(before)) for span in record.spans
    )
    return record._replace(text=before + record.text + after, spans=spans)


AS_IT_IS = "as it is"
FORMS: dict[str, Form] = {
    AS_IT_IS: lambda record: record,
    "in capitals": in_capitals,
    "in lower case": in_lower_case,
    "one slip in each": with_slips,
    "names of another culture": of_another_culture,
    "behind 3,000 characters": moved,
    "in a note of 40,000 characters": in_long_note,
}


def recall(records: Sequence[Record], form: Form, weights: Path | None) -> dict[str, float]:
    """Of names, of places, and of both together."""
    changed = [form(record) for record in records]
    scores = scored(changed, found_by(engine("both", weights, chosen()), changed))
    counts = {label: scores.of(label) for label in (PEOPLE, PLACES)}
    counts["both"] = counts[PEOPLE].plus(counts[PLACES])
    return {label: each.found / each.spans for label, each in counts.items() if each.spans}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--long", type=int, default=150, help="records inside a long note")
    given = parser.parse_args()
    for one in sets(given.sets, None):
        records = [
            record for record in one.records if any(span.label in (PEOPLE, PLACES) for span in record.spans)
        ]
        for name, form in FORMS.items():
            some = records[: given.long] if form is in_long_note else records
            before = recall(some, FORMS[AS_IT_IS], given.weights)
            after = recall(some, form, given.weights)
            shares = ", ".join(
                f"{label} {share:.4f} ({100 * (share - before[label]):+.1f})"
                for label, share in after.items()
            )
            print(f"{one.name}, {name}, {len(some)} records: {shares}")


if __name__ == "__main__":
    main()
