"""(A) Names of patients: behind a word for one, before an age or an identifier, or doing what patients do."""

import re

from clinft.stages.audit.recognizers.name_forms import (
    FULL_NAME,
    GIVEN,
    LAST_FIRST,
    LOWER_PARTICLE,
    LOWER_WORD,
    NAME,
    NAME_WORD,
    SURNAMES,
    WORD,
    has_ordinary,
    is_known,
    is_known_person,
    is_name,
    is_no_person,
    is_person,
    parts_of,
)
from clinft.stages.audit.rule import Certainty, rule, value_of

PERSON = (
    r"(?:[Pp]atient|PATIENT|[Pp]t|PT|[Rr]esident|[Cc]lient|[Mm]ember|[Ww]itness|[Vv]isitor|[Pp]ilot|[Oo]wner|"
    r"BABY (?:BOY|GIRL)|[Bb]aby(?: [Bb]oy| [Gg]irl)?|[Ii]nfant(?: of)?)"
)
IDENTIFIER = (
    r"(?i:\(?(?:dob|d\.o\.b|mrn|mr ?#|med rec|ssn|ss#|born|date of birth|birth ?date|acct|member id|medicare|"
    r"nhs)\b)"
)
IDENTIFIER_WORDS = "dob d mrn mr med ssn ss born date birth birthdate acct member medicare nhs"
AGED = r"\(?\d{1,3}[ -]?(?:y/?o|yo|y\.o\.|yr|year|[MF]\b|[mf]\b)"
ACTS = (
    r"(?i:presented|presents|was (?:admitted|seen|discharged|brought|referred|transferred)|denies|reports|"
    r"reported|states|stated|complains|tolerated|understands|agrees|underwent|returned|returns|has a|"
    r"has been|lives|is (?:doing|well|ambulatory|diagnosed|feeling|here|stable|alert|a retired))"
)
WITH = (
    r"(?:I (?:saw|SAW)|[Dd]iscussed [\w ]{1,24} with|DISCUSSED [\w ]{1,24} WITH|[Rr]eviewed [\w ]{1,24} with|"
    r"REVIEWED [\w ]{1,24} WITH|[Tt]hank you for referring|THANK YOU FOR REFERRING|[Ss]poke (?:with|to)|"
    r"[Mm]et with|[Dd]iscussed with|[Ff]ollow(?:-| )?up with|[Cc]ontact(?:ed)?|[Cc]all(?:ed)?|"
    r"CALLED TO SEE|[Cc]alled to see|[Vv]isited(?: by)?|[Aa]ccompanied by|[Dd]riven by|"
    r"[Bb]rought (?:in )?by|[Rr]eviewed by|REVIEWED BY|[Ss]afe for|[Rr]eferring|[Ss]een with|"
    r"[Aa]ppointment with|[Pp]lan for|[Nn]ote for|[Ll]etter to|[Ee]mailed|[Tt]exted|[Pp]aged|[Nn]otified|"
    r"[Uu]pdated)"
)
LOWER_CUE = (
    r"(?:name(?: is)?|next of kin|nok|concerns|chart of|record of|i saw|discussed [\w ]{1,24} with|"
    r"reviewed [\w ]{1,24} with|referring|spoke (?:with|to)|met with|dear|re:|pt:|patient:|for|family of|"
    r"with|contact|proxy is|owner)"
)


def _is_identified(match: re.Match[str]) -> Certainty | None:
    """Before a record number or a date of birth: a known name, or two words of which none is ordinary."""
    parts = parts_of(value_of(match))
    if is_no_person(parts):
        return None
    return "plausible" if len(parts) > 1 or is_known(parts[0]) else None


def _is_known_in_lower_case(match: re.Match[str]) -> Certainty | None:
    parts = parts_of(value_of(match))
    named = any(part in GIVEN or part in SURNAMES for part in parts)
    return "plausible" if named and not has_ordinary(parts) else None


def _starts_with_given(match: re.Match[str]) -> Certainty | None:
    return "plausible" if parts_of(value_of(match))[0] in GIVEN else None


def _is_pair_in_lower_case(match: re.Match[str]) -> Certainty | None:
    """A known given name, first or behind a comma, and a word that is not ordinary."""
    value = value_of(match)
    parts = parts_of(value)
    given, surname = (-1, 0) if "," in value else (0, -1)
    named = len(parts) > 1 and parts[given] in GIVEN
    return "plausible" if named and not has_ordinary(parts, given, surname) else None


RULES = (
    rule(
        "name-patient",
        "PERSON",
        rf"\b{PERSON}\b\.?,?[ ](?:is[ ])?(?P<value>{LAST_FIRST}|{NAME})",
        0.85,
        judge=is_person,
        words="patient pt resident client member witness visitor pilot owner baby infant",
    ),
    rule(
        "name-baby",
        "PERSON",
        rf"\b(?:[Bb]aby|BABY|[Ii]nfant)(?i: boy| girl)?[ ](?P<value>{NAME_WORD})(?=[ ](?i:was )?(?i:born|"
        rf"delivered|admitted)\b)",
        0.75,
        judge=is_name,
        words="baby infant",
    ),
    rule(
        "name-label-identified",
        "PERSON",
        (
            rf"\b(?:Patient|PATIENT|Pt|Name|NAME|Resident|Client)[ ]?:[ ]{{1,4}}(?P<value>{NAME})"
            rf"[ ,;|\n]{{1,5}}(?={IDENTIFIER})"
        ),
        0.85,
        judge=is_name,
        words="patient pt name resident client",
    ),
    rule(
        "name-patient-lower",
        "PERSON",
        (
            r"\b(?:patient|pt|resident|client|lookup|visitor|witness)\b\.?,?[ ](?:is )?"
            rf"(?P<value>{LOWER_WORD}(?:[ ]{LOWER_WORD})?)"
        ),
        0.7,
        judge=_is_known_in_lower_case,
        words="patient pt resident client lookup visitor witness",
    ),
    rule(
        "name-identified",
        "PERSON",
        rf"(?<!\w)(?P<value>{LAST_FIRST}|{NAME})[ ,;|/-]{{1,3}}\(?(?={IDENTIFIER})",
        0.8,
        judge=_is_identified,
        words=IDENTIFIER_WORDS,
    ),
    rule(
        "name-identified-lower",
        "PERSON",
        rf"(?<!\w)(?P<value>{LOWER_WORD}[ ]{LOWER_WORD})[ ,;|/-]{{1,3}}\(?(?={IDENTIFIER})",
        0.7,
        judge=_is_known_in_lower_case,
        words=IDENTIFIER_WORDS,
    ),
    rule(
        "name-aged",
        "PERSON",
        rf"(?<!\w)(?P<value>{LAST_FIRST}|{FULL_NAME})(?:,[ ]|[ ]|[ ]\()(?={AGED})",
        0.75,
        judge=is_person,
        digit=True,
    ),
    rule(
        "name-is-aged",
        "PERSON",
        (
            rf"(?<!\w)(?P<value>{NAME})[ ](?:is|was)[ ](?:now )?an?[ ]{{1,2}}(?:\w{{3,12}}[ ])?"
            r"\d{1,3}[ -]?(?:y/?o|yo|y\.o|yr|year|month|week|day)"
        ),
        0.8,
        judge=is_person,
        digit=True,
    ),
    rule(
        "name-in-contact",
        "PERSON",
        rf"\b{WITH}[ ](?P<value>{LAST_FIRST}|{NAME})",
        0.75,
        judge=is_person,
    ),
    rule(
        "name-cued-lower",
        "PERSON",
        (
            rf"\b{LOWER_CUE}[ ]{{1,2}}(?P<value>{LOWER_WORD},?[ ](?:[a-z]\.? )?"
            rf"(?:{LOWER_PARTICLE})?{LOWER_WORD})(?![\w-])"
        ),
        0.65,
        judge=_is_pair_in_lower_case,
        words=GIVEN,
    ),
    rule(
        "name-acts",
        "PERSON",
        rf"(?<!\w)(?P<value>{FULL_NAME})[ ]{ACTS}\b",
        0.7,
        judge=is_person,
    ),
    rule(
        "name-acts-alone",
        "PERSON",
        (
            rf"(?<!\w)(?P<value>{WORD})(?:[ ](?:{ACTS}|is (?:from|\d))\b|"
            r"['’]s (?i:mom|mother|dad|father|wife|husband|daughter|son|sister|brother|cough|labs|chart|"
            r"family)\b)"
        ),
        0.65,
        judge=is_known_person,
        words=GIVEN | SURNAMES,
    ),
    rule(
        "name-acts-lower",
        "PERSON",
        (
            rf"(?<![\w'’-])(?P<value>{LOWER_WORD}(?:[ ](?:{LOWER_PARTICLE})?{LOWER_WORD})?)[ ]"
            r"(?:presented|presents|was (?:admitted|seen|discharged|brought|transferred)|tolerated|denies|"
            r"reports|is an? \d|complains of|underwent)\b"
        ),
        0.65,
        judge=_starts_with_given,
        words=GIVEN,
    ),
)
