"""Audits as plain values, with all that one can hold; `text` replaces whatever others could have written."""

from functools import cache

from clinft.artifacts.audit import (
    AuditReport,
    Authenticity,
    CategoryResult,
    Duplicates,
    Finding,
    Measured,
    Place,
    Provenance,
    Sensitivity,
    Sign,
    Uniqueness,
)
from clinft.spec.audit_policy import AuditPolicy, TeamPattern
from clinft.spec.statement import Statement
from clinft.statistics.proportions import clopper_pearson

TRAIN = "data/records/train.jsonl"
FLOOR = 0.95
TITLES = {
    "A": "Names",
    "B": "Geographic subdivisions smaller than a State",
    "C": "Dates other than year, ages over 89",
    "D": "Telephone numbers",
    "E": "Fax numbers",
    "F": "E-mail addresses",
    "G": "Social security numbers",
    "H": "Medical record numbers",
    "I": "Health plan beneficiary numbers",
    "J": "Account numbers",
    "K": "Certificate and licence numbers",
    "L": "Vehicle identifiers and plates",
    "M": "Device identifiers and serial numbers",
    "N": "Web addresses",
    "O": "IP addresses",
    "P": "Biometric identifiers",
    "Q": "Full-face photographs",
    "R": "Any other unique number, characteristic or code",
}
LIMITS = (
    "Rules find names and places only where a title or a label gives them away: both are not certified.",
    "Whether the rest could identify a person, 45 CFR 164.514(b)(2)(ii), is for a person to say.",
)
# Found of 500 planted in a copy of the data, and of 210 in the challenge set, where not all are.
CANARIES = {"A": 241, "B": 187, "D": 489, "L": 499}
CHALLENGE = {"A": 97, "B": 118, "M": 208}


def sensitivity(text: str | None = None, **found: int) -> tuple[Sensitivity, ...]:
    """`found`: canaries that are found, by letter, where other than in CANARIES."""
    canaries = {**CANARIES, **found}
    return tuple(
        Sensitivity(
            identifier=letter,
            canaries=measured(canaries.get(letter, 500), 500),
            challenge=None if letter == "P" else measured(CHALLENGE.get(letter, 210), 210),
            status="not_certified" if letter in "AB" else "below_floor" if letter in found else "certified",
            note=text or {"A": "Awaits a detector.", "P": "The challenge set has no case."}.get(letter, ""),
        )
        for letter in TITLES
    )


@cache
def measured(found: int, n: int) -> Measured:
    interval = clopper_pearson(found, n)
    return Measured(n=n, found=found, low=interval.low, high=interval.high)


def authenticity(text: str | None = None, provenance: Provenance | None = None, *signs: Sign) -> Authenticity:
    return Authenticity(
        provenance=provenance or generated(text),
        signs=signs or (sign("placeholders", False, text),),
        duplicates=Duplicates(
            records=300,
            exact=0,
            near=4,
            largest_group=2,
            places=((Place(file=text or TRAIN, row=3), Place(file=TRAIN, row=77)),),
        ),
        uniqueness=Uniqueness(
            fields=(text or "age band", "condition"), records=300, classes=41, smallest=1, unique=2
        ),
    )


def generated(text: str | None = None) -> Provenance:
    return Provenance(
        origin="generated",
        generator=text or "diagnosis-notes",
        generator_version=1,
        seed=7,
        prepare_digest="a" * 64,
        regenerated="same",
    )


def frozen(text: str | None = None) -> Provenance:
    statement = Statement(
        file_sha256="9" * 64,
        how_made="Written from a list of findings by the curation team; no patient's record was read.",
        author="mara",
        reviewer="lee",
        date="2026-11-20",
    )
    if text is not None:
        people = {"how_made": text, "author": text, "reviewer": f"{text}2", "date": text}
        statement = statement.model_copy(update=people)
    return Provenance(
        origin="frozen", prepare_digest="a" * 64, regenerated="not_possible", statements=(statement,)
    )


def sign(kind: str, declines: bool, text: str | None = None, count: int = 3) -> Sign:
    return Sign(
        kind=kind,
        declines=declines,
        count=count,
        places=(Place(file=text or TRAIN, row=5), Place(file=TRAIN, row=9)),
        meaning=text or "Placeholders where a name, date or number stood or could stand.",
    )


def finding(severity: str, number: int, entity_type: str, letter: str, text: str | None = None) -> Finding:
    return Finding.model_validate(
        {
            "id": text or f"{number:016x}",
            "file": text or TRAIN,
            "row": number,
            "field": text or "text",
            "start": 10,
            "end": 22,
            "entity_type": text or entity_type,
            "safe_harbor": text or letter,
            "severity": severity,
            "score": 0.9,
            "recognizer": text or "RuleRecognizer",
        }
    )


def audit(text: str | None = None) -> AuditReport:
    pattern = TeamPattern(name="visit-number", pattern=r"V-\d{7}\b", words=("visit",))
    if text is not None:
        pattern = pattern.model_copy(update={"name": text, "pattern": text})
    policy = AuditPolicy(presidio=("IbanRecognizer",)).model_copy(update={"patterns": (pattern,)})
    return AuditReport(
        verdict="PASS",
        because=(),
        by_severity={"CRITICAL": 0, "HIGH": 0, "MEDIUM": 0, "LOW": 1, "INFO": 1},
        categories=tuple(category(letter, title, text) for letter, title in TITLES.items()),
        findings=(
            finding("LOW", 12, "MONTH_OR_WEEKDAY", "C").model_copy(
                update={"id": "0123456789abcdef", "field": text or "text", "end": 18, "score": 0.4}
            ),
            finding("INFO", 40, "REFERENCE_URL", "N", text).model_copy(update={"safe_harbor": "N"}),
        ),
        remedies={
            text or "MONTH_OR_WEEKDAY": text or "Generalise to the year, or leave it out.",
            "REFERENCE_URL": "The address may stay while it points at a publication.",
        },
        sensitivity=sensitivity(text),
        policy=policy,
        challenge_sha256="e" * 64,
        files_scanned={
            "data/formatted/train.jsonl": "5" * 64,
            TRAIN: "1" * 64,
            "prompt/prompt.md": "6" * 64,
        },
        records_scanned=300,
        characters_scanned=54321,
        authenticity=authenticity(text),
        limits=(text or LIMITS[0], LIMITS[1]),
    )


def category(letter: str, title: str, text: str | None) -> CategoryResult:
    made = CategoryResult(
        letter=letter,
        title=title,
        recognizers=("PatternRecognizer",),
        findings=0,
        status="not_text_checkable" if letter in "PQ" else "none_found",
    )
    if letter == "C":
        changes = {
            "title": text or title,
            "recognizers": ("DateRecognizer",),
            "note": text or "A year may stay.",
        }
        return made.model_copy(update={**changes, "findings": 1, "status": "found"})
    if letter == "N":
        return made.model_copy(update={"findings": 1, "status": "found"})
    return made


def failed_audit(text: str | None = None) -> AuditReport:
    made = audit(text)
    return made.model_copy(
        update={
            "verdict": "FAIL",
            "because": (text or "There are findings that block: 1 CRITICAL and 2 HIGH.",),
            "by_severity": {"CRITICAL": 1, "HIGH": 2, "MEDIUM": 0, "LOW": 1, "INFO": 1},
            "findings": (
                finding("HIGH", 31, "CITY", "B", text),
                finding("CRITICAL", 4, "US_SSN", "G", text),
                finding("HIGH", 30, "CITY", "B"),
                *made.findings,
            ),
            "categories": tuple(
                row.model_copy(update={"findings": {"B": 2, "G": 1}[row.letter], "status": "found"})
                if row.letter in "BG"
                else row
                for row in made.categories
            ),
            "remedies": {
                **made.remedies,
                "CITY": "Replace the place by its State or by a placeholder.",
                "US_SSN": "Replace the whole number by a placeholder; part of it may not stay either.",
            },
        }
    )


def invalid_audit(text: str | None = None) -> AuditReport:
    """Too few planted telephone and fax numbers are found."""
    because = (text or "The audit finds too few planted identifiers of class D.", "And of class E.")
    return audit(text).model_copy(
        update={"verdict": "INVALID", "because": because, "sensitivity": sensitivity(text, D=451, E=466)}
    )


def declined_audit(text: str | None = None) -> AuditReport:
    """Looks like records that somebody exported, and is a FAIL besides."""
    signs = (sign("hl7-v2", True, text, 212), sign("placeholders", False, text))
    return failed_audit(text).model_copy(
        update={
            "verdict": "DECLINED",
            "because": (
                text or f"The data looks real: hl7-v2, 212 times, first in {TRAIN}, row 5.",
                "If these are records of real people, each copy is a disclosure under 45 CFR 164.502.",
                "There are findings that block: 1 CRITICAL and 2 HIGH.",
            ),
            "authenticity": authenticity(text, frozen(text), *signs),
        }
    )
