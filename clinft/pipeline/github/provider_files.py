"""Deleting the files that were uploaded to hosted providers, once they are past their date.

The provider is asked again wherever it is not recorded yet: that its answer was lost does no harm.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from clinft.artifacts.model import Job
from clinft.artifacts.run_state import RunStatus
from clinft.errors import ClinftError, SpecError
from clinft.pipeline.context import Context
from clinft.pipeline.github.disposals import Disposal, Told, known_now, note, pull_of, record, waiting
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.github.retention import Known, KnownRun
from clinft.pipeline.training_request import request_of
from clinft.ports.publishing import OpenPull
from clinft.ports.training import TrainingRequest
from clinft.spec import yaml
from clinft.spec.messages import validated
from clinft.spec.project import ProjectSpec
from clinft.spec.training import TrainingSpec

DELETED: RunStatus = "provider_files_deleted"


def dispose(main: OnMain, opened: tuple[OpenPull, ...]) -> Iterator[Told]:
    """Of all projects. A provider that fails, or a project that is damaged, stops no other."""
    try:
        known, pull = known_now(main), pull_of(opened)
        there = () if pull is None else waiting(main, pull)
    except ClinftError as error:
        yield Told("retention", f"nothing is deleted at providers. {error}", failed=True)
        return
    new: list[Disposal] = []
    for project in main.projects:
        done = {one.run_id for one in there if (one.project, one.status) == (project, DELETED)}
        try:
            yield from _project(main, known, project, done, new)
        except ClinftError as error:
            yield Told(project, str(error), failed=True)
    try:
        yield from record(main, known, new, opened)
    except ClinftError as error:
        yield Told("retention", str(error), failed=True)


def _project(main: OnMain, known: Known, project: str, done: set[str], new: list[Disposal]) -> Iterator[Told]:
    due = [
        (run, run.job)
        for run in known.runs(project).values()
        if run.job is not None
        and run.run_id not in done
        and not run.says(DELETED)
        and known.kept(run, DELETED) is None
    ]
    if not due:
        return
    context = main.open_project(Path("projects") / project)
    for run, job in due:
        try:
            provider = context.services.providers(job.provider)
            if not provider.hosted:
                continue
            provider.dispose(job, _request(main, context, run, job))
            found = Disposal(project, run.run_id, DELETED, known.now, main.actions.run_id)
            if run.merged:
                new.append(found)
            else:
                note(main, found)
        except ClinftError as error:
            what = f"{run.run_id}: its files at {job.provider} are not deleted."
            yield Told(project, f"{what} {error}", failed=True)
        else:
            yield Told(project, f"{run.run_id}: its files at {job.provider} are deleted.")


def _request(main: OnMain, context: Context, run: KnownRun, job: Job) -> TrainingRequest:
    """As far as a provider needs one to delete: where its account is. The files lie elsewhere by now."""
    training = _training(main, run)
    if training.provider != job.provider:
        raise SpecError(
            f"The spec of {run.run_id} names another provider than its job.",
            "Evidence of another run was brought under its name.",
            "Look at the run's folder; delete the files at the provider by hand.",
        )
    return request_of(context, run.run_id, run.plan_digest, training=training)


def _training(main: OnMain, run: KnownRun) -> TrainingSpec:
    """As it was when the run was started: the project may have gone to another provider since."""
    commit, place = main.tip, f"projects/{run.project}/runs/{run.run_id}/project.yaml"
    if run.begun is not None:
        commit, place = run.begun.main_sha, f"projects/{run.project}/project.yaml"
    with tempfile.TemporaryDirectory(prefix="clinft-spec-") as folder:
        main.history.export(commit, place, Path(folder))
        path = Path(folder) / place
        spec = None
        if path.is_file():
            spec, _ = validated(ProjectSpec, yaml.parse(path.read_bytes(), path.name).value)
    if spec is None:
        raise SpecError(
            f"The spec that {run.run_id} was started with cannot be read by this clinft.",
            "clinft was updated since, or the run's folder holds no project.yaml.",
            "Delete its files at the provider by hand.",
        )
    return spec.training
