"""Formats and marks that only real records come in: HL7, CDA, FHIR, DICOM, X12, de-identification marks."""

import re
from collections import defaultdict
from dataclasses import dataclass

# Inside a JSON string a quote comes with backslashes before it.
QUOTE = r"\\{0,7}[\"']"


@dataclass(frozen=True)
class Part:
    """`anchor` is looked for first, because that is cheap: it stands in every text that `pattern` matches."""

    anchor: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Shape:
    """Complete when a record, or a file read line by line, holds all `parts`; `test` marks test data."""

    kind: str
    parts: tuple[Part, ...]
    test: re.Pattern[str] | None = None

    def parts_in(self, text: str) -> int:
        """A bit for each part that stands in the text, and the highest for the mark of test data."""
        found = 0
        for place, part in enumerate(self.parts):
            if part.anchor in text and part.pattern.search(text):
                found |= 1 << place
        if self.test and self.test.search(text):
            found |= 1 << len(self.parts)
        return found

    def kind_of(self, found: int) -> str | None:
        complete = (1 << len(self.parts)) - 1
        if found & complete != complete:
            return None
        return self.kind if found == complete else "marked-as-test"


def _shape(kind: str, *parts: tuple[str, str], test: str | None = None) -> Shape:
    made = tuple(Part(anchor, re.compile(pattern)) for anchor, pattern in parts)
    return Shape(kind, made, re.compile(test) if test else None)


# A pattern that begins with plain letters is searched many times faster, so what stands before them is
# looked at behind them.
def _element(name: str) -> tuple[str, str]:
    """`<name`, `<cda:name`, `&lt;name` or, inside JSON, `\\u003cname`."""
    return name, rf"{name}(?<=[<:;cC]{name})\b"


def _member(key: str, value: str) -> tuple[str, str]:
    return key, rf"{key}(?<=[\"']{key}){QUOTE}\s{{0,9}}:\s{{0,9}}{value}"


# In MIMIC and i2b2: `[**2151-7-16**]`, `[**Hospital1 18**]`, `[**Last Name (un) **]`. Not bold text in
# brackets, as Markdown has it: `[**Read this**](page)`, `[**Step 1**]`.
TAKEN_OUT = (
    r"(?i:(?<![a-z])(?:names?|lastname|firstname|initials?|hospital|location|address|telephone|phone|fax|pager|"
    r"number|identifier|date|month|year|age|city|state|country|zip|mrn|ssn|ward|wardname|company|university|holiday|"
    r"doctor|contact|attending|dictator|e-?mail|url|id))"
)
TYPED_MARK = (
    r"\[\*\*(?:[ ]|\d{4}|\d{1,4}[-/]\d{1,2}(?:[-/]\d{1,4})?|"
    rf"(?=[^\[\]\n*]{{0,80}}{TAKEN_OUT})[^\[\]\n*]{{0,80}}[\d )])[ ]?\*\*\](?!\()"
)
WORDED_MARK = rf"\[\*\*(?:[A-Za-z]{{1,20}}[ ]){{0,2}}{TAKEN_OUT}\*\*\](?!\()"
PROGRAM_MARK = r"\*\*(?:NAME|DATE|PLACE|INSTITUTION|AGE|ID-NUM|PHONE|ADDRESS|ZIP-CODE|INITIALS)\["
PATIENT_RESOURCE = (
    r"(?:Patient|Person|RelatedPerson|Bundle|Encounter|EpisodeOfCare|Coverage|Claim|ClaimResponse|Account|"
    r"ExplanationOfBenefit|DocumentReference|Appointment|ServiceRequest|DiagnosticReport|Observation|Condition)"
)
TEST_ANCHORS = ("HTEST", "ynthea", "synthetichealth")
SYNTHEA = r"[Ss]ynthea|synthetichealth"
PLACEHOLDERS = tuple(opening + word for opening in "[<{" for word in ("NAME", "PATIENT", "PERSON", "DATE"))

SHAPES = (
    _shape("deidentified-marks", ("[**", TYPED_MARK)),
    _shape("deidentified-words", ("[**", WORDED_MARK)),
    # MIMIC-IV notes begin with a form whose values are three underscores.
    _shape(
        "deidentified-marks",
        ("Unit No:", r"Unit No:[ \t]{0,40}_{3}(?!_)"),
        ("Discharge Date:", r"Discharge Date:[ \t]{0,40}_{3}(?!_)"),
    ),
    # i2b2 2006 to 2014, the DE-ID program, NLM Scrubber.
    _shape("deidentified-marks", ("<PHI TYPE=", "<PHI TYPE=")),
    _shape("deidentified-marks", ("<deIdi2b2", "<deIdi2b2")),
    _shape("deidentified-marks", ("**", PROGRAM_MARK)),
    _shape("deidentified-marks", ("[PERSONALNAME]", r"\[PERSONALNAME\]")),
    _shape("deidentified-marks", ("[ALPHANUMERICID]", r"\[ALPHANUMERICID\]")),
    # The heading of a Partners discharge summary, as in i2b2 2006 to 2010.
    _shape(
        "ehr-export", ("igned |", r"\|[ ]?[A-Z][A-Za-z ]{2,30}[ ]?\|[ ]?(?:Uns|S)igned[ ]?\|[ ]?DIS[ ]?\|")
    ),
    _shape("hl7-v2", ("MSH|", r"MSH\|\^~\\{1,4}&"), ("PID|", r"PID\|(?<![A-Z]PID\|)\d{0,4}\|")),
    # A patient segment alone: its third field is an identifier with the authority that gave it.
    _shape("hl7-v2", ("PID|", r"PID\|\d{0,4}\|[^|\n]{0,60}\|[^|\n^]{1,60}\^{2,3}[^|\n]{1,80}\|")),
    _shape(
        "cda",
        _element("ClinicalDocument"),
        ("urn:hl7-org:v3", "urn:hl7-org:v3"),
        _element("recordTarget"),
        test=SYNTHEA,
    ),
    _shape(
        "fhir-identified",
        _member("resourceType", rf"{QUOTE}{PATIENT_RESOURCE}{QUOTE}"),
        _member("identifier", r"[\[{]"),
        _member("value", rf"{QUOTE}[^\\\"]"),
        test=rf"HTEST{QUOTE}|{SYNTHEA}",
    ),
    _shape("dicom-header", ("(0010,", r"\(0010,[ ]?0010\)"), ("(0010,", r"\(0010,[ ]?0020\)")),
    _shape("dicom-header", _member("00100010", r"\{"), _member("00100020", r"\{")),
    _shape(
        "dicom-header",
        ("PatientName", r"PatientName\b"),
        ("PatientID", r"PatientID\b"),
        ("InstanceUID", r"(?:Study|Series|SOP)InstanceUID\b"),
    ),
    _shape("dicom-header", ("DICM", r"(?:\0|\\u0000)DICM(?:\x02|\\u0002)")),
    _shape("x12-claim", ("ISA*", r"ISA\*\d\d\*[^*\n]{10}\*\d\d\*"), ("CLM*", r"CLM\*(?<![A-Z]CLM\*)")),
    _shape("x12-claim", ("ST*", r"ST\*(?:83[457]|27\d)\*"), ("NM1*", r"NM1\*(?:IL|QC)\*")),
    _shape("placeholders", ("XXXX", r"XXXX{1,60}(?![A-Za-z0-9])")),
    _shape("placeholders", ("___", r"___(?!_)(?<!____)")),
    *(_shape("placeholders", (opening, re.escape(opening))) for opening in PLACEHOLDERS),
)


def _by_anchor() -> dict[str, tuple[tuple[str, tuple[int, ...]], ...]]:
    """A rare character, or nothing → the anchors that contain it → the places in SHAPES of their shapes."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, shape in enumerate(SHAPES):
        for anchor in {part.anchor for part in shape.parts} | set(TEST_ANCHORS if shape.test else ()):
            places[anchor].append(place)
    gated: dict[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
    for anchor, found in sorted(places.items()):
        gated[next((gate for gate in GATES if gate in anchor), "")].append((anchor, tuple(found)))
    return {gate: tuple(anchors) for gate, anchors in gated.items()}


# Of characters that most texts lack: one look for each spares looking for all anchors that contain it.
GATES = "|*<(_{["
ANCHORS = _by_anchor()


def shapes_in(text: str) -> dict[int, int]:
    """Place in SHAPES → the bits of its parts that stand in the text."""
    near = {
        place
        for gate, anchors in ANCHORS.items()
        if gate in text
        for anchor, places in anchors
        if anchor in text
        for place in places
    }
    return {place: found for place in sorted(near) if (found := SHAPES[place].parts_in(text))}
