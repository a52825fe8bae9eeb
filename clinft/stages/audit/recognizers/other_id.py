"""(R) Other unique numbers that a word names: visits, claims, specimens, studies, employees; UUIDs."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.derived import FILE
from clinft.stages.audit.recognizers.device import DEVICE_WORDS
from clinft.stages.audit.recognizers.explained import CODED
from clinft.stages.audit.recognizers.labelled import CLOSE, label_after, labelled
from clinft.stages.audit.rule import Certainty, before, digits_of, rule, value_of

# With nothing but a space behind them they still name a number: `order 4829117`.
EVENT = (
    r"encounter|csn|fin|visit|accession|specimen|barcode|bar code|requisition|referral|authori[sz]ation|"
    r"pre-?auth(?:ori[sz]ation)?|pre-?cert(?:ification)?|prior auth|auth|confirmation(?: code)?|"
    r"prescription|rx|"
    r"script|order|claim|report|ticket|case|incident|tracking|reference|ref|docket|transaction"
)
THINGS = (
    r"contact serial|check|cheque|sample|aliquot|biobank|receipt|appointment|booking|warrant|complaint|"
    r"permit|request|study instance|log|kit|tube|slide|block"
)
PERSON = (
    r"employee|emp|staff|payroll|personnel|badge|student|pupil|donor|donation|recipient|inmate|prisoner|"
    r"booking|jail|military|service|dod|edipi|veteran|va|voter|tribal|library|loyalty|frequent flyer|"
    r"known traveler|(?:study|trial|research|screening|randomi[sz]ation|enrol?lment)"
    r"(?: (?:subject|participant|patient))?|subject|participant|proband|pedigree|family|volunteer|client|"
    r"customer|case ?worker|caseload|user|personal|identity|identification|unique|external|internal|legacy|"
    r"national|interpreter|provider|nurse|physician|operator|agent|caller|login|dog tag|wristband|armband|"
    r"band|locker|union|reg(?:istration)?|ration|detainee|registry|registrant|lab|path|workers['’]? comp"
)
# These name nothing but a number.
SURE = r"encounter|csn|fin|accession|requisition|barcode|badge|inmate|edipi|specimen|ein|fein|tin"
# `row id`, `gene id`: what has such a number is no person and no visit.
THING = regex(
    r"(?i)(?:row|example|question|item|doc|document|prompt|message|thread|model|job|run|task|test|template|"
    r"rule|concept|code|gene|variant|protein|term|cluster|version|commit|build|config|probe|compound|drug|"
    r"assay|pathway|organism|taxon|taxonomy|article|paper|cell line|strain|clone|stock|catalog|domain|"
    r"chain|pubmed|object|element|token|vertex|node|edge|image|page|product|vendor)[ _-]?$"
)
EXAMPLES = (
    "550e8400-e29b-41d4-a716-446655440000",
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "00000000-0000-0000-0000-000000000000",
)
REFERENCE = regex(r"(?i)ref\b")


def _is_a_persons(match: re.Match[str]) -> Certainty | None:
    start = match.start()
    words = match.string[max(0, start - 40) : start]
    # An article number: `mesh, ref 0114-205`.
    article = REFERENCE.match(match.group()) and DEVICE_WORDS.search(words)
    return None if article or THING.search(words) or CODED.search(words) else "plausible"


def _is_no_code(match: re.Match[str]) -> Certainty | None:
    return None if CODED.search(before(match, 40)) else "plausible"


def _is_no_file(match: re.Match[str]) -> Certainty | None:
    return None if FILE.search(before(match, 80)) else "plausible"


def _is_no_spine(match: re.Match[str]) -> Certainty | None:
    """`biopsy T11-12`: one vertebra and the next."""
    one, two = re.findall(r"\d+", value_of(match))
    return None if int(two) - int(one) in (1, 2) else "plausible"


def _is_no_range(match: re.Match[str]) -> Certainty | None:
    years = re.fullmatch(r"(?:19|20)\d\d-(?:19|20)\d\d", value_of(match))
    return None if years else "plausible"


def _of_the_standard(match: re.Match[str]) -> Certainty:
    """The examples of RFC 4122 and OpenAPI, and the one of zeros, are nobody's."""
    return "reserved" if value_of(match).lower() in EXAMPLES else "plausible"


def _is_long_enough(match: re.Match[str]) -> Certainty | None:
    value = value_of(match)
    year = re.fullmatch(r"(?:19|20)\d\d", value)
    return None if len(digits_of(value)) < 3 or year else "plausible"


RULES = (
    labelled(
        "numbered",
        "UNIQUE_IDENTIFIER",
        SURE,
        signed=rf"(?:{EVENT}|{THINGS}|{PERSON})s?\.?",
        minimum_digits=3,
        link=CLOSE,
        judge=_is_a_persons,
    ),
    labelled(
        "event",
        "UNIQUE_IDENTIFIER",
        rf"{EVENT}|(?:trial |study )?(?:subject|participant)|employee|student|donor|inmate|proband",
        score=0.8,
        bare_digits=4,
        link=CLOSE,
        judge=_is_a_persons,
    ),
    labelled(
        "id",
        "UNIQUE_IDENTIFIER",
        r"(?-i:ID)|identifiers?(?: value)?|identification|(?:id|record)(?=[ ]?[:=#(-])|(?:no|"
        r"number)\.?(?=[ ]?[:=#])|"
        r"(?<=\()id(?=[ ])|(?<=[ ])id(?=[ ][a-z]{0,3}\d{5})|number(?=[ ][a-z]?-?\d{5})",
        signed=r"id|no\.?|number",
        score=0.7,
        bare_digits=4,
        link=CLOSE,
        judge=_is_a_persons,
    ),
    label_after(
        "number-after",
        "UNIQUE_IDENTIFIER",
        r"(?:encounter|visit|accession|case|order|claim|employee|student|badge|specimen|reference|"
        r"confirmation)"
        r"[ ](?:number|no\.?|id|#)|csn|fin",
    ),
    # Pathology and radiology: the kind, the year, the running number. `S24-10482`, `24-CY-80274`.
    rule(
        "pathology-number",
        "UNIQUE_IDENTIFIER",
        (
            r"(?<![\w-])(?:[A-Z]{1,3}-?\d{2}-\d{4,7}|\d{2}-[A-Z]{1,3}-?\d{4,8}|\d{2}[A-Z]{1,2}\d{5,8}|"
            r"[A-Z]{2,3}\d{2}:[A-Z]{0,2}\d{4,8}[A-Z]?|\d{2}:[A-Z]{1,2}\d{5,8}[A-Z]?)(?![\w-]|\.\d)"
        ),
        0.7,
        judge=_is_no_code,
        digit=True,
    ),
    # A small laboratory's year has few cases.
    rule(
        "pathology-number-short",
        "UNIQUE_IDENTIFIER",
        (
            r"(?i:\b(?:autopsy|necropsy|biopsy|bx|path(?:ology)?|cytology|accession|case|specimen)"
            r"(?: (?:number|no\.?|#))?[ :#(]{1,3})(?P<value>[A-Z]{1,2}\d{2}-\d{2,3})(?![\w-]|\.\d)"
        ),
        0.75,
        judge=_is_no_spine,
        words="autopsy necropsy biopsy bx path pathology cytology accession case specimen",
        digit=True,
    ),
    rule(
        "ambulance-run",
        "UNIQUE_IDENTIFIER",
        (
            r"(?i)\b(?:ems|ambulance|fire|medic|pcr)(?: (?:run|report|call|incident))?"
            r"(?: (?:number|no\.?|#))?[ :#]{1,3}(?P<value>\d{2,4}-\d{4,8})(?![\w-]|\.\d)"
        ),
        0.8,
        judge=_is_no_range,
        words="ems ambulance fire medic pcr",
        digit=True,
    ),
    # Veterans' hospitals call a patient by a letter of the name and four digits.
    rule(
        "last-four",
        "UNIQUE_IDENTIFIER",
        r"(?i)\blast[ ]?(?:4|four)(?: (?:is|of|digits))?[ :#=(]{1,3}(?P<value>[a-z]\d{4})(?!\w)",
        0.85,
        words="last",
        digit=True,
    ),
    # DICOM PS3.6: accession, study and procedure.
    rule(
        "dicom-number",
        "UNIQUE_IDENTIFIER",
        (
            r"\((?:0008, ?0050|0020, ?0010|0040, ?1001)\)[^\w\n]{0,4}(?:SH\b[^\w\n]{1,4})?"
            r"(?:[A-Z]\w+ (?:ID|Number)[^\w\n]{1,20})?(?:SH\b[^\w\n]{1,4})?(?P<value>[\w./-]{3,64})"
        ),
        0.9,
        digit=True,
    ),
    # HL7 v2, data type CX.
    rule(
        "hl7-number",
        "UNIQUE_IDENTIFIER",
        (
            r"(?<![\w^-])(?P<value>[A-Za-z]{0,4}\d[\dA-Za-z-]{3,20})\^\^\^[\w&. -]{0,60}"
            r"(?:\^[A-Z]{1,5})?(?=[|~\s]|$)"
        ),
        0.8,
        digit=True,
        symbol="^^^",
    ),
    rule(
        "uuid",
        "UNIQUE_IDENTIFIER",
        r"(?i)(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])",
        0.8,
        judge=_of_the_standard,
        symbol="-",
    ),
    # The same without hyphens, beside nothing that would make it a file's digest.
    rule(
        "uuid-plain",
        "UNIQUE_IDENTIFIER",
        r"(?i)(?<![\w-])(?=[0-9a-f]{0,31}\d)(?=[0-9a-f]{0,31}[a-f])[0-9a-f]{32}(?![\w-])",
        0.7,
        judge=_is_no_file,
        digit=True,
    ),
    # Who takes part in a study has a short number: `enrolled as R-4429`, `participant 107-0490`.
    rule(
        "participant",
        "UNIQUE_IDENTIFIER",
        (
            r"(?i)\b(?:enrolled as|randomi[sz]ed as|registered as|"
            r"(?:trial|study|research) (?:participant|subject)|"
            r"registry (?:number|no\.?|id)|inmate|detainee|prisoner)[ :#]{1,3}"
            r"(?P<value>[a-z]{0,4}-?\d{2,6}(?:-[a-z0-9]{1,5}){0,3})(?![\w-]|\.\d)"
        ),
        0.8,
        judge=_is_long_enough,
        digit=True,
    ),
    rule(
        "employer-number",
        "UNIQUE_IDENTIFIER",
        (
            r"(?i)\b(?:f?ein|employer(?: identification| id)?(?: number)?|"
            r"tax id(?:entification)?(?: number)?)[^\w\n]{1,4}(?:is )?(?P<value>\d{2}-\d{7})(?![\w-])"
        ),
        0.9,
        words="ein fein employer tax",
        digit=True,
    ),
)
