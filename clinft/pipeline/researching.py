"""`clinft research`: asks, puts the brief together, and writes it beside the project, whole or not at all."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache

import clinft
from clinft import run_folder
from clinft.artifacts.canonical import digest_bytes, digest_json
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.research import ResearchBrief, Summary
from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline import known_terms, lifecycles
from clinft.pipeline.context import Context
from clinft.pipeline.driver import Produced, Stage, wrap
from clinft.pipeline.foreign_text import looks_foreign
from clinft.pipeline.gathering import Asking
from clinft.pipeline.prices import price_table, read_table
from clinft.ports.literature import Sources
from clinft.spec.project import ProjectSpec
from clinft.spec.research_policy import ResearchPolicy, Source
from clinft.stages.report.research import brief_markdown
from clinft.stages.research import queries as of_queries
from clinft.stages.research.brief import Gathered, Held, assemble
from clinft.stages.research.suggest import Ends, suggestions
from clinft.stages.research.summary import cited_sentences, prompt
from clinft.stages.research.table import Table
from clinft.stages.research.terms import unknown

STAGE, STAGE_VERSION = "research", 1
FOLDER, JSON, MARKDOWN = "research", "brief.json", "brief.md"
TABLE = "benchmarks.yaml"
HELD_WHY = "It ships with clinft; no service was asked for it."


def allowed(asked: Sequence[str], policy: ResearchPolicy) -> tuple[Source, ...]:
    """The sources to ask, in the policy's order; none asked for means all that it allows."""
    refused = [name for name in asked if name not in policy.sources]
    if refused:
        raise PolicyViolation(
            f"The policy allows no question to {', '.join(sorted(refused))}.",
            "A query leaves the repository, so `research.sources` of the policy says where it may go.",
            f"Ask one of these: {', '.join(policy.sources) or 'none is allowed'}; or change the policy.",
        )
    return tuple(name for name in policy.sources if not asked or name in asked)


@cache
def table() -> Table:
    return Table.model_validate(read_table(TABLE))


def of_query(
    text: str, sources: Sources, limit: int, today: date, say: Callable[[str], None]
) -> ResearchBrief:
    """A brief of one query, for no project: records and nothing else."""
    _refuse_private([text])
    asking = Asking(sources, limit, say)
    asking.ask([of_queries.of_text(text)])
    return assemble(asking.gathered, asking.gathered.references, today.isoformat())


def of_project(
    context: Context,
    sources: Sources,
    extra: Sequence[str] = (),
    limit: int | None = None,
    summarise: tuple[str, Callable[[str], str]] | None = None,
) -> Artifact[ResearchBrief]:
    """Asks and writes. `summarise`: a model's name, and what answers a prompt."""
    started = time.monotonic()
    spec, today = context.loaded.spec, context.services.clock.now().date()
    rows = table()
    asked = spec.model_copy(
        update={"research": spec.research.model_copy(update={"queries": (*spec.research.queries, *extra)})}
    )
    _refuse_private([*asked.research.queries, *spec.data.terminology_focus])
    _refuse_unknown(spec, rows)
    asking = Asking(sources, limit or spec.research.limit, context.say)
    asking.ask(of_queries.queries(asked, rows, today.year))
    terms = asking.look_up(_unknown_terms(spec))
    gathered = asking.gathered
    references = gathered.references
    brief = assemble(
        gathered,
        references,
        today.isoformat(),
        project=spec.name,
        benchmarks=rows.chosen(spec.research.benchmarks),
        held=tuple(_held(spec)),
        terms=terms,
        suggestions=suggestions(spec, rows, references, _ends(spec)),
        summary=_summary(gathered, summarise),
    )
    return _write(context, brief, time.monotonic() - started)


def brief_of(context: Context) -> tuple[str, int, ResearchBrief] | None:
    """Digest, age in days of its oldest answer, and the brief; None where there is none."""
    path = context.paths.root / FOLDER / JSON
    if path.is_symlink() or path.parent.is_symlink() or not path.is_file():
        return None
    artifact = run_folder.parse(path, ResearchBrief)
    return artifact.digest, artifact.payload.age_days(context.services.clock.now().date()), artifact.payload


def _write(context: Context, brief: ResearchBrief, seconds: float) -> Artifact[ResearchBrief]:
    """The JSON last: where it names another digest than brief.md has, a kill came between the two."""
    folder = context.paths.root / FOLDER
    run_folder.write_atomically(folder / MARKDOWN, brief_markdown(brief).encode())
    artifact = sealed(context, brief, seconds)
    run_folder.write_atomically(folder / JSON, run_folder.to_bytes(artifact))
    return artifact


def sealed(context: Context, brief: ResearchBrief, seconds: float) -> Artifact[ResearchBrief]:
    stage = Stage(
        STAGE, STAGE_VERSION, ResearchBrief, inputs=lambda _: {}, execute=lambda _: Produced(brief),
        summary=brief_markdown,
    )  # fmt: skip
    inputs = {"spec": context.loaded.spec_sha256, "table": digest_json(read_table(TABLE))}
    produced = Produced(brief, files=(f"{FOLDER}/{MARKDOWN}",), measured={"clinft": clinft.__version__})
    return wrap(stage, context, inputs, produced, seconds)


def is_whole(artifact: Artifact[ResearchBrief]) -> bool:
    """Whether its Markdown is what this brief gives."""
    digest = digest_bytes(brief_markdown(artifact.payload).encode())
    return artifact.files == {f"{FOLDER}/{MARKDOWN}": digest}


def _refuse_private(texts: Sequence[str]) -> None:
    """What a person wrote is asked of others: it may hold nothing that the audit would stop."""
    if any(looks_foreign(text) for text in texts):
        raise SpecError(
            "A query looks as if it held an identifier of a person.",
            "Queries leave the repository, and the audit's rules find a date, a number or a name in one.",
            "Ask for the subject: conditions, tasks, models. `clinft audit` explains the rules.",
        )


def _refuse_unknown(spec: ProjectSpec, rows: Table) -> None:
    known = [row.slug for row in rows.benchmarks]
    if wrong := [slug for slug in spec.research.benchmarks if slug not in known]:
        raise SpecError(
            f"research.benchmarks names {wrong[0]}, which clinft's table does not have.",
            "It is misspelt, or a newer clinft knows it.",
            f"Name some of: {', '.join(known)}; others go into research.queries.",
        )


def _unknown_terms(spec: ProjectSpec) -> tuple[str, ...]:
    focus = spec.data.terminology_focus
    left = unknown(focus, known_terms.of_packs()) if focus else ()
    return unknown(left, known_terms.of_icd10cm()) if left else ()


def _held(spec: ProjectSpec) -> Iterator[Held]:
    named = _terminology(spec.clinical_domain)
    if named is not None:
        yield Held("terminology", f"{named} is what this domain's codes are checked against.", HELD_WHY)
    training = spec.training
    rows = lifecycles.Table.model_validate(read_table(lifecycles.TABLE)).models
    for row in rows:
        if row.provider == training.provider:
            ends = (("training until", row.training_until), ("served until", row.serving_until))
            until = ", ".join(f"{what} {day}" for what, day in ends if day)
            yield Held(
                "providers",
                f"{row.base_model}: {until or 'no end is known'}.",
                f"{HELD_WHY} {row.source}",
                row.as_of,
            )
    for price in price_table().prices:
        if price.is_of(training.provider, training.base_model):
            text = f"{price.base_model}, {price.what}: {price.value} {price.unit.replace('_', ' ')}"
            where = ", ".join(part for part in (price.training_type, price.region) if part)
            yield Held(
                "providers",
                f"{text}{f' ({where})' if where else ''}.",
                f"{HELD_WHY} {price.source}",
                price.as_of,
            )


@cache
def _terminology(domain: str) -> str | None:
    """As the domain's pack names it; a domain without a pack has none."""
    try:
        pack = read_table(f"domains/{domain}.yaml")
    except OSError:
        return None
    named = pack.get("terminology") if isinstance(pack, dict) else None
    if not isinstance(named, dict):
        return None
    return (
        f"{named.get('name')}, release {named.get('release')} "
        f"({named.get('package')} {named.get('package_version')})"
    )


def _ends(spec: ProjectSpec) -> Ends | None:
    found = lifecycles.lifecycle_of(spec.training.provider, spec.training.base_model)
    if found is None:
        return None
    return Ends(found.training_until, found.serving_until, found.source, found.as_of)


def _summary(gathered: Gathered, summarise: tuple[str, Callable[[str], str]] | None) -> Summary | None:
    if summarise is None:
        return None
    model, answer = summarise
    references = gathered.references
    sentences, dropped = cited_sentences(answer(prompt(references)), references)
    return Summary(model=model, sentences=sentences, dropped=dropped)
