"""The stage in the pipeline: another provider's model and the deployed one beside ours, nothing asked twice."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from clinft.adapters.training import tools
from clinft.artifacts.canonical import digest_bytes
from tests.fakes.cli import clinft
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.specs import write_repository
from tests.pipeline.test_loop import runs

OTHER = "gpt-4.1-mini-2025-04-14"
TEST = 48


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        running.answer = lambda model, messages: "Zebulon Quackenbush, SSN 219-09-9999"
        yield running
    assert running.violations == []


@pytest.fixture
def project(tmp_path: Path, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    host = server.url.split("/")[2]
    monkeypatch.setenv("CLINFT_KEYS", f"{host} {server.key}\n")
    monkeypatch.setattr(tools.time, "sleep", lambda seconds: None)
    return repository(tmp_path, server)


def repository(root: Path, server: OpenAIServer, price: str = "2", **evaluation: Any) -> Path:
    facts = {"owner": "Privacy Office", "review_by": "2099-01-01"}
    prices = {
        "usd_per_million_input_tokens": price, "usd_per_million_output_tokens": price,
        "as_of": "2026-11-01", "source": "a contract",
    }  # fmt: skip
    policy: dict[str, Any] = {
        "providers": {"openai": {"eligibility": facts}},
        "endpoints": {"elsewhere": {"provider": "openai", "url": server.url, "eligibility": facts}},
        "evaluation_models": {
            "other-model": {"provider": "openai", "endpoint": "elsewhere", "model": OTHER, "price": prices}
        },
    }
    return write_repository(root, policy, evaluation={"also": ["other-model"], **evaluation})


def evaluated(project: Path) -> dict[str, Any]:
    (run,) = runs(project)
    found: dict[str, Any] = json.loads((run / "evaluate.json").read_bytes())
    return found


def until_evaluated(project: Path) -> Any:
    return clinft("run", project, "--yes", "--until", "evaluate")


def test_another_providers_model_is_measured_on_the_same_items(project: Path, server: OpenAIServer) -> None:
    done = until_evaluated(project)
    assert done.exit_code == 0, done.output
    found = evaluated(project)
    systems = [one["system"] for one in found["payload"]["systems"]]
    assert systems[-1] == "other-model"
    assert "other-model" in {gain["against"] for gain in found["payload"]["gains"]}
    assert len(server.asked("createChatCompletion")) == TEST
    assert found["measured"]["other-model prompt_tokens"] > 0
    assert found["measured"]["other-model cost_usd"] > 0
    assert found["measured"]["other-model request p95 seconds"] >= 0
    assert found["payload"]["looks"] == 1
    assert found["payload"]["memorised"]["probed"] > 0


def test_what_it_wrote_is_withheld_and_nowhere(project: Path) -> None:
    done = until_evaluated(project)
    assert done.exit_code == 0, done.output
    outputs = evaluated(project)["payload"]["outputs"]
    assert outputs["withheld"] == TEST
    assert outputs["outputs"] == 4 * TEST
    assert outputs["by_severity"]
    said = done.output + "".join(
        path.read_text(errors="replace") for path in project.rglob("*") if path.is_file()
    )
    assert "219-09-9999" not in said
    assert "Quackenbush" not in said
    (run,) = runs(project)
    for line in (run / "data" / "outputs" / "tuned.generated_text.jsonl").read_text().splitlines():
        kept = json.loads(line)
        assert kept["row"]["output_sha256"] == digest_bytes(kept["output"].encode())


def test_a_service_that_fails_midway_is_paid_once_for_each_answer(
    project: Path, server: OpenAIServer
) -> None:
    server.answer = lambda model, messages: "circulatory"
    served = 0

    def answering(model: str, messages: list[dict[str, Any]]) -> str:
        nonlocal served
        served += 1
        if served == 20:
            server.fail_next("createChatCompletion", 500, times=999)
        return "circulatory"

    server.answer = answering
    assert until_evaluated(project).exit_code == 3
    (run,) = runs(project)
    assert not (run / "evaluate.json").exists()
    server.recover()
    done = until_evaluated(project)
    assert done.exit_code == 0, done.output
    assert served == TEST
    # Ours were asked in the first call, and not once more.
    assert "evaluate tuned, free answers" not in done.output
    assert "evaluate base_prompt" not in done.output


def test_a_model_that_may_not_be_asked_any_more_is_absent_and_ours_measured(
    project: Path, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINFT_KEYS", "")
    done = until_evaluated(project)
    assert done.exit_code == 0, done.output
    found = evaluated(project)["payload"]
    assert found["absent"]["other-model"].startswith("There is no key for")
    assert [one["system"] for one in found["systems"]][-1] == "tuned"
    assert server.asked("createChatCompletion") == []


def test_no_more_is_spent_on_it_than_the_policy_allows(
    tmp_path: Path, project: Path, server: OpenAIServer
) -> None:
    dear = repository(tmp_path / "dear", server, price="900000")
    done = until_evaluated(dear)
    assert done.exit_code == 0, done.output
    absent = evaluated(dear)["payload"]["absent"]
    assert absent["other-model"].startswith("Asking other-model may cost")
    assert server.asked("createChatCompletion") == []


def test_no_answer_is_paid_once_the_bill_has_passed_the_limit(
    tmp_path: Path, project: Path, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service may bill more tokens than its model was allowed."""
    monkeypatch.setattr("clinft.pipeline.asking_others.most_used", lambda *args: (0, 0))
    dear = repository(tmp_path / "dear", server, price="900000")
    done = until_evaluated(dear)
    assert done.exit_code == 0, done.output
    assert evaluated(dear)["payload"]["absent"]["other-model"].startswith("Asking has cost")


def test_a_model_without_a_known_price_is_not_asked(project: Path, server: OpenAIServer) -> None:
    policy = project.parents[1] / ".github" / "clinft.yml"
    written = yaml.safe_load(policy.read_text())
    one = written["evaluation_models"]["other-model"]
    one["model"] = "model-of-nobody-2026-01-01"
    del one["price"]
    policy.write_text(yaml.safe_dump(written))
    done = until_evaluated(project)
    assert done.exit_code == 0, done.output
    absent = evaluated(project)["payload"]["absent"]
    assert absent["other-model"].startswith("What asking model-of-nobody-2026-01-01 costs is not known")
    assert server.asked("createChatCompletion") == []


def test_on_a_laptop_it_is_asked_only_after_a_persons_word(project: Path, server: OpenAIServer) -> None:
    spec = (project / "project.yaml").read_text()
    (project / "project.yaml").write_text(re.sub(r"also:\s+- other-model", "also: []", spec))
    done = clinft("run", project, "--yes", "--until", "evaluate")
    assert done.exit_code == 0, done.output
    (project / "project.yaml").write_text(spec)
    refused = clinft("evaluate", project)
    said = " ".join(refused.output.split())
    assert refused.exit_code == 2, said
    assert f"Nothing was asked. {TEST} synthetic records go to other-model and cost at most 0." in said
    assert "--yes" in said
    assert server.asked("createChatCompletion") == []
    done = clinft("evaluate", project, "--yes")
    assert done.exit_code == 0, done.output
    assert len(server.asked("createChatCompletion")) == TEST
    # All answers are there: nothing is left to agree to.
    (run,) = runs(project)
    (run / "evaluate.json").unlink()
    done = clinft("evaluate", project)
    assert done.exit_code == 0, done.output
    assert len(server.asked("createChatCompletion")) == TEST


def test_a_model_that_the_policy_does_not_list_is_refused_before_training(
    project: Path, server: OpenAIServer
) -> None:
    spec = (project / "project.yaml").read_text()
    (project / "project.yaml").write_text(spec.replace("- other-model", "- unknown-model"))
    done = until_evaluated(project)
    assert done.exit_code == 1
    assert "CLINFT-G075" in done.output
    assert runs(project) == []


def test_nothing_deployed_is_said_and_a_second_run_is_measured_beside_the_first(
    tmp_path: Path, server: OpenAIServer
) -> None:
    folder = write_repository(tmp_path, evaluation={"compare": ["tuned", "deployed"]})
    done = clinft("run", folder, "--yes")
    assert done.exit_code == 0, done.output
    (first,) = runs(folder)
    payload = json.loads((first / "evaluate.json").read_bytes())["payload"]
    assert payload["absent"] == {"deployed": "no run is deployed that this one could be measured beside"}
    (folder / "deployment.yaml").write_text(f"run_id: {first.name}\n")
    spec = (folder / "project.yaml").read_text()
    (folder / "project.yaml").write_text(spec.replace("seed: 7", "seed: 7") + "revision: 2\n")
    done = clinft("run", folder, "--yes", "--until", "evaluate")
    assert done.exit_code == 0, done.output
    (second,) = [one for one in runs(folder) if one.name != first.name]
    payload = json.loads((second / "evaluate.json").read_bytes())["payload"]
    assert payload["looks"] == 2
    asked = [one for one in payload["systems"] if one["system"] == "deployed"]
    assert asked
    assert {one["stored"] for one in asked} == {None}
    assert {one["of_run"] for one in asked} == {first.name}
    assert {one["of_run"] for one in payload["systems"] if one["system"] != "deployed"} == {None}
    # Where its weights are gone, its stored answers stand for it: the items are the same.
    for path in (first / "data").rglob("*"):
        if path.is_file() and "outputs" not in path.parts:
            path.unlink()
    (second / "evaluate.json").unlink()
    done = clinft("run", folder, "--yes", "--until", "evaluate")
    assert done.exit_code == 0, done.output
    payload = json.loads((second / "evaluate.json").read_bytes())["payload"]
    again = [one for one in payload["systems"] if one["system"] == "deployed"]
    assert {(one["stored"], one["of_run"]) for one in again} == {(first.name, first.name)}
