"""The de-identified copy: what it replaces, what it keeps, and that the audit finds nothing in it."""

import json
import stat
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clinft.errors import SpecError
from clinft.spec.audit_policy import AuditPolicy, TeamPattern
from clinft.stages.audit import engine
from clinft.stages.audit.chunks import chunks, scan_chunk
from clinft.stages.audit.fix import FixSummary, write_copy
from clinft.stages.audit.fix.placeholders import Placeholders
from clinft.stages.audit.fix.rounds import Cleaner, Reading
from clinft.stages.audit.reading.source import source
from clinft.stages.audit.units import TextUnit
from clinft.stages.audit.views.siblings import Segment

ENGINE = engine.default()


def fixed(tmp_path: Path, content: str | bytes, name: str = "a.txt", **options: Any) -> bytes:
    """The copy, of which the audit itself says that nothing is left."""
    path, target = tmp_path / name, tmp_path / f"copy.{name}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    target.unlink(missing_ok=True)
    write_copy(path, target, ENGINE, **options)
    assert not (found := left(target, options.get("everything", False))), found
    assert not list(tmp_path.glob(".*"))
    return target.read_bytes()


def left(path: Path, everything: bool = False) -> Counter[str]:
    """Severities that the audit of a file finds."""
    found: Counter[str] = Counter()
    for chunk in chunks((source(path.name, path),), {}, lambda size: None):
        found += scan_chunk(ENGINE, chunk, keep=10).by_severity
    return Counter({name: count for name, count in found.items() if everything or name != "INFO"})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Mr. John Smith was seen.", "Mr. [PERSON_1] was seen."),
        ("SSN 219-09-9998, again 219-09-9998", "SSN [SSN_1], again [SSN_1]"),
        ("MRN: 1234567 and MRN: 7654321", "MRN: [MRN_1] and MRN: [MRN_2]"),
        ("seen 03/04/2019 and 03/05/2019", "seen [DATE_1] and [DATE_2]"),
        ("call 617-234-9876", "call [PHONE_1]"),
        ("mail jane.doe@hospital.org", "mail [EMAIL_1]"),
        ("age: 93", "age: 90 or older"),
        ("age: 89", "age: 89"),
        ("Cough for 3 days, BP 120/80.", "Cough for 3 days, BP 120/80."),
        ("Mr. John Smith left. JOHN  SMITH\twas fine.", "Mr. [PERSON_1] left. [PERSON_1] was fine."),
        ("Mr. John Smith left; john_smith is his login.", "Mr. [PERSON_1] left; [PERSON_1] is his login."),
        ("Mr. John Smith left for John Smithers.", "Mr. [PERSON_1] left for John Smithers."),
        ("Mr. Quux and MR. QUUX", "Mr. [PERSON_1] and MR. [PERSON_1]"),
        ("", ""),
    ],
)
def test_what_stands_in_its_place(tmp_path: Path, line: str, expected: str) -> None:
    copy = fixed(tmp_path, line).decode().replace("\t", " ")
    assert copy.replace("[PERSON_2]", "John Smithers") == expected


def test_placeholders_and_the_pooled_age_are_no_findings() -> None:
    words = "PERSON PLACE DATE PHONE FAX EMAIL SSN MRN PLAN ACCOUNT LICENSE VEHICLE DEVICE URL IP BIOMETRIC IMAGE ID"
    for word in (*words.split(), "EMPLOYER", "DATA", "TEXT"):
        for number in ("1", "12", "99", "B", "CD", "ZZZZ"):
            placeholder = f"[{word}_{number}]"
            assert not ENGINE.finds(f"The {placeholder} was seen, {placeholder}: 3 mg, 120/80.")
            assert not ENGINE.finds(f"{word}: {placeholder}", f"{word.lower()} number: ")
    assert not ENGINE.finds("[REMOVED]")
    assert not ENGINE.finds("90 or older", "age: ")


def test_json_stays_as_it_was_written_but_for_identifiers(tmp_path: Path) -> None:
    row = '{ "note":"Mr. John Smith, caf\\u00e9" ,"mrn" : 1234567,"n":1.50, "age": 93 , "ok":[true,null,{}] }'
    assert fixed(tmp_path, row + "\n", "a.jsonl").decode() == (
        '{ "note":"Mr. [PERSON_1], caf\\u00e9" ,"mrn" : "[MRN_1]","n":1.50, "age": "90 or older" ,'
        ' "ok":[true,null,{}] }\n'
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"219-09-9998": "x", "ok": 1}, {"[SSN_1]": "x", "ok": 1}),
        ({"a": {"b": [{"ssn": "219-09-9998"}]}}, {"a": {"b": [{"ssn": "[SSN_1]"}]}}),
        ({"note": '{"mrn": "1234567"}'}, {"note": '{"mrn": "[MRN_1]"}'}),
        ("SSN 219-09-9998", "SSN [SSN_1]"),
        (["219-09-9998", 5], ["[SSN_1]", 5]),
        ({"é": "Mr. John Smith é"}, {"é": "Mr. [PERSON_1] é"}),
    ],
)
def test_json_of_any_shape(tmp_path: Path, row: Any, expected: Any) -> None:
    assert json.loads(fixed(tmp_path, json.dumps(row, ensure_ascii=False), "a.jsonl")) == expected


def test_values_that_identify_only_together_are_replaced(tmp_path: Path) -> None:
    row = {"ssn": ["219", "09", "9998"], "sign": "<", "first_name": "Xu", "last_name": "Quux"}
    copy = fixed(tmp_path, json.dumps(row), "a.jsonl")
    assert b"9998" not in copy
    assert b"Quux" not in copy
    assert json.loads(copy)["sign"] == "<"


def test_equal_keys_are_both_cleaned(tmp_path: Path) -> None:
    copy = fixed(tmp_path, '{"mrn": "4711", "mrn": "8122"}', "a.jsonl").decode()
    assert "4711" not in copy
    assert "8122" not in copy


def test_half_a_character_beside_an_identifier_is_kept(tmp_path: Path) -> None:
    row = '{"é": "\\ud800 219-09-9998"}'
    assert fixed(tmp_path, row, "a.jsonl").decode() == '{"é": "\\ud800 [SSN_1]"}'


def test_two_readings_of_one_place_make_one_placeholder() -> None:
    """Values are read alone and beside their neighbours; here the second reading sees only a part."""
    text = "219-09-9998"
    part = TextUnit("a", 1, "x", "MRN: 1234567", segments=(Segment("x", 5, 16),))

    def read(texts: list[str]) -> Reading:
        return Reading(("x",), [TextUnit("a", 1, "x", texts[0]), *([part] if texts[0] == text else [])])

    assert Cleaner(ENGINE).clean([text], read, Placeholders()) == ["[SSN_1]"]


def test_a_field_that_is_nowhere_takes_the_whole_row() -> None:
    def read(texts: list[str]) -> Reading:
        units = [TextUnit("a", 1, "elsewhere", "SSN 219-09-9998")] if "SSN 219" in texts[0] else []
        return Reading(("x", "y"), units)

    assert Cleaner(ENGINE).clean(["SSN 219-09-9998", "b"], read, Placeholders()) == ["[SSN_1]", "[SSN_1]"]


def test_the_pooled_age_itself_gives_way_to_a_number() -> None:
    assert Placeholders().of("AGE_OVER_89", "C", "93") == "90 or older"
    assert Placeholders().of("AGE_OVER_89", "C", "90  OR older") == "[DATE_1]"


def test_a_row_that_is_no_json_is_a_line(tmp_path: Path) -> None:
    assert fixed(tmp_path, '{"a": SSN 219-09-9998\n', "a.jsonl") == b'{"a": SSN [SSN_1]\n'


def test_a_table_stays_a_table(tmp_path: Path) -> None:
    table = 'id,Patient Name,note,219-09-9998\r\n1,John Smith,"On 3/4/2019, ""here"",\nhome",x\r\n\r\n2,,"plain",y\r\n'
    assert fixed(tmp_path, table, "a.csv").decode() == (
        'id,Patient Name,note,[SSN_1]\r\n1,[PERSON_1],"On [DATE_1], ""here"",\nhome",x\r\n\r\n2,,"plain",y\r\n'
    )
    assert fixed(tmp_path, "mrn\n4711", "a.csv") == b"mrn\n[MRN_1]"
    assert fixed(tmp_path, "mrn\tage\n1234567\t93\n", "a.tsv") == b"mrn\tage\n[MRN_1]\t90 or older\n"


@pytest.mark.parametrize(
    ("table", "gone"),
    [
        ('a,b\n1,"SSN 219-09-9998\n', b"219-09"),
        ("a\nSSN 219-09-9998", b"219-09"),
        ("mrn\n1234567,SSN 219-09-9998,3\n", b"219-09"),
        ('"open\nSSN 219-09-9998\n', b"219-09"),
        ("\n\nmrn\n1234567\n", b"1234567"),
    ],
)
def test_a_broken_table_is_cleaned_all_the_same(tmp_path: Path, table: str, gone: bytes) -> None:
    assert gone not in fixed(tmp_path, table, "a.csv")


def test_a_label_on_the_line_before_counts(tmp_path: Path) -> None:
    text = "Patient name:\nQuux\n\nQuux left.\n"
    assert fixed(tmp_path, text).startswith(b"Patient name:\n[PERSON_1]\n")


def test_a_text_file_is_one_record_and_rows_of_data_are_many(tmp_path: Path) -> None:
    lines = "Mr. John Smith\nMr. Peter Miller\nMr. John Smith\n"
    assert fixed(tmp_path, lines).decode().split("\n")[1:3] == ["Mr. [PERSON_2]", "Mr. [PERSON_1]"]
    rows = "".join(json.dumps({"note": line}) + "\n" for line in lines.splitlines())
    assert fixed(tmp_path, rows, "a.jsonl").count(b"[PERSON_1]") == 3


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.tsv", "a.txt", "a.md"])
def test_rows_without_a_finding_keep_their_bytes(tmp_path: Path, name: str) -> None:
    content = (
        b'\xef\xbb\xbf{"a":  1, "b": "caf\xc3\xa9"}\r\n\r\n  \n{"x": "\\u00e9"} \n"q ""r"" "\ttab\r\r\nlast'
    )
    assert fixed(tmp_path, content, name) == content


def test_info_stays_unless_everything_is_asked_for(tmp_path: Path) -> None:
    text = "See https://www.cdc.gov/flu and Dr. John Smith."
    assert fixed(tmp_path, text).decode() == text
    assert "John Smith" not in fixed(tmp_path, text, everything=True).decode()


def test_the_summary_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("SSN 219-09-9998, MRN: 1234567\nok\nSSN 219-09-9998\n")
    summary = write_copy(path, tmp_path / "b.txt", ENGINE)
    assert summary == FixSummary(Counter({"US_SSN": 2, "MEDICAL_RECORD_NUMBER": 1}), rows_changed=2, rows=3)


@pytest.mark.parametrize("name", ["a.parquet", "a.json", "a.jsonl.gz", "a.docx", "a"])
def test_other_formats_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("SSN 219-09-9998")
    with pytest.raises(SpecError, match="no de-identified copy"):
        write_copy(tmp_path / name, tmp_path / "b", ENGINE)
    assert not (tmp_path / "b").exists()


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    path, taken, link = tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c.txt"
    path.write_text("SSN 219-09-9998")
    taken.write_text("mine")
    link.symlink_to(tmp_path / "nowhere")
    for target in (path, taken, link):
        with pytest.raises(SpecError, match="taken"):
            write_copy(path, target, ENGINE)
    assert (path.read_text(), taken.read_text()) == ("SSN 219-09-9998", "mine")


def test_a_copy_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("SSN 219-09-9998")
    with pytest.raises(SpecError, match="cannot be written") as caught:
        write_copy(path, tmp_path / "missing" / "b.txt", ENGINE)
    assert "219" not in str(caught.value)
    with pytest.raises(SpecError):
        write_copy(tmp_path / "none.txt", tmp_path / "b.txt", ENGINE)
    assert sorted(tmp_path.iterdir()) == [path]


def test_the_copy_is_as_private_as_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("ok")
    path.chmod(0o600)
    write_copy(path, tmp_path / "b.txt", ENGINE)
    assert stat.S_IMODE((tmp_path / "b.txt").stat().st_mode) == 0o600


def test_a_pattern_that_finds_every_placeholder_still_ends(tmp_path: Path) -> None:
    patterns = (
        TeamPattern(name="bracket", pattern=r"\[\w+\]|90 or older"),
        TeamPattern(name="visit", pattern="V-9"),
    )
    path, target = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    path.write_text('{"note": "visit V-9, age: 93"}\n')
    write_copy(path, target, engine.of(AuditPolicy(patterns=patterns)))
    assert json.loads(target.read_text()) == {"note": "[REMOVED]"}


def test_many_values_of_one_file_get_short_numbers(tmp_path: Path) -> None:
    lines = [f"MRN: {1_000_000 + 7 * number}" for number in range(601)]
    copy = fixed(tmp_path, "\n".join(lines)).decode().splitlines()
    assert copy[0] == "MRN: [MRN_1]"
    assert copy[98:101] == ["MRN: [MRN_99]", "MRN: [MRN_B]", "MRN: [MRN_C]"]
    assert copy[600] == "MRN: [MRN_CHC]"
    assert len(set(copy)) == 601
