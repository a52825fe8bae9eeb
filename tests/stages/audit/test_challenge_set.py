"""The frozen challenge set: regenerated, well formed, and a stranger to both development sets."""

import itertools
import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.data import (
    challenge_slots,
    dev_slots,
    forms_slots,
    make_challenge,
    make_dev_clinical,
    make_dev_forms,
)
from bench.data.one_class import CASES, read_lines
from bench.data.templating import CHOICE, SLOT, Draw, read_pools, render

FOLDER = Path("clinft/tables/audit/challenge")
IDENTIFYING = (
    "given_f",
    "given_m",
    "surname",
    "doctor",
    "employer",
    "place",
    "city",
    "region",
    "area",
    "street",
    "facility",
    "site",
    "school",
    "mail_domain",
    "short_host",
    "user",
    "handle",
)
LINKS = ("web_host", "fund", "story", "video", "album", "obit", "portal", "profile", "run", "news", "site")
LETTER = {
    "MRN": "H",
    "HEALTH_PLAN": "I",
    "ACCOUNT": "J",
    "LICENSE": "K",
    "VEHICLE": "L",
    "DEVICE": "M",
    "BIOMETRIC": "P",
    "OTHER_ID": "R",
}
RESERVED = re.compile(
    r"555[ .–-]*01\d\d|example\.(?:com|org|net)|\.(?:test|invalid)\b|\b192\.0\.2\.|\b198\.51\.100\.|\b203\.0\.113\.|2001:db8",
    re.IGNORECASE,
)
CREDENTIAL = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{30}|xox[abpr]-|\bsk-\w{20}|AIza[\w-]{35}|-----BEGIN|\beyJ[\w-]{10,}\."
    r"|(?:access|auth|api|credential|key|passw|secret|token)[\w .-]{0,20}[\"' ]{0,3}[=:>,]{1,2}[\"' =]{0,3}[\w.=-]{10,}",
    re.IGNORECASE,
)


def read(repository: Path, letter: str) -> list[dict[str, object]]:
    lines = (repository / FOLDER / f"{letter}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def words(text: str) -> list[str]:
    """The words of a template, a slot being one word that is like no other."""
    without = SLOT.sub("\0", CHOICE.sub(lambda match: match[1].replace("|", " "), text))
    return re.findall(r"[a-z0-9']+|\0", without.lower())


def runs(texts: list[str], length: int) -> set[tuple[str, ...]]:
    found = set()
    for text in texts:
        parts = words(text)
        found |= {tuple(parts[at : at + length]) for at in range(len(parts) - length + 1)}
    return {run for run in found if "\0" not in run}


def names(source: Path) -> set[str]:
    """Of links, the host; of places, the town."""
    pools = read_pools(source / "pools.txt")
    kept = itertools.chain.from_iterable(pools.get(name, ()) for name in IDENTIFYING)
    links = itertools.chain.from_iterable(pools.get(name, ()) for name in LINKS)
    hosts = {re.sub(r"^(?:https?://)?(?:www\.)?|/.*$", "", link.lower()) for link in links if "." in link}
    return hosts | {entry.split("|")[0].lower() for entry in kept}


def challenge_templates(letter: str) -> list[str]:
    return [template.text for template in read_lines(challenge_slots.SOURCE / f"{letter}.txt")]


def development_templates() -> list[str]:
    forms = [
        template.text
        for letter in make_dev_forms.LETTERS
        for template in read_lines(forms_slots.SOURCE / f"{letter}.txt")
    ]
    return forms + [
        template.text for clean in (False, True) for template in make_dev_clinical.templates(clean)
    ]


def test_the_committed_files_are_what_the_script_writes(repository: Path, tmp_path: Path) -> None:
    script = repository / "bench/data/make_challenge.py"
    subprocess.run([sys.executable, str(script), "--output", str(tmp_path)], check=True, capture_output=True)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in (repository / FOLDER).glob("*.jsonl")}
    assert sorted(written) == [f"{letter}.jsonl" for letter in make_challenge.LETTERS]


@pytest.mark.parametrize("name", ["dev_clinical", "dev_forms"])
def test_a_development_set_is_what_its_script_writes(repository: Path, tmp_path: Path, name: str) -> None:
    script, output = repository / f"bench/data/make_{name}.py", tmp_path / "again.jsonl"
    subprocess.run([sys.executable, str(script), "--output", str(output)], check=True, capture_output=True)
    assert output.read_bytes() == (repository / f"bench/data/{name}.jsonl").read_bytes()


def test_the_second_development_set_has_each_class_but_names_and_places(repository: Path) -> None:
    lines = (repository / "bench/data/dev_forms.jsonl").read_text(encoding="utf-8").splitlines()
    letters = [json.loads(line)["id"][0] for line in lines]
    assert letters == [letter for letter in make_challenge.LETTERS[2:] for _ in range(CASES)]


def test_the_first_development_set_is_well_formed(repository: Path) -> None:
    lines = (repository / "bench/data/dev_clinical.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    clean = [record for record in records if all(span["type"][0] == "~" for span in record["spans"])]
    assert len(records) >= 1500
    assert len(clean) >= 600
    assert len({record["text"] for record in records}) == len(records)
    for record in records:
        text, spans = record["text"], record["spans"]
        edges = [0, *(edge for span in spans for edge in (span["start"], span["end"])), len(text)]
        assert edges == sorted(edges), record["id"]
        assert all(text[span["start"] : span["end"]].strip() for span in spans), record["id"]
        assert not any(bad.search(text) for bad in (SLOT, RESERVED, CREDENTIAL)), record["id"]


@pytest.mark.parametrize("letter", make_challenge.LETTERS)
def test_each_class_has_enough_cases_that_are_well_formed(repository: Path, letter: str) -> None:
    cases = read(repository, letter)
    texts = [str(case["text"]) for case in cases]
    assert len(cases) == CASES
    assert [case["id"] for case in cases] == [f"{letter}-{number:04d}" for number in range(1, len(cases) + 1)]
    assert len(set(texts)) == len(texts)
    assert all(40 <= len(text) <= 300 for text in texts)
    for case, text in zip(cases, texts, strict=True):
        spans = case["spans"]
        assert isinstance(spans, list)
        assert len(spans) in {1, 2, 3}, case["id"]
        edges = [0, *itertools.chain.from_iterable(spans), len(text)]
        assert edges == sorted(edges), case["id"]
        assert all(text[start:end].strip() == text[start:end] != "" for start, end in spans), case["id"]


@pytest.mark.parametrize("letter", make_challenge.LETTERS)
def test_no_value_is_reserved_and_no_text_looks_like_a_credential(repository: Path, letter: str) -> None:
    texts = {case["id"]: str(case["text"]) for case in read(repository, letter)}
    assert [
        key for key, text in texts.items() if any(bad.search(text) for bad in (SLOT, RESERVED, CREDENTIAL))
    ] == []


def test_no_ssn_is_out_of_the_issued_areas(repository: Path) -> None:
    for case in read(repository, "G"):
        for start, end in case["spans"]:  # type: ignore[attr-defined]
            digits = re.sub(r"\D", "", str(case["text"])[start:end])
            assert len(digits) in {4, 9}
            assert len(digits) == 4 or not re.match(r"000|666|9|...00|.....0000", digits), case["id"]


@pytest.mark.parametrize("letter", make_challenge.LETTERS)
def test_each_class_has_forty_five_templates_that_are_all_used(letter: str) -> None:
    found = challenge_templates(letter)
    assert len(found) == len(set(found))
    assert 45 <= len(found) <= CASES


def test_no_template_stands_in_the_challenge_and_a_development_set() -> None:
    challenge = [text for letter in make_challenge.LETTERS for text in challenge_templates(letter)]
    development = development_templates()
    assert runs(challenge, 5) & runs(development, 5) == set()
    assert {tuple(words(text)) for text in challenge} & {tuple(words(text)) for text in development} == set()


@pytest.mark.parametrize(
    "development", [forms_slots.SOURCE, dev_slots.SOURCE], ids=lambda source: source.name
)
def test_no_name_place_or_host_stands_in_the_challenge_and_a_development_set(development: Path) -> None:
    assert names(challenge_slots.SOURCE) & names(development) == set()


def shapes(source: Path) -> set[tuple[str, str]]:
    """Identifier letter and pattern."""
    pools = read_pools(source / "shapes.txt")
    return {(LETTER.get(head.split()[1], head[-1]), shape) for head, pool in pools.items() for shape in pool}


@pytest.mark.parametrize(
    "development", [forms_slots.SOURCE, dev_slots.SOURCE], ids=lambda source: source.name
)
def test_no_number_format_stands_in_the_challenge_and_a_development_set(development: Path) -> None:
    assert shapes(challenge_slots.SOURCE) & shapes(development) == set()


def test_spans_follow_the_slots_when_a_template_is_rendered() -> None:
    draw = Draw(random.Random(1), {})
    slots = {"n": challenge_slots.SLOTS["n"], "ssn": challenge_slots.SLOTS["ssn"]}
    text, (first, second) = render("{n:5-5} then {ssn@a}, again {ssn@a}.", slots, draw)
    assert text[first.start : first.end] == text[second.start : second.end]
    assert text.startswith("5 then ")
    assert {first.kind, second.kind} == {"G"}
