"""What is asked, from the spec: phrases in groups, in no service's syntax. What people wrote is one."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from clinft.artifacts.research import SECTIONS, IdKind, Query, Reference, Section, is_id
from clinft.spec.project import ProjectSpec
from clinft.stages.research.table import Paper, Table

MODELS = ("large language model", "large language models", "language model", "LLM")
TUNING = ("fine-tuning", "fine-tuned", "LoRA", "instruction tuning")
CLINICAL_TEXT = ("clinical notes", "clinical text", "electronic health records")
CLINICAL = ("clinical", "medical", "biomedical")
OPEN = ("open-source", "open-weight", "open source")
SYNTHETIC = ("synthetic data", "synthetic clinical notes", "synthetic notes")
HIPAA = ("HIPAA", "Health Insurance Portability and Accountability Act")
TASKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "classification": ("classification", "text classification"),
        "extraction": ("information extraction", "extraction"),
        "coding": ("ICD coding", "clinical coding", "medical coding", "ICD-10-CM"),
        "ner": ("named entity recognition",),
        "question_answering": ("question answering",),
        "summarization": ("summarization", "summarisation"),
        "dialogue_to_note": ("note generation", "dialogue summarization", "ambient documentation"),
        "generation": ("text generation", "generation"),
    }
)
# Beside the slug's own words, which a team may have chosen.
DOMAINS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "emergency-triage": ("emergency department", "triage"),
        "cardiology": ("cardiac", "cardiovascular"),
        "endocrinology": ("diabetes", "endocrine"),
        "endocrinology-diabetes": ("endocrinology", "diabetes"),
        "diabetes": ("endocrinology",),
        "oncology": ("cancer",),
        "pulmonology": ("respiratory medicine", "pulmonary"),
        "psychiatry": ("mental health",),
        "obstetrics": ("pregnancy",),
        "infectious-disease": ("infectious diseases", "infection"),
        "nephrology": ("kidney disease", "renal"),
        "radiology": ("radiology reports",),
        "radiology-reports": ("radiology",),
        "general-medicine": ("internal medicine", "primary care"),
        "hospital-medicine": ("inpatient", "discharge summaries"),
    }
)
RECENT, LATELY = 5, 3  # years
# A snapshot of a hosted model is found under its name alone: gpt-4.1-mini-2025-04-14.
SNAPSHOT = re.compile(r"[-_@]20[0-9]{2}-?[0-9]{2}-?[0-9]{2}$")
QUOTED = re.compile(r'"([^"]*)"')
MOST_WORDS = 24
# Services read more, but not more at once.
MOST_IDS, LONGEST_ID = 20, 80
ASKED_FOR: tuple[IdKind, ...] = ("pmid", "doi", "pmcid", "arxiv")


def queries(spec: ProjectSpec, table: Table, year: int) -> tuple[Query, ...]:
    """`year`: the present one; techniques older than a few years are not asked for."""
    domain, task = domain_phrases(spec), TASKS.get(spec.task.kind, (spec.task.kind.replace("_", " "),))
    recent, lately = year - RECENT, year - LATELY
    asked = [
        Query(section="techniques", all_of=(domain, task, MODELS), since=recent),
        Query(section="techniques", all_of=(CLINICAL_TEXT, TUNING, MODELS), since=lately),
        Query(section="techniques", all_of=(SYNTHETIC, CLINICAL, MODELS), since=lately),
        Query(section="models", all_of=(CLINICAL, OPEN, MODELS), since=lately),
        Query(section="regulation", all_of=(HIPAA,), since=lately),
        Query(section="terminology", all_of=(("ICD-10-CM",),), since=year - 2),
    ]
    if name := base_model_phrase(spec.training.base_model):
        asked.append(Query(section="techniques", all_of=((name,), CLINICAL)))
    asked += [of_text(text) for text in spec.research.queries]
    asked += by_id([*table.chosen(spec.research.benchmarks), *_advice(spec, table)])
    return tuple(asked)


def of_text(text: str) -> Query:
    """Words that must all occur; what stands in double quotes, as it stands there."""
    phrases: list[str] = []
    for index, part in enumerate(QUOTED.split(text)):
        phrases += [part] if index % 2 else part.split()
    # AND, OR and NOT are words here, and ones that nearly every record has.
    wanted = [one.strip() for one in phrases if re.search(r"\w", one) and one not in ("AND", "OR", "NOT")]
    kept = tuple((one[:300],) for one in wanted[:MOST_WORDS])
    return Query(section="techniques", all_of=kept or ((text[:300],),), anywhere=True)


def by_id(papers: list[Paper]) -> list[Query]:
    named = [(kind, text) for paper in papers for kind, text in paper.ids.items()]
    return _in_parts([*dict.fromkeys(one for one in named if is_id(*one))])


def unchecked(references: tuple[Reference, ...]) -> list[Query]:
    """Records of services that say nothing of retractions, asked for again where one knows."""
    named: list[tuple[IdKind, str]] = []
    for one in references:
        if not one.retraction_checked:
            known = [(kind, one.ids[kind]) for kind in ASKED_FOR if kind in one.ids]
            named += [pair for pair in known if len(pair[1]) <= LONGEST_ID][:1]
    return _in_parts([*dict.fromkeys(named)])


def for_source(query: Query, sections: frozenset[Section], resolves: frozenset[IdKind]) -> Query | None:
    """As a source with these sections, which can be asked for these ids, is asked it; None: it is not."""
    if query.ids:
        ids = tuple(one for one in query.ids if one[0] in resolves)
        return query.model_copy(update={"ids": ids}) if ids else None
    if query.section in sections:
        return query
    # Whatever is asked of them, releases answer the same.
    searched = [one for one in SECTIONS if one in sections and one != "terminology"]
    return query.model_copy(update={"section": searched[0]}) if query.anywhere and searched else None


def domain_phrases(spec: ProjectSpec) -> tuple[str, ...]:
    slug = spec.clinical_domain
    return (slug.replace("-", " "), *DOMAINS.get(slug, ()))


def base_model_phrase(base_model: str) -> str | None:
    """None for weights that come with clinft: no paper names them."""
    if base_model.startswith("builtin:"):
        return None
    return SNAPSHOT.sub("", base_model.rsplit("/", 1)[-1])


def _advice(spec: ProjectSpec, table: Table) -> list[Paper]:
    method = str(spec.training.method)
    return [one for one in table.advice if one.holds_for(spec.task.kind, method)]


def _in_parts(named: list[tuple[IdKind, str]]) -> list[Query]:
    return [
        Query(section="benchmarks", ids=tuple(named[first : first + MOST_IDS]))
        for first in range(0, len(named), MOST_IDS)
    ]
