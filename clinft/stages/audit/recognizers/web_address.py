"""(N) Web addresses: with a scheme, with www, bare hosts, and links to published references."""

import re

from clinft.stages.audit.recognizers.hosts import (
    CLEAR_ENDING,
    LOWER_ENDING,
    TOP_LEVEL,
    host_of,
    is_reference,
    is_reserved_host,
)
from clinft.stages.audit.rule import Certainty, rule, value_of

# A sentence's own punctuation at the end is no part of it.
WITH_SCHEME = (
    r"(?i)\b(?:(?:https?|hxxps?|ftps?|sftp|mychart|epichttp)://|www\.)"
    r"[^\s<>\"'`)\]}|\\]{3,2000}(?<![.,;:!?*_])"
)
LABELS = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.|\[\.\])){1,6}"
PATH = r"[/?#][^\s<>\"'`)\]}|\\]{0,500}(?<![.,;:!?*_])"
NOT_INSIDE = r"(?<![\w@:/.%-])(?<!@ )"


def _is_url(match: re.Match[str]) -> Certainty | None:
    value = value_of(match)
    if is_reference(value):
        return None
    return "reserved" if is_reserved_host(host_of(value)) else "plausible"


def _is_reference(match: re.Match[str]) -> Certainty | None:
    return "plausible" if is_reference(value_of(match)) else None


RULES = (
    rule("url", "URL", WITH_SCHEME, 0.9, judge=_is_url),
    rule("url-reference", "REFERENCE_URL", WITH_SCHEME, 0.9, judge=_is_reference),
    rule(
        "url-bare",
        "URL",
        rf"{NOT_INSIDE}(?i:{LABELS}{CLEAR_ENDING})(?![\w@-]|\.[\w-])(?:{PATH})?",
        0.7,
        judge=_is_url,
        words="com org net edu gov mil",
        symbol=".",
    ),
    rule(
        "url-bare-lower",
        "URL",
        rf"{NOT_INSIDE}(?=[a-z0-9-]{{3}}){LABELS}{LOWER_ENDING}(?![\w@-]|\.[\w-])(?:{PATH})?",
        0.65,
        judge=_is_url,
        symbol=".",
    ),
    rule(
        "url-with-path",
        "URL",
        (
            rf"{NOT_INSIDE}(?i:(?=[a-z0-9-]{{3}}){LABELS}{TOP_LEVEL})(?::\d{{2,5}})?"
            r"/[^\s<>\"'`)\]}|\\]{2,500}(?<![.,;:!?*_])"
        ),
        0.7,
        judge=_is_url,
        symbol="/",
    ),
    rule(
        "url-short-link",
        "URL",
        rf"{NOT_INSIDE}(?i:[a-z0-9]{{1,2}}\.(?:co|gd|ly|gl|to|cc|me|su|ws|gg|id))/[\w-]{{3,60}}(?![\w-])",
        0.7,
        judge=_is_url,
        symbol="/",
    ),
    rule(
        "url-by-label",
        "URL",
        (
            r"(?i)\b(?:web ?site|web ?page|url|link|portal|home ?page|blog|profile)[\"'*| ]{0,3}"
            rf"(?:[:=]|is|at)[\"'*| ]{{0,3}}(?P<value>{LABELS}{TOP_LEVEL}(?![\w@-])(?:{PATH})?)"
        ),
        0.8,
        judge=_is_url,
        symbol=".",
    ),
)
