"""(R) Any other unique number or code: encounters, claims, UUIDs, hashes, unexplained long numbers."""

import re

from clinft.stages.audit.recognizers.labelled import labelled
from clinft.stages.audit.rule import Certainty, after, before, rule, value_of

# Some words name a number only where they are written `visit number`, `case #`, `order id`.
NUMBERED = r"(?=[ _-]?(?:number|no\b|id\b|#))"
# A code system, a publication or a registered trial: the number is not a person's.
CODE_BEFORE = re.compile(
    r"(?i)(?:snomed|sctid|concept|rxnorm|rxcui|loinc|icd|cpt|hcpcs|ndc|umls|cui|mesh|atc|unii|pmid|pmc|"
    r"doi|isbn|nct|code|codes|seed|version|revision|sha\w*)[\w ]{0,12}[\"'(:=# |/.-]{0,5}$"
)
UNIT_AFTER = re.compile(
    r"(?i)^\s?(?:mg|mcg|ug|ng|pg|ml|l|dl|g|kg|units?|copies|cells?|iu|u|cfu|mm|cm|"
    r"steps|bytes|tokens|%|/)(?:\b|/|$)"
)


def _is_unexplained(match: re.Match[str]) -> Certainty | None:
    """Not a round count, not a measurement, not a code of a terminology."""
    round_count = value_of(match).endswith("000")
    explained = round_count or CODE_BEFORE.search(before(match, 30)) or UNIT_AFTER.match(after(match, 10))
    return None if explained else "plausible"


RULES = (
    labelled(
        "event-number",
        "UNIQUE_IDENTIFIER",
        r"encounter|csn|fin|accession|specimen|claim|requisition|authorization|confirmation|barcode|badge|"
        rf"inmate|(?:visit|case|order|referral|employee|student|donor|subject|participant|enrollment){NUMBERED}|"
        r"prescription(?=[ _-]?(?:number|no\b|#))|auth(?=[ ]?#)|rx(?=[ ]?#)|military(?= id)|"
        r"tax(?=[ _-]?(?:id|number))|study(?=[ _-]?id\b)|unique[ _-](?=id)|"
        r"national(?=[ _-]?(?:id|identity|insurance))(?:[ _-](?:identity|insurance))?",
        "encounter csn fin visit accession specimen claim case order requisition referral authorization auth "
        "confirmation prescription rx barcode badge employee student donor inmate military tax national "
        "subject participant enrollment study unique",
        score=0.85,
    ),
    rule(
        "uuid",
        "UNIQUE_IDENTIFIER",
        r"(?i)(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])",
        0.8,
        symbol="-",
    ),
    rule(
        "hashed-identifier",
        "DERIVED_CODE",
        (
            r"(?i)\b(?:patient|pt|mrn|ssn|subject|member|person|name|identity)\b"
            r"[\w ]{0,20}?[\"' ]{0,2}[:=#(]?[\"' ]{0,3}(?:is )?"
            r"(?<![a-z0-9])(?P<value>(?=[0-9a-f]*\d)[0-9a-f]{16,128})(?!\w)"
        ),
        0.9,
        words="patient pt mrn ssn subject member person name identity",
        digit=True,
    ),
    rule(
        "social-handle",
        "UNIQUE_IDENTIFIER",
        (
            r"(?i)\b(?:twitter|instagram|facebook|tiktok|snapchat|linkedin|username|handle|skype)\b"
            r"[ :]{0,3}(?:is |as |account )?(?P<value>@\w{3,30})"
        ),
        0.8,
        symbol="@",
    ),
    rule(
        "long-number",
        "UNEXPLAINED_NUMBER",
        r"(?<![\w.,/+:@=-])#?\d{7,19}(?![\w%]|[.,/:-]\d)",
        0.5,
        judge=_is_unexplained,
        digit=True,
    ),
    rule(
        "lettered-number",
        "UNEXPLAINED_NUMBER",
        r"(?<![\w.,/+:@=#-])(?!NCT|PMC|ISO|RFC)[A-Z]{1,4}-?\d{6,12}(?![\w%]|[.,/:-]\d)",
        0.5,
        judge=_is_unexplained,
        digit=True,
    ),
)
