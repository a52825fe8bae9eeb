"""`clinft estimate` without a project: the contract of its JSON, exit codes, and one clear error for each bad call."""

import json
from pathlib import Path

import pytest

from tests.fakes.cli import clinft
from tests.fakes.frozen_tables import freeze
from tests.fakes.specs import write_repository

KEYS = [
    "provider",
    "model",
    "tokens",
    "tokens_basis",
    "epochs",
    "trained_tokens",
    "training_usd",
    "hosting_usd_month",
    "total_usd",
    "prices",
    "lifecycle",
    "unknown",
    "notes",
]
EXAMPLE = {
    "messages": [
        {"role": "system", "content": "Name the chapter."},
        {"role": "user", "content": "Cough for 3 days."},
        {"role": "assistant", "content": "respiratory"},
    ]
}
OPENAI = ("--provider", "openai", "--model", "gpt-4.1-mini")
GIVEN = ("--tokens", "10000000", "--epochs", "3")


@pytest.fixture(autouse=True)
def tables(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Outside of any repository."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "train.jsonl"
    path.write_text(f"{json.dumps(EXAMPLE)}\n" * 12)
    return path


def test_the_json_is_one_object_with_these_keys_and_amounts_as_numbers(file: Path) -> None:
    done = clinft("estimate", *OPENAI, *GIVEN, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert list(found) == KEYS
    assert (found["training_usd"], found["hosting_usd_month"], found["total_usd"]) == (150.0, 0.0, 150.0)
    assert (found["tokens"], found["trained_tokens"], found["tokens_basis"]) == (
        10_000_000,
        30_000_000,
        "given",
    )
    assert {frozenset(price) for price in found["prices"]} == {
        frozenset({"what", "value", "unit", "region", "as_of", "source"})
    }
    assert set(found["lifecycle"]) == {
        "training_until",
        "serving_until",
        "replacement",
        "days_left",
        "as_of",
        "source",
    }


def test_hosting_is_multiplied_by_the_months(file: Path) -> None:
    azure = ("--provider", "azure_openai", "--model", "gpt-4.1-mini", "--region", "swedencentral")
    found = json.loads(clinft("estimate", *azure, *GIVEN, "--months", "2", "--json").stdout)
    assert (found["training_usd"], found["hosting_usd_month"], found["total_usd"]) == (181.5, 1241.0, 2663.5)
    developer = json.loads(
        clinft("estimate", *azure, "--training-type", "developer", *GIVEN, "--json").stdout
    )
    assert (developer["training_usd"], developer["hosting_usd_month"]) == (75.0, 0.0)


def test_a_file_is_counted_by_the_models_own_tokenizer(file: Path) -> None:
    found = json.loads(clinft("estimate", *OPENAI, file, "--epochs", "2", "--json").stdout)
    # 4 + 6 + 3 tokens of text, 3 a message and 3 a conversation, 12 times
    assert found["tokens_basis"] == "tokenizer o200k_base"
    assert found["tokens"] % 12 == 0
    assert 12 * 15 < found["tokens"] < 12 * 40
    assert found["trained_tokens"] == 2 * found["tokens"]


def test_for_a_model_of_ones_own_characters_are_counted(file: Path) -> None:
    peft = ("--provider", "peft", "--model", "Qwen/Qwen3-8B", "--instance", "aws:g6e.xlarge:us-east-1")
    done = clinft("estimate", *peft, file, "--epochs", "1", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["tokens_basis"] == "characters"
    assert found["tokens"] == 12 * len("Name the chapter.Cough for 3 days.respiratory") // 3 + 1
    assert found["training_usd"] > 0


def test_an_unknown_price_is_null_and_exit_1_and_everything_else_is_printed(file: Path) -> None:
    done = clinft("estimate", "--provider", "mcp", "--model", "m", *GIVEN, "--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert list(found) == KEYS
    assert (found["training_usd"], found["hosting_usd_month"], found["total_usd"]) == (None, None, None)
    assert found["trained_tokens"] == 30_000_000
    assert found["unknown"]
    shown = clinft("estimate", "--provider", "mcp", "--model", "m", *GIVEN)
    assert shown.exit_code == 1
    assert "training unknown" in shown.output


def test_people_read_amounts_prices_dates_and_the_end(file: Path) -> None:
    done = clinft("estimate", *OPENAI, *GIVEN)
    assert done.exit_code == 0
    for said in (
        "training 150.00 USD",
        "5.00 USD per million tokens, read 2026-11-23",
        "served until 2027-01-13",
    ):
        assert said in done.output


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ((*OPENAI, "--epochs", "1"), "Name a file, or pass --tokens"),
        ((*OPENAI, "train.jsonl", "--tokens", "5", "--epochs", "1"), "Name a file, or pass --tokens"),
        ((*OPENAI, "--tokens", "5"), "--epochs"),
        ((*OPENAI, "--tokens", "5", "--epochs", "0"), "--epochs"),
        ((*OPENAI, "--tokens", "5", "--epochs", "51"), "--epochs"),
        ((*OPENAI, "--tokens", "0", "--epochs", "1"), "--tokens"),
        ((*OPENAI, "--tokens", "5", "--epochs", "1", "--months", "-1"), "--months"),
        ((*OPENAI, "absent.jsonl", "--epochs", "1"), "There is no file"),
        ((*OPENAI, "empty.jsonl", "--epochs", "1"), "holds no example"),
        ((*OPENAI, "broken.jsonl", "--epochs", "1"), "broken.jsonl, line 2"),
        ((*OPENAI, ".", "--epochs", "1"), "is a folder"),
        (("--provider", "peft", "--model", "m", "broken.jsonl", "--epochs", "1"), "broken.jsonl, line 2"),
        ((*OPENAI, *GIVEN, "--changed"), "--changed and --provider"),
        ((*OPENAI, *GIVEN, "--training-type", "global"), "azure_openai"),
        ((*OPENAI, *GIVEN, "--instance", "aws:g6.xlarge:us-east-1"), "for peft"),
        (("--provider", "openai", *GIVEN), "--model is missing"),
        (("--provider", "nobody", "--model", "m", *GIVEN), "There is no such provider"),
        (
            ("--provider", "azure_openai", "--model", "m", *GIVEN, "--training-type", "x"),
            "no such training type",
        ),
        (("--provider", "peft", "--model", "m", *GIVEN, "--region", "eu"), "hosted providers"),
        (("--provider", "peft", "--model", "m", *GIVEN, "--instance", "aws:x:y"), "no such instance"),
        (("--provider", "peft", "--model", "m", *GIVEN, "--parameters", "big"), "--parameters"),
        (("--provider", "peft", "--model", "m", *GIVEN, "--method", "dpo"), "no such method"),
        (("train.jsonl",), "--provider is missing"),
        (("--tokens", "5"), "--provider is missing"),
        ((), "Name a project's folder"),
    ],
)
def test_a_bad_call_is_exit_2_with_one_message(file: Path, call: tuple[str, ...], said: str) -> None:
    file.with_name("empty.jsonl").write_text("\n\n")
    file.with_name("broken.jsonl").write_text(f'{json.dumps(EXAMPLE)}\n{{"text": "no messages"}}\n')
    done = clinft("estimate", *call, "--json")
    assert done.exit_code == 2, done.output
    assert said in done.output
    assert done.output.count("Error:") == 1
    assert "Traceback" not in done.output


def test_a_project_is_estimated_as_ever(tmp_path: Path) -> None:
    project = write_repository(tmp_path)
    assert clinft("prepare", project).exit_code == 0
    done = clinft("estimate", project, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["payload"]["cost_usd"] == "0.00"
    assert clinft("estimate", project, "--changed").exit_code == 2


def test_a_file_that_the_provider_would_refuse_is_priced_and_the_reason_is_told(tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text(f"{json.dumps(EXAMPLE)}\n" * 9)
    done = clinft("estimate", *OPENAI, few, "--epochs", "1", "--json")
    assert done.exit_code == 0
    notes = json.loads(done.stdout)["notes"]
    assert any("The provider would refuse this file" in note and "10" in note for note in notes)
    enough = tmp_path / "enough.jsonl"
    enough.write_text("".join(json.dumps(EXAMPLE).replace("}", "}", 1) + "\n" for _ in range(10)))
    notes = json.loads(clinft("estimate", *OPENAI, enough, "--epochs", "1", "--json").stdout)["notes"]
    assert not any("refuse" in note for note in notes)
