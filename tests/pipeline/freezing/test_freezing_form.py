"""`clinft freeze --import`: what is wrong is told before anybody signs, once, and where people find it."""

import re
from pathlib import Path

import pytest
import yaml

from clinft.stages.audit import file_audit
from tests.fakes.freezing import Case
from tests.fakes.freezing_files import rows, statement
from tests.pipeline.freezing.test_freezing_imported import MIMIC, as_csv


def test_a_statement_of_a_day_to_come_is_refused(case: Case, brought: Path, tmp_path: Path) -> None:
    word = statement(tmp_path / "word.yaml", brought)
    for day, code in (("2026-12-02", 2), ("2031-01-01", 2), ("2026-12-01", 0)):
        given = yaml.safe_load(word.read_text())
        given["statements"][0]["date"] = day
        word.write_text(yaml.safe_dump(given))
        done = case.bring(brought, statement=word)
        assert done.exit_code == code, done.output
        assert ("dated in the future" in done.output) == (code == 2)
        assert case.synthetic.exists() == (code == 0)


def no_audit(*_: object, **__: object) -> None:
    raise AssertionError("the rules are measured for minutes")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("brought.csv", b"text,label\npain,mental\n", "There is no column target."),
        ("brought.csv", b"text,target\n", "The file holds no record."),
        ("brought.csv", b"", "There is no column text and no column target."),
        ("brought.csv", "text,target\nna\u00efve,mental\n".encode("cp1252"), "no CSV in UTF-8"),
        ("brought.jsonl", b"", "The file holds no record."),
        ("brought.jsonl", b'{"text": "na\xefve", "target": "mental"}\n', "no JSON object in UTF-8"),
        ("brought.parquet", b"PAR1", "The file is no Parquet file."),
    ],
)
def test_the_form_is_told_before_anybody_signs_or_the_rules_are_measured(
    name: str, data: bytes, says: str, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_audit, "audit_files", no_audit)
    path = tmp_path / name
    path.write_bytes(data)
    refused = case.bring(path)
    assert refused.exit_code == 2, refused.output
    assert says in refused.output
    assert "vouched" not in refused.output
    assert "pain" not in refused.output


@pytest.mark.parametrize(
    ("text", "says"), [(MIMIC, "deidentified-marks"), ("MRN: 48291734.", "class (H) of 45")]
)
def test_what_looks_real_is_declined_whatever_its_form(
    text: str, says: str, case: Case, tmp_path: Path
) -> None:
    path = as_csv(tmp_path / "brought.csv", [{"SUBJECT": "x", "TEXT": text}])
    declined = case.bring(path)
    assert declined.exit_code == 1, declined.output
    assert says in declined.output
    assert "48291734" not in declined.output


def test_a_bad_label_is_told_by_the_line_of_the_file_that_people_have(case: Case, tmp_path: Path) -> None:
    given = rows()
    given[5]["target"] = "nephrology"
    line = 2 + sum(one["text"].count("\n") + 1 for one in given[:5])
    path = as_csv(tmp_path / "brought.csv", given)
    refused = case.bring(path)
    assert refused.exit_code == 2
    assert f"{path}:{line}:0: The target is not one of `task.labels`." in refused.output
    assert "candidate" not in refused.output
    assert "nephrology" not in refused.output


def test_a_place_is_told_once_and_by_the_line_that_an_editor_shows(case: Case, tmp_path: Path) -> None:
    given = rows()
    given[3]["text"] += "\non a second line"
    given[16]["text"] += "\n\nCall the daughter at (415) 867-5309.\nShe knows."
    path = as_csv(tmp_path / "phone.csv", given)
    line = 1 + next(n for n, one in enumerate(path.read_text().split("\n")) if "867-5309" in one)
    declined = case.bring(path, statement=statement(tmp_path / "word.yaml", path))
    assert declined.exit_code == 1
    said = declined.output.replace("\n  ", "")
    assert re.findall(r"phone\.csv:[0-9:]+", said) == [f"phone.csv:{line}:0:"]


def test_a_file_that_is_not_there_is_told_as_that(case: Case, tmp_path: Path) -> None:
    refused = case.bring(tmp_path / "absent.csv")
    assert refused.exit_code == 2
    assert "There is no file" in refused.output
    (tmp_path / "link.csv").symlink_to(tmp_path / "absent.csv")
    assert "A link or a folder is not imported." in case.bring(tmp_path / "link.csv").output
