"""What `clinft freeze` refuses before anything is asked or paid."""

import pytest
import yaml

from tests.fakes import freezing as fake
from tests.fakes.freezing import Case


def test_nothing_is_asked_or_written_before_somebody_agreed_to_the_cost(case: Case) -> None:
    refused = case.write()
    assert refused.exit_code == 1
    assert f"{fake.RECORDS} questions" in refused.output
    assert "read 2026-11-23" in refused.output
    assert "Nobody agreed to what the texts cost, at most 0." in refused.output
    assert case.asked == []
    assert not case.synthetic.exists()


def test_more_than_the_policys_bound_is_not_asked(case: Case) -> None:
    path = case.root / ".github" / "clinft.yml"
    path.write_text(path.read_text().replace("per_run_usd: 50", "per_run_usd: 0.1"))
    refused = case.write("--yes")
    assert refused.exit_code == 1
    assert "demo may spend 0.1 USD at once" in refused.output
    assert case.asked == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--endpoint", "elsewhere", "--model", fake.MODEL), "no endpoint of this name"),
        (("--endpoint", "openai"), "Name a model with --endpoint and --model"),
        (("--endpoint", "openai", "--model", fake.MODEL, "--import", "x.jsonl"), "Name a model with"),
        (("--endpoint", "openai", "--model", fake.MODEL, "--refused", "maybe"), "Name a model with"),
        ((), "Name a model with"),
    ],
)
def test_a_call_that_says_too_little_or_too_much_is_refused(
    arguments: tuple[str, ...], says: str, case: Case
) -> None:
    refused = fake.freeze(case.project, *arguments, "--yes")
    assert refused.exit_code == 2
    assert says in refused.output
    assert case.asked == []


def test_facts_of_yesterday_let_no_text_leave(case: Case) -> None:
    fake.project(case.root, case.server.url, review_by="2026-11-30")
    refused = case.write("--yes")
    assert refused.exit_code == 1
    assert "No text may be sent to openai" in refused.output
    assert case.asked == []


def test_without_a_key_nothing_is_asked_or_left(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLINFT_KEYS")
    refused = case.write("--yes")
    assert refused.exit_code == 2
    assert "There is no key for 127.0.0.1" in refused.output
    assert not case.synthetic.exists()


def test_frozen_records_have_no_facts_to_write_from(case: Case) -> None:
    assert case.write("--yes").exit_code == 0
    case.freeze_spec()
    refused = case.write("--yes")
    assert refused.exit_code == 2
    assert "frozen already" in refused.output


def test_more_records_than_a_model_should_write_are_refused(case: Case) -> None:
    case.spec(records=100_001)
    refused = case.write("--yes")
    assert refused.exit_code == 2
    assert "a model writes at most 100,000" in refused.output
    assert case.asked == []


def test_a_task_whose_answer_lies_in_the_text_is_not_written_anew(case: Case) -> None:
    path = case.project / "project.yaml"
    value = yaml.safe_load(path.read_text())
    value["clinical_domain"] = "cardiology"
    value["task"] = {"kind": "ner", "description": "Find the findings."}
    value["data"] |= {"generator": "clinical-notes"}
    value["prompt"] = {"strategies": ["zero_shot"]}
    path.write_text(yaml.safe_dump(value, sort_keys=False))
    (case.project / "prompt" / "prompt.md").write_text("# System\nFind the findings.\n")
    refused = case.write("--yes")
    assert refused.exit_code == 2
    assert "cannot write texts anew for a task of kind ner" in refused.output
    assert case.asked == []
