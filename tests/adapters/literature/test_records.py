"""What services say becomes a reference that is clean, short and named by ids of their kinds, or nothing."""

from typing import Any

import pytest

from clinft.adapters.literature.records import arxiv_of, clean, digest_of, doi_of, reference, year_of
from clinft.artifacts.research import LONGEST_TITLE, Reference

DAY = "2026-11-26"


def made(title: Any = "A title", ids: Any = None, **more: Any) -> Reference | None:
    return reference("europepmc", DAY, {"any": 1}, {"pmid": "123"} if ids is None else ids, title, **more)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("<i>In vitro</i> and H<sub>2</sub>O", "In vitro and H2O"),
        ("A &amp; B &lt;b&gt;bold&lt;/b&gt;", "A & B bold"),
        ("p < 0.05 and q > 2", "p < 0.05 and q > 2"),
        ("two\nlines\tand\u2028more", "two lines and more"),
        ("\x1b[31mred\x07 \x00nul", "[31mred nul"),
        ("safe\u202egnp.exe\u2069", "safegnp.exe"),
        ("zero\u200bwidth \ufeffbom \U000e0041tag", "zerowidth bom tag"),
        ("@octocat see #12", "@octocat see #12"),
        ("Ends with a stop.", "Ends with a stop"),
    ],
)
def test_titles_are_cleaned(said: str, kept: str) -> None:
    found = made(said)
    assert found is not None
    assert found.title == kept


def test_a_title_is_cut_with_a_sign() -> None:
    found = made("word " * 10_000)
    assert found is not None
    assert len(found.title) <= LONGEST_TITLE
    assert found.title.endswith("…")


def test_nested_markup_does_not_take_long() -> None:
    assert len(clean("<" * 100_000, 300)) <= 300


@pytest.mark.parametrize("title", ["", " \u200b ", None, 12, ["a"], "<i></i>"])
def test_without_a_title_there_is_no_reference(title: Any) -> None:
    assert made(title) is None


@pytest.mark.parametrize(
    "ids",
    [
        {},
        {"pmid": None},
        {"pmid": 123},
        {"pmid": "0123"},
        {"pmid": "1234567890"},
        {"pmid": "12 OR 1"},
        {"doi": "10.1/x"},
        {"doi": "10.1000/a b"},
        {"doi": "10.1000/<script>"},
        {"doi": "http://evil.example/"},
        {"pmcid": "123"},
        {"hf": "../../etc"},
        {"hf": "a/b/c"},
        {"federal_register": "2026-1\n2"},
        {"mesh": "X123456"},
    ],
)
def test_what_is_no_id_of_its_kind_is_not_believed(ids: Any) -> None:
    found = made(ids=ids)
    assert found is None or ids == {"hf": "../../etc"}  # three segments: it never matches
    assert found is None


def test_ids_that_are_whole_are_kept_and_the_address_is_ours() -> None:
    found = made(ids={"doi": "10.1000/a(b)[c]|d", "arxiv": "nope"}, year=2024)
    assert found is not None
    assert (found.key, found.ids, found.year) == ("doi:10.1000/a(b)[c]|d", {"doi": "10.1000/a(b)[c]|d"}, 2024)
    assert found.url == "https://doi.org/10.1000/a%28b%29%5Bc%5D%7Cd"


def test_an_arxiv_doi_is_an_arxiv_id_too() -> None:
    found = made(ids={"doi": "10.48550/arxiv.2412.19260"})
    assert found is not None
    assert found.ids["arxiv"] == "2412.19260"


@pytest.mark.parametrize(
    ("title", "types", "is_retracted"),
    [
        ("A study", ["Journal Article"], False),
        ("A study", ["Journal Article", "Retracted Publication"], True),
        ("A study", ["retracted-publication"], True),
        ("RETRACTED: A study", [], True),
        ("[Retracted] A study", [], True),
        ("WITHDRAWN: A study", [], True),
        ("Retracted article: a study", [], True),
        ("Retracted eardrums in children", [], False),
        ("Withdrawn patients in trials", [], False),
    ],
)
def test_a_retraction_is_told_by_type_or_title(title: str, types: list[str], is_retracted: bool) -> None:
    found = made(title, types=types)
    assert found is not None
    assert found.retracted is is_retracted


@pytest.mark.parametrize(
    ("title", "types"),
    [
        ("Retraction: A study", []),
        ("Retraction notice to: A study", []),
        ("Notice of Retraction: a study", []),
        ("Erratum: a study", []),
        ("A study", ["Retraction of Publication"]),
        ("A study", ["Published Erratum"]),
        ("A study", ["retraction"]),
    ],
)
def test_a_notice_is_no_paper(title: str, types: list[str]) -> None:
    assert made(title, types=types) is None


@pytest.mark.parametrize("title", ["Correction of hyponatremia", "Retraction of the bladder in surgery"])
def test_what_only_sounds_like_a_notice_is_a_paper(title: str) -> None:
    assert made(title) is not None


def test_forms_of_ids_and_years() -> None:
    assert doi_of("https://doi.org/10.1000/ABC") == "10.1000/abc"
    assert doi_of(" doi: 10.1000/Abc ") == "10.1000/abc"
    assert doi_of(None) == ""
    assert arxiv_of("http://arxiv.org/abs/2412.19260v3") == "2412.19260"
    assert arxiv_of("http://arxiv.org/abs/cs/0112017v1") == "cs/0112017"
    assert [year_of(one) for one in ("2024 Jan", 1999, "24", None, True, "3024")] == [
        2024,
        1999,
        None,
        None,
        None,
        None,
    ]


def test_the_digest_is_of_the_record_whatever_it_holds() -> None:
    deep: Any = "end"
    for _ in range(1000):
        deep = [deep]
    odd = {"n": 2**70, "f": 1.5, "none": None, "surrogate": "\ud800", "deep": deep, 1: (3, 4)}
    assert digest_of(odd) == digest_of(dict(odd))
    assert digest_of({"a": 1}) != digest_of({"a": 2})
