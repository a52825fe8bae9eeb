"""(A) Names behind a title, a label or a greeting."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.name_forms import (
    ANY_CASE,
    FULL_NAME,
    LAST_FIRST,
    LOWER_WORD,
    NAME,
    PLACEHOLDER,
    SURNAMES,
    is_known,
    is_name,
    is_no_person,
    is_ordinary,
    is_person,
    parts_of,
)
from clinft.stages.audit.rule import Certainty, after, rule, value_of

# Between a label and its value: quotes, table bars, dot leaders, an end of an XML tag.
BETWEEN = r"[ \"'|*_]{0,3}(?:[:=|>#]|\.{3,20}|\bis\b|\t)[ \"'|*_.]{0,6}"
VERB_AFTER = regex(
    r"(?i)['’]s\b|[ ](?:was|is|has|had|will|states?|denies|reports?|presents?|presented|underwent|came|"
    r"returns?|continues|did|does|remains|agrees|understands|complains|takes|lives|wants|tolerated)\b"
)


def _is_titled(match: re.Match[str]) -> Certainty | None:
    """`MR FARABAUGH WAS SEEN` and not `MR Angiography`, `MS Contin`."""
    known = (
        match["dot"] or any(map(is_known, parts_of(value_of(match)))) or VERB_AFTER.match(after(match, 14))
    )
    return None if match["title"] in ("MR", "MS") and not known else is_name(match)


def _is_titled_in_lower_case(match: re.Match[str]) -> Certainty | None:
    """`mr. farabaugh`, `mister patel` and not `ms contin`, `mr angiogram`."""
    word = parts_of(value_of(match))[0]
    certain = match["dot"] or match["title"] in ("mister", "mrs", "missus") or word in SURNAMES
    return None if is_ordinary(word) or PLACEHOLDER.fullmatch(word) or not certain else "plausible"


def _is_field(match: re.Match[str]) -> Certainty | None:
    """In lower case a label's value may be a remark: `name: withheld`."""
    parts = parts_of(value_of(match))
    remark = any(map(is_ordinary, parts)) and not any(map(is_known, parts))
    return None if remark or PLACEHOLDER.fullmatch(parts[0]) else "plausible"


def _is_label_name(match: re.Match[str]) -> Certainty | None:
    """After a bare `Name:` or `Patient:` a known name, or two words of which none is ordinary."""
    parts = parts_of(value_of(match))
    if is_no_person(parts):
        return None
    return "plausible" if len(parts) > 1 or is_known(parts[0]) else None


RULES = (
    rule(
        "name-title",
        "PERSON",
        rf"\b(?P<title>Mr|Mrs|Ms|Miss|Mx|MR|MRS|MS|MISS|Mister|Missus)\b(?P<dot>\.?)"
        rf"[ ]{{1,2}}(?P<value>{NAME})",
        0.9,
        judge=_is_titled,
        words="mr mrs ms miss mx mister missus",
    ),
    rule(
        "name-titles",
        "PERSON",
        rf"\b(?:Mr|MR)\.? (?:and|AND|&) (?:Mrs|Ms|MRS|MS)\.?[ ]{{1,2}}(?P<value>{NAME})",
        0.9,
        judge=is_name,
        words="mr",
    ),
    rule(
        "name-title-lower",
        "PERSON",
        (
            r"\b(?P<title>mr|mrs|ms|miss|mister|missus)\b(?P<dot>\.?)[ ]{1,2}"
            rf"(?P<value>(?:[a-z]\. )?{LOWER_WORD}(?:-{LOWER_WORD})?)"
        ),
        0.8,
        judge=_is_titled_in_lower_case,
        words="mr mrs ms miss mister missus",
    ),
    rule(
        "name-form-field",
        "PERSON",
        (
            r"(?i:\b(?:patient(?:['’]?s)?[ _]?name|name of (?:the )?(?:patient|child|parent|member|insured)|"
            r"(?:pt|full|last|first|given|family|maiden|middle|legal|preferred|subscriber|mother['’]?s|"
            r"member|guarantor|father['’]?s|parent|guardian|spouse|child|contact|insured|responsible party|"
            r"birth|nick)['’]?s?[ _-]?name|surname|nickname|next[ _]of[ _]kin|nok|emergency[ _]contact|"
            r"guarantor|responsible[ _]party|contact[ _]person|health ?care proxy|power of attorney|poa|"
            r"hcp))"
            rf"{BETWEEN}(?P<value>{ANY_CASE})"
        ),
        0.95,
        judge=_is_field,
        words=(
            "name surname nickname kin nok contact guarantor party person proxy attorney poa hcp patientname "
            "fullname lastname firstname"
        ),
    ),
    rule(
        "name-field-bare",
        "PERSON",
        rf"(?i:\b(?:last|first|full|maiden|middle) name|\bnext of kin|\bname)[ ](?P<value>{NAME}|"
        rf"{LAST_FIRST})",
        0.75,
        judge=is_person,
        words="name kin",
    ),
    rule(
        "name-field-lower",
        "PERSON",
        rf"\b(?:last|first|full|maiden|middle) name (?:is )?(?P<value>{LOWER_WORD})\b",
        0.75,
        judge=_is_field,
        words="name",
    ),
    rule(
        "name-label",
        "PERSON",
        (
            r"\b(?:Name|NAME|name|Patient|PATIENT|patient|Pt|PT|pt|Re|RE|re|Subject|SUBJECT|Client|Resident|"
            r"Member|Signout|SIGNOUT|Sign-out|Handoff|HANDOFF|User|Child|Infant|Baby|Mother|Father|Parent|"
            r"Guardian|Spouse|Son|"
            rf"Daughter|Husband|Wife|Contact|CC|cc|To|TO|From|FROM|"
            rf"P)[ ]?[:|>][ ]{{0,8}}(?P<value>{LAST_FIRST}|{NAME})"
        ),
        0.8,
        judge=_is_label_name,
    ),
    rule(
        "name-is-named",
        "PERSON",
        rf"(?i:\b(?:name is|name['’]s|named|goes by|known as|called))[ ](?P<value>{NAME})",
        0.85,
        judge=is_person,
        words="name named goes known called",
    ),
    rule(
        "name-is-lower",
        "PERSON",
        rf"\b(?:my|his|her|their|patient|whose) (?:first |last |full |maiden )?name is "
        rf"(?P<value>{LOWER_WORD}(?: {LOWER_WORD})?)",
        0.75,
        judge=_is_field,
        words="name",
    ),
    rule(
        "name-greeting",
        "PERSON",
        (
            r"\b(?:[Hh]i|[Hh]ello|Hey|HEY|Dear|DEAR|dear|[Tt]hanks|[Tt]hank you|[Gg]ood (?:morning|"
            r"afternoon|evening)),?[ ]"
            rf"(?P<value>{NAME})"
        ),
        0.85,
        judge=is_person,
        words="hi hello hey dear thanks thank good",
    ),
    rule(
        "name-signature",
        "PERSON",
        (
            r"(?i:\b(?:sincerely|kind regards|best regards|warm regards|regards|yours truly|respectfully|"
            r"signed|"
            rf"let me know|thank you|thanks|best)),?\s{{1,3}}(?P<value>{NAME})(?=\s*(?:$|[,\n.]))"
        ),
        0.75,
        judge=is_person,
        words="sincerely regards truly respectfully signed know thank thanks best",
    ),
    rule(
        "name-this-is",
        "PERSON",
        (
            r"\b(?:[Tt]his is|THIS IS|[Ii] am|[Ii]['’]m|[Mm]y name['’]?s?(?: is)?|[Tt]his letter concerns|"
            r"[Cc]hart of|[Rr]ecord of|[Tt]ask list for|[Gg]uidance on \w+ dosing for|[Rr]esults? of|"
            r"[Ll]abs? of|[Oo]n behalf of)[ ]"
            rf"(?P<value>{FULL_NAME}|{LAST_FIRST})"
        ),
        0.75,
        judge=is_person,
    ),
)
