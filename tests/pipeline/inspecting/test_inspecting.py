"""One item of a real run: its text by digest, its answers by theirs, and never another one."""

import json
from pathlib import Path

import pytest

from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.data import Record
from clinft.artifacts.jsonl import iter_models, write_models
from clinft.artifacts.results import ItemResult
from clinft.errors import SpecError
from clinft.pipeline.inspecting.answers import answers_of
from clinft.pipeline.inspecting.page import page_of
from clinft.pipeline.inspecting.record import Found, NotFound, record_of
from tests.fakes import finished

ITEM = "test-000003"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return finished.runs(finished.repository(tmp_path))[0]


def record(run: Path, item: str = ITEM) -> Record:
    path = run.parents[1] / "data" / "records" / "test.jsonl"
    return next(one for one in iter_models(path, Record) if one.id == item)


def sha256(run: Path, item: str = ITEM) -> str:
    return answers_of(run, item)[0].row.item_sha256


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_text_is_read_where_it_lies_and_made_again_where_it_does_not(run: Path) -> None:
    expected = record(run)
    there = record_of(run, ITEM, sha256(run))
    assert isinstance(there, Found)
    assert (there.record, there.split, there.how) == (expected, "test", "read from data/records/")
    for path in (run.parents[1] / "data" / "records").iterdir():
        path.unlink()
    before = snapshot(run.parents[1])
    again = record_of(run, ITEM, sha256(run))
    assert isinstance(again, Found)
    assert (again.record, again.how) == (expected, "made again from the run's spec")
    assert snapshot(run.parents[1]) == before


def test_records_of_a_later_spec_are_not_taken_for_the_measured_ones(run: Path) -> None:
    path = run.parents[1] / "data" / "records" / "test.jsonl"
    expected = record(run)
    changed = [one.model_copy(update={"text": "Another note."}) for one in iter_models(path, Record)]
    write_models(path, changed)
    found = record_of(run, ITEM, sha256(run))
    assert isinstance(found, Found)
    assert (found.record, found.how) == (expected, "made again from the run's spec")


def test_another_digest_or_engine_shows_no_text(run: Path) -> None:
    other = record_of(run, ITEM, "0" * 64)
    assert other == NotFound("the record of this id is not the one that was measured", changed=True)
    for path in (run.parents[1] / "data" / "records").iterdir():
        path.unlink()
    prepared = json.loads((run / "prepare.json").read_bytes())
    (run / "prepare.json").write_text(json.dumps({**prepared, "stage_version": 99}))
    assert record_of(run, ITEM, sha256(run)) == NotFound("made by another version of the generator")
    page = page_of(run, ITEM)
    assert "Text: missing: made by another version of the generator" in page.lines
    assert not page.changed
    (run / "project.yaml").write_text("no spec\n")
    found = record_of(run, ITEM, sha256(run))
    assert isinstance(found, NotFound)
    assert "no longer accepts" in found.why
    assert any("accepts the run's spec" in line for line in page_of(run, ITEM).lines)


def test_the_page_shows_each_system_and_what_it_said(run: Path) -> None:
    page = page_of(run, ITEM)
    text = "\n".join(page.lines)
    assert record(run).text in text
    rows = [row for row in iter_models(run / "items.jsonl", ItemResult) if row.item == ITEM]
    for row in rows:
        outcome = "right" if row.correct else "wrong"
        assert f"{row.system}, {row.scoring.replace('_', ' ')}: {outcome}" in page.lines
    assert len(rows) == sum(line.startswith(("base_", "tuned,")) for line in page.lines)
    assert not page.changed


def test_the_answers_that_evaluate_kept_are_shown_with_what_is_wrong(run: Path) -> None:
    lines = page_of(run, ITEM).lines
    at = lines.index("base_zero_shot, generated text: wrong")
    assert lines[at + 1 : at + 5] == (
        "  read as: none of the answers that count",
        "  what is wrong: format",
        "  answer",
        "    I cannot tell.",
    )


def keep(run: Path, output: str, named: str | None = None, item: str = ITEM) -> None:
    """As evaluate keeps an answer; `named`: the digest that the row has, another than that of the answer."""
    digest = named or digest_bytes(output.encode())
    rows = [
        row.model_copy(update={"output_sha256": digest})
        if (row.system, row.scoring, row.item) == ("tuned", "generated_text", item)
        else row
        for row in iter_models(run / "items.jsonl", ItemResult)
    ]
    write_models(run / "items.jsonl", rows)
    lines = [
        json.dumps({"row": json.loads(row.model_dump_json()), "output": output})
        for row in rows
        if row.item == item
    ]
    folder = run / "data" / "outputs"
    folder.mkdir(exist_ok=True)
    (folder / "tuned.generated_text.jsonl").write_text("\n".join([*lines, '{"half": ']))


def test_an_answer_is_shown_if_it_has_the_digest_of_its_row(run: Path) -> None:
    keep(run, "It is the heart.\nSurely.")
    page = page_of(run, ITEM)
    assert page.lines[-3:] == ("  answer", "    It is the heart.", "    Surely.")


def test_an_answer_of_another_digest_is_not(run: Path) -> None:
    keep(run, "It is the heart.", named="1" * 64)
    assert not any("heart" in line for line in page_of(run, ITEM).lines)
    assert page_of(run, ITEM).lines[-1].startswith("  answer: it is kept on the machine that asked")


def test_what_a_terminal_obeys_is_not_shown(run: Path) -> None:
    keep(run, "a\x1b]0;title\x07b\u202ec\r\nd\ud800e".encode("utf-8", "ignore").decode())
    assert page_of(run, ITEM).lines[-2:] == ("    a]0;titlebc", "    de")


def test_an_unknown_item_and_a_run_without_rows_are_told(run: Path) -> None:
    with pytest.raises(SpecError, match="no item of this id"):
        page_of(run, "test-999999")
    (run / "items.jsonl").unlink()
    with pytest.raises(SpecError, match=r"no items\.jsonl"):
        page_of(run, ITEM)
