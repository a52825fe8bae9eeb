import json
import sys

import pytest

from clinft.artifacts.data import Record
from clinft.artifacts.jsonl import iter_models
from clinft.errors import MissingExtra, SpecError
from clinft.spec.prompt import Prompt, PromptExample
from clinft.stages.prepare.formats import COLUMNS, ROWS_AT_ONCE, TABLE, Example

PROMPT = Prompt(
    system="Name the code.", examples=(PromptExample(input="a few-shot example", output="never trained"),)
)


def example(number: int = 1, **changes: str) -> Example:
    record = Record(
        id=f"train-{number:06d}",
        scenario="abcd",
        style="hpi",
        text="Fever for 3 days, 38.9 °C\nNo rash.",
        target='["A41.51"]',
        facts={"age": 40, "findings": ["fever"], "severity": "mild"},
    )
    return Example(record.model_copy(update=changes), changes.get("rejected", '["A41"]'))


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_openai_ends_with_the_answer_and_has_no_examples(tmp_path):
    path = tmp_path / "train.jsonl"
    assert TABLE["openai"].write(path, [example()], PROMPT) == 1
    assert lines(path) == [
        {
            "messages": [
                {"role": "system", "content": "Name the code."},
                {"role": "user", "content": "Fever for 3 days, 38.9 °C\nNo rash."},
                {"role": "assistant", "content": '["A41.51"]'},
            ]
        }
    ]


def test_conversation_names_the_speakers_as_its_loaders_do(tmp_path):
    path = tmp_path / "train.jsonl"
    TABLE["conversation"].write(path, [example()], PROMPT)
    (line,) = lines(path)
    assert [turn["from"] for turn in line["conversations"]] == ["system", "human", "gpt"]
    assert line["conversations"][-1]["value"] == '["A41.51"]'


def test_dpo_sets_a_wrong_answer_against_the_target(tmp_path):
    path = tmp_path / "train.jsonl"
    TABLE["dpo"].write(path, [example()], PROMPT)
    (line,) = lines(path)
    assert set(line) == {"input", "preferred_output", "non_preferred_output"}
    assert [message["role"] for message in line["input"]["messages"]] == ["system", "user"]
    assert line["preferred_output"] == [{"role": "assistant", "content": '["A41.51"]'}]
    assert line["non_preferred_output"] == [{"role": "assistant", "content": '["A41"]'}]


@pytest.mark.parametrize("rejected", ["", '["A41.51"]'])
def test_dpo_refuses_a_record_without_a_different_second_answer(tmp_path, rejected):
    path = tmp_path / "train.jsonl"
    path.write_text("older\n")
    with pytest.raises(SpecError, match="train-000002"):
        TABLE["dpo"].write(path, [example(), example(2, rejected=rejected)], PROMPT)
    assert path.read_text() == "older\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["train.jsonl"]


def test_records_can_be_read_again(tmp_path):
    path = tmp_path / "train.jsonl"
    TABLE["records"].write(path, [example()], PROMPT)
    assert list(iter_models(path, Record)) == [example().record]


def test_parquet_is_read_back_whole_over_several_row_groups(tmp_path):
    from pyarrow.parquet import ParquetFile, read_table

    path = tmp_path / "new" / "train.parquet"
    examples = (example(number) for number in range(ROWS_AT_ONCE + 3))
    assert TABLE["parquet"].write(path, examples, PROMPT) == ROWS_AT_ONCE + 3
    table = read_table(path)
    assert tuple(table.column_names) == COLUMNS
    assert all(str(field.type) == "string" for field in table.schema)
    first = table.slice(0, 1).to_pylist()[0]
    assert json.loads(first.pop("facts")) == example().record.facts
    assert first == example(0).record.model_dump(exclude={"facts"})
    with ParquetFile(path) as file:
        assert file.num_row_groups == 2


def test_parquet_of_nothing_still_has_its_columns(tmp_path):
    from pyarrow.parquet import read_table

    path = tmp_path / "test.parquet"
    assert TABLE["parquet"].write(path, [], PROMPT) == 0
    assert tuple(read_table(path).column_names) == COLUMNS


def test_parquet_without_its_package_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"\.\[parquet\]"):
        TABLE["parquet"].write(tmp_path / "train.parquet", [example()], PROMPT)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", TABLE)
def test_a_stream_that_fails_leaves_the_older_file(tmp_path, name):
    def failing():
        yield example()
        raise KeyboardInterrupt

    path = tmp_path / f"train{TABLE[name].suffix}"
    path.write_bytes(b"older")
    with pytest.raises(KeyboardInterrupt):
        TABLE[name].write(path, failing(), PROMPT)
    assert path.read_bytes() == b"older"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
