"""The brief, from what the services returned: every statement names records, or says why it is unverified."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clinft.artifacts.research import (
    SECTIONS,
    Asked,
    Failed,
    Found,
    IdKind,
    Reference,
    ResearchBrief,
    Section,
    Statement,
    Suggestion,
    Summary,
    Term,
)
from clinft.stages.research.merging import merged, same
from clinft.stages.research.table import Benchmark, Paper

# Of one section; the brief is to be read. What is not shown is in `references`.
MOST_STATEMENTS = 40
RETRACTED = "This paper is retracted: nothing may rest on it."
UNCHECKED = "Whether it is retracted is not known: no service that knows of retractions returned it."
CONCERN = "An expression of concern about it was published."
AUTHORS_WORD = "The licence is what the model's author wrote."
NO_PAPER = "No service returned its paper; the row is clinft's table alone."
OTHER_PAPER = "A service returned another paper for its id: the table or the service is wrong."
TERMS_ARE_OURS = "A service returned the paper. The terms of access are clinft's table: read them before use."


@dataclass(frozen=True)
class Held:
    """What clinft itself holds, with the day it was read: no service returned it."""

    section: Section
    text: str
    why: str
    as_of: str | None = None


@dataclass(frozen=True)
class Gathered:
    """All answers, in the order in which they were asked for."""

    found: Sequence[tuple[Section, Found]]
    # Asked for by ids, or for one term: what a row of a table or a term rests on, and no statement by itself.
    looked_up: Sequence[tuple[Section, Found]] = ()
    failed: Sequence[Failed] = ()
    headings: Sequence[Reference] = ()

    @property
    def all(self) -> tuple[tuple[Section, Found], ...]:
        return (*self.found, *self.looked_up)

    @property
    def references(self) -> tuple[Reference, ...]:
        return merged((*(one for _, found in self.all for one in found.references), *self.headings))


def assemble(
    gathered: Gathered,
    references: tuple[Reference, ...],
    today: str,
    project: str | None = None,
    benchmarks: Sequence[Benchmark] = (),
    held: Sequence[Held] = (),
    terms: Sequence[Term] = (),
    suggestions: Sequence[Suggestion] = (),
    summary: Summary | None = None,
) -> ResearchBrief:
    """`references`: those of `gathered`, merged, to whose keys terms and suggestions point."""
    asked = tuple(_asked(section, found) for section, found in gathered.all)
    days = [one.asked_on for one in asked]
    statements = [
        *_of_sections(gathered, references),
        *(of_benchmark(one, references) for one in benchmarks),
        *(_of_held(one) for one in held),
    ]
    return ResearchBrief(
        project=project,
        as_of=min(days, default=today),
        made_on=today,
        asked=asked,
        failed=tuple(gathered.failed),
        references=references,
        statements=tuple(sorted(statements, key=lambda one: SECTIONS.index(one.section))),
        terms=tuple(terms),
        suggestions=tuple(suggestions),
        summary=summary,
    )


def doubt_about(reference: Reference) -> str | None:
    """Why nothing may rest on it; None where something may."""
    if reference.retracted:
        return RETRACTED
    return None if reference.retraction_checked else UNCHECKED


def paper_of(row: Paper, references: Iterable[Reference]) -> tuple[Reference | None, str | None]:
    """The record that verifies a row of the table, or why there is none."""
    named = [one for one in references if row.is_named_by(one)]
    titled = [one for one in named if row.is_title_of(one)]
    if not titled:
        return None, OTHER_PAPER if named else NO_PAPER
    usable = [one for one in titled if doubt_about(one) is None]
    return (usable[0], None) if usable else (None, doubt_about(titled[0]))


def of_benchmark(row: Benchmark, references: Iterable[Reference]) -> Statement:
    paper, doubt = paper_of(row, references)
    return Statement(
        section="benchmarks",
        text=f"{row.name}: {row.what}. Access: {row.access} ({row.source}).",
        references=() if paper is None else (paper.key,),
        status="unverified" if paper is None else "verified",
        why=doubt or TERMS_ARE_OURS,
        as_of=row.as_of,
    )


def _of_sections(gathered: Gathered, references: tuple[Reference, ...]) -> list[Statement]:
    """What most queries and services returned comes first, then the newest; each record in one section."""
    place: dict[tuple[IdKind, str], list[int]] = {}
    for index, one in enumerate(references):
        for pair in one.ids.items():
            place.setdefault(pair, []).append(index)
    hits: dict[tuple[Section, int], int] = {}
    for section, found in gathered.found:
        for one in found.references:
            found_at = _index(one, references, place)
            if found_at is not None:
                hits[section, found_at] = hits.get((section, found_at), 0) + 1
    made: list[Statement] = []
    shown: set[int] = set()
    for section in SECTIONS:
        ranked = sorted(
            (index for where, index in hits if where == section and index not in shown),
            key=lambda index: (-hits[section, index], -(references[index].year or 0), index),
        )
        made += [of_reference(section, references[index]) for index in ranked[:MOST_STATEMENTS]]
        shown |= {*ranked}
    return made


def _index(
    one: Reference, references: tuple[Reference, ...], place: Mapping[tuple[IdKind, str], list[int]]
) -> int | None:
    found = {index for pair in one.ids.items() for index in place.get(pair, ())}
    return next((index for index in sorted(found) if same(one, references[index])), None)


def of_reference(section: Section, reference: Reference) -> Statement:
    where = ", ".join(str(part) for part in (reference.journal, reference.year) if part)
    text = f"{reference.title} ({where})" if where else reference.title
    doubt, limit = doubt_about(reference), CONCERN if reference.concern else None
    if reference.kind == "hf":
        text, limit = f"{reference.title}: licence {reference.licence or 'not stated'}", AUTHORS_WORD
    return Statement(
        section=section,
        text=text,
        references=(reference.key,),
        status="unverified" if doubt else "verified",
        why=doubt or limit,
    )


def _of_held(one: Held) -> Statement:
    return Statement(section=one.section, text=one.text, status="unverified", why=one.why, as_of=one.as_of)


def _asked(section: Section, found: Found) -> Asked:
    return Asked(
        source=found.source,
        section=section,
        query=found.asked,
        asked_on=found.asked_on,
        total=found.total,
        taken=len(found.references),
        left_out=found.left_out,
        answers=found.answers,
    )
