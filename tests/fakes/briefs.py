"""References, answers and a brief as plain values."""

from typing import Any

from clinft.artifacts.research import (
    Found,
    IdKind,
    Reference,
    ResearchBrief,
    Retrieval,
    Section,
    named_by,
    page_of,
)
from clinft.stages.research.brief import Gathered, assemble

DAY = "2026-11-26"
HOSTILE = (
    "@octocat **b** | <script>x</script> `c` #1 [x](http://evil.example) ![i](y) $z$ :tada: www.evil.example"
)


def record(
    title: str = "A title of some words", source: Any = "europepmc", sha: str = "a", **more: Any
) -> Reference:
    """`more`: ids by kind, and fields of a reference."""
    kinds = ("pmid", "doi", "pmcid", "arxiv", "openalex", "s2", "hf", "federal_register", "mesh", "release")
    ids: dict[IdKind, str] = {kind: more.pop(kind) for kind in kinds if kind in more} or {"pmid": "1"}
    kind = named_by(ids)
    given = {"year": 2025, "retraction_checked": True, "journal": "J", **more}
    return Reference(
        kind=kind,
        id=ids[kind],
        ids=ids,
        title=title,
        url=page_of(kind, ids[kind]),
        retrieved=(Retrieval(source=source, retrieved_on=DAY, sha256=sha * 64),),
        **given,
    )


def answer(*references: Reference, source: Any = "europepmc", asked_on: str = DAY, **more: Any) -> Found:
    given = {"total": len(references), "asked": '"x"', **more}
    return Found(source=source, asked_on=asked_on, references=references, answers=("b" * 64,), **given)


def brief(*references: Reference, section: Section = "techniques", **more: Any) -> ResearchBrief:
    gathered = Gathered([(section, answer(*references))])
    return assemble(gathered, gathered.references, DAY, **{"project": "demo", **more})
