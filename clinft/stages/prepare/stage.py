"""Prepare: spec → four JSONL files of records, and what is to be known about them.

The version of the domain's pack decides the generator: 1 `diagnosis-notes`, 2 `clinical-notes`.
"""

from pathlib import Path

from clinft.artifacts.canonical import digest_bytes, digest_file, digest_json
from clinft.artifacts.data import PreparedDataset, SplitSummary
from clinft.artifacts.jsonl import write_models
from clinft.errors import SpecError
from clinft.ports.workers import Workers
from clinft.spec.project import ProjectSpec
from clinft.stages.prepare import checks, dictionary, domains, frozen
from clinft.stages.prepare.clinical import load as packs
from clinft.stages.prepare.clinical import stage as clinical
from clinft.stages.prepare.clinical.generate import GENERATOR as CLINICAL
from clinft.stages.prepare.generate import GENERATOR, streams
from clinft.stages.prepare.load import PACK_VERSION, load_pack

STAGE_VERSION = 1


def prepare(
    spec: ProjectSpec,
    records_dir: Path,
    brought: Path | None = None,
    team: Path | None = None,
    processes: int | None = None,
    elsewhere: Workers | None = None,
) -> PreparedDataset:
    """Writes `records_dir/{train,validation,dev,test}.jsonl`, replacing older ones. SpecError.

    `brought`: the project's folder synthetic/, for records that are not generated; `team`: its own domain
    packs, a folder or one file; `processes`: absent, several for many records, whose bytes are the same, as
    they are if others make them, `elsewhere`.
    """
    if spec.data.origin == "generated" and generator_of(spec, team) == CLINICAL:
        return clinical.prepare(spec, records_dir, team, processes, elsewhere)
    if spec.data.origin == "frozen":
        assert brought is not None, "whoever prepares a project knows its folder"
        return frozen.prepare(spec, brought, records_dir, team)
    if spec.task.kind != "classification":
        raise SpecError(
            "These records can be prepared for classification only.",
            f"`task.kind` is {spec.task.kind}, which only the generator {CLINICAL} makes.",
            "Write `kind: classification` and list the labels, or use a domain of that generator: "
            f"{', '.join(packs.domains(team))}.",
        )
    return _diagnosis_notes(spec, records_dir)


def check(spec: ProjectSpec, team: Path | None = None) -> None:
    """SpecError where no records can be generated from this spec; nothing is drawn or written."""
    if spec.data.origin != "generated":
        return
    if generator_of(spec, team) == CLINICAL:
        clinical.check(spec, team)
    elif spec.task.kind == "classification":
        streams(spec.data, spec.task.labels, spec.clinical_domain)


def depends_on(spec: ProjectSpec, brought: Path, team: Path | None = None) -> dict[str, str]:
    """Besides the spec: sha256 by name of what the records are made of."""
    if spec.data.origin == "frozen":
        again = frozen.drawn_again(spec, brought)
        # What clinft vouches for rests on the tables that the facts are drawn from again.
        drawn = {} if again is None else {"tables": digest_json(tables(again, team))}
        return {**frozen.digests(brought), **drawn}
    return {"tables": digest_json(tables(spec, team))}


def tables(spec: ProjectSpec, team: Path | None = None) -> dict[str, str]:
    """sha256 by name of exactly the tables that the generated records are made from. SpecError."""
    if generator_of(spec, team) == CLINICAL:
        return clinical.tables(spec, team)
    file = domains.find(spec.clinical_domain)
    return {file.name + domains.SUFFIX: digest_bytes(file.text)}


def generator_of(spec: ProjectSpec, team: Path | None = None) -> str:
    """SpecError for an unknown domain or generator, and where the two do not fit."""
    file, named = domains.find(spec.clinical_domain, team), spec.data.generator
    if named not in domains.GENERATORS.values():
        raise SpecError(
            f"`data.generator` names no generator: {named}.",
            f"There are: {', '.join(domains.GENERATORS.values())}.",
            f"Write `generator: {file.generator}`, which makes records of {file.name}.",
        )
    if file.of_a_team and file.version == PACK_VERSION:
        raise SpecError(
            f"{file.path} is a domain pack of version {PACK_VERSION}.",
            f"A team's own packs are of version {packs.PACK_VERSION}.",
            "Start from the scaffold that `clinft new --domain` writes.",
        )
    if named != file.generator:
        version = next(version for version, made_by in domains.GENERATORS.items() if made_by == named)
        raise SpecError(
            f"The generator {named} makes no records of the domain {file.name}.",
            f"Its domains are: {', '.join(domains.names(team, version))}.",
            f"Write `generator: {file.generator}` under `data`, or use one of these domains.",
        )
    return named


def _diagnosis_notes(spec: ProjectSpec, records_dir: Path) -> PreparedDataset:
    given = {"task.classify": spec.task.classify, "data.label_counts": spec.data.label_counts}
    unread = [f"`{name}`" for name, value in given.items() if value]
    if unread:
        raise SpecError(
            f"The generator {GENERATOR} does not read {' and '.join(unread)}.",
            f"Only {CLINICAL} does; here every label gets as many records as any other.",
            "Remove it, or use a domain of the other generator.",
        )
    splits, tallies = {}, {}
    for split, records in streams(spec.data, spec.task.labels, spec.clinical_domain).items():
        path, tally = records_dir / f"{split}.jsonl", checks.Tally()
        write_models(path, tally.watch(records))
        tallies[split] = tally
        splits[split] = SplitSummary(
            records=tally.records,
            scenarios=len(tally.scenarios),
            by_label=dict(sorted(tally.by_label.items())),
            by_style=dict(sorted(tally.by_style.items())),
            sha256=digest_file(path),
        )
    scenarios, styles = checks.shared_scenarios(tallies), checks.shared_styles(tallies)
    checks.refuse_leaks(scenarios, styles)
    pack = load_pack(spec.clinical_domain)
    return PreparedDataset(
        generator=GENERATOR,
        generator_version=STAGE_VERSION,
        seed=spec.data.seed,
        splits=splits,
        fields=dictionary.fields(spec.data, spec.task.labels, spec.clinical_domain, pack),
        shared_scenarios=scenarios,
        shared_styles=styles,
        duplicate_texts=checks.duplicate_texts(tallies),
        terminology_release=str(pack.terminology),
    )
