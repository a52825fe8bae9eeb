"""(B) ZIP codes, restricted 3-digit prefixes, and postcodes abroad."""

import re

from clinft.stages.audit import tables
from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.place_forms import ABBREVIATION, PLACES, STATE, any_of, first_words
from clinft.stages.audit.rule import Certainty, after, before, rule, value_of

RESTRICTED = frozenset(prefix for row in tables.table("zip3")["lists"] for prefix in row["prefixes"].split())
COUNTRY = "|".join(sorted(country.title() for country in tables.words("places", "countries")))
FIVE = r"\d{5}(?:-\d{4})?"
CITIES = PLACES["cities"]
# Before the Post Office had codes of two letters; the others of that time are words or shorter.
SHORT_STATE = (
    "Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ill|Ind|Kans|Mass|Mich|Minn|Miss|Mont|Neb|Nev|Okla|Ore|Penn|Penna|"
    "Tenn|Tex|Wash|Wis|Wyo"
)
NO_MORE = r"(?![\d.,/-]\d|\w)"
LABEL = r"(?i)(?<![a-z])(?:zip|postal|post)[ _-]?(?:code)?s?5?"
CODE_BEFORE = regex(
    r"(?i)\b(?:ndc|loinc|code|cpt|hcpcs|lot|ref|order|item|part|model|catalog)\W{0,3}$|"
    r"\b(?:member|patient|group|employee|student|user|case|claim|record|subscriber|policy|plan)[ ]ID[ ]{1,2}$"
)
COUNT_AFTER = regex(r"(?i)[ ]?(?:mg|mcg|ml|units?|iu|cells|copies|patients|steps|/|%|cases)")
# `B12 5MG`, `T2N 0M0`, `L4 5MM`: a vitamin, a stage, a level.
NOT_POSTCODE = regex(r"(?i)(?:[btclsd]\d{1,2}[ ]\d(?:mg|ml|mm|cm|kg|mo|yr|wk|hr)|t\d[a-d]?n.*)")


def _is_zip(match: re.Match[str]) -> Certainty | None:
    """Round numbers after two capitals are counts (`MS 10000`), and NDC codes are written like ZIP+4."""
    value = value_of(match)
    counted = CODE_BEFORE.search(before(match, 24)) or COUNT_AFTER.match(after(match, 10))
    return None if value[:5].endswith("000") or counted else "plausible"


def _is_labelled_zip(match: re.Match[str]) -> Certainty | None:
    """Zeros are what remains of a removed one."""
    return None if value_of(match)[:5].strip("0") == "" else "plausible"


def _is_restricted(match: re.Match[str]) -> Certainty | None:
    return "plausible" if value_of(match)[:3] in RESTRICTED else None


def _is_postcode(match: re.Match[str]) -> Certainty | None:
    return None if NOT_POSTCODE.fullmatch(value_of(match)) else "plausible"


RULES = (
    rule(
        "zip-by-label",
        "ZIP_CODE",
        rf"{LABEL}[\"'*| ]{{0,3}}[:=#]?[\"'*| ]{{0,4}}(?:is |of |was )?(?P<value>{FIVE})(?![\d-])",
        0.9,
        judge=_is_labelled_zip,
        digit=True,
    ),
    rule(
        "zip-after-state",
        "ZIP_CODE",
        rf"\b(?:{ABBREVIATION}|(?i:{STATE})),?(?:[ ]{{1,3}}|\^|\n)(?P<value>{FIVE}){NO_MORE}",
        0.8,
        judge=_is_zip,
        digit=True,
    ),
    rule(
        "zip-after-country",
        "ZIP_CODE",
        rf"\b(?:{COUNTRY})[ ]{{1,2}}(?P<value>\d{{5}}){NO_MORE}",
        0.7,
        judge=_is_zip,
        digit=True,
    ),
    rule(
        "zip-after-lower-state",
        "ZIP_CODE",
        rf"(?<=[a-z]{{3}}),[ ](?i:{ABBREVIATION}),?[ ]{{1,2}}(?P<value>{FIVE}){NO_MORE}",
        0.75,
        judge=_is_zip,
        digit=True,
    ),
    rule(
        "zip-of-home",
        "ZIP_CODE",
        (
            r"(?i)\b(?:(?:liv(?:es|ing)|resid(?:es|ing)|home|address|located) (?:in|near|around)(?: zip)?|"
            r"from (?:area |zip ))[ ]"
            rf"(?P<value>{FIVE}){NO_MORE}"
        ),
        0.75,
        judge=_is_zip,
        digit=True,
    ),
    rule(
        "zip-after-street",
        "ZIP_CODE",
        (
            r"(?i)\b(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|blvd|boulevard|court|ct|way|place|pl|"
            r"circle|terrace|parkway|pkwy)\b\.?,?[ ](?:[^\W\d_]{2,15}\.?,?[ ]){1,3}"
            rf"(?P<value>{FIVE}){NO_MORE}"
        ),
        0.75,
        judge=_is_zip,
        digit=True,
    ),
    rule(
        "zip-after-city",
        "ZIP_CODE",
        rf"(?<![\w-])(?:{any_of(CITIES)}),?[ ]{{1,2}}(?P<value>{FIVE}){NO_MORE}",
        0.75,
        judge=_is_zip,
        words=first_words(CITIES),
        digit=True,
    ),
    rule(
        "zip-after-short-state",
        "ZIP_CODE",
        rf"(?<=[a-z]),?[ ](?:{SHORT_STATE})\.,?[ ]{{1,2}}(?P<value>{FIVE}){NO_MORE}",
        0.8,
        judge=_is_zip,
        words=SHORT_STATE.replace("|", " ").lower(),
        digit=True,
    ),
    # A table that holds numbers drops the zero in front.
    rule(
        "zip-without-zero",
        "ZIP_CODE",
        r"(?i)^(?:[a-z]{2,20} ){0,3}zip[ _-]?(?:code)?5?: (?P<value>\d{4})(?:\.0)?$",
        0.8,
        judge=_is_labelled_zip,
        words="zip zipcode",
        digit=True,
    ),
    rule(
        "zip-in-brackets",
        "ZIP_CODE",
        (
            r"\b(?i:in|from|of|near)[ ][^\W\d_]{3,15}(?:[ ][^\W\d_]{3,15})?[ ]"
            rf"\((?P<value>{FIVE})\)"
        ),
        0.7,
        judge=_is_zip,
        digit=True,
    ),
    rule(
        "zip-plus-4",
        "ZIP_CODE",
        r"(?<![\w.+-])\d{5}-\d{4}(?![\w-]|\.\d)",
        0.6,
        judge=_is_zip,
        digit=True,
        symbol="-",
    ),
    rule(
        "zip3",
        "ZIP3_RESTRICTED",
        (
            r"(?i)(?<![a-z])(?:zip|postal)[ _-]?(?:code)?[ _-]?3?(?:[ ]?(?:code|prefix|area))?"
            r"[\"'* ]{0,3}[:=]?[\"'* ]{0,3}(?:(?:is|begins?|starts?)(?: with)? )?"
            r"(?P<value>\d{3})(?:\*\*|xx|00|--)?(?!\d)"
        ),
        0.85,
        judge=_is_restricted,
        digit=True,
    ),
    rule(
        "zip3-digits",
        "ZIP3_RESTRICTED",
        (
            r"(?i)\b(?:first|initial|leading) (?:three|3) (?:digits )?(?:of )?(?:the |his |her |their )?"
            r"(?:zip|postal)(?:[ ]?code)?[ :=]{0,3}(?:is |are )?(?P<value>\d{3})(?!\d)"
        ),
        0.85,
        judge=_is_restricted,
        digit=True,
    ),
    rule(
        "postcode-uk",
        "ZIP_CODE",
        r"(?<![\w-])(?:[A-Z]{1,2}\d{1,2}[A-Z]?)[ ]\d[ABD-HJLNP-UW-Z]{2}(?![\w-])",
        0.7,
        judge=_is_postcode,
        digit=True,
    ),
    rule(
        "postcode-canada",
        "ZIP_CODE",
        r"(?<![\w-])[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]\d[ABCEGHJ-NPRSTV-Z]\d(?![\w-])",
        0.7,
        judge=_is_postcode,
        digit=True,
    ),
    rule(
        "postcode-by-label",
        "ZIP_CODE",
        (
            r"(?i)\b(?:postcode|post code|postal code|eircode|plz|c\.?p\.)[\"' ]{0,2}[:=]?[\"' ]{0,3}(?:is )?"
            r"(?P<value>(?=[a-z ]{0,5}\d)[a-z0-9]{2,5}[ -]?[a-z0-9]{2,4})(?!\w)"
        ),
        0.8,
        digit=True,
    ),
)
