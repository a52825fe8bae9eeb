"""Records that somebody brought: taken byte for byte, or refused with file and line."""

import json
from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.canonical import digest_file
from clinft.errors import DigestMismatch, SpecError
from clinft.spec.data import SPLITS
from clinft.spec.project import ProjectSpec
from clinft.stages.prepare import frozen
from clinft.stages.prepare.stage import depends_on, prepare
from tests.fakes.specs import project_spec

ROWS = 10


def row(split: str, number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"{split}-{number}",
        "scenario": f"case of {split} {number}",
        "style": "unknown",
        "text": f"Note {number} of {split}.",
        "target": "circulatory" if number % 2 else "mental",
        "facts": {},
        **changes,
    }


def write(folder: Path, split: str, rows: list[dict[str, Any]]) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{split}.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return path


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    for split in SPLITS:
        write(tmp_path / "synthetic", split, [row(split, number) for number in range(ROWS)])
    return tmp_path / "synthetic"


def spec(records: int = 4 * ROWS) -> ProjectSpec:
    return project_spec(data={"origin": "frozen", "records": records})


def problems(brought: Path, tmp_path: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(SpecError) as refused:
        prepare(spec(), tmp_path / "records", brought)
    assert list((tmp_path / "records").iterdir()) == []
    return [(Path(one.path).name, one.line, one.message) for one in refused.value.problems]


def test_the_records_are_the_files_byte_for_byte_and_described(brought: Path, tmp_path: Path) -> None:
    made = prepare(spec(), tmp_path / "records", brought)
    for split in SPLITS:
        assert (tmp_path / "records" / f"{split}.jsonl").read_bytes() == (
            brought / f"{split}.jsonl"
        ).read_bytes()
        assert made.splits[split].sha256 == digest_file(brought / f"{split}.jsonl")
        assert made.splits[split].by_label == {"circulatory": 5, "mental": 5}
    assert (made.generator, made.shared_scenarios, made.shared_styles, made.duplicate_texts) == (
        "frozen",
        0,
        0,
        0,
    )
    assert not made.styles_known
    assert "was not checked" in next(one.meaning for one in made.fields if one.name == "style")
    assert sorted(path.name for path in (tmp_path / "records").iterdir()) == sorted(
        f"{one}.jsonl" for one in SPLITS
    )


def test_styles_that_are_told_are_compared(brought: Path, tmp_path: Path) -> None:
    for split, style in (
        ("train", "letter"),
        ("validation", "letter"),
        ("dev", "letter"),
        ("test", "letter"),
    ):
        write(brought, split, [row(split, number, style=style) for number in range(ROWS)])
    made = prepare(spec(), tmp_path / "records", brought)
    assert (made.shared_styles, made.styles_known) == (1, True)


def test_a_changed_file_is_a_changed_input(brought: Path) -> None:
    before = depends_on(spec(), brought)
    assert sorted(before) == sorted(f"synthetic/{split}.jsonl" for split in SPLITS)
    write(brought, "dev", [row("dev", number, text=f"Another {number}.") for number in range(ROWS)])
    after = depends_on(spec(), brought)
    assert [name for name in before if before[name] != after[name]] == ["synthetic/dev.jsonl"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": "nephrology"}, "The target is not one of `task.labels`."),
        ({"text": " \n"}, "The text is empty."),
        ({"id": "train-3"}, "The same id is in train.jsonl, line 4."),
        ({"text": "Note 3 of train."}, "The same text is in train.jsonl, line 4."),
        ({"scenario": "case of train 3"}, "The same scenario is in train.jsonl, line 4."),
        ({"style": "Not a slug"}, "field style: string_pattern_mismatch"),
        ({"note": "more"}, "field (row): extra_forbidden"),
        ({"facts": []}, "field facts: dict_type"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_without_its_data(
    changes: dict[str, Any], message: str, brought: Path, tmp_path: Path
) -> None:
    write(
        brought, "test", [row("test", number, **(changes if number == 6 else {})) for number in range(ROWS)]
    )
    assert problems(brought, tmp_path) == [("test.jsonl", 7, message)]


def test_a_text_twice_in_one_split_is_counted_and_no_error(brought: Path, tmp_path: Path) -> None:
    write(brought, "train", [row("train", number, text="The same.") for number in range(ROWS)])
    assert prepare(spec(), tmp_path / "records", brought).duplicate_texts == ROWS - 1


def test_an_empty_split_is_refused(brought: Path, tmp_path: Path) -> None:
    (brought / "dev.jsonl").write_text("")
    assert problems(brought, tmp_path) == [("dev.jsonl", 0, "This split holds no record.")]


def test_bytes_that_are_no_text_are_refused(brought: Path, tmp_path: Path) -> None:
    (brought / "dev.jsonl").write_bytes(b"\xff\xfe{}\n")
    assert ("dev.jsonl", 0, "This file is not UTF-8 text.") in problems(brought, tmp_path)


@pytest.mark.parametrize("how", ["missing", "link"])
def test_a_file_that_is_not_there_is_named(how: str, brought: Path, tmp_path: Path) -> None:
    (brought / "dev.jsonl").rename(tmp_path / "elsewhere.jsonl")
    if how == "link":
        (brought / "dev.jsonl").symlink_to(tmp_path / "elsewhere.jsonl")
    with pytest.raises(
        SpecError, match=r"dev\.jsonl is missing, or is no plain file.*`clinft freeze [^ ]+ --import"
    ):
        frozen.digests(brought)


def test_the_spec_says_how_many_records_there_are(brought: Path, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"says 41, and synthetic/ holds 40"):
        prepare(spec(41), tmp_path / "records", brought)
    assert list((tmp_path / "records").iterdir()) == []


def provenance(brought: Path, **changes: Any) -> Path:
    """As an import leaves it; a test changes what it is about."""
    digests = {split: digest_file(brought / f"{split}.jsonl") for split in SPLITS}
    value = {
        "version": 1,
        "origin": "imported",
        "made_on": "2026-12-01",
        "clinft_version": "0.1.0",
        "files": {f"{split}.jsonl": sha256 for split, sha256 in digests.items()},
        "splits": digests,
        "records": dict.fromkeys(SPLITS, ROWS),
        **changes,
    }
    path = brought / "provenance.json"
    path.write_text(json.dumps(value))
    return path


def test_the_provenance_is_an_input_and_names_the_files(brought: Path, tmp_path: Path) -> None:
    provenance(brought)
    assert prepare(spec(), tmp_path / "records", brought).generator == "frozen"
    assert "synthetic/provenance.json" in depends_on(spec(), brought)
    write(brought, "dev", [row("dev", number, text=f"Another {number}.") for number in range(ROWS)])
    with pytest.raises(DigestMismatch, match=r"not those that provenance\.json names"):
        prepare(spec(), tmp_path / "again", brought)
    assert list((tmp_path / "again").iterdir()) == []


@pytest.mark.parametrize(
    "content", ["", "[]", '{"version": 2}', '{"version": 1, "origin": "invented"}', "\ud800"]
)
def test_a_provenance_that_clinft_did_not_write_is_refused(
    content: str, brought: Path, tmp_path: Path
) -> None:
    (brought / "provenance.json").write_bytes(content.encode(errors="surrogatepass"))
    with pytest.raises(SpecError, match="it is not as clinft writes it"):
        prepare(spec(), tmp_path / "records", brought)


def test_a_provenance_that_is_a_link_is_refused(brought: Path, tmp_path: Path) -> None:
    provenance(brought).rename(tmp_path / "elsewhere.json")
    (brought / "provenance.json").symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(SpecError, match="it is a link"):
        prepare(spec(), tmp_path / "records", brought)


@pytest.mark.parametrize("data", [None, {"source": "synthetic", "records": 40, "seed": 7}])
def test_nobody_becomes_the_writer_by_saying_so(
    data: dict[str, Any] | None, brought: Path, tmp_path: Path
) -> None:
    """Else a file with anybody's text could be passed off as clinft's own, which needs no statement."""
    provenance(
        brought, origin="written", data=data, labels=["circulatory", "mental"], domain="general-medicine"
    )
    with pytest.raises(SpecError) as refused:
        prepare(spec(), tmp_path / "records", brought)
    assert refused.value.problems
    assert list((tmp_path / "records").iterdir()) == []


def test_a_writer_of_a_domain_that_does_not_exist_is_refused(brought: Path, tmp_path: Path) -> None:
    data = {"source": "synthetic", "records": 40, "seed": 7}
    provenance(brought, origin="written", data=data, labels=["circulatory", "mental"], domain="atlantis")
    with pytest.raises(SpecError):
        prepare(spec(), tmp_path / "records", brought)
