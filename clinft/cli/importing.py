"""`clinft import`: a person tells what became of a job that they started in a provider's console."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import SpecError

if TYPE_CHECKING:
    from clinft.pipeline.context import Context
    from clinft.spec.declaration import Declaration


def register(app: typer.Typer) -> None:
    @app.command("import", help="Provider manual: tell the id or the result of a job you started yourself.")
    @guarded
    def import_(
        project: Annotated[Path, typer.Argument(help="The project's folder.")],
        job: Annotated[
            str | None, typer.Option("--job", metavar="ID", help="The id that the provider gave.")
        ] = None,
        metrics: Annotated[
            Path | None, typer.Option("--metrics", metavar="FILE", help="YAML or JSON: steps, loss, ...")
        ] = None,
        source: Annotated[
            str | None, typer.Option("--source", metavar="NAME", help="Who vouches for the metrics.")
        ] = None,
        model: Annotated[
            str | None, typer.Option("--model", metavar="NAME", help="The trained model's name there.")
        ] = None,
        run: Annotated[
            str | None,
            typer.Option("--run", metavar="RUN", help="Of GitHub; absent: the open run on this machine."),
        ] = None,
        files_deleted: Annotated[
            bool, typer.Option("--files-deleted", help="You deleted what was uploaded, or nothing was.")
        ] = False,
    ) -> None:
        told = Told(job, metrics, source, model, files_deleted)
        record(show.Screen(json=False), project, run, told)


class Told:
    """The options of one call; refused where they do not fit together."""

    def __init__(
        self,
        job: str | None,
        metrics: Path | None,
        source: str | None,
        model: str | None,
        files_deleted: bool = False,
    ) -> None:
        self.job, self.metrics, self.source, self.model = job, metrics, source, model
        self.files_deleted = files_deleted
        if (metrics is None) is not (source is None):
            raise SpecError(
                "--metrics and --source go together.",
                "What clinft did not measure counts only with the name of who says it.",
                "Write: --metrics FILE --source 'Jane Doe, OpenAI dashboard'",
            )
        if model is not None and metrics is None:
            raise SpecError(
                "--model comes with --metrics.",
                "A model without its metrics says nothing of how it was trained.",
                "Write: --metrics FILE --source NAME --model MODEL",
            )

    @property
    def only_deletion(self) -> bool:
        return self.files_deleted and self.job is None and self.metrics is None

    @property
    def nothing(self) -> bool:
        return self.job is None and self.metrics is None and not self.files_deleted


def record(screen: show.Screen, project: Path, run: str | None, told: Told) -> None:
    """Writes one file of the project; nothing leaves this machine."""
    from clinft import wiring
    from clinft.cli.opening import open_context
    from clinft.run_folder import to_bytes, write_atomically
    from clinft.spec import declaration
    from clinft.spec.text import decode

    if wiring.surroundings().in_actions:
        raise SpecError(
            "`clinft import` is refused on GitHub Actions.",
            "It records a person's word, and a workflow is nobody.",
            "Call it on a laptop, and bring the file that it writes in a pull request.",
        )
    context = open_context(project, False, screen)
    run_id = _run(context, run, told)
    known = declaration.load_declaration(context.paths.root, run_id)
    said = _said(context, run_id, known, told)
    place = declaration.place(context.paths.root, run_id)
    if not told.nothing:
        data = to_bytes(said)
        # What could not be read back, for a hidden character or an address in it, is never written.
        declaration.parse(decode(data, "What was told", len(data)), "What was told", declaration.Declaration)
        write_atomically(place, data)
        screen.say(f"wrote {place}")
    if told.job is not None:
        screen.say(f"submitted: {run_id} is the job {said.job_id} of the provider, as you say.")
    for line in remaining(said, f"projects/{context.paths.root.resolve().name}"):
        screen.say(line)


def remaining(said: "Declaration", folder: str) -> list[str]:
    """What is still to be told, and the next step."""
    if said.metrics is None:
        job = [] if said.job_id is not None else ["the job's id, where the provider gives one (--job ID)"]
        missing = [*job, "the model's name (--model MODEL)", "its metrics (--metrics FILE --source NAME)"]
        listed = f"{', '.join(missing[:-1])} and {missing[-1]}"
        lines = [f"Not told yet: {listed}, once the provider says that it succeeded."]
    else:
        lines = [
            f"The model {said.metrics.fine_tuned_model} is declared by {said.declared_by}; clinft measured "
            "nothing of its training.",
            f"Next: clinft train {folder}. Where the run was started on GitHub: commit {folder}/declared/ "
            "and open a pull request; after its merge reconcile goes on.",
        ]
    if said.files_deleted is not None:
        lines.append(f"What was uploaded is deleted, as of {said.files_deleted}; commit {folder}/declared/.")
    return lines


def _run(context: "Context", run: str | None, told: Told) -> str:
    from clinft.pipeline import attempts
    from clinft.pipeline.plan import plan_of
    from clinft.wiring import RUN_ID

    if run is not None and not RUN_ID.fullmatch(run):
        raise SpecError(
            "--run names no run.", "A run id is like 0123456789ab-a1.", "Copy it from the steps or the log."
        )
    if told.only_deletion and run is not None:
        # Of any run: its plan may have moved on long ago.
        return run
    if context.loaded.spec.training.provider != "manual":
        raise SpecError(
            f"{context.name} trains with the provider {context.loaded.spec.training.provider}.",
            "clinft asks that provider itself; what a person says of it would count for nothing.",
            "`clinft import` is for training.provider: manual.",
        )
    plan_digest = plan_of(context).digest
    if run is None:
        found = attempts.find(context.paths, plan_digest)
        if found is None:
            raise SpecError(
                "No run of the present plan waits on this machine.",
                "None was started here, it is over, or project.yaml, the prompt or the data changed since.",
                f"Run `clinft train {context.loaded.path}` first; or name a run of GitHub with --run.",
            )
        run = found.name
    if not run.startswith(f"{plan_digest[: attempts.PLAN_PREFIX]}-a"):
        raise SpecError(
            f"{run} belongs to another plan than the project holds here.",
            "project.yaml, the prompt or the data changed since, or another branch is checked out.",
            "Check out the commit that the run was started from.",
        )
    if not told.only_deletion and (context.paths.run(run) / "train.json").exists():
        raise SpecError(
            f"{run} is over: what was told of it is part of its evidence.",
            "Its model was taken over already.",
            "Raise `revision` in project.yaml by one to train again.",
        )
    return run


def _said(context: "Context", run_id: str, known: "Declaration | None", told: Told) -> "Declaration":
    from clinft import wiring
    from clinft.artifacts.data import PreparedDataset
    from clinft.spec.declaration import Declaration, load_metrics
    from clinft.spec.messages import validated

    before = known or Declaration(run_id=run_id)
    if told.job is not None and before.job_id not in (None, told.job):
        raise SpecError(
            f"{run_id} has another job already: {before.job_id}.",
            "A run is one job, so that nothing is paid twice.",
            "If that id was a mistake, delete the run's file in declared/ and tell the right one.",
        )
    values = before.model_dump(mode="json")
    if told.job is not None:
        values["job_id"] = told.job
    if told.metrics is not None:
        metrics = load_metrics(told.metrics)
        if told.model is not None and metrics.fine_tuned_model not in (None, told.model):
            raise SpecError(
                "--model and the metrics file name different models.",
                "One of them is of another job.",
                "Leave --model out, or correct fine_tuned_model in the file.",
            )
        if metrics.fine_tuned_model is None and told.model is None:
            raise SpecError(
                "The trained model has no name.",
                "Neither --model nor fine_tuned_model in the metrics file gives it.",
                "Copy it from the provider's console, and pass --model MODEL.",
            )
        values["metrics"] = metrics.model_dump(mode="json")
        values["metrics"]["fine_tuned_model"] = metrics.fine_tuned_model or told.model
        values["declared_by"] = told.source
        values["samples"] = context.need("prepare", PreparedDataset).payload.splits["train"].records
    if told.files_deleted:
        values["files_deleted"] = wiring.SystemClock().now().date().isoformat()
    said, errors = validated(Declaration, values)
    if said is None:
        raise _unfit(str(errors[0]["loc"][-1]))
    return said


def _unfit(field: str) -> SpecError:
    option = {"job_id": "--job", "fine_tuned_model": "--model", "declared_by": "--source"}.get(
        field, "An option"
    )
    return SpecError(
        f"{option} is not written as it must be.",
        "Ids and names have letters, digits and . _ : / - only; a source is one line of text.",
        "Copy it from the provider's console, without quotes and spaces.",
    )
