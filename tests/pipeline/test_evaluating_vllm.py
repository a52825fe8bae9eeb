"""A run evaluated by transformers and by what stands in for vLLM: the same figures, and it is said which was which."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.model.store import LocalModelStore
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.results import ItemResult
from clinft.pipeline.verify import verify
from tests.fakes import tiny_llama
from tests.fakes.cli import clinft
from tests.fakes.progress import Quiet
from tests.fakes.specs import write_repository
from tests.fakes.vllm.program import calls, install
from tests.fakes.vllm.stand_in import StandIn

# A real model is trained, and asked twice.
pytestmark = pytest.mark.slow
HYPERPARAMETERS = {"batch_size": 8, "learning_rate": 0.01, "max_steps": 4, "checkpoint_every_steps": 4}
TRAINING = {"provider": "peft", "base_model": "tiny", "hyperparameters": HYPERPARAMETERS}


@dataclass(frozen=True)
class Evaluated:
    run: Path
    report: dict[str, Any]
    rows: list[ItemResult]


@dataclass(frozen=True)
class Twice:
    plain: Evaluated
    kept: Evaluated
    served: Evaluated
    output: str
    program: Path
    asked: list[dict[str, Any]]


def evaluated(project: Path) -> Evaluated:
    (run,) = (project / "runs").glob("*-a1")
    report = json.loads((run / "evaluate.json").read_bytes())
    return Evaluated(run, report, list(iter_models(run / "items.jsonl", ItemResult)))


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twice]:
    root = tmp_path_factory.mktemp("vllm")
    tiny_llama.write(root / "tiny", layers=2, merges=tiny_llama.MERGES)
    compare = {"compare": ["base_zero_shot", "tuned"]}
    project = write_repository(root, training=TRAINING, data={"records": 40}, evaluation=compare)
    done = clinft("run", project, "--yes", "--until", "evaluate")
    assert done.exit_code == 0, done.output
    plain = evaluated(project)
    store = LocalModelStore(root, root / "cache", Quiet())
    base = store.identify("tiny", None)
    models = {
        "base": store.load(base),
        "adapter-1": store.open(base, plain.run / "data" / "adapter")._trunk.model,
    }
    with StandIn(root / "s", models) as stand, pytest.MonkeyPatch.context() as patch:
        program = install(root / "bin", backend=stand.socket)
        patch.setenv("CLINFT_VLLM", str(program))
        done = clinft("run", project, "--yes", "--until", "evaluate")
        assert done.exit_code == 0, done.output
        kept = evaluated(project)
        again = clinft("evaluate", project, "--again")
        assert again.exit_code == 0, again.output
        done = clinft("run", project, "--yes")
        assert done.exit_code == 0, done.output
        yield Twice(plain, kept, evaluated(project), again.output, program, stand.requests)
    assert stand.violations == []


def test_all_figures_are_those_of_transformers(twice: Twice) -> None:
    for one, other in zip(twice.plain.rows, twice.served.rows, strict=True):
        assert (one.item, one.system, one.scoring) == (other.item, other.system, other.scoring)
        assert (one.prediction, one.correct) == (other.prediction, other.correct)
        assert other.answer_nll_nats == pytest.approx(one.answer_nll_nats, abs=2e-4)
        assert other.probabilities == pytest.approx(one.probabilities, abs=2e-4)
    assert twice.served.report["payload"]["memorised"] == twice.plain.report["payload"]["memorised"]
    assert {body["model"] for body in twice.asked} == {"base", "adapter-1"}


def test_what_is_finished_stays_as_it_is_until_somebody_asks(twice: Twice) -> None:
    """It may be deployed, and what answers on this machine says nothing against it."""
    assert twice.kept.report == twice.plain.report
    assert twice.served.report["payload"]["looks"] == twice.plain.report["payload"]["looks"] + 1


def test_without_the_program_it_is_kept_too(twice: Twice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is asked what its version is, nor are weights looked for."""
    project = twice.served.run.parents[1]
    for program in ("", "/nonesuch/vllm"):
        monkeypatch.setenv("CLINFT_VLLM", program)
        weights = twice.served.run / "data" / "adapter"
        weights.rename(weights.with_name("elsewhere"))
        done = clinft("run", project, "--yes", "--from", "evaluate", "--until", "evaluate")
        weights.with_name("elsewhere").rename(weights)
        assert done.exit_code == 0, done.output
        assert evaluated(project).report == twice.served.report


def test_the_engine_is_recorded_and_counts_in_the_digest(twice: Twice) -> None:
    assert twice.served.report["payload"]["engine"] == {"name": "vllm", "version": "0.33.0"}
    assert set(twice.served.report["inputs"]) - set(twice.plain.report["inputs"]) == {"engine"}
    assert "asked by vllm 0.33.0" in " ".join(twice.served.report["payload"]["caveats"])
    assert "asked by vllm 0.33.0" in (twice.served.run / "report.md").read_text()


def test_a_report_by_transformers_is_what_it_was_before_there_was_a_choice(twice: Twice) -> None:
    assert "engine" not in twice.plain.report["payload"]
    assert "engine" not in twice.plain.report["inputs"]


def test_one_server_answered_for_all_and_its_log_stays_below_data(twice: Twice) -> None:
    (call,) = calls(twice.program)
    assert "--enable-lora" in call["argv"]
    assert (twice.served.run / "data" / "vllm.log").exists()
    assert "vLLM 0.33.0 is starting" in twice.output


def test_a_run_that_vllm_evaluated_is_verified(twice: Twice) -> None:
    assert {link.status for link in verify(twice.served.run, Quiet())} == {"same"}


def test_a_program_that_is_not_there_shows_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_llama.write(tmp_path / "tiny", layers=2, merges=tiny_llama.MERGES)
    project = write_repository(tmp_path, training=TRAINING, data={"records": 40})
    monkeypatch.setenv("CLINFT_VLLM", "/nonesuch/vllm")
    done = clinft("run", project, "--yes", "--until", "train")
    assert done.exit_code == 2, done.output
    assert "CLINFT_VLLM names no program that can be run here" in " ".join(done.output.split())
    assert not list((project / "runs").glob("*-a1"))
