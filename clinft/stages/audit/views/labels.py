"""Words before a number that say what number it is, so that less is asked of the number itself."""

from typing import Literal, cast

from clinft.stages.audit.patterns import regex

Label = Literal["social", "telephone", "day", "postal", "number"]

REACH = 60
_NUMBERED = r"(?=[ _-]?(?:id|no|number|identifier|#))"
LABELS = {
    "social": r"ssn|ss#|soc(?:ial)?(?:[ _.]{1,2}sec(?:urity)?\.?)?|itin|last (?:four|4)",
    "telephone": (
        r"(?:tele)?phone|tel|cell(?:phone)?|mobile|fax|facsimile|pager|beeper|call(?:back)?|dial|reach|contact|text"
    ),
    "day": r"d\.?o\.?b\.?|(?:date of )?birth(?:[ _]?date|day)?|born",
    "postal": r"zip(?:[ _]?code)?|post(?:al)?[ _]?code",
    "number": (
        r"mrn|m\.r\.n\.?|(?:(?:medical|health|hospital|patient|med)[ _])?rec(?:ord)?|chart|account|acct|"
        r"member|subscriber|beneficiary|policy|medicare|medicaid|mbi|insurance|card|routing|licen[sc]e|dea|npi|"
        rf"passport|encounter|csn|accession|(?:case|claim|patient|pt|fin|visit|order){_NUMBERED}|id|identifier"
    ),
}
FILLING = (
    r"(?:[ _-]{0,2}(?:numbers?|no|num|nr|id|code|digits|me|him|her|them|us|back|last|four|4|identifier)\b|"
    r"[ ]?#){0,6}"
    r"[\"'*|:=#,.(\s-]{0,6}(?:(?:is|was|are|at|on|of|in|ends|ending|with)\b[\"'*|:=#,(\s-]{0,4}){0,3}"
)
BEFORE = regex(
    rf"(?i)(?<![a-z0-9])(?:{'|'.join(f'(?P<{kind}>{words})' for kind, words in LABELS.items())})"
    rf"(?![a-z0-9]){FILLING}$"
)


def label_before(text: str, start: int, context: str = "") -> Label | None:
    """What the words directly before `start` call the number there. `context` stands before the text."""
    said = text[start - REACH : start] if start >= REACH else (context + text[:start])[-REACH:]
    match = BEFORE.search(said)
    return cast(Label, match.lastgroup) if match else None
