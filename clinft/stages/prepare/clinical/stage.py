"""Prepare with `clinical-notes`: the files, and what is to be known about them."""

from pathlib import Path

from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.data import PreparedDataset, SplitSummary
from clinft.ports.workers import Workers
from clinft.spec.project import ProjectSpec
from clinft.stages.prepare import checks
from clinft.stages.prepare.clinical import dictionary, words
from clinft.stages.prepare.clinical import load as packs
from clinft.stages.prepare.clinical.files import write_files
from clinft.stages.prepare.clinical.generate import GENERATOR, VERSION, Generation, Job
from clinft.stages.prepare.clinical.styles import templates
from clinft.stages.prepare.clinical.tasks import styles_for
from clinft.stages.prepare.domains import SUFFIX, find

QUESTIONS = "questions"


def prepare(
    spec: ProjectSpec,
    records_dir: Path,
    team: Path | None = None,
    processes: int | None = None,
    elsewhere: Workers | None = None,
) -> PreparedDataset:
    """Writes `records_dir/{train,validation,dev,test}.jsonl`, replacing older ones. SpecError."""
    pack = packs.load_pack(spec.clinical_domain, team)
    tallies, sha256 = write_files(Job(spec.data, spec.task, pack), records_dir, processes, elsewhere)
    scenarios, templates = checks.shared_scenarios(tallies), checks.shared_templates(tallies)
    checks.refuse_leaks(scenarios, 0, templates)
    return PreparedDataset(
        generator=GENERATOR,
        generator_version=VERSION,
        seed=spec.data.seed,
        splits={
            split: SplitSummary(
                records=tally.records,
                scenarios=len(tally.scenarios),
                by_label=dict(sorted(tally.by_label.items())),
                by_style=dict(sorted(tally.by_style.items())),
                sha256=sha256[split],
            )
            for split, tally in tallies.items()
        },
        fields=dictionary.fields(spec.data, spec.task, pack),
        shared_scenarios=scenarios,
        # Styles are in all splits here, and no wording of them is: templates are what must not be shared.
        shared_styles=templates,
        duplicate_texts=checks.duplicate_texts(tallies),
        terminology_release=str(pack.pack.terminology),
    )


def check(spec: ProjectSpec, team: Path | None = None) -> None:
    """SpecError where the spec cannot be met."""
    Generation(Job(spec.data, spec.task, packs.load_pack(spec.clinical_domain, team)))


def tables(spec: ProjectSpec, team: Path | None = None) -> dict[str, str]:
    """sha256 by name of exactly the tables that this project's records are made from."""
    file = find(spec.clinical_domain, team)
    styles = spec.data.styles or styles_for(spec.task)
    unused = {style for style in templates() if style not in styles}
    if spec.task.kind != "question_answering":
        unused.add(QUESTIONS)
    written = {
        f"clinft/tables/styles/{entry.name}": digest_bytes(entry.read_bytes())
        for entry in words.folder().iterdir()
        if entry.name.endswith(SUFFIX) and entry.name.removesuffix(SUFFIX) not in unused
    }
    # By name alone: a team's folder lies elsewhere on every machine.
    return {file.name + SUFFIX: digest_bytes(file.text), **packs.tables_used(packs.of_file(file)), **written}
