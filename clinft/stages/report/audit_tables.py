"""Tables of an audit that more than one text shows: sensitivity by class, and where the data come from."""

from collections.abc import Iterable, Sequence

from clinft.artifacts.audit import AuditReport, Authenticity, Duplicates, Place, Provenance, Sensitivity
from clinft.stages.report import audit_words, numbers
from clinft.stages.report.audit_words import REGENERATED
from clinft.stages.report.pull_request.room import Room

SHOWN_PLACES = 3


def sensitivity(audit: AuditReport, room: Room) -> str:
    titles = {row.letter: row.title for row in audit.categories}
    return room.grid(
        ("Letter", "Identifier", "Planted in a copy of this data", "Challenge set", "Status", "Note"),
        [_sensitivity(row, titles.get(row.identifier, ""), room) for row in audit.sensitivity],
    )


def _sensitivity(row: Sensitivity, title: str, room: Room) -> Sequence[str]:
    return (
        row.identifier,
        room.text(title or audit_words.CLASSES[row.identifier]),
        audit_words.measured(row.canaries),
        audit_words.measured(row.challenge),
        audit_words.STATUS[row.status],
        room.text(row.note) if row.note.strip() else "",
    )


def authenticity(found: Authenticity, room: Room) -> Iterable[str]:
    """Provenance, statements, signs, duplicates, uniqueness: what speaks for and against synthetic data."""
    yield room.grid(("What", "Value"), [*_provenance(found.provenance, room), *_counted(found, room)])
    yield from _statements(found.provenance, room)
    yield from _signs(found, room)


def _provenance(found: Provenance, room: Room) -> Iterable[tuple[str, str]]:
    yield "Origin", audit_words.ORIGINS[found.origin]
    if found.generator is not None:
        version = "" if found.generator_version is None else f", version {found.generator_version}"
        seed = "" if found.seed is None else f", seed {found.seed}"
        yield "Generator", f"{room.code(found.generator)}{version}{seed}"
    if found.prepare_digest is not None:
        yield "Made as recorded in", f"`prepare.json`, digest {numbers.short(found.prepare_digest)}"
    yield "Made again and compared", REGENERATED[found.regenerated]


def _counted(found: Authenticity, room: Room) -> Iterable[tuple[str, str]]:
    yield "Signs of a real source", audit_words.signs(found)
    yield "Records that repeat others", _duplicates(found.duplicates, room)
    yield "How many share what describes a person", audit_words.uniqueness(found.uniqueness)


def _duplicates(found: Duplicates | None, room: Room) -> str:
    if found is None:
        return "not measured"
    of = numbers.count(found.records, "record")
    said = f"{found.exact:,} letter by letter and {found.near:,} nearly, of {of}"
    if found.largest_group < 2:
        return said
    pairs = [f"{_place(one, room)} and {_place(two, room)}" for one, two in found.places[:SHOWN_PLACES]]
    first = f"; the first pairs: {'; '.join(pairs)}" if pairs else ""
    return f"{said}; the largest group has {found.largest_group:,}{first}"


def _statements(found: Provenance, room: Room) -> Iterable[str]:
    if found.statements:
        yield "Statements that brought files are synthetic, each reviewed by somebody else than its author:"
        yield room.grid(
            ("File, sha256", "How it was made", "Author", "Reviewer", "Date"),
            [
                (
                    numbers.short(given.file_sha256),
                    room.text(given.how_made),
                    room.text(given.author),
                    room.text(given.reviewer),
                    room.text(given.date),
                )
                for given in found.statements
            ],
        )


def _signs(found: Authenticity, room: Room) -> Iterable[str]:
    if found.signs:
        yield "Signs of a real source; one that declines is enough by itself:"
        yield room.grid(
            ("Sign", "Weighs", "Times", "First places", "Meaning"),
            [
                (
                    room.text(sign.kind),
                    "**declines**" if sign.declines else "noted",
                    f"{sign.count:,}",
                    ", ".join(_place(place, room) for place in sign.places[:SHOWN_PLACES]) or "none recorded",
                    room.text(sign.meaning),
                )
                for sign in found.signs
            ],
            numeric={2},
        )


def _place(place: Place, room: Room) -> str:
    return f"{room.code(place.file)} row {place.row:,}"
