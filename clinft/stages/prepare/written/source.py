"""Whose facts a model writes from: records drawn as `clinft prepare` draws them, and the words they know."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clinft.artifacts.data import Record
from clinft.errors import SpecError
from clinft.spec.project import ProjectSpec, TaskKind
from clinft.stages.prepare.clinical import generate as clinical
from clinft.stages.prepare.clinical import load as clinical_packs
from clinft.stages.prepare.generate import GENERATOR, streams
from clinft.stages.prepare.load import load_pack
from clinft.stages.prepare.written.vocabulary import Vocabulary, of_clinical_pack, of_pack

# A label follows from the facts alone. Other answers hold places in a text, parts of it, or exactly the facts
# that one text tells.
KINDS: tuple[TaskKind, ...] = ("classification",)
# More take days, and cost more than a generator's texts are worth replacing.
MOST_RECORDS = 100_000
GENERATORS = (GENERATOR, clinical.GENERATOR)
# Facts that tell of the generator's own text: places in it, and what was misspelt or shortened.
OF_THE_TEXT = ("noise", "spans", "places")


def refuse_unless_writable(spec: ProjectSpec) -> None:
    if spec.task.kind not in KINDS:
        raise SpecError(
            f"A model cannot write texts anew for a task of kind {spec.task.kind}.",
            "Its answers hold places or parts of the text that they were made with.",
            f"Use the generated texts as they are; written anew can be: {', '.join(KINDS)}.",
        )
    if spec.data.generator not in GENERATORS:
        raise SpecError(
            f"`data.generator` names no generator: {spec.data.generator}.",
            f"There are: {', '.join(GENERATORS)}.",
            "Write one of these.",
        )
    if spec.data.records > MOST_RECORDS:
        raise SpecError(
            f"`data.records` asks for {spec.data.records:,}; a model writes at most {MOST_RECORDS:,}.",
            "Each is one to three paid requests, and the files must fit into the repository.",
            "Lower data.records, or use the generated texts, of which there may be millions.",
        )


def streams_of(spec: ProjectSpec, team: Path | None = None) -> dict[str, Iterator[Record]]:
    """`team`: the project's own domain packs, a folder or one file."""
    if spec.data.generator == clinical.GENERATOR:
        return clinical.streams(spec.data, spec.task, spec.clinical_domain, team)
    return streams(spec.data, spec.task.labels, spec.clinical_domain)


def vocabulary_of(spec: ProjectSpec, team: Path | None = None) -> Vocabulary:
    if spec.data.generator == clinical.GENERATOR:
        return of_clinical_pack(clinical_packs.load_pack(spec.clinical_domain, team))
    return of_pack(load_pack(spec.clinical_domain))


def terminology_of(spec: ProjectSpec, team: Path | None = None) -> str:
    if spec.data.generator == clinical.GENERATOR:
        return str(clinical_packs.load_pack(spec.clinical_domain, team).pack.terminology)
    return str(load_pack(spec.clinical_domain).terminology)


def rewritten(record: Record, text: str) -> Record:
    """The same case in other words; what the facts said of the old words is gone."""
    facts: dict[str, Any] = {key: value for key, value in record.facts.items() if key not in OF_THE_TEXT}
    return record.model_copy(update={"text": text, "facts": facts})
