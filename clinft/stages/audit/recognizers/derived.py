"""(R) Codes made from an identifier, 164.514(c): hashes, pseudonyms of names and years, parts of numbers."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.rule import Certainty, after, before, digits_of, rule, value_of

WHOSE = (
    r"(?:patients?|pt|mrn|ssn|social security|subject|member|person|names?|identity|dob|birth|phone|email|"
    r"address|insured|beneficiary|account|medical record|record|identifier|phi|pii|hashed|"
    r"pseudonym(?:ous|i[sz]ed)?|de-?identified)"
)
# A digest beside these proves a file or a program.
FILE = regex(
    r"(?i)\b(?:files?|commit|data ?set|model|checksum|digest|release|download|archive|image|layer|package|"
    r"wheel|schema|prompt|config|weights|artifact|manifest|jsonl?|csv|parquet|yaml|git|tree|"
    r"blob)\b[^\n]{0,60}$"
)
HASH = (
    r"(?<![a-z0-9])(?P<value>(?:\$2[aby]\$\d\d\$[./\w]{53}|(?=[0-9a-f]{0,20}\d)[0-9a-f]{16,128}|"
    r"[\w+/-]{20,88}={1,2}))(?!\w)"
)
NUMBERED = (
    r"(?:mrn|medical record|record|account|acct|a/c|card|credit card|debit card|visa|mastercard|amex|member|"
    r"policy|subscriber|medicare|medicaid|insurance|chart|patient id|passport|driver['’]?s licen[sc]e|"
    r"licen[sc]e|dl|serial|vin|plate|phone|cell|claim|mbi|bank account|checking|iban)"
    r"(?:[ _-]?(?:number|no\.?|id|#))?"
)
# Typing errors too: `enidng`.
ENDS = r"(?:ends|e[ndi]{3,5}g|last ?(?:four|4|three|3|five|5)(?: digits?)?)"


def _is_a_persons(match: re.Match[str]) -> Certainty | None:
    return None if FILE.search(before(match, 80)) else "plausible"


def _is_hash(match: re.Match[str]) -> Certainty | None:
    """Hex of a digest's length, or base64 in both cases with a digit."""
    value = value_of(match)
    if re.fullmatch(r"[0-9a-fA-F]+", value):
        return _is_a_persons(match) if re.search(r"[a-fA-F]", value) or len(value) >= 32 else None
    mixed = all(re.search(kind, value) for kind in ("[a-z]", "[A-Z]", r"\d"))
    return _is_a_persons(match) if mixed else None


def _is_part(match: re.Match[str]) -> Certainty | None:
    """`policy ending 2019` has a year, `ends in 120 days` a time."""
    value = value_of(match)
    named = re.search(r"(?i)digit|four|4 |#|number|no\b", match.group()[: -len(value)])
    year = re.fullmatch(r"(?:19|20)\d\d", value) and not named
    unit = re.match(r"(?i) ?(?:days?|weeks?|months?|years?|hours?|mg|ml)\b", after(match, 8))
    return None if year or unit or len(digits_of(value)) < 3 else "plausible"


RULES = (
    rule(
        "hashed-identifier",
        "DERIVED_CODE",
        (
            rf"(?i)(?<![a-z]){WHOSE}(?![a-z])[\w /'’()-]{{0,24}}?[\"' ]{{0,2}}[:=#(>]?[\"' ]{{0,3}}"
            rf"(?:is )?{HASH}"
        ),
        0.9,
        judge=_is_hash,
    ),
    rule(
        "hash-by-word",
        "DERIVED_CODE",
        (
            r"(?i)\b(?:sha-?(?:1|2|256|384|512)|md-?5|hmac|crc32|hash(?:ed)?|salted|pseudonym|token)\b"
            r"[\w \"'’(),-]{0,12}(?:of|for|from)[ ](?:the |her |his |their |your ){0,2}"
            rf"{WHOSE}(?![a-z])[^\n:=]{{0,24}}[:=]?[\"' ]{{0,3}}(?:is )?"
            r"(?<![a-z0-9])(?P<value>(?=[0-9a-f]{0,20}\d)[0-9a-f]{8,128})(?!\w)"
        ),
        0.9,
        judge=_is_hash,
    ),
    # A digest that is called a key: `Key 316a60e4...`
    rule(
        "digest-as-key",
        "DERIVED_CODE",
        (
            r"(?i)\b(?:key|pseudonym|pseudo-?id|token|linkage|hash id)[^\w\n]{1,4}(?:is )?[\"']?"
            r"(?P<value>(?=[0-9a-f]{0,20}\d)[0-9a-f]{32,128})(?!\w)"
        ),
        0.85,
        judge=_is_hash,
    ),
    # `SMI1949`: letters of a name and a year of birth.
    rule(
        "letters-and-year",
        "DERIVED_CODE",
        (
            r"(?i)\b(?:codes?|coded|pseudonym|alias|initials(?: and| \+)? ?(?:birth ?)?(?:year|yob|dob)?|"
            r"first (?:two|three|four|2|3|4) letters[^\n:.]{0,60}|key)\b[^\w\n]{1,4}(?:is |as |was |"
            r"to )?[\"'(]?"
            r"(?P<value>(?-i:[A-Z]{2,4})[-_ /]?(?:(?:19|20)\d\d|\d{2}[-/]?\d{2}[-/]?\d{2,4}))(?![\w-])"
        ),
        0.85,
        words="code codes coded pseudonym alias initials letters key",
        digit=True,
    ),
    rule(
        "key-of-a-person",
        "DERIVED_CODE",
        (
            r"(?i)\b(?:(?:patient|pt|subject|person|pseudonym(?:ous)?|linkage|re-?identification|"
            r"anonymi[sz]ed|de-?identified|study|participant)[ _-](?:code|key|token|pseudonym|alias)|"
            r"pseudonym)"
            r"[^\w\n]{1,4}(?:is |was )?[\"'(#]?"
            r"(?P<value>(?=[a-z_-]{0,12}\d)[a-z0-9](?:[/_-]?[a-z0-9]){2,39})(?!\w)"
        ),
        0.85,
        digit=True,
    ),
    rule(
        "ending",
        "TRUNCATED_NUMBER",
        (
            rf"(?i)\b{NUMBERED}(?:['’]s)?[^\w\n]{{0,3}}(?:\w{{2,10}}[ ]){{0,2}}?{ENDS}"
            r"[^\w\n]{0,3}(?:(?:in|with|on|is|are|digits?|of) ){0,3}[\"'(:#]{0,2}"
            r"(?P<value>[x*#•.-]{0,14}\d{3,6})(?![\w-]|\.\d)"
        ),
        0.85,
        judge=_is_part,
        digit=True,
    ),
    rule(
        "last-digits-of",
        "TRUNCATED_NUMBER",
        (
            r"(?i)\b(?:last|first|final) (?:four|4|three|3|five|5|six|6)(?: digits?)?(?: of| for| on)? "
            rf"(?:(?:the|her|his|their|my|your|patient['’]?s?) ){{0,2}}{NUMBERED}[^\w\n]{{0,4}}"
            r"(?:(?:is|are|was|were) )?(?P<value>\d{3,6})(?![\w-])"
        ),
        0.85,
        judge=_is_part,
        words="last first final",
        digit=True,
    ),
    # `cut to ...6783`, `#53540… (record number cut)`: what is left shows that something was taken away.
    rule(
        "cut-off",
        "TRUNCATED_NUMBER",
        (
            r"(?i)\b(?:cut(?: off)?(?: to| at)?|truncated(?: to)?|shortened to|trimmed to|"
            r"short(?:ened)? code|partial (?:mrn|ssn|id|number))[ :]{1,3}(?:as |is )?"
            r"(?P<value>[.…#-]{0,3}\d{3,6}[.…-]{0,3})(?!\w|\.\d)"
        ),
        0.8,
        digit=True,
    ),
    # Masked by at least three signs; `**2019**` is bold type.
    rule(
        "masked",
        "TRUNCATED_NUMBER",
        (
            r"(?<![\w*#•-])(?:(?:[xX]{3,4}|\*{3,4}|#{3,4}|•{3,4})[- ]?){1,4}[xX*#•]{0,8}\d{3,6}"
            r"(?![\w*#•-])"
        ),
        0.8,
        judge=_is_part,
        digit=True,
    ),
)
