"""`clinft import`: a person's word becomes one file of the project, and is never taken for more."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from clinft.adapters.training.manual import ManualProvider
from clinft.artifacts.results import RunRecord
from clinft.cli import importing, show
from clinft.cli.opening import open_context
from clinft.pipeline.plan import plan_of
from clinft.pipeline.training_request import request_of, with_files
from clinft.run_folder import save_record, write_atomically
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository

MODEL = "ft:gpt-4.1-mini:clinic::abc"
METRICS = "steps: 20\ntrained_tokens: 9000\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = write_repository(tmp_path, training={"provider": "manual", "base_model": "builtin:fake"})
    done = clinft("prepare", made)
    assert done.exit_code == 0, done.output
    return made


@pytest.fixture
def run_id(project: Path) -> str:
    """An attempt that waits on this machine, as `clinft train` leaves it."""
    context = open_context(project, False, show.Screen(json=False))
    digest = plan_of(context).digest
    run_id = f"{digest[:12]}-a1"
    record = RunRecord.model_construct(
        run_id=run_id,
        project="demo",
        plan_digest=digest,
        attempt=1,
        status="running",
        stages=(),
        files={},
        digest="",
    )
    save_record(project / "runs" / run_id, record.sealed())
    ManualProvider().submit(
        request_of(context, run_id, digest, output_dir=project / "runs" / run_id / "data")
    )
    return run_id


def tell(project: Path, *arguments: str | Path) -> Result:
    app = typer.Typer()
    importing.register(app)
    app.command("other")(lambda: None)  # with one command alone typer leaves its name out
    show.forget_surroundings()
    return CliRunner().invoke(app, ["import", str(project), *map(str, arguments)])


def said(project: Path, run_id: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project / "declared" / f"{run_id}.json").read_text())
    return found


def plain(done: Result) -> str:
    return re.sub(r"\s+", " ", done.output)


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    path = tmp_path / "metrics.yaml"
    path.write_text(METRICS)
    return path


def test_the_id_first_and_the_result_later(project: Path, run_id: str, metrics: Path) -> None:
    done = tell(project, "--job", "ftjob-1")
    assert done.exit_code == 0, done.output
    assert f"submitted: {run_id} is the job ftjob-1" in plain(done)
    assert "Not told yet: the model's name (--model MODEL) and its metrics" in plain(done)
    assert said(project, run_id)["job_id"] == "ftjob-1"
    # Asking again shows what remains and writes nothing.
    before = (project / "declared" / f"{run_id}.json").read_bytes()
    done = tell(project)
    assert "Not told yet" in done.output
    assert "submitted" not in done.output
    assert (project / "declared" / f"{run_id}.json").read_bytes() == before
    done = tell(project, "--metrics", metrics, "--source", "Jane Doe, dashboard", "--model", MODEL)
    assert done.exit_code == 0, done.output
    assert f"{MODEL} is declared by Jane Doe, dashboard; clinft measured nothing" in plain(done)
    assert "clinft train projects/demo" in plain(done)
    found = said(project, run_id)
    assert (found["declared_by"], found["metrics"]["fine_tuned_model"]) == ("Jane Doe, dashboard", MODEL)
    assert found["samples"] == len((project / "data/records/train.jsonl").read_text().splitlines())


def test_the_provider_goes_on_with_what_was_told(project: Path, run_id: str, metrics: Path) -> None:
    tell(project, "--metrics", metrics, "--source", "Jane Doe", "--model", MODEL)
    context = open_context(project, False, show.Screen(json=False))
    asked = request_of(
        context, run_id, plan_of(context).digest, output_dir=project / "runs" / run_id / "data"
    )
    request = with_files(asked, "a" * 64, "b" * 64)
    job = ManualProvider().find(request)
    assert job is not None
    assert (job.status, ManualProvider().result(job, request).declared_by) == ("succeeded", "Jane Doe")


def test_without_an_id_nothing_is_called_submitted(project: Path, run_id: str, metrics: Path) -> None:
    done = tell(project, "--metrics", metrics, "--source", "Jane Doe", "--model", MODEL)
    assert "submitted" not in done.output
    done = tell(project)
    assert done.exit_code == 0
    assert "submitted" not in done.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--source", "Jane"), "--metrics and --source go together"),
        (("--metrics", "METRICS"), "--metrics and --source go together"),
        (("--model", MODEL), "--model comes with --metrics"),
        (("--metrics", "METRICS", "--source", "Jane"), "The trained model has no name"),
        (("--job", "two words"), "--job is not written as it must be"),
        (("--job", "x" * 201), "--job is not written as it must be"),
        (("--metrics", "METRICS", "--source", "Jane", "--model", "a\nb"), "--model is not written"),
        (("--metrics", "METRICS", "--source", "Jane\nDoe", "--model", "m"), "--source is not written"),
        (("--metrics", "METRICS", "--source", "Jane\x1b[31m", "--model", "m"), "a control character"),
        (("--metrics", "METRICS", "--source", "ghp_" + "a1B2" * 9, "--model", "m"), "looks like"),
        (("--run", "latest", "--job", "j"), "--run names no run"),
        (("--run", "0123456789ab-a1", "--job", "j"), "belongs to another plan"),
    ],
)
def test_what_does_not_fit_is_refused_and_not_written(
    project: Path, run_id: str, metrics: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = tell(project, *(metrics if one == "METRICS" else one for one in arguments))
    assert done.exit_code == 2, done.output
    assert words in plain(done)
    assert "Traceback" not in done.output
    assert not (project / "declared").exists()


def test_a_mistake_in_the_metrics_is_named_with_its_line(project: Path, run_id: str, metrics: Path) -> None:
    metrics.write_text("steps: 20\nlos: []\n")
    done = tell(project, "--metrics", metrics, "--source", "Jane", "--model", MODEL)
    assert done.exit_code == 2
    assert f"{metrics}:2:1:" in done.output
    assert "Did you mean `loss`?" in done.output
    assert not (project / "declared").exists()


def test_two_names_for_one_model_are_refused(project: Path, run_id: str, metrics: Path) -> None:
    metrics.write_text(METRICS + "fine_tuned_model: ft:other\n")
    done = tell(project, "--metrics", metrics, "--source", "Jane", "--model", MODEL)
    assert (done.exit_code, "name different models" in plain(done)) == (2, True)
    assert tell(project, "--metrics", metrics, "--source", "Jane").exit_code == 0
    assert said(project, run_id)["metrics"]["fine_tuned_model"] == "ft:other"


def test_a_run_is_one_job(project: Path, run_id: str) -> None:
    assert tell(project, "--job", "ftjob-1").exit_code == 0
    done = tell(project, "--job", "ftjob-2")
    assert (done.exit_code, "has another job already: ftjob-1" in plain(done)) == (2, True)
    assert said(project, run_id)["job_id"] == "ftjob-1"
    assert tell(project, "--job", "ftjob-1").exit_code == 0


def test_evidence_is_not_told_anew(project: Path, run_id: str) -> None:
    write_atomically(project / "runs" / run_id / "train.json", b"{}")
    done = tell(project, "--job", "ftjob-1")
    assert (done.exit_code, "is over" in plain(done)) == (2, True)


def test_a_run_of_github_is_named(project: Path) -> None:
    """No attempt lies on this machine."""
    done = tell(project, "--job", "ftjob-1")
    assert (done.exit_code, "No run of the present plan waits" in plain(done)) == (2, True)
    digest = plan_of(open_context(project, False, show.Screen(json=False))).digest
    run = f"{digest[:12]}-a3"
    assert tell(project, "--run", run, "--job", "ftjob-1").exit_code == 0
    assert said(project, run)["job_id"] == "ftjob-1"


def test_deleted_files_are_told_of_any_run(project: Path) -> None:
    old = "0123456789ab-a1"
    done = tell(project, "--run", old, "--files-deleted")
    assert done.exit_code == 0, done.output
    assert re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", said(project, old)["files_deleted"])
    assert "submitted" not in done.output


def test_another_provider_is_asked_by_clinft_itself(tmp_path: Path) -> None:
    project = write_repository(tmp_path)
    done = tell(project, "--job", "ftjob-1")
    assert (done.exit_code, "trains with the provider fake" in plain(done)) == (2, True)


def test_a_workflow_is_nobody(project: Path, run_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = tell(project, "--job", "ftjob-1")
    assert (done.exit_code, "refused on GitHub Actions" in plain(done)) == (2, True)
    assert not (project / "declared").exists()
