"""(B) Geographic subdivisions smaller than a State: streets, ZIP codes, cities, counties, named sites."""

import re

from clinft.stages.audit import tables
from clinft.stages.audit.recognizers.names import NOT_NAMES, WORD
from clinft.stages.audit.rule import Certainty, before, rule, value_of

PLACES = tables.table("places")
COUNTRIES = tables.words("places", "countries")
GENERIC = tables.words("places", "generic_facility_words")
STATES = frozenset(state.lower() for state in PLACES["states"])
RESTRICTED_ZIP3 = frozenset(
    prefix for row in tables.table("zip3")["lists"] for prefix in row["prefixes"].split()
)

ABBREVIATION = rf"(?:{'|'.join(PLACES['abbreviations'].split())})"
STATE = rf"(?:{'|'.join(sorted(PLACES['states'], key=len, reverse=True))})"
CITY = rf"{WORD}(?:[ ]{WORD}){{0,2}}"
STREET_KINDS = (
    "street st avenue ave road rd drive dr lane ln boulevard blvd court ct way place pl terrace "
    "circle cir parkway pkwy highway hwy trail square sq loop turnpike plaza"
)
STREET = rf"(?:{'|'.join(kind.title() for kind in STREET_KINDS.split())})"
COMPASS = r"(?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\.?[ ])?"
FACILITY_KINDS = (
    "Hospital|Medical Cent(?:er|re)|Clinic|Cancer (?:Center|Institute)|Health (?:System|Center|Network)|"
    "Hospice|Nursing Home|Rehabilitation (?:Center|Hospital)|Infirmary|Medical Group|Surgery Center|"
    "Heart (?:Center|Institute)|Urgent Care|Pharmacy|Elementary School|High School|Middle School|"
    "Senior Living|Care Home"
)


def _is_city(match: re.Match[str]) -> Certainty | None:
    """A State or a country is large enough to stay; an ordinary word is no place."""
    city = value_of(match).lower()
    first = city.split()[0]
    return (
        None
        if city in STATES or city in COUNTRIES or first in NOT_NAMES or first in COUNTRIES
        else "plausible"
    )


def _is_named_facility(match: re.Match[str]) -> Certainty | None:
    words = re.findall(r"[\w'’-]+", match["own"].lower())
    return "plausible" if any(word not in GENERIC and word not in NOT_NAMES for word in words) else None


def _is_zip(match: re.Match[str]) -> Certainty | None:
    """Round numbers after two capitals are counts (`MS 10000`), and NDC codes are written like ZIP+4."""
    value = value_of(match)
    code = re.search(r"(?i)\b(?:ndc|loinc|code)\W{0,3}$", before(match, 12))
    return None if value.endswith("000") or code else "plausible"


def _is_restricted(match: re.Match[str]) -> Certainty | None:
    return "plausible" if value_of(match)[:3] in RESTRICTED_ZIP3 else None


RULES = (
    rule(
        "street",
        "STREET_ADDRESS",
        (
            rf"(?<![\w.])\d{{1,6}}[A-Z]?[ ]{COMPASS}"
            rf"(?:(?:{WORD}|\d{{1,3}}(?:st|nd|rd|th))[ ]){{1,3}}{STREET}\b\.?"
            r"(?:,?[ ](?:Apt|Apartment|Suite|Ste|Unit|Floor|Rm|#)\.?[ ]?[\w-]{1,6})?"
        ),
        0.85,
        words=STREET_KINDS,
        digit=True,
    ),
    rule(
        "street-by-label",
        "STREET_ADDRESS",
        (
            r"(?i)\b(?:address|lives at|resides at|residing at)[\"' ]{0,2}[:=]?[\"' ]{0,3}(?:is )?"
            r"(?P<value>\d{1,6}[ ][a-z0-9][\w.# ]{3,40}\w)"
        ),
        0.85,
        words="address lives resides residing",
        digit=True,
    ),
    rule(
        "po-box",
        "STREET_ADDRESS",
        r"(?i)\bp\.?[ ]?o\.?[ ]?box[ ]\d{1,7}",
        0.9,
        words="box",
        digit=True,
    ),
    rule(
        "zip-by-label",
        "ZIP_CODE",
        (
            r"(?i)\b(?:zip|postal)[ _-]?(?:code)?[\"' ]{0,2}[:=#]?[\"' ]{0,3}(?:is )?"
            r"(?P<value>\d{5}(?:-\d{4})?)(?!\d)"
        ),
        0.9,
        words="zip zipcode postal",
        digit=True,
    ),
    rule(
        "zip-after-state",
        "ZIP_CODE",
        rf"\b(?:{ABBREVIATION}|{STATE}),?[ ]{{1,2}}(?P<value>\d{{5}}(?:-\d{{4}})?)(?![\d.,/-]\d|\w)",
        0.8,
        judge=_is_zip,
        digit=True,
    ),
    rule(
        "zip-plus-4",
        "ZIP_CODE",
        r"(?<![\w.-])\d{5}-\d{4}(?![\w-]|\.\d)",
        0.6,
        judge=_is_zip,
        digit=True,
        symbol="-",
    ),
    rule(
        "zip3",
        "ZIP3_RESTRICTED",
        (
            r"(?i)\b(?:zip|postal)[ _-]?3?(?:[ ]code)?(?:[ ]prefix)?[\"' ]{0,2}[:=]?[\"' ]{0,3}"
            r"(?P<value>\d{3})(?:\*\*|xx|00)?(?!\d)"
        ),
        0.85,
        judge=_is_restricted,
        words="zip postal",
        digit=True,
    ),
    rule(
        "city-state-name",
        "CITY",
        rf"\b(?P<value>{CITY}),[ ]{STATE}\b",
        0.8,
        judge=_is_city,
        words=frozenset(word for state in STATES for word in state.split()),
    ),
    rule(
        "city-state-zip",
        "CITY",
        rf"\b(?P<value>{CITY}),?[ ]{ABBREVIATION},?[ ]{{1,2}}\d{{5}}\b",
        0.85,
        judge=_is_city,
        digit=True,
    ),
    rule(
        "city-state-code",
        "CITY",
        rf"\b(?i:in|from|of|to|near|at|outside|for|city)[ :]{{1,3}}(?P<value>{CITY}),[ ]{ABBREVIATION}\b",
        0.75,
        judge=_is_city,
        symbol=",",
    ),
    rule(
        "city-by-residence",
        "CITY",
        (
            r"(?i:\b(?:liv(?:es|ing|ed) in|resid(?:es|ing|ed) in|resident of|native of|"
            r"moved (?:here )?(?:to|from)|hometown(?: is|[:=])?|grew up in|raised in|born in|"
            r"commutes from|drove (?:in )?from|travell?ed (?:to|from)|returned from|visiting from|"
            rf"city[\"']?[ ]?[:=]))[ \"']{{1,3}}(?P<value>{CITY})"
        ),
        0.7,
        judge=_is_city,
        words=(
            "lives living lived resides residing resided resident native moved hometown grew raised born "
            "commutes drove travelled traveled returned visiting city"
        ),
    ),
    rule(
        "county",
        "COUNTY",
        rf"\b(?P<value>{CITY}[ ](?:County|Parish|Township|Borough))\b",
        0.75,
        judge=_is_city,
        words="county parish township borough",
    ),
    rule(
        "coordinates",
        "COORDINATES",
        r"(?<![\w.])-?\d{1,2}\.\d{4,15}°?[ ]?[NS]?[,;][ ]?-?\d{1,3}\.\d{4,15}(?![\w])",
        0.8,
        digit=True,
        symbol=".",
    ),
    rule(
        "coordinate-by-label",
        "COORDINATES",
        r"(?i)\b(?:lat|lon|lng|latitude|longitude)[\"' ]{0,2}[:=]?[\"' ]{0,3}(?P<value>-?\d{1,3}\.\d{3,15})",
        0.85,
        words="lat lon lng latitude longitude",
        digit=True,
    ),
    rule(
        "facility",
        "FACILITY",
        (
            rf"\b(?P<value>(?P<own>(?:(?:St\.?|Saint|Mt\.?|Mount|Our Lady of)[ ])?{WORD}(?:['’]s)?"
            rf"(?:[ ](?:of[ ]|and[ ]|the[ ])?{WORD}(?:['’]s)?){{0,3}})[ ](?:{FACILITY_KINDS}))\b"
        ),
        0.75,
        judge=_is_named_facility,
        words=(
            "hospital center centre clinic institute system network hospice home infirmary group care "
            "pharmacy school living"
        ),
    ),
    rule(
        "facility-saint",
        "FACILITY",
        rf"\b(?:at|to|from|of)[ ](?P<value>(?:St\.|Saint|Mount|Mt\.)[ ]{WORD}(?:['’]s)?)",
        0.65,
        words="st saint mount mt",
    ),
    rule(
        "facility-university",
        "FACILITY",
        rf"\b(?P<value>University of {WORD}(?:[ ]{WORD}){{0,2}})",
        0.7,
        words="university",
    ),
)
