"""(A) Names, where a title, label, relation, greeting or form of writing gives them away."""

import re

from clinft.stages.audit import tables
from clinft.stages.audit.rule import Certainty, before, rule, value_of

GIVEN = tables.words("names", "given")
NOT_NAMES = tables.words("names", "not_names")
EPONYMS = frozenset(tables.table("names")["eponyms"])

# One capitalised or all-capital word; a name of one to four of them, with initials and particles.
WORD = r"(?:[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+(?:['’-]?[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)*|[A-ZÀ-ÖØ-Þ]['’]?[A-ZÀ-ÖØ-Þ]{2,})"
PARTICLE = r"(?:(?:de|del|la|van|von|der|den|bin|al|el|da|di|dos)[ ]){1,2}"
NAME = rf"{WORD}(?:[ ]{{1,2}}(?:[A-Z]\.?[ ])?(?:{PARTICLE})?{WORD}){{0,3}}"
ANY_CASE = rf"(?:{NAME}|[^\W\d_]{{2,}}(?:,?[ ][^\W\d_]{{2,}})?)"

RELATIONS = (
    "mother father mom dad wife husband spouse partner fiance fiancee daughter son sister brother "
    "aunt uncle niece nephew cousin grandmother grandfather grandma grandpa granddaughter grandson "
    "stepmother stepfather guardian roommate neighbor boyfriend girlfriend caregiver twin"
)
RELATION = rf"(?i:\b(?:{RELATIONS.replace(' ', '|')}))"
CREDENTIAL = (
    r"(?:MD|M\.D\.|DO|D\.O\.|RN|BSN|NP|FNP|PA-C|PA|PhD|Ph\.D\.|PharmD|LCSW|MSW|"
    r"CRNA|APRN|DPT|DDS|LPN|CNM|MBBS|FACS)"
)


def _parts(value: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", value.lower())


def _is_name(match: re.Match[str]) -> Certainty | None:
    """Not a word that merely stands where a name could stand."""
    return None if _parts(value_of(match))[0] in NOT_NAMES else "plausible"


def _is_label_name(match: re.Match[str]) -> Certainty | None:
    """After a bare `Name:` or `Patient:` a given name, or two words of which none is ordinary."""
    parts = _parts(value_of(match))
    ordinary = any(part in NOT_NAMES for part in parts)
    return "plausible" if parts[0] in GIVEN or (len(parts) > 1 and not ordinary) else None


def _has_given(match: re.Match[str]) -> Certainty | None:
    parts = _parts(value_of(match))
    return "plausible" if parts[0] in GIVEN and parts[-1] not in NOT_NAMES else None


def _is_full_name(match: re.Match[str]) -> Certainty | None:
    parts = _parts(value_of(match))
    if " ".join(parts) in EPONYMS or re.search(r"\b(?:Dr|Doctor|Prof|Nurse)\.? $", before(match, 10)):
        return None
    return "plausible" if parts[0] in GIVEN and not any(part in NOT_NAMES for part in parts) else None


def _is_last_first(match: re.Match[str]) -> Certainty | None:
    last, first = match["last"].lower(), match["first"].lower()
    return "plausible" if first in GIVEN and last not in NOT_NAMES else None


RULES = (
    rule(
        "name-title",
        "PERSON",
        rf"\b(?:Mr|Mrs|Ms|Miss|Mx|MR\.|MRS|MS\.)\.?[ ]{{1,2}}(?P<value>{NAME})",
        0.9,
        judge=_is_name,
        words="mr mrs ms miss mx",
    ),
    rule(
        "name-form-field",
        "PERSON",
        (
            r"(?i:\b(?:patient(?:['’]?s)?[ _]name|name of (?:the )?patient|"
            r"(?:pt|full|last|first|given|family|maiden|middle|legal|preferred|subscriber|mother['’]?s|"
            r"father['’]?s|parent|guardian|spouse|child)[ _]name|surname|"
            r"next[ _]of[ _]kin|emergency[ _]contact|guarantor|responsible[ _]party|contact[ _]person))"
            rf"[ \"'|*_]{{0,3}}[:=|][ \"'|*_]{{0,4}}(?P<value>{ANY_CASE})"
        ),
        0.95,
        judge=_is_name,
        words="name surname kin contact guarantor party person",
    ),
    rule(
        "name-label",
        "PERSON",
        rf"\b(?:Name|NAME|Patient|PATIENT|Pt|Re|RE)[ ]?[:|][ ]{{0,3}}(?P<value>{NAME}(?:,[ ]{NAME})?)",
        0.8,
        judge=_is_label_name,
        words="name patient pt re",
    ),
    rule(
        "name-is-named",
        "PERSON",
        rf"(?i:\b(?:name is|name['’]s|named|goes by|known as))[ ](?P<value>{NAME})",
        0.85,
        judge=_is_name,
        words="name named goes known",
    ),
    rule(
        "name-relation",
        "PERSON",
        rf"{RELATION}(?:['’]s name is|,? named)?,?[ ]\(?(?P<value>{NAME})",
        0.85,
        judge=_has_given,
        words=RELATIONS,
    ),
    rule(
        "name-patient",
        "PERSON",
        rf"\b(?:[Pp]atient|PATIENT|[Pp]t\.?|[Rr]esident|[Cc]lient),?[ ](?P<value>{NAME})",
        0.85,
        judge=_has_given,
        words="patient pt resident client",
    ),
    rule(
        "name-greeting",
        "PERSON",
        rf"\b(?:[Hh]i|[Hh]ello|Hey|Dear|[Tt]hanks|[Tt]hank you|[Gg]ood morning),?[ ](?P<value>{NAME})",
        0.85,
        judge=_has_given,
        words="hi hello hey dear thanks thank good",
    ),
    rule(
        "name-signature",
        "PERSON",
        rf"(?i:\b(?:sincerely|kind regards|best regards|yours truly)),?\s{{1,3}}(?P<value>{NAME})",
        0.8,
        judge=_is_name,
        words="sincerely regards truly",
    ),
    rule(
        "name-full",
        "PERSON",
        rf"\b(?=(?P<value>{WORD}[ ](?:[A-Z]\.?[ ])?(?:{PARTICLE})?{WORD})\b)",
        0.7,
        judge=_is_full_name,
        words=GIVEN,
    ),
    rule(
        "name-last-first",
        "PERSON",
        rf"\b(?=(?P<value>(?P<last>{WORD}),[ ]?(?P<first>{WORD})(?:[ ][A-Z]\b\.?)?))",
        0.8,
        judge=_is_last_first,
        words=GIVEN,
    ),
    rule(
        "name-initials",
        "PERSON_INITIALS",
        (
            r"(?i:\b(?:patient|pt|initials)\b(?:['’]?s)?(?: initials)?(?: are)?)[ :=]{1,3}"
            r"(?P<value>[A-Z]\.[ ]?[A-Z]\.(?:[ ]?[A-Z]\.)?)"
        ),
        0.75,
        judge=_is_name,
        words="patient pt initials",
    ),
    rule(
        "name-employer",
        "EMPLOYER",
        (
            rf"(?i:\b(?:works (?:at|for)|worked (?:at|for)|employed (?:by|at)|employer[ ]?[:=]))[ ]{{1,2}}"
            rf"(?P<value>{NAME})"
        ),
        0.7,
        judge=_is_name,
        words="works worked employed employer",
    ),
    rule(
        "name-provider-title",
        "PROVIDER_NAME",
        rf"\b(?:Dr|DR|Doctor|Prof|Professor|Nurse|Chaplain)\b\.?[ ]{{1,2}}(?P<value>{NAME})",
        0.9,
        judge=_is_name,
        words="dr doctor prof professor nurse chaplain",
    ),
    rule(
        "name-provider-credential",
        "PROVIDER_NAME",
        rf"\b(?P<value>{NAME}),?[ ]{CREDENTIAL}(?![\w-])",
        0.85,
        judge=_is_name,
        words="md m do d rn bsn np fnp pa phd ph pharmd lcsw msw crna aprn dpt dds lpn cnm mbbs facs",
    ),
    rule(
        "name-provider-role",
        "PROVIDER_NAME",
        (
            r"(?i:\b(?:attending|surgeon|provider|pcp|physician|referring|consultant|"
            r"(?:electronically )?signed by|dictated by|reviewed by|author)(?: physician| provider)?)"
            r"[ ]?[:=/][ ]{0,3}"
            rf"(?:Dr\.?[ ])?(?P<value>{NAME})"
        ),
        0.85,
        judge=_is_name,
        words="attending surgeon provider pcp physician referring consultant signed dictated reviewed author",
    ),
)
