"""`clinft rescue` over the real SDK and HTTP: what is asked, paid, written and refused."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from clinft import run_folder
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.results import ItemResult, RecordedEvaluation
from clinft.pipeline.rescue import cost
from clinft.spec.load import load_project
from clinft.stages.audit import file_audit
from tests.fakes import rescue as fake
from tests.fakes.rescue_case import FILES, Case


def test_every_held_out_record_is_asked_once_as_the_model_was_trained(case: Case, audit: list[Path]) -> None:
    done = case.rescue("--yes")
    assert done.exit_code == 0, done.output
    assert audit == [case.training, case.test]
    assert Counter(case.asked) == Counter(one.text for one in case.held_out)
    for request in case.server.asked(fake.ASK):
        body = json.loads(request.data)
        assert (body["model"], body["temperature"]) == (fake.OLD, 0)
        assert [turn["role"] for turn in body["messages"]] == ["system", "user"]
        assert body["messages"][0]["content"] == fake.SYSTEM


@pytest.mark.usefixtures("audit")
def test_a_complete_project_is_written_and_the_baseline_says_what_it_is(case: Case) -> None:
    assert case.rescue("--yes").exit_code == 0
    assert case.written() == FILES
    spec = load_project(case.project).spec
    assert (spec.training.provider, spec.data.origin, spec.data.records) == ("peft", "frozen", 120)
    artifact = run_folder.parse(case.project / "baseline" / "evaluate.json", RecordedEvaluation)
    report, source = artifact.payload, artifact.payload.source
    assert (source.model, source.host) == (fake.OLD, case.server.base.removeprefix("http://"))
    assert source.asked_from == source.asked_until == artifact.created_at == fake.TODAY.isoformat()
    assert source.seen_in_training is False
    assert source.training_file_sha256 == artifact.inputs["training_file"] == digest_file(case.training)
    assert source.test_file_sha256 == artifact.inputs["test_file"] == digest_file(case.test)
    assert report.test_sha256 == digest_file(case.project / "synthetic" / "test.jsonl")
    assert artifact.files == {"baseline/items.jsonl": digest_file(case.project / "baseline" / "items.jsonl")}
    items = [*iter_models(case.project / "baseline" / "items.jsonl", ItemResult)]
    assert {(one.system, one.scoring) for one in items} == {("tuned", "generated_text")}
    # Every tenth text of all 120 gets a wrong label from the server.
    assert 0 < sum(not one.correct for one in items) < 12
    assert all(one.prediction in spec.task.labels for one in items)


@pytest.mark.usefixtures("audit")
def test_the_old_models_own_words_stay_in_data(case: Case) -> None:
    said = case.server.answer
    case.server.answer = lambda model, messages: f"{said(model, messages)} zebracanary"
    done = case.rescue("--yes")
    assert done.exit_code == 0, done.output
    holding = [
        path for path in case.project.rglob("*") if path.is_file() and b"zebracanary" in path.read_bytes()
    ]
    assert [path.parent.relative_to(case.project).as_posix() for path in holding] == ["data/rescue"]
    assert "zebracanary" not in done.output
    assert "Answers that are no label: 40 of 40." in done.output


@pytest.mark.usefixtures("audit")
def test_without_a_test_file_it_is_said_that_the_old_model_has_seen_the_records(case: Case) -> None:
    done = case.rescue("--yes", test=False)
    assert done.exit_code == 0, done.output
    assert "WARNING: without --test" in done.output
    assert len(case.asked) == 16
    source = run_folder.parse(case.project / "baseline" / "evaluate.json", RecordedEvaluation).payload.source
    assert (source.seen_in_training, source.test_file_sha256) == (True, None)


@pytest.mark.usefixtures("audit")
def test_without_an_agreement_the_cost_is_shown_and_nothing_asked_or_written(case: Case) -> None:
    refused = case.rescue()
    assert refused.exit_code == 1
    assert "40 questions" in refused.output
    assert "read 2026-11-23" in refused.output
    assert "Nobody agreed to what the answers cost, at most 0." in refused.output
    assert case.asked == []
    assert not case.project.exists()


@pytest.mark.usefixtures("audit")
def test_an_unknown_price_needs_the_flag(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "price_of", lambda *_: None)
    refused = case.rescue()
    assert refused.exit_code == 1
    assert "What a question to this model costs is not known here." in refused.output
    assert "a sum that is not known for certain" in refused.output
    assert case.asked == []
    done = case.rescue("--yes")
    assert done.exit_code == 0, done.output
    assert "cost not known" in done.output
    assert "cost_usd" not in json.loads((case.project / "baseline" / "evaluate.json").read_text())["measured"]


@pytest.mark.usefixtures("audit")
def test_more_than_the_policys_bound_is_not_asked(case: Case) -> None:
    fake.repository(case.root, case.server.url, budgets={"per_run_usd": "0.001", "per_month_usd": 1})
    refused = case.rescue("--yes")
    assert refused.exit_code == 1
    assert "notes may spend 0.001 USD" in refused.output
    assert case.asked == []


@pytest.mark.usefixtures("audit")
def test_json_is_one_object(case: Case) -> None:
    done = case.rescue("--yes", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["records"] == {"train": 64, "validation": 8, "dev": 8, "test": 40}
    assert (told["asked"], told["seen_in_training"], set(told["files"])) == (40, False, FILES)
    assert told["files"]["project.yaml"] == digest_file(case.project / "project.yaml")
    measured = json.loads((case.project / "baseline" / "evaluate.json").read_text())["measured"]
    by_hand = Decimal("0.80") * measured["prompt_tokens"] + Decimal("3.20") * measured["completion_tokens"]
    assert abs(Decimal(told["cost_usd"]) - by_hand / 1_000_000) <= Decimal("0.000001")


@pytest.mark.usefixtures("audit")
def test_a_refusal_in_json_tells_the_cost(case: Case) -> None:
    refused = case.rescue("--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["questions"] == 40


@pytest.mark.usefixtures("audit")
@pytest.mark.parametrize(
    "there", ["project.yaml", "deployment.yaml", "prompt/prompt.md", "runs/x/record.json"]
)
def test_an_existing_project_is_never_overwritten(there: str, case: Case) -> None:
    path = case.project / there
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    refused = case.rescue("--yes")
    assert refused.exit_code == 2
    assert "projects/notes exists already." in refused.output
    assert path.read_text() == "mine"
    assert case.asked == []


@pytest.mark.usefixtures("audit")
def test_without_a_key_the_cost_is_told_and_no_folder_left(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLINFT_KEYS")
    refused = case.rescue("--yes")
    assert refused.exit_code == 2
    assert "There is no key here, so the provider was not asked" in refused.output
    assert "40 questions" in refused.output
    assert "There is no key for 127.0.0.1" in refused.output
    assert not case.project.exists()


@pytest.mark.usefixtures("audit")
def test_a_model_that_the_account_does_not_have_is_not_asked(case: Case) -> None:
    del case.server.models[fake.OLD]
    refused = case.rescue("--yes")
    assert refused.exit_code == 2
    assert "has no model" in refused.output
    assert case.asked == []


@pytest.mark.usefixtures("audit")
def test_facts_of_yesterday_let_no_text_leave(case: Case) -> None:
    policy = fake.policy(case.server.url, review_by="2026-11-30")
    fake.repository(case.root, case.server.url, endpoints=policy["endpoints"])
    refused = case.rescue("--yes")
    assert refused.exit_code == 1
    assert "were to be reviewed by 2026-11-30" in refused.output
    assert case.server.requests == []


@pytest.mark.usefixtures("audit")
@pytest.mark.parametrize("verdict", ["DECLINED", "INVALID", "FAIL"])
def test_data_that_does_not_pass_the_audit_is_not_taken_and_not_sent(
    verdict: str, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_audit, "audit_files", lambda *_: fake.Audited(verdict, {}))
    refused = case.rescue("--yes")
    assert refused.exit_code == 1
    assert (
        f"The audit said {verdict}, so this data is not taken, and nothing of it was sent." in refused.output
    )
    assert case.asked == []
    assert not case.project.exists()


@pytest.mark.usefixtures("audit")
def test_a_file_that_changes_while_it_is_read_is_refused(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_audit, "audit_files", lambda *_: fake.Audited("PASS", {"train.jsonl": "0" * 64}))
    refused = case.rescue("--yes")
    assert refused.exit_code == 1
    assert "A file changed while it was read." in refused.output
    assert case.asked == []
