"""What the brief proposes to `prepare` and `estimate`. It is shown there; nothing follows it by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from clinft.artifacts.research import Reference, Suggestion
from clinft.spec.project import ProjectSpec
from clinft.stages.research.brief import paper_of
from clinft.stages.research.table import Advice, Table


@dataclass(frozen=True)
class Ends:
    """Of the spec's base model, by clinft's table."""

    training_until: date | None
    serving_until: date | None
    source: str
    as_of: str


def suggestions(
    spec: ProjectSpec, table: Table, references: tuple[Reference, ...], ends: Ends | None
) -> tuple[Suggestion, ...]:
    return tuple(_suggested(spec, table, references, ends))


def _suggested(
    spec: ProjectSpec, table: Table, references: tuple[Reference, ...], ends: Ends | None
) -> Iterator[Suggestion]:
    for row in table.advice:
        if row.holds_for(spec.task.kind, str(spec.training.method)):
            paper, doubt = paper_of(row, references)
            yield Suggestion(
                for_worker="prepare",
                about=row.about,
                text=_advised(row, spec),
                references=() if paper is None else (paper.key,),
                status="unverified" if paper is None else "verified",
                why=doubt or f"The figures are clinft's reading of {row.as_of} ({row.source}).",
            )
    if ends is not None:
        yield Suggestion(
            for_worker="estimate",
            about="lifecycle",
            text=_ends(spec.training.base_model, ends),
            status="unverified",
            why=f"clinft's own table, read on {ends.as_of}: {ends.source}"[:1_000],
        )


def _advised(row: Advice, spec: ProjectSpec) -> str:
    kind = spec.task.kind.replace("_", " ")
    subject = f"For {kind}" if row.about == "volume" else f"Method {spec.training.method}"
    text = f"{subject}: {row.text}." if row.about == "volume" else f"{subject} {row.text}."
    if row.least is None:
        return text
    asked = spec.data.records
    if asked < row.least:
        return f"{text} The spec asks for {asked:,} records over all splits, fewer than {row.least:,}."
    if row.most is not None and asked > row.most:
        return f"{text} The spec asks for {asked:,}; a learning curve says whether so many are of use."
    return f"{text} The spec asks for {asked:,} records over all splits."


def _ends(base_model: str, ends: Ends) -> str:
    training = f"can be trained until {ends.training_until}" if ends.training_until else ""
    serving = f"is served until {ends.serving_until}" if ends.serving_until else ""
    return f"{base_model} {' and '.join(part for part in (training, serving) if part) or 'has no known end'}."
