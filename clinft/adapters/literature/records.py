"""From what a service says to a `Reference`: cleaned, cut, checked; without id or title it is left out."""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from clinft.artifacts.canonical import digest_bytes, digest_json
from clinft.artifacts.research import (
    LONGEST_JOURNAL,
    LONGEST_TITLE,
    IdKind,
    Reference,
    Retrieval,
    is_id,
    named_by,
    page_of,
)
from clinft.spec.research_policy import Source

# Control, format (bidi, zero-width), surrogate and private-use characters hide or reorder text.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})
TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9:-]*(?:\s[^<>]{0,200})?/?>")
RETRACTED_TITLE = re.compile(
    r"\W*(retracted|withdrawn|removed)\b(\s+(article|paper|publication))?\s*[:\]-]", re.I
)
NOTICE_TITLE = re.compile(
    r"\W*(((notice of )?retraction( note| notice)?|erratum|corrigendum)( to)?\s*:"
    r"|retraction (note|notice) to\b)",
    re.I,
)
RETRACTED_TYPES = frozenset({"retracted publication", "retracted article"})
# A notice is no paper: it tells of one.
NOTICES = frozenset(
    {
        "retraction of publication",
        "retraction notice",
        "retraction",
        "published erratum",
        "correction",
        "expression of concern",
    }
)
DOI_PREFIX = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.I)
ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.I)
VERSION = re.compile(r"v[0-9]{1,3}$")


def clean(text: object, most: int) -> str:
    """One line without markup and hidden characters, cut with a sign that it is."""
    if not isinstance(text, str):
        return ""
    # What no title is as long as is not looked at.
    plain = TAG.sub("", html.unescape(text[: 20 * most]))
    seen = "".join(" " if c.isspace() else c for c in plain)
    seen = " ".join("".join(c for c in seen if unicodedata.category(c) not in HIDDEN).split())
    return seen if len(seen) <= most else seen[: most - 1].rstrip() + "…"


def doi_of(text: object) -> str:
    return DOI_PREFIX.sub("", text.strip()).lower() if isinstance(text, str) else ""


def arxiv_of(text: object) -> str:
    """Without its version: a newer one is the same paper."""
    found = text.strip() if isinstance(text, str) else ""
    found = found.rsplit("/abs/", 1)[-1].removeprefix("arXiv:").removeprefix("arxiv:")
    return VERSION.sub("", found)


def year_of(value: object) -> int | None:
    text = str(value)[:4] if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text) if re.fullmatch(r"(1[5-9]|20|21)[0-9]{2}", text) else None


def reference(
    source: Source,
    day: str,
    record: object,
    ids: Mapping[IdKind, object],
    title: object,
    *,
    year: object = None,
    journal: object = None,
    types: Iterable[object] = (),
    retracted: bool = False,
    concern: bool = False,
    knows_retractions: bool = False,
    licence: object = None,
) -> Reference | None:
    """None: a notice, or a record without an id or a title. `record`: as the service gave it."""
    kinds = {kind.lower().replace("-", " ") for kind in types if isinstance(kind, str)}
    if kinds & NOTICES and not kinds & RETRACTED_TYPES:
        return None
    known: dict[IdKind, str] = {
        kind: text for kind, text in ids.items() if isinstance(text, str) and is_id(kind, text)
    }
    of_arxiv = ARXIV_DOI.fullmatch(known.get("doi", ""))
    if of_arxiv and is_id("arxiv", number := arxiv_of(of_arxiv[1])):
        known.setdefault("arxiv", number)
    name = clean(title, LONGEST_TITLE).rstrip(".")
    if not known or not name or NOTICE_TITLE.match(name):
        return None
    kind = named_by(known)
    digest = digest_bytes(record) if isinstance(record, bytes) else digest_of(record)
    return Reference(
        kind=kind,
        id=known[kind],
        ids=known,
        title=name,
        year=year_of(year),
        journal=clean(journal, LONGEST_JOURNAL) or None,
        url=page_of(kind, known[kind]),
        retrieved=(Retrieval(source=source, retrieved_on=day, sha256=digest),),
        retracted=retracted or bool(kinds & RETRACTED_TYPES) or bool(RETRACTED_TITLE.match(name)),
        concern=concern,
        retraction_checked=knows_retractions,
        licence=clean(licence, LONGEST_JOURNAL) or None,
    )


def digest_of(value: Any) -> str:
    """Of JSON as it was parsed, or of a client's object as plain values."""
    return digest_json(_plain(value, 12))


def _plain(value: Any, depth: int) -> Any:
    """What RFC 8785 takes: its numbers are doubles, so a larger one is told as text."""
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**53):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {str(key): _plain(one, depth - 1) for key, one in value.items()} if depth else "…"
    if isinstance(value, list | tuple):
        return [_plain(one, depth - 1) for one in value] if depth else "…"
    return str(value)
