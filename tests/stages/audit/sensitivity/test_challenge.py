"""The challenge set is read as it ships, and its digest is of its bytes."""

import json
from pathlib import Path

from clinft.stages.audit.sensitivity import Counts, Span, challenge_cases, challenge_sha256, tally
from clinft.stages.audit.units import json_units


def write(folder: Path, letter: str, *cases: tuple[str, list[list[int]]]) -> None:
    lines = [
        json.dumps({"id": f"{letter}-{number}", "text": text, "spans": spans}, ensure_ascii=False)
        for number, (text, spans) in enumerate(cases)
    ]
    (folder / f"{letter}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_cases_come_by_letter_with_their_spans(tmp_path: Path) -> None:
    write(tmp_path, "H", ("MRN 4482019\u2028and ü, 77120", [[4, 11], [19, 24]]), ("no span", []))
    write(tmp_path, "G", ("SSN\n219-45-7731", [[4, 15]]))
    write(tmp_path, "X", ("not a letter of the rule", [[0, 3]]))
    first, second, third = challenge_cases(tmp_path)
    assert (first.file, first.spans) == ("challenge/G.jsonl", (Span("G", "text", 4, 15),))
    assert second.spans == (Span("H", "text", 4, 11), Span("H", "text", 19, 24))
    assert third.spans == ()
    (unit,) = [
        unit for unit in json_units(second.file, 1, second.line, lambda key: True) if unit.field == "text"
    ]
    assert [unit.text[span.start : span.end] for span in second.spans] == ["4482019", "77120"]
    assert unit.context == ""
    assert tally(challenge_cases(tmp_path), lambda file, line: ()) == Counts(
        planted={"G": 1, "H": 2}, found={"G": 0, "H": 0}, blocked={"G": 0, "H": 0}
    )


def test_the_digest_is_of_names_and_bytes(tmp_path: Path) -> None:
    write(tmp_path, "H", ("MRN 4482019", [[4, 11]]))
    one = challenge_sha256(tmp_path)
    (tmp_path / "H.jsonl").rename(tmp_path / "I.jsonl")
    two = challenge_sha256(tmp_path)
    write(tmp_path, "I", ("MRN 4482018", [[4, 11]]))
    three = challenge_sha256(tmp_path)
    assert len({one, two, three}) == 3
    assert one == one.lower()
    assert len(one) == 64


def test_without_a_folder_there_are_no_cases(tmp_path: Path) -> None:
    assert list(challenge_cases(tmp_path / "none")) == []


def test_every_span_of_the_shipped_set_lies_in_its_text() -> None:
    for case in challenge_cases():
        text = json.loads(case.line)["text"]
        assert case.spans
        assert all(0 <= span.start < span.end <= len(text) for span in case.spans)
