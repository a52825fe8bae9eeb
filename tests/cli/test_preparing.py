"""`clinft prepare` without a project: three files from a domain, a kind and a seed; all of them or none."""

import json
import os
from pathlib import Path

import pytest

from clinft.cli.preparing import KINDS
from clinft.pipeline.preparing import FILES
from clinft.run_folder import HELD, scratch
from clinft.spec.checks import domains
from clinft.stages.prepare.clinical.tasks import TABLE
from tests.fakes.cli import clinft

NAMES = [f"{name}.jsonl" for name in FILES]


def made(
    out: Path, *more: str, domain: str = "cardiology", records: int = 60
) -> dict[str, list[dict[str, object]]]:
    call = ("prepare", "--domain", domain, "--records", str(records), "--seed", "3", "--out", out, *more)
    result = clinft(*call)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == sorted(NAMES)
    return {path.stem: [json.loads(line) for line in path.read_text().splitlines()] for path in out.iterdir()}


def test_the_domains_are_listed_one_a_line_and_nothing_else() -> None:
    result = clinft("prepare", "--list-domains")
    assert (result.exit_code, result.stdout.splitlines()) == (0, domains())
    assert len(domains()) == 11


@pytest.mark.parametrize("kind", TABLE)
def test_records_of_every_kind_are_made(tmp_path: Path, kind: str) -> None:
    found = made(tmp_path / "notes", "--task", kind)
    assert sum(map(len, found.values())) == 60
    assert all(record["text"] and record["target"] for records in found.values() for record in records)
    scenarios = {name: {record["scenario"] for record in records} for name, records in found.items()}
    assert not scenarios["train"] & scenarios["test"]
    assert not scenarios["train"] & scenarios["validation"]


def test_the_same_seed_gives_the_same_bytes_whatever_the_processes(tmp_path: Path) -> None:
    made(tmp_path / "one")
    made(tmp_path / "two", "--processes", "2")
    for name in NAMES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_older_domain_makes_records_too(tmp_path: Path) -> None:
    found = made(tmp_path / "notes", domain="general-medicine")
    assert sum(map(len, found.values())) == 60


def test_styles_can_be_chosen(tmp_path: Path) -> None:
    found = made(tmp_path / "notes", "--style", "hpi", "--style", "referral")
    assert {record["style"] for records in found.values() for record in records} == {"hpi", "referral"}


def test_formats_are_those_of_others(tmp_path: Path) -> None:
    openai = made(tmp_path / "openai", "--format", "openai")
    assert [turn["role"] for turn in openai["train"][0]["messages"]] == ["system", "user", "assistant"]  # type: ignore[attr-defined]  # JSON
    talks = made(tmp_path / "talks", "--format", "conversation")
    assert "conversations" in talks["train"][0]


@pytest.mark.parametrize("kind", TABLE)
def test_a_preference_pair_has_two_different_answers(tmp_path: Path, kind: str) -> None:
    pairs = made(tmp_path / "pairs", "--task", kind, "--format", "dpo")
    for records in pairs.values():
        for pair in records:
            assert pair["preferred_output"] != pair["non_preferred_output"]
            assert pair["input"]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (("--domain", "astrology"), "cardiology"),
        (("--domain", "cardiology", "--task", "haiku"), "dialogue_to_note"),
        (("--domain", "cardiology", "--format", "xml"), "parquet"),
        (("--domain", "cardiology", "--style", "sonnet"), "hpi"),
        (("--domain", "general-medicine", "--task", "coding"), "classification only"),
        (("--domain", "cardiology", "--records", "19"), "--records is 20"),
        (("--domain", "cardiology", "--seed", "-1"), "--seed is 0"),
    ],
)  # fmt: skip
def test_a_bad_call_is_one_error_and_leaves_nothing(tmp_path: Path, call: tuple[str, ...], says: str) -> None:
    given = {"--records": "60", "--seed": "3"} | dict(zip(call[::2], call[1::2], strict=True))
    result = clinft(
        "prepare", *(word for pair in given.items() for word in pair), "--out", tmp_path / "notes"
    )
    assert result.exit_code == 2
    assert says in result.output
    assert list(tmp_path.iterdir()) == []


def test_what_lies_in_the_folder_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text("mine")
    result = clinft("prepare", "--domain", "cardiology", "--records", "60", "--seed", "3", "--out", tmp_path)
    assert result.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["train.jsonl"]
    assert (tmp_path / "train.jsonl").read_text() == "mine"


@pytest.mark.parametrize(
    "call",
    [
        (),
        ("--domain", "cardiology"),
        ("--domain", "cardiology", "--records", "60", "--seed", "3"),
        ("--list-domains", "--domain", "cardiology"),
    ],
)
def test_half_a_call_is_refused_with_a_whole_one(call: tuple[str, ...]) -> None:
    result = clinft("prepare", *call)
    assert result.exit_code == 2
    assert "clinft prepare --domain cardiology --records 1000 --seed 1 --out notes" in result.output


def test_what_a_killed_call_left_is_swept_and_a_running_ones_is_not(tmp_path: Path) -> None:
    with scratch(tmp_path, ".notes.") as running:
        gone = tmp_path / f".notes.{os.getpid()}-abc"
        (gone / "records").mkdir(parents=True)
        (gone / HELD).touch()
        made(tmp_path / "notes")
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([running.name, "notes"])


@pytest.mark.parametrize(
    ("domain", "task", "says"), [("astrology", "ner", "Known: "), ("cardiology", "qa", "ner, ")]
)
def test_a_name_that_nobody_knows_is_told_before_what_is_missing(domain: str, task: str, says: str) -> None:
    result = clinft("prepare", "--domain", domain, "--task", task)
    assert result.exit_code == 2
    assert says in result.output
    assert "needs" not in result.output


def test_the_help_says_what_a_domain_needs_and_names_every_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    told = " ".join(clinft("prepare", "--help").output.replace("│", " ").split())
    assert "needs --records, --seed, --out" in told
    assert told.count("Required with --domain") == 3
    assert set(KINDS.replace(" or ", ", ").split(", ")) == set(TABLE)
    assert all(kind in told for kind in TABLE)


@pytest.mark.parametrize("domain", ["cardiology", "general-medicine"])
def test_a_style_is_told_by_the_option_that_people_gave(tmp_path: Path, domain: str) -> None:
    call = ("--domain", domain, "--records", "60", "--seed", "3", "--out", tmp_path / "notes")
    result = clinft("prepare", *call, "--style", "sonnet")
    assert result.exit_code == 2
    assert "--style names a note style that does not exist" in result.output
    assert "`" not in result.output
