"""The brief as Markdown, and the few lines that other reports show of it. Titles are other people's text."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from clinft.artifacts.research import (
    SECTIONS,
    Reference,
    ResearchBrief,
    Section,
    Statement,
    Suggestion,
    Term,
)
from clinft.stages.report.markdown import bullets, code, document, escape, table

HEADINGS: Mapping[Section, str] = MappingProxyType(
    {
        "techniques": "Techniques",
        "benchmarks": "Benchmarks",
        "models": "Open clinical models",
        "providers": "Providers",
        "terminology": "Terminology",
        "regulation": "HIPAA and other rules",
    }
)
MEANS = (
    "*Verified* means: the service that is named returned a record with this id on that day, and none says "
    "that it is retracted. It does not mean that the paper is right, or that it says what you need: read it."
)
SHORT = 12


def brief_markdown(brief: ResearchBrief) -> str:
    """Carries no date of rendering: the same brief gives the same bytes."""
    of = "" if brief.project is None else f" for {escape(brief.project)}"
    return document(
        (
            f"# Literature brief{of}",
            f"Made on {brief.made_on}; its oldest answer is of {brief.as_of}. {_count(brief)}",
            MEANS,
            _failed(brief),
            _summary(brief),
            *(_section(brief, section) for section in SECTIONS),
            _terms(brief.terms),
            _suggestions(brief.suggestions),
            _references(brief.references),
            _asked(brief),
        )
    )


def age_line(digest: str, age_days: int, max_age_days: int) -> str:
    """For the report of a worker that a brief may feed."""
    line = f"Literature brief {code(digest[:SHORT])}: its oldest answer is {age_days} days old"
    if age_days > max_age_days:
        return (
            f"{line}, more than the {max_age_days} days that the policy allows. "
            "`clinft research` makes a new one."
        )
    return f"{line}; the policy allows {max_age_days}."


def suggestion_lines(brief: ResearchBrief, worker: str) -> str:
    """What it proposes to `prepare` or `estimate`; empty where it proposes nothing."""
    return bullets(_suggestion(one) for one in brief.suggestions if one.for_worker == worker)


def _count(brief: ResearchBrief) -> str:
    verified = sum(one.status == "verified" for one in brief.statements)
    retracted = sum(one.retracted for one in brief.references)
    return (
        f"{len(brief.statements)} statements, {verified} of them verified, on "
        f"{len(brief.references)} records, of which retracted: {retracted}."
    )


def _failed(brief: ResearchBrief) -> str:
    if not brief.failed:
        return ""
    rows = [(code(one.source), escape(one.why), str(one.answered), str(one.unasked)) for one in brief.failed]
    grid = table(("Source", "Why", "Queries answered before", "Queries not asked"), rows, numeric={2, 3})
    return document(("## Not answered", "What these services know is missing here.", grid)).rstrip("\n")


def _summary(brief: ResearchBrief) -> str:
    if brief.summary is None:
        return ""
    kept = brief.summary.sentences
    lines = [f"{escape(text)} {_cited(ids)}" for text, ids in kept]
    note = (
        f"Written by {code(brief.summary.model)} from the titles alone; each sentence cites records that "
        f"were returned. {brief.summary.dropped} sentences that did not were dropped."
    )
    return document(("## Summary by a model", note, bullets(lines))).rstrip("\n")


def _section(brief: ResearchBrief, section: Section) -> str:
    statements = brief.of(section)
    lines = bullets(_statement(one) for one in statements) or "Nothing was found."
    return f"## {HEADINGS[section]}\n\n{lines}"


def _statement(one: Statement) -> str:
    parts = [escape(one.text), _cited(one.references), _status(one.status, one.why)]
    if one.as_of is not None:
        parts.append(f"Table of {one.as_of}.")
    return " ".join(part for part in parts if part)


def _status(status: str, why: str | None) -> str:
    if status == "verified":
        return "" if why is None else escape(why)
    return f"**Unverified.** {escape(why or '')}".rstrip()


def _terms(terms: Sequence[Term]) -> str:
    if not terms:
        return ""
    rows = [
        (
            escape(one.term),
            "-" if one.heading is None else escape(one.heading),
            _cited(one.references) or "-",
            _status(one.status, one.why) or "a heading or entry term of MeSH",
        )
        for one in terms
    ]
    grid = table(("Term", "MeSH heading", "Ids", "Status"), rows)
    return document(("## Terms outside of packs and ICD-10-CM", grid)).rstrip("\n")


def _suggestions(suggestions: Sequence[Suggestion]) -> str:
    if not suggestions:
        return ""
    lines = bullets(f"To `{one.for_worker}`: {_suggestion(one)}" for one in suggestions)
    return f"## Suggestions\n\nNothing follows them by itself: who agrees edits the spec.\n\n{lines}"


def _suggestion(one: Suggestion) -> str:
    parts = (escape(one.text), _cited(one.references), _status(one.status, one.why))
    return " ".join(part for part in parts if part)


def _references(references: Sequence[Reference]) -> str:
    if not references:
        return ""
    rows = [
        (
            code(one.key),
            ("**RETRACTED** " if one.retracted else "") + escape(one.title),
            escape(", ".join(str(part) for part in (one.journal, one.year) if part)) or "-",
            "-" if one.licence is None else escape(one.licence),
            _retrieved(one),
            "-" if one.url is None else f"<{one.url}>",
        )
        for one in references
    ]
    grid = table(("Id", "Title", "Where, year", "Licence", "Returned by", "Address"), rows)
    return document(("## References", grid)).rstrip("\n")


def _retrieved(one: Reference) -> str:
    return "; ".join(
        f"{found.source} {found.retrieved_on} {code(found.sha256[:SHORT])}" for found in one.retrieved
    )


def _asked(brief: ResearchBrief) -> str:
    rows = [
        (
            one.source,
            one.section,
            code(one.query) or "-",
            one.asked_on,
            "missing" if one.total is None else f"{one.total:,}",
            str(one.taken),
            str(one.left_out),
            ", ".join(code(digest[:SHORT]) for digest in one.answers) or "-",
        )
        for one in brief.asked
    ]
    headings = ("Source", "Section", "Query", "Day", "Found", "Taken", "Left out", "Answers")
    left = "Left out: retraction notices, and records without an id or a title."
    return document(("## What was asked", left, table(headings, rows, numeric={4, 5, 6}))).rstrip("\n")


def _cited(keys: Iterable[str]) -> str:
    listed = ", ".join(code(key) for key in keys)
    return f"({listed})" if listed else ""
