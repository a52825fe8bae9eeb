"""Text without identifiers: ICD-10-CM titles, notes of clinft's own generator, abstracts, lists of terms."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import islice

from detector.draw import Draw
from detector.lists import pool
from detector.plain import PLAIN
from detector.template import Piece
from detector.words import words

NOTES = 4000
SPLITS = ("train", "validation", "dev", "test")
TERMS = {
    "clinical": "eponyms signs devices scores drugs labs anatomy abbreviations headings procedures organisms"
    " genes vaccines supplements vent_modes imaging_terms operations specialties diagnoses complaints"
    " nursing_terms ros allergens eponyms devices drugs",
    "general": "systems trials agencies payers guidelines journals brands",
}
LISTS = tuple((file, key) for file, keys in TERMS.items() for key in keys.split())
ROW_SLOTS = (
    *(
        "lab",
        "nn",
        "drug",
        "dx",
        "score",
        "abbr",
        "result",
        "dose",
        "organism",
        "procedure",
        "device",
        "quantity",
    ),
    *("icd", "range", "specialty", "answer", "cc", "gene", "vaccine", "stage", "dosing", "finding"),
)
SEPARATORS = (", ", "; ", "\n", " / ", " | ", "\n- ", " ")


def negative(draw: Draw, without: frozenset[str] = frozenset()) -> list[Piece]:
    """One clean sentence, line or note. `without`: keys of SOURCES to leave out."""
    weighted = [(weight, make) for name, (weight, make) in SOURCES.items() if name not in without]
    return [(draw.pick(weighted)(draw), None)]


@lru_cache(maxsize=1)
def titles() -> tuple[str, ...]:
    """Every title of ICD-10-CM with its code."""
    import simple_icd_10_cm as icd

    return tuple(f"{code}|{icd.get_description(code)}" for code in icd.get_all_codes(True))


@lru_cache(maxsize=1)
def notes() -> tuple[str, ...]:
    """Notes of the generator `diagnosis-notes`, all splits, all styles."""
    from clinft.spec.data import DataSpec
    from clinft.stages.prepare.generate import streams
    from clinft.stages.prepare.load import load_pack

    domain = "general-medicine"
    spec = DataSpec(source="synthetic", records=NOTES * len(SPLITS), seed=6)
    made = streams(spec, load_pack(domain).labels, domain)
    return tuple(record.text for split in SPLITS for record in islice(made[split], NOTES))


def _title(draw: Draw) -> str:
    code, title = draw.one(titles()).split("|", 1)
    share = draw.share()
    if share < 0.25:
        return f"{code} {title}"
    if share < 0.35:
        return f"{title} ({code})"
    if share < 0.45:
        return f"{draw.one(words('clinical', 'headings'))}: {title}"
    if share < 0.55:
        return title.title()
    if share < 0.65:
        return title.lower()
    return title


def part(note: str, draw: Draw) -> str:
    """The whole note, or some lines or sentences of it."""
    if draw.chance(0.3):
        return note
    parts = note.split("\n") if "\n" in note else note.split(". ")
    start = draw.below(len(parts))
    return (" " if "\n" in note else ". ").join(parts[start : start + draw.between(1, 3)])


def _terms(draw: Draw) -> str:
    count = draw.between(1, 5)
    if draw.chance(0.6):
        terms = words(*draw.one(LISTS))
        items: Sequence[str] = [draw.one(terms) for _ in range(count)]
    else:
        items = [draw.one(words(*draw.one(LISTS))) for _ in range(count)]
    text = draw.one(SEPARATORS).join(items)
    return text.upper() if draw.chance(0.15) else text.title() if draw.chance(0.1) else text


def _row(draw: Draw) -> str:
    """Rows of a table or list."""
    bar = draw.one(("|", "\t", ",", " | ", ";", "  "))
    columns = [draw.one(ROW_SLOTS) for _ in range(draw.between(2, 5))]
    rows = [bar.join(PLAIN[column](draw)[0][0] for column in columns) for _ in range(draw.between(1, 4))]
    return "\n".join(rows)


def _capitalised(draw: Draw) -> str:
    """A clean sentence in capitals, or with a capital on each word."""
    sentence = draw.one(pool("abstracts")) if draw.chance(0.5) else part(draw.one(notes()), draw)
    return sentence.upper() if draw.chance(0.5) else sentence.title()


def _abstract(draw: Draw) -> str:
    return draw.one(pool("abstracts"))


def _note(draw: Draw) -> str:
    return part(draw.one(notes()), draw)


# Source → how often it is drawn, and how.
SOURCES: dict[str, tuple[float, Callable[[Draw], str]]] = {
    "titles": (0.20, _title),
    "notes": (0.28, _note),
    "abstracts": (0.26, _abstract),
    "terms": (0.12, _terms),
    "rows": (0.09, _row),
    "capitalised": (0.07, _capitalised),
}
