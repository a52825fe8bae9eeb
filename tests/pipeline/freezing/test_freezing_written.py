"""`clinft freeze` with a model, over the real SDK and HTTP: what is asked, kept and written."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from clinft.artifacts.canonical import digest_file
from clinft.errors import DigestMismatch, SpecError
from clinft.pipeline.freezing import texts
from clinft.spec.data import SPLITS
from clinft.spec.load import load_project
from clinft.stages.prepare.stage import depends_on, prepare
from clinft.stages.prepare.written.request import SYSTEM
from tests.fakes import freezing as fake
from tests.fakes.freezing import Case
from tests.fakes.scripted_answers import HOSTILE_ANSWERS

FILES = {"provenance.json", *(f"{split}.jsonl" for split in SPLITS)}


def test_every_record_is_written_anew_and_its_facts_stay(case: Case) -> None:
    before = case.generated()
    done = case.write("--yes")
    assert done.exit_code == 0, done.output
    assert {path.name for path in case.synthetic.iterdir()} == FILES
    assert len(case.asked) == fake.RECORDS
    assert all(turns[0] == {"role": "system", "content": SYSTEM} for turns in case.asked)
    for split, rows in case.records().items():
        assert [one.id for one in rows] == [*before[split]]
        for one in rows:
            made = before[split][one.id]
            assert one.text != made.text
            assert one == made.model_copy(update={"text": one.text})
    told = case.provenance()
    assert (told.origin, told.made_on, told.records["train"]) == ("written", "2026-12-01", 24)
    assert told.files == {path.name: digest_file(path) for path in case.synthetic.glob("*.jsonl")}
    assert told.writer is not None
    assert (told.writer.model, told.writer.endpoint) == (fake.MODEL, "openai")
    assert told.counted is not None
    assert (told.counted.written, told.counted.generated, told.counted.dropped) == (fake.RECORDS, 0, 0)
    # Nothing of a request or an answer lies where git looks, and no key anywhere.
    assert not [
        path for path in case.project.rglob("*") if path.is_file() and case.server.key in path.read_text()
    ]


def test_prepare_reads_what_was_frozen_and_vouches_for_it_without_asking_anybody(
    case: Case, tmp_path: Path
) -> None:
    assert case.write("--yes").exit_code == 0
    case.freeze_spec()
    asked = len(case.asked)
    spec = load_project(case.project).spec
    made = prepare(spec, tmp_path / "records", case.synthetic)
    assert (made.generator, made.shared_scenarios, made.shared_styles) == ("written", 0, 0)
    assert made.splits["test"].sha256 == digest_file(case.synthetic / "test.jsonl")
    assert "synthetic/provenance.json" in depends_on(spec, case.synthetic)
    assert len(case.asked) == asked


def test_no_verb_that_trains_can_ask_the_writer() -> None:
    """What `clinft run` loads, stages and all, holds nothing that could ask for a text."""
    code = (
        "import sys, clinft.pipeline as pipeline\n"
        "stages = [row.build() for row in pipeline.STAGES]\n"
        "import clinft.cli.merged\n"
        "print([name for name in sys.modules if name.startswith('clinft.pipeline.freezing')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("change", ["text", "facts", "order", "added", "provenance"])
def test_a_change_after_freezing_is_told(change: str, case: Case, tmp_path: Path) -> None:
    assert case.write("--yes").exit_code == 0
    case.freeze_spec()
    path = case.synthetic / "test.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    if change == "text":
        rows[3]["text"] += " Started warfarin."
    elif change == "facts":
        rows[3]["facts"]["age"] = 18
    elif change == "order":
        rows.reverse()
    if change == "added":
        (case.synthetic / "train-0001.jsonl").write_text("")
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    )
    spec = load_project(case.project).spec
    if change in ("text", "facts", "order"):
        # Even with provenance.json made to fit, as somebody could who means to.
        value = json.loads((case.synthetic / "provenance.json").read_text())
        value["files"]["test.jsonl"] = value["splits"]["test"] = digest_file(path)
        (case.synthetic / "provenance.json").write_text(json.dumps(value))
        with pytest.raises(SpecError) as refused:
            prepare(spec, tmp_path / "records", case.synthetic)
        assert [Path(one.path).name for one in refused.value.problems] == ["test.jsonl"]
        assert refused.value.problems[0].line == {"order": 2}.get(change, 4)
    elif change == "provenance":
        (case.synthetic / "dev.jsonl").write_bytes((case.synthetic / "dev.jsonl").read_bytes() + b"\n")
        with pytest.raises(DigestMismatch, match=r"not those that provenance\.json names"):
            prepare(spec, tmp_path / "records", case.synthetic)
    else:
        with pytest.raises(SpecError, match="lies beside parts"):
            prepare(spec, tmp_path / "records", case.synthetic)
    assert [*(tmp_path / "records").iterdir()] == []


def test_what_was_wrong_is_asked_for_again_twice_at_most(case: Case) -> None:
    tries: Counter[str] = Counter()

    def says(messages: list[dict[str, str]]) -> str:
        tries[messages[1]["content"]] += 1
        note = fake.scribe(messages)
        if len(messages) == 2:
            return note.replace("No ", "Also ").replace("Age:", "Years lived:") + " Started warfarin."
        return note if len(messages) == 4 else "never asked"

    case.says(says)
    done = case.write("--yes")
    assert done.exit_code == 0, done.output
    assert set(tries.values()) == {2}
    told = case.provenance().counted
    assert told is not None
    assert (told.written, told.asked_again) == (fake.RECORDS, fake.RECORDS)
    again = next(turns for turns in case.asked if len(turns) == 4)
    assert [turn["role"] for turn in again] == ["system", "user", "assistant", "user"]
    assert "a term that is not listed: warfarin" in again[-1]["content"]


def stubborn(every: int) -> fake.Says:
    """Ignores the facts of every so many records, however often it is asked."""

    def says(messages: list[dict[str, str]]) -> str:
        if sum(messages[1]["content"].encode()) % every == 0:
            return "The patient feels fine today and was sent home with advice."
        return fake.scribe(messages)

    return says


@pytest.mark.parametrize("refused", ["keep", "drop"])
def test_refused_records_keep_their_generated_text_or_are_dropped(refused: str, case: Case) -> None:
    before = case.generated()
    case.says(stubborn(4))
    done = case.write("--yes", "--refused", refused)
    assert done.exit_code == 0, done.output
    told = case.provenance().counted
    assert told is not None
    assert f"Generated text kept: {told.generated}; dropped: {told.dropped};" in done.output
    left = fake.RECORDS - told.written
    assert 3 < left < 20
    assert told.refused["missing"] == left
    rows = case.records()
    same = sum(one == before[split][one.id] for split, ones in rows.items() for one in ones)
    total = sum(map(len, rows.values()))
    if refused == "keep":
        assert (same, total, told.generated, told.dropped) == (left, fake.RECORDS, left, 0)
    else:
        assert (same, total, told.generated, told.dropped) == (0, fake.RECORDS - left, 0, left)
    assert f"  records: {total}" in done.output


@pytest.mark.parametrize("before", [False, True])
def test_a_model_that_ignores_the_facts_writes_nothing(before: bool, case: Case) -> None:
    if before:
        assert case.write("--yes").exit_code == 0
    kept = case.snapshot()
    case.spec(seed=8)
    case.says(lambda _: "The patient is a 50-year-old with chest pain who takes aspirin every day.")
    asked = len(case.asked)
    refused = case.write("--yes")
    assert refused.exit_code == 1
    assert "ignores the facts: of 24 records 0 texts could be kept; nothing was written" in refused.output
    assert "missing" in refused.output
    assert "aspirin" not in refused.output
    assert case.snapshot() == kept
    # After the first split it was clear; nobody pays for the rest.
    assert len(case.asked) - asked == 3 * 24


@pytest.mark.parametrize("hostile", HOSTILE_ANSWERS)
def test_hostile_answers_are_data_and_never_kept(hostile: str, case: Case) -> None:
    case.says(lambda _: hostile)
    refused = case.write("--yes")
    assert refused.exit_code == 1
    assert "Quackenbush" not in refused.output
    assert not case.synthetic.exists()


def test_an_identifier_in_an_otherwise_good_text_is_asked_for_again(case: Case) -> None:
    def says(messages: list[dict[str, str]]) -> str:
        note = fake.scribe(messages)
        return note + "\nSeen by Dr. Zebulon Quackenbush." if len(messages) == 2 else note

    case.says(says)
    done = case.write("--yes")
    assert done.exit_code == 0, done.output
    assert not any("Quackenbush" in one.text for rows in case.records().values() for one in rows)


def test_what_the_audit_finds_in_the_end_is_not_written(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_identifiers", lambda *_: ())
    case.says(lambda messages: fake.scribe(messages) + "\nReach the family at jo.quack@hospital-mail.com.")
    refused = case.write("--yes")
    assert refused.exit_code == 1
    assert "email address, class (F) of 45 CFR 164.514(b)(2)(i), " in refused.output
    assert "train.jsonl:1:0:" in refused.output
    assert "quack" not in refused.output
    assert not case.synthetic.exists()
    assert not (case.project / "data" / "freeze" / "candidate").exists()


def test_notes_of_a_clinical_pack_are_written_and_vouched_for_too(case: Case, tmp_path: Path) -> None:
    path = case.project / "project.yaml"
    value = yaml.safe_load(path.read_text())
    value["clinical_domain"] = "cardiology"
    value["task"] |= {"labels": ["mild", "moderate", "severe"], "classify": "severity"}
    value["data"] |= {"generator": "clinical-notes"}
    value["prompt"] = {"strategies": ["zero_shot"]}
    path.write_text(yaml.safe_dump(value, sort_keys=False))
    (case.project / "prompt" / "prompt.md").write_text("# System\nAnswer with mild, moderate or severe.\n")
    done = case.write("--yes")
    assert done.exit_code == 0, done.output
    told = case.provenance()
    assert told.counted is not None
    assert (told.counted.unchecked, told.classify) == (0, "severity")
    # The audit's detector takes a word or two of so strange a layout for a name.
    assert told.counted.written >= 35
    assert told.counted.refused.keys() <= {"identifier"}
    noisy = sum("noise" in one.facts for rows in case.records().values() for one in rows)
    assert noisy == told.counted.generated == fake.RECORDS - told.counted.written
    case.freeze_spec()
    made = prepare(load_project(case.project).spec, tmp_path / "records", case.synthetic)
    assert (made.generator, made.shared_scenarios, made.shared_styles) == ("written", 0, 0)
    assert made.terminology_release.startswith("ICD-10-CM")
