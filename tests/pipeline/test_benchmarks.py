"""`clinft benchmark` end to end: on the fake model, after a run, and on a hosted one that costs money."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from clinft.adapters.benchmarks import TABLE
from clinft.adapters.training import tools
from clinft.artifacts.benchmarks import CONTAMINATION
from clinft.cli.opening import open_context
from clinft.cli.show import Screen
from clinft.errors import SpecError
from clinft.pipeline import benchmarks
from tests.fakes import benchmark_files
from tests.fakes.cli import clinft
from tests.fakes.frozen_tables import without_ends
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.specs import write_repository

ASK = "createChatCompletion"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "public"
    for write in benchmark_files.WRITERS.values():
        write(folder)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_repository(tmp_path, evaluation={"benchmarks": ["pubmedqa", "medec"]})


def payload(folder: Path) -> Any:
    return json.loads((folder / "benchmarks.json").read_bytes())["payload"]


def test_the_base_model_alone_before_anything_is_prepared(project: Path, data: Path) -> None:
    done = clinft("benchmark", project, "--data", data)
    assert done.exit_code == 0, done.output
    assert CONTAMINATION in done.output
    found = payload(project / "data" / "work")
    assert [(one["slug"], one["system"], one["n"]) for one in found["results"]] == [
        ("pubmedqa", "base", 4),
        ("medec", "base", 3),
    ]
    for one in found["results"]:
        assert one["contamination"] == CONTAMINATION
        assert one["metrics"][0]["interval"]["method"] == "Wilson score"
        assert one["peer"]["tool"] == "lm-eval"
        assert abs(one["peer"]["values"]["acc"] - one["metrics"][0]["interval"]["value"]) < 1e-9
    assert found["changes"] == []


def test_after_a_run_both_models_and_the_runs_record_lists_it(project: Path, data: Path) -> None:
    assert clinft("run", project, "--yes").exit_code == 0
    done = clinft(
        "benchmark", project, "--data", data, "--benchmark", "pubmedqa", "--benchmark", "mts-dialog"
    )
    assert done.exit_code == 0, done.output
    (run,) = (project / "runs").iterdir()
    found = payload(run)
    assert [(one["slug"], one["system"]) for one in found["results"]] == [
        ("pubmedqa", "base"),
        ("pubmedqa", "tuned"),
        ("mts-dialog", "base"),
        ("mts-dialog", "tuned"),
    ]
    assert [one["slug"] for one in found["changes"]] == ["pubmedqa", "mts-dialog"]
    rows = (run / "benchmark_items.jsonl").read_text().splitlines()
    assert len(rows) == 2 * (4 + 2)
    assert "Cough" not in "".join(rows)
    verified = clinft("verify", run)
    assert verified.exit_code == 0, verified.output


def test_what_is_finished_is_not_asked_again(
    project: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = clinft("benchmark", project, "--data", data, "--json")
    assert first.exit_code == 0, first.output

    def refuse(*_: object) -> None:
        raise AssertionError("asked again")

    monkeypatch.setattr(benchmarks, "run_harness", refuse)
    again = clinft("benchmark", project, "--data", data, "--json")
    assert again.exit_code == 0, again.output
    assert json.loads(first.stdout)["digest"] == json.loads(again.stdout)["digest"]
    # Another item is another benchmark.
    (data / "test_ground_truth.json").write_text(json.dumps({"101": "no"}))
    assert clinft("benchmark", project, "--data", data).exit_code == 70


def test_a_kill_between_two_benchmarks_loses_one_at_most(
    project: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = benchmarks.run_harness

    def dies_at_the_second(benchmark: Any, *rest: Any) -> Any:
        asked.append(benchmark.slug)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return real(benchmark, *rest)

    monkeypatch.setattr(benchmarks, "run_harness", dies_at_the_second)
    assert clinft("benchmark", project, "--data", data).exit_code != 0
    assert not (project / "data" / "work" / "benchmarks.json").exists()
    assert clinft("benchmark", project, "--data", data).exit_code == 0
    assert asked == ["pubmedqa", "medec", "medec"]


def test_a_limit_takes_the_same_items_each_time_and_says_so(project: Path, data: Path) -> None:
    done = clinft("benchmark", project, "--data", data, "--benchmark", "medqa", "--limit", "3")
    assert done.exit_code == 0, done.output
    assert "3 of 8" in done.output
    rows = (project / "data" / "work" / "benchmark_items.jsonl").read_text()
    chosen = [json.loads(line)["item"] for line in rows.splitlines()]
    assert chosen == sorted(chosen)
    assert chosen != ["medqa/0000", "medqa/0001", "medqa/0002"], "a file may be sorted by its answers"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--benchmark", "hellaswag"], "no task for"),
        (["--system", "other"], "neither base nor tuned"),
        (["--system", "tuned"], "no tuned model"),
    ],
)
def test_what_cannot_be_done_is_told_before_a_model_is_opened(
    arguments: list[str], said: str, project: Path, data: Path
) -> None:
    refused = clinft("benchmark", project, "--data", data, *arguments)
    assert refused.exit_code == 2
    assert said in " ".join(refused.output.split())


def test_without_files_the_terms_are_told(project: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused = clinft("benchmark", project, "--data", tmp_path / "empty")
    assert refused.exit_code == 2
    told = " ".join(refused.output.split())
    assert "downloads no data set" in told
    assert "MIT, open download" in told
    assert clinft("benchmark", project, "--data", tmp_path / "none").exit_code == 2


def test_no_benchmark_named_anywhere_is_told(tmp_path: Path, data: Path) -> None:
    refused = clinft("benchmark", write_repository(tmp_path), "--data", data)
    assert refused.exit_code == 2
    assert all(slug in refused.output for slug in TABLE)


# A hosted model: nothing without a word, nothing twice.


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running
    assert running.violations == []


@pytest.fixture
def hosted(tmp_path: Path, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    monkeypatch.setenv("CLINFT_KEYS", f"{server.url.split('/')[2]} {server.key}\n")
    monkeypatch.setattr(tools.time, "sleep", lambda seconds: None)
    without_ends(monkeypatch)
    server.answer = lambda model, messages: "Yes."

    def made(per_run_usd: str = "50") -> Path:
        facts = {"owner": "Privacy Office", "review_by": "2099-01-01"}
        price = {
            "usd_per_million_training_tokens": "5",
            "usd_per_million_input_tokens": "2",
            "usd_per_million_output_tokens": "10",
            "as_of": "2026-11-01",
            "source": "contract",
        }
        rules = {
            "providers": {"openai": {"eligibility": facts}},
            "endpoints": {
                "openai": {"provider": "openai", "url": server.url, "eligibility": facts, "price": price}
            },
            "budgets": {"max_price_age_days": 3660, "per_run_usd": per_run_usd},
        }
        folder = write_repository(tmp_path, rules, evaluation={"benchmarks": ["pubmedqa"]})
        spec = yaml.safe_load((folder / "project.yaml").read_text())
        spec["training"] = {
            "provider": "openai",
            "base_model": "gpt-4.1-mini-2025-04-14",
            "method": "supervised",
            "hyperparameters": {"n_epochs": 1},
        }
        (folder / "project.yaml").write_text(yaml.safe_dump(spec, sort_keys=False))
        return folder

    return made


def test_a_hosted_model_is_asked_after_a_word_alone(
    hosted: Callable[..., Path], server: OpenAIServer, data: Path
) -> None:
    folder = hosted()
    refused = clinft("benchmark", folder, "--data", data)
    assert refused.exit_code == 2
    assert "4 public texts go to" in " ".join(refused.output.split())
    assert server.asked(ASK) == []
    done = clinft("benchmark", folder, "--data", data, "--yes")
    assert done.exit_code == 0, done.output
    assert len(server.asked(ASK)) == 4
    (one,) = payload(folder / "data" / "work")["results"]
    # Two of the four are yes.
    assert one["scoring"] == "generated_text"
    assert one["metrics"][0]["interval"]["value"] == 0.5
    assert "free answer" in done.output


def test_no_answer_of_a_hosted_model_is_paid_twice(
    hosted: Callable[..., Path], server: OpenAIServer, data: Path
) -> None:
    folder = hosted()
    server.fail_next(ASK, 403, times=1)
    assert clinft("benchmark", folder, "--data", data, "--yes").exit_code != 0
    assert clinft("benchmark", folder, "--data", data, "--yes").exit_code == 0
    (folder / "data" / "work" / "benchmarks-done.jsonl").unlink()
    assert clinft("benchmark", folder, "--data", data, "--yes").exit_code == 0
    assert [request.status for request in server.asked(ASK)].count(200) == 4


def test_more_than_the_policy_allows_is_not_asked(
    hosted: Callable[..., Path], server: OpenAIServer, data: Path
) -> None:
    refused = clinft("benchmark", hosted("0.000001"), "--data", data, "--yes")
    assert refused.exit_code == 1
    assert "the policy allows" in " ".join(refused.output.split())
    assert server.asked(ASK) == []


def test_in_a_workflow_no_hosted_model_is_asked(
    hosted: Callable[..., Path], server: OpenAIServer, data: Path
) -> None:
    context = open_context(hosted(), False, Screen(json=True))
    context.mode = "train"
    context.agrees = lambda told: True
    with pytest.raises(SpecError, match="hosted"):
        benchmarks.benchmark(context, benchmarks.Call(data))
    assert server.asked(ASK) == []
