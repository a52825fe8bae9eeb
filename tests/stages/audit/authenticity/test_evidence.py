"""Evidence from several workers: merged in any grouping it says the same, and it never holds text."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.audit import Authenticity, Duplicates, Provenance
from clinft.artifacts.data import Record
from clinft.artifacts.formatting import training_lines
from clinft.artifacts.jsonl import iter_models, write_lines
from clinft.spec.load import load_project
from clinft.stages.audit.authenticity import Evidence
from clinft.stages.prepare.stage import prepare
from tests.fakes.specs import project_spec
from tests.stages.audit.authenticity.samples import CDA, DECLINING, HL7

HERE = Provenance(origin="file")
LONG = (
    "the patient describes a slow onset of pain in the left knee after a long walk and no fever at any time"
)
PIECES = [*(text for texts in DECLINING.values() for text in texts), LONG, LONG + " at all", "", "Cough.",
          "on 2019-03-04, 2019-03-05 and 2019-03-06", *HL7.split("\r"), *CDA.split("><")]  # fmt: skip
VALUES = st.none() | st.fixed_dictionaries(
    {"text": st.sampled_from(PIECES)},
    optional={
        "age": st.integers(0, 99),
        "sex": st.sampled_from(["female", "male"]),
        "hadm_id": st.integers(10_000, 10_010),
    },
)
ROWS = st.lists(
    st.tuples(st.sampled_from(["a/x.jsonl", "a/y.txt", "b/z.txt"]), VALUES, st.sampled_from(PIECES))
)


def numbered(rows: list[Any]) -> list[tuple[str, int, Any, str]]:
    return [
        (file, place, value, text if value is None else json.dumps(value))
        for place, (file, value, text) in enumerate(rows, start=1)
    ]


def collected(rows: list[tuple[str, int, Any, str]]) -> Evidence:
    evidence = Evidence()
    for row in rows:
        evidence.add(*row)
    return evidence


def stored(evidence: Evidence) -> Evidence:
    return Evidence.from_json(json.loads(json.dumps(evidence.to_json())))


@settings(max_examples=40, deadline=None)
@given(ROWS, st.integers(0, 20), st.integers(0, 20))
def test_parts_say_what_the_whole_says(rows: list[Any], first: int, second: int) -> None:
    given_rows = numbered(rows)
    one, two, three = (
        given_rows[:first],
        given_rows[first : first + second],
        given_rows[first + second :],
    )
    whole = collected(given_rows).result(HERE)
    left = stored(collected(one))
    left.merge(stored(collected(two)))
    left.merge(collected(three))
    tail = collected(two)
    tail.merge(collected(three))
    right = collected(one)
    right.merge(stored(tail))
    backwards = collected(three)
    backwards.merge(collected(two))
    backwards.merge(collected(one))
    assert left.result(HERE) == right.result(HERE) == backwards.result(HERE) == whole


@settings(max_examples=20, deadline=None)
@given(ROWS)
def test_it_packs_to_the_same_bytes_each_time(rows: list[Any]) -> None:
    evidence = collected(numbered(rows))
    packed = json.dumps(evidence.to_json())
    assert json.dumps(stored(evidence).to_json()) == packed
    assert json.dumps(collected(numbered(rows)).to_json()) == packed


def test_no_text_is_kept() -> None:
    row = {"text": f"Zebulon Quux: {LONG}", "name": "Zebulon", "sex": "xyzzy", "age": 71, "mrn": "99999-4711"}
    evidence = collected(
        [("a.jsonl", 1, row, json.dumps(row)), ("b.txt", 1, None, f"Zebulon [** **] xyzzy 2019-03-04 {LONG}")]
    )
    packed, result = json.dumps(evidence.to_json()), evidence.result(HERE).model_dump_json()
    for word in ("zebulon", "quux", "xyzzy", "4711", "2019", "71", "patient describes"):
        assert word not in result.lower()
        if not word.isdigit():
            assert word not in packed.lower()
    assert not evidence.rows._waiting


def test_no_text_goes_to_another_process() -> None:
    evidence = collected(numbered([("a.jsonl", {"text": f"Zebulon {LONG}"}, "")]))
    sent = pickle.dumps(evidence)
    assert b"zebulon" not in sent.lower()
    assert pickle.loads(sent).result(HERE) == evidence.result(HERE)


@pytest.mark.parametrize("key", ["columns", "sketches", "files", "units", "dates"])
def test_a_broken_partial_result_is_refused(key: str) -> None:
    packed: Any = collected(numbered([("a", {"text": LONG}, "")])).to_json()
    with pytest.raises(ValueError, match="not what was packed"):
        Evidence.from_json({name: value for name, value in packed.items() if name != key})
    for wrong in ("@", 7, {"file": "AAAA"}):
        with pytest.raises(ValueError, match="not what was packed"):
            Evidence.from_json(packed | {key: wrong})


def test_columns_of_different_length_are_refused() -> None:
    packed: Any = collected(numbered([("a", {"text": LONG}, "")])).to_json()
    with pytest.raises(ValueError, match="not what was packed"):
        Evidence.from_json(packed | {"columns": packed["columns"] | {"row": ""}})


@pytest.mark.parametrize("text", ["\ud800" * 50, "\0" * 50, "ﷺ" * 50, "\u2028" * 50, "a" * 300_000])
def test_any_text_is_read(text: str) -> None:
    evidence = collected(
        [("a", 1, {"text": text, "age": text}, text), ("a", 2, None, text), ("a", 3, {}, "")]
    )
    assert stored(evidence).result(HERE) == evidence.result(HERE)


def test_memory_does_not_grow_with_the_length_of_texts() -> None:
    evidence = collected([("a", row, {"text": f"{row} {LONG * 5}"}, "") for row in range(1000)])
    evidence.rows.settle()
    assert len(evidence.rows.sketches) == 32_000
    assert len(json.dumps(evidence.to_json())) < 90 * 1000


def of_files(files: dict[str, Path]) -> Authenticity:
    evidence = Evidence()
    for name, path in files.items():
        for row, line in enumerate(path.read_text().splitlines(), start=1):
            evidence.add(name, row, json.loads(line) if name.endswith(".jsonl") else None, line)
    return evidence.result(Provenance(origin="generated"))


@pytest.mark.parametrize("seed", [1, 31])
def test_generated_records_show_no_sign_and_few_repeats(tmp_path: Path, seed: int) -> None:
    prepare(project_spec(data={"records": 400, "seed": seed}), tmp_path)
    found = of_files({f"data/records/{path.name}": path for path in sorted(tmp_path.glob("*.jsonl"))})
    assert found.signs == ()
    assert found.duplicates
    assert found.duplicates.records == 400
    assert found.duplicates.exact == 0
    assert found.duplicates.near < 30
    assert found.uniqueness
    assert found.uniqueness.fields == ("age band", "sex", "condition")


@pytest.mark.parametrize("name", ["icd10-chapter", "example-gpu-discharge", "example-openai-triage"])
def test_an_example_project_shows_no_sign(tmp_path: Path, repository: Path, name: str) -> None:
    folder = repository / "projects" / name
    loaded = load_project(folder / "project.yaml")
    files = {"prompt/prompt.md": folder / "prompt" / "prompt.md", "project.yaml": folder / "project.yaml"}
    if loaded.spec.task.kind == "classification" and loaded.spec.data.origin == "generated":
        prepare(project_spec(data={"records": 300, "seed": 1}), tmp_path)
        records, formatted = tmp_path / "train.jsonl", tmp_path / "formatted.jsonl"
        write_lines(formatted, training_lines(loaded.prompt, iter_models(records, Record)))
        files |= {"data/records/train.jsonl": records, "data/formatted/train.jsonl": formatted}
    assert of_files(files).signs == ()


def merged(*parts: Evidence) -> Evidence:
    whole = Evidence()
    for part in parts:
        whole.merge(stored(part))
    return whole


def test_parts_in_any_order_name_the_same_places() -> None:
    texts = [" ".join(f"{letter}{number}" for number in range(50)) for letter in "abc"]
    rows = [("b.jsonl", 1, {"text": texts[1]}, ""), ("a.jsonl", 1, {"text": texts[1]}, ""),
            ("b.jsonl", 2, {"text": texts[2]}, ""), ("a.jsonl", 2, {"text": texts[1]}, "")]  # fmt: skip
    parts = [collected([row]) for row in rows]
    forwards, backwards = merged(*parts).result(HERE), merged(*reversed(parts)).result(HERE)
    assert forwards == backwards
    assert forwards.duplicates
    shown = [(one.file, one.row, other.file, other.row) for one, other in forwards.duplicates.places]
    assert shown == [("a.jsonl", 1, "a.jsonl", 2), ("a.jsonl", 1, "b.jsonl", 1)]


def test_unsettled_texts_keep_their_rows_when_merged() -> None:
    """One word of fifty is another: only these two are alike."""
    words = [f"w{number}" for number in range(50)]
    alike = [" ".join(words), " ".join([*words[:-1], "other"])]
    one = collected([("a", 1, {"text": alike[0]}, ""), ("a", 2, {"text": " ".join(words[::-1])}, "")])
    one.merge(collected([("a", 3, {"text": alike[1]}, "")]))
    found = one.result(HERE).duplicates
    assert found
    assert [(first.row, second.row) for first, second in found.places] == [(1, 3)]


def test_dates_of_all_parts_count_as_different() -> None:
    def part(day: int) -> Evidence:
        text = f"2019-01-{day:02d}, 2019-02-{day:02d}, 2019-03-{day:02d}"
        return collected([("a", day, {"text": text}, text)])

    parts = [part(day) for day in range(1, 22)]
    assert [sign.kind for sign in merged(*parts).result(HERE).signs] == ["dense-dates"]
    assert [sign.kind for sign in merged(merged(*parts[:9]), merged(*parts[9:])).result(HERE).signs] == [
        "dense-dates"
    ]


def test_a_message_over_two_parts_stands_where_it_begins() -> None:
    head, patient, *_ = HL7.replace("^^^", "-").split("\r")
    first, second = collected([("m.hl7", 4, None, head)]), collected([("m.hl7", 9, None, patient)])
    for parts in ((first, second), (second, first)):
        (sign,) = merged(*parts).result(HERE).signs
        assert [place.row for place in sign.places] == [4]


def test_nothing_at_all_and_going_on_after_a_result() -> None:
    evidence = Evidence()
    assert stored(evidence).result(HERE) == Authenticity(provenance=HERE)
    evidence.add("a", 1, {"text": LONG}, "")
    assert evidence.result(HERE).duplicates == Duplicates(
        records=1, exact=0, near=0, largest_group=0, places=()
    )
    evidence.add("a", 2, {"text": LONG}, "")
    assert (evidence.result(HERE).duplicates or pytest.fail("nothing compared")).exact == 2
