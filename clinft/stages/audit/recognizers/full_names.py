"""(A) Names that their own words give away: a known given name or surname and another word."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.name_forms import (
    EPONYM_AFTER,
    EPONYM_WORDS,
    EPONYMS,
    GIVEN,
    INITIAL,
    KNOWN,
    LOWER_WORD,
    PARTICLE,
    SURNAMES,
    UPPER,
    WORD,
    WORD_GIVEN,
    has_ordinary,
    is_known,
    parts_of,
    plain,
)
from clinft.stages.audit.rule import Certainty, after, before, rule, value_of

PROVIDER_BEFORE = regex(r"\b(?:Dr|DR|Doctor|Prof|Nurse|RN|NP|PA|MD)\.? $")
PLACE_BEFORE = regex(
    r"(?i)\b(?:St|Saint|Mt|Mount|Fort|San|Santa|King|Port|Lake|New|Hospital|University of)\.? $"
)


def _is_full_name(match: re.Match[str]) -> Certainty | None:
    """A given name before any word, or any word before a surname."""
    parts = parts_of(value_of(match))
    if " ".join(parts) in EPONYMS or has_ordinary(parts) or EPONYM_AFTER.match(after(match, 44)):
        return None
    text_before = before(match, 16)
    if PROVIDER_BEFORE.search(text_before) or PLACE_BEFORE.search(text_before):
        return None
    first, last = parts[0], parts[-1]
    given = first in GIVEN or (first in WORD_GIVEN and last in SURNAMES)
    # In capitals every word looks like a given name.
    initial = value_of(match)[1] in ". "
    surnamed = last in SURNAMES and (initial or (len(parts) > 1 and not value_of(match).isupper()))
    return "plausible" if given or surnamed else None


def _is_last_first(match: re.Match[str]) -> Certainty | None:
    last, first = plain(match["last"]), plain(match["first"])
    # Authors of a paper stand in a row: `Harris-Benedict, Henry, Liu, Yang, Owen`.
    listed = re.search(r"[A-Za-z]{2}, $", before(match, 6)) or re.match(r", [A-Z][a-z]+", after(match, 16))
    if has_ordinary([last, first], given=1, surname=0) or last in EPONYM_WORDS or listed:
        return None
    return (
        "plausible"
        if first in GIVEN or (last in SURNAMES and (is_known(first) or first in WORD_GIVEN))
        else None
    )


def _is_pair_in_lower_case(match: re.Match[str]) -> Certainty | None:
    """Both words are known names. Every pair of words comes here, so the first is asked about first."""
    first = match["first"]
    if first.isascii() and first not in GIVEN:
        return None
    first, last = plain(first), plain(match["last"])
    return "plausible" if first in GIVEN and last in SURNAMES else None


def _is_caret_name(match: re.Match[str]) -> Certainty | None:
    """HL7 and DICOM write LAST^FIRST^MIDDLE."""
    parts = parts_of(value_of(match).replace("^", " "))
    field = re.search(
        r"(?:PID|NK1|GT1|IN1|PV1|ORC|OBR|0010,0010|0008,0090|PatientName|Name)[^\n]{0,80}$",
        before(match, 110),
    )
    known = any(map(is_known, parts))
    return "plausible" if (known or field) and not has_ordinary(parts, given=1, surname=0) else None


RULES = (
    rule(
        "name-full",
        "PERSON",
        rf"(?<![\w'’-])(?=(?P<value>{WORD}[ ](?:{INITIAL}){{0,2}}(?:{PARTICLE})?{WORD})(?![\w]))",
        0.7,
        judge=_is_full_name,
        words=KNOWN,
    ),
    rule(
        "name-full-initial",
        "PERSON",
        rf"(?<![\w'’.-])(?P<value>{WORD}[ ][{UPPER}]\.)(?![\w.])",
        0.65,
        judge=_is_full_name,
        words=GIVEN,
    ),
    rule(
        "name-initial-last",
        "PERSON",
        rf"(?<![\w'’.-])(?P<value>[{UPPER}]\.[ ]?(?:[{UPPER}]\.[ ]?)?(?:{PARTICLE})?{WORD})(?!\w)",
        0.65,
        judge=_is_full_name,
        words=SURNAMES,
    ),
    rule(
        "name-last-first",
        "PERSON",
        (
            rf"(?<![\w'’-])(?=(?P<value>(?:{PARTICLE})?(?P<last>{WORD}),[ ]?"
            rf"(?P<first>{WORD})(?:[ ][{UPPER}]\b\.?)?))"
        ),
        0.8,
        judge=_is_last_first,
        words=KNOWN,
    ),
    rule(
        "name-full-lower",
        "PERSON",
        (
            rf"(?<![\w'’-])(?=(?P<value>(?P<first>{LOWER_WORD})[ ](?:[a-z]\.?[ ])?(?P<last>{LOWER_WORD}))"
            r"(?![\w-]))"
        ),
        0.65,
        judge=_is_pair_in_lower_case,
        words=GIVEN,
        more_words=SURNAMES,
    ),
    rule(
        "name-last-first-lower",
        "PERSON",
        rf"(?<![\w'’-])(?=(?P<value>(?P<last>{LOWER_WORD}),?[ ](?P<first>{LOWER_WORD}))(?![\w-]))",
        0.65,
        judge=_is_pair_in_lower_case,
        words=GIVEN,
        more_words=SURNAMES,
    ),
    rule(
        "name-caret",
        "PERSON",
        (
            rf"(?<![\w^])(?P<value>[{UPPER}][\w'’ -]{{1,30}}\^(?![A-Z]{{2}}\^\d)[{UPPER}][\w'’-]{{1,20}}"
            r"(?:\^[^\W\d_]{0,20}\.?){0,3})(?!\w)"
        ),
        0.8,
        judge=_is_caret_name,
        symbol="^",
    ),
)
