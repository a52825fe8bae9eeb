"""Prepare: spec → four JSONL files of records, and what is to be known about them."""

from pathlib import Path

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import PreparedDataset, SplitSummary
from clinft.artifacts.jsonl import write_models
from clinft.errors import SpecError
from clinft.spec.project import ProjectSpec
from clinft.stages.prepare import checks, dictionary, frozen
from clinft.stages.prepare.generate import GENERATOR, streams
from clinft.stages.prepare.load import load_pack, packs_digest

STAGE_VERSION = 1


def prepare(spec: ProjectSpec, records_dir: Path, brought: Path | None = None) -> PreparedDataset:
    """Writes `records_dir/{train,validation,dev,test}.jsonl`, replacing older ones. SpecError.

    `brought`: the project's folder synthetic/, for records that are not generated.
    """
    if spec.task.kind != "classification":
        raise SpecError(
            "Records can be prepared for classification only.",
            "`task.kind` asks for something else.",
            "Write `kind: classification` and list the labels.",
        )
    if spec.data.origin == "frozen":
        assert brought is not None, "whoever prepares a project knows its folder"
        return frozen.prepare(spec, brought, records_dir)
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


def depends_on(spec: ProjectSpec, brought: Path) -> dict[str, str]:
    """Besides the spec: sha256 by name of what the records are made of."""
    if spec.data.origin == "frozen":
        return frozen.digests(brought)
    return {"tables": tables_digest()}


def tables_digest() -> str:
    """sha256 over the domain packs, an input of the stage."""
    return packs_digest()
