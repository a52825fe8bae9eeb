"""(H) Medical record numbers: beside a word or key that names them, in HL7 messages and DICOM headers."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.explained import is_explained
from clinft.stages.audit.recognizers.labelled import CLOSE, label_after, labelled
from clinft.stages.audit.rule import Certainty, before, rule, value_of

# MNR, MR N and M.R.N. as people type them; URN and UR number: Australia; NHI: New Zealand; CHI: Scotland;
# EMPI and MPI: an index over hospitals.
NAMED = (
    r"[ce]?mrns?|mnr|mrm|mr[ ]?n|m[. ]r[. ]n\.?|mr#|mrnumber|mrno|"
    r"(?:medical|med|health|hospital|hosp|clinic|patient)[ _.-]{0,2}rec(?:ord)?s?\b\.?|medrec|"
    r"medicalrecord(?:number)?|e?mpi|uhid|nhs|nhi|urn|pid"
)
NUMBERED = (
    r"m\.?r\.?|chi|ehr|emr|chart|record|file|folder|hospital|hosp\.?|unit|ur|clinic|patient|pt\.?|pat\.?|"
    r"person|epic|enterprise|wrist ?band|arm ?band|film jacket|va file"
)

AMONG = r"[A-Za-z]{0,3}-?\d[\d-]{3,13}"
MORE = r"(?:,|/|;|&|and\b|or\b|to\b)"
LISTED_BEFORE = regex(rf"(?i)(?<![a-z])mrns?\b[^\d\n.;?!]{{1,40}}(?:{AMONG}[ ]?{MORE}[ ]{{0,2}}){{1,8}}$")
# A round number or a day of the calendar.
OTHER = regex(r"\d+000|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
COUNT = regex(r"(?i)\b(?:count|counts|total|sum|processed|matched|unique|distinct|duplicates|rows|records)\b")


def _is_listed(match: re.Match[str]) -> Certainty | None:
    listed = LISTED_BEFORE.search(before(match, 180))
    counted = listed is None or COUNT.search(listed.group()) or OTHER.fullmatch(value_of(match))
    return None if counted else "plausible"


def _is_said(match: re.Match[str]) -> Certainty | None:
    """`MRN assigned 48291` and not `MRN count: 48291`."""
    value = value_of(match)
    count = COUNT.search(match.group()) or OTHER.fullmatch(value) or is_explained(match)
    return None if count else "plausible"


RULES = (
    labelled("mrn", "MEDICAL_RECORD_NUMBER", NAMED, signed=NUMBERED, score=0.95, minimum_digits=3),
    labelled(
        "mrn-short",
        "MEDICAL_RECORD_NUMBER",
        r"mr|chart|(?:hospital |clinic )?record|hospital|patient|pt\.?|wrist ?band|film jacket|"
        r"va file",
        bare_digits=4,
        link=CLOSE,
    ),
    # The second of two: `MRNs 4821930 and 4821931`.
    labelled(
        "mrn-second",
        "MEDICAL_RECORD_NUMBER",
        r"mrns?[ :#]{1,3}[a-z]{0,3}-?\d[\d-]{2,14}(?:,| and| or|/|;| &)",
        link=r"[ #]{0,3}",
    ),
    # The third and others: `MRNs 48291, 48292, 48293`.
    rule(
        "mrn-listed",
        "MEDICAL_RECORD_NUMBER",
        r"(?i)(?:[,/;&]|\b(?:and|or|to))[ ]{0,2}(?P<value>[a-z]{0,3}-?\d{5,12}(?:-\d{3,6})?)(?![\w%-])",
        0.9,
        judge=_is_listed,
        words="mrn mrns",
        digit=True,
    ),
    # Other words between, in the same sentence: `MRN changed from 48291`, `MRN (new), per sticker, 48291`.
    rule(
        "mrn-said",
        "MEDICAL_RECORD_NUMBER",
        r"(?i)(?<![a-z])mrns?\b[^\d\n.;?!|^]{1,40}(?<![\w$-])(?P<value>\d{5,10})(?![\w%-]|[.,/:]\d)",
        0.8,
        judge=_is_said,
        words="mrn mrns",
        digit=True,
    ),
    label_after(
        "mrn-after",
        "MEDICAL_RECORD_NUMBER",
        r"mrn|mr#|med(?:ical)?\.? rec(?:ord)?s?(?: number| no\.?| #)?|chart(?: number| no\.?| #)?|"
        r"hospital number|"
        r"patient id",
    ),
    # `looking up 905-788 in the chart`
    rule(
        "mrn-looked-up",
        "MEDICAL_RECORD_NUMBER",
        (
            r"(?i)\b(?:look(?:ing|ed)? up|pull(?:ed)?(?: up)?|open(?:ed)?|search(?:ed)? for)[ ]"
            r"(?P<value>[a-z]{0,2}\d[\d. -]{4,11}\d) (?:in|under|from) (?:the |our |her |his )?"
            r"(?:chart|emr|ehr|record|epic|cerner|system)"
        ),
        0.8,
        words="chart emr ehr record epic cerner system",
        digit=True,
    ),
    # Behind the number, without a bracket: `985.491.456 MRN / pericarditis`.
    rule(
        "mrn-behind",
        "MEDICAL_RECORD_NUMBER",
        (
            r"(?i)(?<![\w.,/-])(?P<value>[a-z]{0,3}-?\d{2,4}(?:[.-]?\d{2,5}){1,3}) mrn\b"
            r"(?![ ]?[:#=]|[ ]\w{0,3}\d)"
        ),
        0.85,
        words="mrn",
        digit=True,
    ),
    # HL7 v2, data type CX: the number, three carets, who gave it, and the kind (table 0203).
    rule(
        "hl7-patient",
        "MEDICAL_RECORD_NUMBER",
        (
            r"(?<![\w^-])(?P<value>[A-Za-z]{0,4}-?\d[\dA-Za-z.-]{2,20})\^\^\^"
            r"(?:[\w&. -]{0,60}\^)?(?:MR|PI|PT|PN|MRN|EPI)\b"
        ),
        0.95,
        digit=True,
        symbol="^^^",
    ),
    # DICOM PS3.6: tag (0010,0020) is the patient's ID, as dcmdump and pydicom print it.
    rule(
        "dicom-patient",
        "MEDICAL_RECORD_NUMBER",
        (
            r"\(0010, ?0020\)[^\w\n]{0,4}(?:LO\b[^\w\n]{1,4})?(?:Patient ID[^\w\n]{1,20})?"
            r"(?:LO\b[^\w\n]{1,4})?(?P<value>[\w./-]{3,64})"
        ),
        0.95,
        digit=True,
        symbol="0010",
    ),
)
