"""Files of public benchmarks: read in the publisher's form, refused in any other, never quoted."""

import json
from pathlib import Path

import pytest
import yaml

from clinft.adapters.benchmarks import TABLE, files, named
from clinft.adapters.benchmarks.benchmark import Item
from clinft.errors import SpecError
from clinft.pipeline import researching
from tests.fakes import benchmark_files

SECRET = "Zyxwvut lives at 12 Elm Street"


def read(slug: str, folder: Path) -> list[Item]:
    benchmark = TABLE[slug]
    return benchmark.read(files.located(slug, benchmark.files, folder, "the terms"))


@pytest.mark.parametrize("slug", TABLE)
def test_each_benchmark_reads_its_files(slug: str, tmp_path: Path) -> None:
    benchmark_files.WRITERS[slug](tmp_path)
    items = read(slug, tmp_path)
    assert items == sorted(items, key=lambda item: item.id)
    assert all(item.gold in item.choices if item.choices else item.gold for item in items)
    if TABLE[slug].labels:
        assert {item.choices for item in items} == {TABLE[slug].labels}


def test_every_benchmark_has_its_access_terms_and_a_test_file() -> None:
    rows = {row.slug: row for row in researching.table().benchmarks}
    assert set(TABLE) <= set(rows)
    assert set(TABLE) == set(benchmark_files.WRITERS)
    assert all(slug == one.slug for slug, one in TABLE.items())


def test_pubmedqa_asks_the_listed_items_alone_and_shows_no_conclusion(tmp_path: Path) -> None:
    benchmark_files.pubmedqa(tmp_path)
    items = read("pubmedqa", tmp_path)
    assert {item.id: item.gold for item in items} == benchmark_files.ANSWERS
    assert items[0].question == (
        "Abstract: We gave drug 101.\nWe counted.\nQuestion: Does drug 101 help?\nAnswer:"
    )
    assert not any("conclusion" in item.question for item in items)


def test_an_exam_shows_its_options_and_takes_the_letter(tmp_path: Path) -> None:
    benchmark_files.mirage(tmp_path)
    first = read("medqa", tmp_path)[0]
    assert first.question == "Question 0?\nA. liver\nB. heart\nC. lung\nD. skin"
    assert (first.gold, first.choices) == ("A", ("A", "B", "C", "D"))


def test_medqa_reads_the_form_of_its_own_repository_too(tmp_path: Path) -> None:
    row = {"question": "Which?", "options": {"A": "this", "B": "that"}, "answer": "that", "answer_idx": "B"}
    (tmp_path / "phrases_no_exclude_test.jsonl").write_text(json.dumps(row) + "\n")
    (item,) = read("medqa", tmp_path)
    assert (item.question, item.gold) == ("Which?\nA. this\nB. that", "B")


def test_medec_leaves_rows_without_text_out_and_reads_the_flag(tmp_path: Path) -> None:
    benchmark_files.medec(tmp_path)
    assert {item.id: item.gold for item in read("medec", tmp_path)} == {
        "ms-1": "yes",
        "ms-2": "no",
        "ms-3": "no",
    }


def test_the_subfolder_of_a_benchmark_goes_first(tmp_path: Path) -> None:
    benchmark_files.medec(tmp_path)
    benchmark_files.medec(tmp_path / "medec")
    (found,) = files.located("medec", TABLE["medec"].files, tmp_path, "the terms")
    assert found.parent.name == "medec"


def test_a_missing_file_is_named_with_the_terms_and_nothing_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as refused:
        read("mts-dialog", tmp_path)
    assert "mts_dialog_test1.csv" in refused.value.what
    assert "downloads no data set" in refused.value.cause
    assert "the terms" in refused.value.next_step


def test_the_training_file_of_mts_dialog_is_not_taken_for_a_test(tmp_path: Path) -> None:
    benchmark_files.mts_dialog(tmp_path)
    (tmp_path / "mts_dialog_test1.csv").rename(tmp_path / "MTS-Dialog-TrainingSet.csv")
    with pytest.raises(SpecError, match="has no file"):
        read("mts-dialog", tmp_path)


@pytest.mark.parametrize(
    ("slug", "name", "content"),
    [
        ("pubmedqa", "ori_pqal.json", f'["{SECRET}"]'),
        ("pubmedqa", "ori_pqal.json", f'{{"101": "{SECRET}"}}'),
        ("pubmedqa", "ori_pqal.json", "{"),
        ("pubmedqa", "ori_pqal.json", "[" * 100_000),
        ("pubmedqa", "ori_pqal.json", "{}"),
        ("pubmedqa", "test_ground_truth.json", "{}"),
        ("pubmedqa", "test_ground_truth.json", f'{{"101": "{SECRET}"}}'),
        ("pubmedqa", "test_ground_truth.json", '{"101": 1}'),
        ("medqa", "benchmark.json", '{"medqa": {"1": {"question": "x", "options": ["a"], "answer": "A"}}}'),
        ("medqa", "benchmark.json", f'{{"medqa": {{"1": {{"question": "{SECRET}"}}}}}}'),
        ("medqa", "benchmark.json", '{"other": {}}'),
        ("medec", "medec_ms_test_597.csv", "Text ID,Sentences\n1,x\n"),
        ("medec", "medec_ms_test_597.csv", f"Text ID,Sentences,Error Flag\n1,{SECRET},2\n"),
        ("medec", "medec_ms_test_597.csv", f"Text ID,Sentences,Error Flag\n1,{SECRET}\n"),
        ("medec", "medec_ms_test_597.csv", f"Text ID,Sentences,Error Flag\n1,{SECRET},0\n1,b,0\n"),
        ("mts-dialog", "mts_dialog_test1.csv", f"ID,section_header,section_text,dialogue\n1,a,,{SECRET}\n"),
    ],
)
def test_files_of_another_form_are_refused_without_a_word_of_theirs(
    slug: str, name: str, content: str, tmp_path: Path
) -> None:
    benchmark_files.WRITERS[slug](tmp_path)
    (tmp_path / name).write_text(content)
    with pytest.raises(SpecError) as refused:
        read(slug, tmp_path)
    assert "Zyxwvut" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "benchmark.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SpecError, match="not UTF-8"):
        read("medqa", tmp_path)


def test_an_id_that_holds_text_becomes_a_digest() -> None:
    assert files.plain_id("D2N128") == "D2N128"
    for given in (SECRET, "", "x" * 65, "../x"):
        assert files.PLAIN_ID.fullmatch(files.plain_id(given))
        assert files.plain_id(given) != given


def test_a_spec_can_name_slugs_of_ours_only() -> None:
    assert list(named(("medec", "pubmedqa"))) == ["pubmedqa", "medec"]
    with pytest.raises(SpecError, match="no task for"):
        named(("pubmedqa", "hellaswag"))


def test_the_table_of_research_stays_one_file(repository: Path) -> None:
    rows = yaml.safe_load((repository / "clinft/tables/benchmarks.yaml").read_text())["benchmarks"]
    assert len({row["slug"] for row in rows}) == len(rows)
