"""(F) E-mail addresses, also spelled out, spaced and encoded."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.recognizers.hosts import TOP_LEVEL, is_reserved_host
from clinft.stages.audit.rule import Certainty, rule, value_of

LOCAL = r"\w[\w.+%'’&-]{0,63}"
HOST = r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[^\W\d_][\w-]{1,62}"
AT = r"(?:[\[({<](?i:at|@)[\])}>]|%40|&#64;|&commat;)"
DOT = r"(?:[ ]?(?:\.|[\[({<](?i:dot|\.)[\])}>])[ ]?|[ ](?i:dot)[ ])"
# Of the others some are words: `live`, `att`.
CLEAR_PROVIDER = r"(?:gmail|googlemail|yahoo|hotmail|outlook|icloud|aol|proton ?mail|msn|comcast)"
PROVIDER = (
    r"(?:gmail|googlemail|yahoo|hotmail|outlook|icloud|aol|proton(?:mail)?|gmx|live|msn|comcast|verizon|att)"
)
NO_ADDRESS = regex(r"(?i)^(?:git|svn|hg)@|@\dx\.(?:png|jpe?g|gif|webp|svg)$")


def _is_email(match: re.Match[str]) -> Certainty | None:
    value = re.sub(r"(?i)[\[({<]dot[\])}>]|\bdot\b", ".", value_of(match))
    value = re.sub(rf"{AT}|[ ]at[ ]", "@", value).replace(" ", "")
    if NO_ADDRESS.search(value):
        return None
    return "reserved" if is_reserved_host(value) else "plausible"


RULES = (
    rule(
        "email",
        "EMAIL_ADDRESS",
        rf"(?<![\w.+%-]){LOCAL}@{HOST}",
        0.95,
        judge=_is_email,
        symbol="@",
    ),
    rule(
        "email-quoted",
        "EMAIL_ADDRESS",
        rf"\"[^\"\n@]{{1,64}}\"@{HOST}",
        0.9,
        judge=_is_email,
        symbol="@",
    ),
    rule(
        "email-at-number",
        "EMAIL_ADDRESS",
        rf"(?<![\w.+%-]){LOCAL}@\[?(?:\d{{1,3}}\.){{3}}\d{{1,3}}\]?",
        0.9,
        judge=_is_email,
        symbol="@",
    ),
    rule(
        "email-spaced",
        "EMAIL_ADDRESS",
        (
            rf"(?<![\w.+%-]){LOCAL}[ ]{{0,2}}@[ ]{{0,2}}[\w-]{{1,63}}(?:[ ]?\.[ ]?[\w-]{{1,63}}){{0,3}}"
            rf"[ ]?\.[ ]?(?i:{TOP_LEVEL})\b"
        ),
        0.85,
        judge=_is_email,
        symbol="@",
    ),
    rule(
        "email-encoded",
        "EMAIL_ADDRESS",
        rf"(?<![\w.+%-]){LOCAL}[ ]?{AT}[ ]?[\w-]{{1,63}}(?:{DOT}[\w-]{{1,63}}){{1,4}}",
        0.85,
        judge=_is_email,
    ),
    rule(
        "email-spelled",
        "EMAIL_ADDRESS",
        (
            rf"(?i)\b[\w+-]{{1,64}}(?:(?:[ ]dot[ ]|\.)[\w+-]{{1,64}}){{0,3}}[ ]at[ ]"
            rf"[\w-]{{1,63}}(?:[ ]dot[ ][\w-]{{1,63}}){{0,2}}[ ]dot[ ]{TOP_LEVEL}\b"
        ),
        0.75,
        judge=_is_email,
        words="dot",
    ),
    rule(
        "email-at-provider",
        "EMAIL_ADDRESS",
        rf"(?i)(?<![\w.])[\w.+-]{{2,64}}[ ]at[ ]{PROVIDER}(?:\.|[ ]dot[ ])(?:com|net|org|me|de|co\.uk)\b",
        0.8,
        judge=_is_email,
        words="at",
    ),
    rule(
        "email-spelled-at-provider",
        "EMAIL_ADDRESS",
        (
            r"(?i)(?<![\w.])[\w+-]{1,40}(?:[ ](?:dot|underscore)[ ][\w+-]{1,40}){1,3}"
            rf"[ ]at[ ]{CLEAR_PROVIDER}\b"
        ),
        0.75,
        judge=_is_email,
        words="dot underscore",
    ),
    rule(
        "email-by-label",
        "EMAIL_ADDRESS",
        (
            r"(?i)\be-?mail(?:[ _]address)?[\"'*| ]{0,3}[:=]?[\"'*| ]{0,3}(?:is |at |to )?"
            rf"(?P<value>{LOCAL}(?:@[\w-]{{2,63}}|[ ]at[ ]{HOST}))"
        ),
        0.8,
        judge=_is_email,
        words="email mail",
    ),
)
