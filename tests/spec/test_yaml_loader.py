"""The strict loader: YAML 1.2 values, exact positions, and no other exception than SpecError."""

import json

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from clinft.errors import Problem, SpecError
from clinft.spec.text import HIDDEN
from clinft.spec.yaml import Loc, parse

VISIBLE = st.text(st.characters(exclude_categories=["Cs"]).filter(lambda c: not HIDDEN.match(c)), max_size=8)
NUMBERS = st.integers(-(10**15), 10**15) | st.decimals(-1000, 1000, places=3).map(float)
SCALARS = st.none() | st.booleans() | NUMBERS | VISIBLE
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(VISIBLE, inner, max_size=4),
    max_leaves=12,
)
# Characters that mean something in YAML, so that random text reaches deep into the parser.
YAML_LIKE = st.lists(
    st.sampled_from([*"ab01 \n\t:-?[]{},#&*!|>'\"%@`\\.~<x_uU", "\r\n", "no", "&a ", "*a", "---\n", "\n  "])
).map("".join)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True), ("False", False), ("NULL", None), ("~", None),
        ("7", 7), ("-7", -7), ("+7", 7), ("0", 0), ("0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0),
        ("-0", 0), ("0.0", 0.0), ("0e1", 0.0),
        ("12:30:00", "12:30:00"), ("1_000", "1_000"), ("2026-11-24", "2026-11-24"), ("1.2.3", "1.2.3"),
        ("0x", "0x"), ("0o9", "0o9"), ("nOt", "nOt"), ("yess", "yess"), ("e5", "e5"), ("-", None), ("=", "="),
        ("tRue", "tRue"), ("'no'", "no"), ('"010"', "010"), ("'<<'", "<<"), ('"\\x41"', "A"),
    ],
)  # fmt: skip
def test_plain_values_follow_yaml_1_2(text: str, value: object) -> None:
    document = parse(f"a: [{text}]" if text != "-" else "a:\n  -", "f.yaml")
    assert document.value == {"a": [value]}
    assert type(document.value["a"][0]) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        *("yes", "Yes", "YES", "no", "on", "oFF", "y", "N"),
        *("010", "-010", "00.5", "0o10", "0x1F", "0b11", "+0x1f"),
        *(".inf", "-.INF", ".nan", ".NaN", "1e999", "-1e999", "9" * 19),
    ],
)
def test_what_yaml_1_1_reads_otherwise_is_refused(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(f"key: {text}", "f.yaml")
    assert [(p.line, p.column) for p in caught.value.problems] == [(1, 6)]


def test_refused_values_do_not_hide_each_other() -> None:
    with pytest.raises(SpecError) as caught:
        parse("a: no\nb: 010\nb: 2\n3: c\nd: *x\ne: !t 1\n", "f.yaml")
    assert [(p.line, p.column) for p in caught.value.problems] == [
        (1, 4),
        (2, 4),
        (3, 1),
        (4, 1),
        (5, 4),
        (6, 4),
    ]


def test_aliases_share_a_value_and_point_at_their_own_place() -> None:
    document = parse("a: &x {b: [1, 2]}\nc: *x\n", "f.yaml")
    assert document.value == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}}
    assert document.where(("c", "b", 1)) == (2, 4)


def test_byte_order_mark_and_windows_newlines_change_nothing() -> None:
    unix = parse("a: 1\nb:\n  - two\n", "f.yaml")
    windows = parse(b"\xef\xbb\xbfa: 1\r\nb:\r\n  - two\r\n", "f.yaml")
    assert windows == unix


def test_places_of_keys_values_and_what_is_missing() -> None:
    document = parse("# comment\na:\n  b: [x, {c: 1}]\n  d: |\n    text\n", "f.yaml")
    places = {loc: document.where(loc) for loc in [(), ("a",), ("a", "b"), ("a", "b", 1, "c"), ("a", "d")]}
    assert places == {
        (): (2, 1), ("a",): (2, 1), ("a", "b"): (3, 3), ("a", "b", 1, "c"): (3, 14), ("a", "d"): (4, 6),
    }  # fmt: skip
    assert document.where_key(("a", "b", 1, "c")) == (3, 11)
    assert document.where(("a", "zz", "y")) == (2, 1)


def test_many_mistakes_are_cut_off() -> None:
    with pytest.raises(SpecError, match="The first 100 are listed") as caught:
        parse("- no\n" * 5000, "f.yaml")
    assert len(caught.value.problems) == 100


def only_spec_error(data: str | bytes) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        parse(data, "f.yaml")
    except SpecError as error:
        problems = error.problems or (Problem("none", 0, 0, "an error without a problem"),)
    assert all(problem.path == "f.yaml" and min(problem.line, problem.column) >= 0 for problem in problems)


@given(st.text() | YAML_LIKE)
def test_any_text_gives_a_document_or_a_spec_error(text: str) -> None:
    only_spec_error(text)


@given(st.binary() | YAML_LIKE.map(lambda text: text.encode("utf-16")) | YAML_LIKE.map(str.encode))
def test_any_bytes_give_a_document_or_a_spec_error(data: bytes) -> None:
    only_spec_error(data)


@pytest.mark.parametrize(
    "text", ['"\\U00110000"', '"\\UFFFFFFFF"', "%YAML 9.9\n--- a", "%YAML 1." + "9" * 5000]
)
def test_what_breaks_pyyaml_is_a_spec_error(text: str) -> None:
    with pytest.raises(SpecError):
        parse(text, "f.yaml")


@given(st.dictionaries(VISIBLE, VALUES, min_size=1))
def test_json_is_read_as_json_and_as_pyyaml_reads_it(value: dict[str, object]) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert parse(text, "f.yaml").value == value == pyyaml.safe_load(text)


@given(st.dictionaries(VISIBLE, VALUES, min_size=1), st.integers(1, 4))
def test_every_key_and_scalar_is_at_its_place(value: dict[str, object], step: int) -> None:
    lines: list[str] = []
    places: dict[Loc, tuple[int, int]] = {}

    def write(inner: object, loc: Loc, indent: str) -> None:
        items = (
            inner.items() if isinstance(inner, dict) else enumerate(inner if isinstance(inner, list) else [])
        )
        for key, item in items:
            here = (*loc, key)
            head = f"{indent}{json.dumps(key, ensure_ascii=False)}:" if isinstance(key, str) else f"{indent}-"
            if isinstance(item, dict | list) and item:
                lines.append(head)
                if isinstance(key, str):
                    places[here] = (len(lines), len(indent) + 1)
                write(item, here, indent + " " * step)
            else:
                lines.append(f"{head} {json.dumps(item, ensure_ascii=False)}")
                collection = isinstance(item, dict | list) and isinstance(key, str)
                places[here] = (len(lines), len(indent) + 1 if collection else len(head) + 2)

    write(value, (), "")
    document = parse("\n".join(lines), "f.yaml")
    assert document.value == value
    assert {loc: document.where(loc) for loc in places} == places
