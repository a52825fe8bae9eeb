"""A hosted base model is assessed on a laptop: told first what it may cost, asked only then, never above the bound."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from clinft.adapters.training import tools
from clinft.cli.opening import open_context
from clinft.cli.show import Screen
from clinft.pipeline import assessment
from clinft.pipeline.driver import NotRun
from tests.fakes.cli import clinft
from tests.fakes.frozen_tables import without_ends
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.specs import LABELS, write_repository

BASE = "gpt-4.1-mini-2025-04-14"
ASK = "createChatCompletion"
Opened = Callable[..., Path]


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running
    assert running.violations == []


@pytest.fixture
def opened(tmp_path: Path, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Opened:
    monkeypatch.setenv("CLINFT_KEYS", f"{server.url.split('/')[2]} {server.key}\n")
    monkeypatch.setattr(tools.time, "sleep", lambda seconds: None)
    without_ends(monkeypatch)
    server.answer = lambda model, messages: "circulatory"

    def made(
        policy: dict[str, Any] | None = None, training: dict[str, Any] | None = None, **spec: Any
    ) -> Path:
        facts = {"owner": "Privacy Office", "review_by": "2099-01-01"}
        agreed = {
            "usd_per_million_training_tokens": "5",
            "usd_per_million_input_tokens": "2",
            "usd_per_million_output_tokens": "10",
            "as_of": "2026-11-01",
            "source": "contract",
        }
        endpoint = {"provider": "openai", "url": server.url, "eligibility": facts, "price": agreed}
        rules: dict[str, Any] = {
            "providers": {"openai": {"eligibility": facts}},
            "endpoints": {"openai": endpoint},
            "budgets": {"max_price_age_days": 3660},
        }
        hosted = {
            "provider": "openai",
            "base_model": BASE,
            "method": "supervised",
            "hyperparameters": None,
        }
        folder = write_repository(
            tmp_path,
            {**rules, **(policy or {})},
            training={**hosted, **(training or {})},
            evaluation={"metrics": ["accuracy", "score"], "thresholds": [{"metric": "accuracy", "min": 0.6}]},
            **spec,
        )
        text = (folder / "project.yaml").read_text()
        (folder / "project.yaml").write_text(
            text.replace("  hyperparameters: null\n", "  hyperparameters: {n_epochs: 1}\n")
        )
        assert clinft("prepare", folder).exit_code == 0
        return folder

    return made


def artifact(project: Path) -> Any:
    return json.loads((project / "assess.json").read_bytes())


def asked(server: OpenAIServer) -> int:
    return len(server.asked(ASK))


def yes(project: Path) -> Result:
    return clinft("assess", project, "--yes")


def test_without_yes_the_most_it_may_cost_is_shown_and_nobody_is_asked(
    opened: Opened, server: OpenAIServer
) -> None:
    project = opened()
    told = clinft("assess", project)
    assert told.exit_code == 0, told.output
    assert "questions cost at most" in told.output
    assert "prices as of 2026-11-01" in told.output
    assert "the policy allows 50.00 USD" in told.output
    assert "Nothing was asked" in told.output
    assert asked(server) == 0
    assert not (project / "assess.json").exists()


def test_with_yes_every_rung_is_asked_about_the_dev_split_alone(opened: Opened, server: OpenAIServer) -> None:
    project = opened()
    (project / "data" / "records" / "test.jsonl").unlink()
    done = yes(project)
    assert done.exit_code == 0, done.output
    made = artifact(project)
    dev = [json.loads(line)["text"] for line in (project / "data/records/dev.jsonl").read_text().splitlines()]
    sent = [request.body["messages"][-1]["content"] for request in server.asked(ASK)]
    assert sorted(sent) == sorted(dev * 2)
    payload = made["payload"]
    assert [(one["name"], one["read"]) for one in payload["rungs"]] == [
        ("zero_shot", "generated_text"),
        ("few_shot", "generated_text"),
    ]
    assert payload["hosted"] is True
    assert {price["source"] for price in payload["prices"]} == {"policy: contract"}
    zero, few = payload["rungs"]
    assert 0 < float(zero["cost_usd_per_1000"]) < float(few["cost_usd_per_1000"])
    measured = made["measured"]
    billed = measured["prompt_tokens"] * 2 + measured["completion_tokens"] * 10
    assert measured["cost_usd"] == pytest.approx(billed / 1e6)
    assert measured["cost_usd"] > 0


def test_what_was_answered_is_not_paid_again(opened: Opened, server: OpenAIServer) -> None:
    project = opened()
    assert yes(project).exit_code == 0
    first = asked(server)
    # Unchanged: the result is kept.
    assert yes(project).exit_code == 0
    assert asked(server) == first
    # Costs that are stated later change the break-even, and no answer.
    spec = project / "project.yaml"
    spec.write_text(
        spec.read_text() + "assessment: {one_off_usd: 500, monthly_usd: 10, usd_per_error: 0.5}\n"
    )
    done = yes(project)
    assert done.exit_code == 0, done.output
    assert asked(server) == first
    made = artifact(project)
    assert made["measured"]["cost_usd"] == 0.0
    assert made["payload"]["break_even"]["probability_basis"] == "assumed"
    assert made["payload"]["break_even"]["prices_as_of"] == "2026-11-01"
    assert "<svg" in (project / "data" / "work" / "break_even.svg").read_text()


def test_a_failure_in_between_pays_for_no_answer_twice(opened: Opened, server: OpenAIServer) -> None:
    project = opened()
    server.fail_next(ASK, 403)
    assert yes(project).exit_code != 0
    server.recover()
    done = yes(project)
    assert done.exit_code == 0, done.output
    answered = {json.dumps(request.body["messages"]) for request in server.asked(ASK)}
    assert len(answered) == 2 * 24


def test_the_bound_of_the_policy_is_kept_before_anything_is_asked(
    opened: Opened, server: OpenAIServer
) -> None:
    project = opened({"budgets": {"per_run_usd": 0.01, "max_price_age_days": 3660}})
    refused = yes(project)
    assert refused.exit_code == 1
    assert "the policy allows 0.01 USD for one run" in refused.output
    assert asked(server) == 0


def test_a_price_that_nobody_knows_is_no_bound(opened: Opened, server: OpenAIServer) -> None:
    facts = {"owner": "Privacy Office", "review_by": "2099-01-01"}
    endpoint = {"provider": "openai", "url": server.url, "eligibility": facts}
    project = opened({"endpoints": {"openai": endpoint}}, {"base_model": "our-own-model"})
    refused = yes(project)
    assert refused.exit_code == 2
    assert "is not known, so no bound can be kept" in refused.output
    assert asked(server) == 0


def test_where_data_may_not_go_nobody_is_asked(opened: Opened, server: OpenAIServer) -> None:
    old = {"owner": "Privacy Office", "review_by": "2020-01-01"}
    project = opened({"providers": {"openai": {"eligibility": old}}})
    refused = yes(project)
    assert refused.exit_code == 1
    assert "CLINFT-G021" in refused.output
    assert asked(server) == 0


def test_what_the_audit_finds_does_not_leave(opened: Opened, server: OpenAIServer) -> None:
    project = opened()
    prompt = project / "prompt" / "prompt.md"
    text = "Patient John Fitzgerald, 12 Elm Street, Boston, admitted on March 14, 2021: wheeze."
    prompt.write_text(prompt.read_text().replace("Wheeze and cough, better after a bronchodilator.", text))
    refused = yes(project)
    assert refused.exit_code == 1, refused.output
    assert "1 of the texts" in refused.output
    assert "Fitzgerald" not in refused.output
    assert asked(server) == 0


def test_the_loop_and_its_yes_ask_no_provider_about_the_prompt(opened: Opened, server: OpenAIServer) -> None:
    project = opened()
    done = clinft("run", project, "--yes", "--until", "assess")
    assert "asking it costs money" in done.output
    assert asked(server) == 0


def test_a_workflow_asks_no_provider(
    opened: Opened, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = open_context(opened(), False, Screen(json=True))
    context.agrees = lambda told: True
    for mode in ("train", "pull_request"):
        context.mode = mode  # type: ignore[assignment]
        found = assessment.measure(context)
        assert isinstance(found, NotRun)
    assert asked(server) == 0


def test_self_consistency_is_asked_with_its_seeds(opened: Opened, server: OpenAIServer) -> None:
    project = opened(
        prompt={"strategies": ["self_consistency"], "self_consistency_samples": 2, "reasoning_tokens": 32}
    )
    server.answer = lambda model, messages: f"Because.\nAnswer: {LABELS[0]}"
    done = yes(project)
    assert done.exit_code == 0, done.output
    bodies = [request.body for request in server.asked(ASK)]
    assert {(body["seed"], body["temperature"]) for body in bodies} == {(1, 0.7), (2, 0.7)}
    (rung,) = artifact(project)["payload"]["rungs"]
    assert (rung["name"], rung["parse_failures"]) == ("self_consistency", 0)


def test_an_example_is_clean_where_the_audit_finds_nothing(opened: Opened) -> None:
    clean = assessment.clean_by(open_context(opened(), False, Screen(json=True)))
    assert clean("Three days of burning when passing urine. Assessment: bladder infection.")
    assert not clean("John Fitzgerald of 12 Elm Street, Boston, was admitted on March 14, 2021.")


def test_codes_are_assessed_by_their_own_metric(opened: Opened, server: OpenAIServer) -> None:
    project = opened(
        task={"kind": "coding", "description": "Code the note.", "labels": []},
        data={"generator": "clinical-notes", "records": 240},
        clinical_domain="cardiology",
        prompt={"strategies": ["zero_shot", "rules", "few_shot_knn"]},
    )
    dev = (project / "data" / "records" / "dev.jsonl").read_text().splitlines()
    gold = {one["text"]: one["target"] for one in map(json.loads, dev)}

    def answer(model: str, messages: list[dict[str, Any]]) -> str:
        return gold[messages[-1]["content"]] if len(messages) > 2 else '["R69"]'

    server.answer = answer
    done = yes(project)
    assert done.exit_code == 0, done.output
    payload = artifact(project)["payload"]
    found = {one["name"]: one for one in payload["rungs"]}
    assert {one["metric"] for one in found.values()} == {"F1 of the codes"}
    assert (found["few_shot_knn"]["score"]["value"], found["rules"]["score"]["value"]) == (1.0, 0.0)
    assert found["few_shot_knn"]["critical_n"] > 0
    assert payload["recommended"] == "few_shot_knn"
    assert "F1 of the codes on dev" in done.output
