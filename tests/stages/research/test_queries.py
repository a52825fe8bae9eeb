"""What is asked follows from the spec; what people write stays words and phrases."""

import pytest

from clinft.artifacts.research import Query
from clinft.stages.research.queries import (
    MOST_IDS,
    base_model_phrase,
    by_id,
    for_source,
    of_text,
    queries,
    unchecked,
)
from clinft.stages.research.table import Benchmark, Table
from tests.fakes.briefs import record
from tests.fakes.specs import project_spec

ROW = Benchmark(
    slug="one", name="One", tasks=("ner",), title="A benchmark of one", ids={"doi": "10.5555/one"}, what="w",
    access="a", as_of="2026-11-23", source="s",
)  # fmt: skip
TABLE = Table(
    benchmarks=(ROW, ROW.model_copy(update={"slug": "two", "ids": {"arxiv": "2501.00001"}})), advice=()
)


def test_domain_task_and_models_are_asked_for() -> None:
    asked = queries(project_spec(), TABLE, 2026)
    first = asked[0]
    assert first.section == "techniques"
    assert first.all_of[0] == ("general medicine", "internal medicine", "primary care")
    assert "text classification" in first.all_of[1]
    assert "large language model" in first.all_of[2]
    assert first.since == 2021
    assert {one.section for one in asked} == {
        "techniques",
        "models",
        "regulation",
        "terminology",
        "benchmarks",
    }
    assert not any(one.anywhere for one in asked)


@pytest.mark.parametrize(
    "kind",
    [
        "classification",
        "extraction",
        "coding",
        "ner",
        "question_answering",
        "summarization",
        "dialogue_to_note",
        "generation",
    ],
)
def test_every_task_and_any_domain_is_asked_for(kind: str) -> None:
    spec = project_spec(clinical_domain="a-domain-of-ours")
    spec = spec.model_copy(update={"task": spec.task.model_copy(update={"kind": kind})})
    first = queries(spec, TABLE, 2026)[0]
    assert first.all_of[0] == ("a domain of ours",)
    assert first.all_of[1]


@pytest.mark.parametrize(
    ("base_model", "phrase"),
    [
        ("gpt-4.1-mini-2025-04-14", "gpt-4.1-mini"),
        ("HuggingFaceTB/SmolLM2-135M-Instruct", "SmolLM2-135M-Instruct"),
        ("meta-llama/Llama-3.1-8B", "Llama-3.1-8B"),
        ("builtin:fake", None),
    ],
)
def test_the_base_model_is_asked_for_by_its_name(base_model: str, phrase: str | None) -> None:
    assert base_model_phrase(base_model) == phrase


def test_benchmarks_that_are_named_are_asked_for_by_id() -> None:
    def ids(*names: str) -> list[str]:
        spec = project_spec(research={"benchmarks": list(names)})
        return [text for one in queries(spec, TABLE, 2026) for _, text in one.ids]

    assert ids() == ["10.5555/one", "2501.00001"]
    assert ids("two") == ["2501.00001"]


def test_queries_of_the_spec_are_added_for_every_service() -> None:
    spec = project_spec(research={"queries": ['"near miss" triage', "rare disease"]})
    added = [one for one in queries(spec, TABLE, 2026) if one.anywhere]
    assert [one.all_of for one in added] == [(("near miss",), ("triage",)), (("rare",), ("disease",))]


@pytest.mark.parametrize(
    ("text", "all_of"),
    [
        ("triage notes", (("triage",), ("notes",))),
        ('a "b c" d', (("a",), ("b c",), ("d",))),
        ('an "open quote', (("an",), ('"open',), ("quote",))),
        ("a AND b OR NOT c", (("a",), ("b",), ("c",))),
        ("and or not", (("and",), ("or",), ("not",))),
        ("!!! ???", (("!!! ???",),)),
        ("(a) [b]:", (("(a)",), ("[b]:",))),
    ],
)
def test_text_is_words_and_phrases(text: str, all_of: tuple[tuple[str, ...], ...]) -> None:
    assert of_text(text).all_of == all_of


def test_long_text_is_cut() -> None:
    assert len(of_text("word " * 500).all_of) == 24
    assert len(of_text("x" * 5000).all_of[0][0]) == 300


def test_a_source_is_asked_what_it_can_answer() -> None:
    words = Query(section="techniques", all_of=(("x",),))
    papers, rules, releases = (
        frozenset({"techniques", "benchmarks"}),
        frozenset({"regulation", "terminology"}),
        frozenset({"terminology"}),
    )
    assert for_source(words, papers, frozenset()) == words  # type: ignore[arg-type]  # sets of literals
    assert for_source(words, rules, frozenset()) is None  # type: ignore[arg-type]  # as above
    free = words.model_copy(update={"anywhere": True})
    asked = for_source(free, rules, frozenset())  # type: ignore[arg-type]  # as above
    assert asked is not None
    assert asked.section == "regulation"
    assert for_source(free, releases, frozenset()) is None  # type: ignore[arg-type]  # as above
    named = Query(section="benchmarks", ids=(("doi", "10.5555/a"), ("arxiv", "2501.00001")))
    part = for_source(named, papers, frozenset({"doi"}))  # type: ignore[arg-type]  # as above
    assert part is not None
    assert part.ids == (("doi", "10.5555/a"),)
    assert for_source(named, papers, frozenset({"pmid"})) is None  # type: ignore[arg-type]  # as above


def test_ids_are_asked_for_in_parts_and_each_once() -> None:
    rows = [ROW.model_copy(update={"ids": {"doi": f"10.5555/{n % 45}"}}) for n in range(90)]
    asked = by_id([*rows])
    assert [len(one.ids) for one in asked] == [MOST_IDS, MOST_IDS, 5]
    assert by_id([ROW.model_copy(update={"ids": {"doi": "not a doi"}})]) == []


def test_records_whose_retraction_nobody_checked_are_asked_for_again() -> None:
    records = (
        record(s2="a" * 40, doi="10.5555/a", retraction_checked=False),
        record(pmid="7", doi="10.5555/b", retraction_checked=False),
        record(pmid="8"),
        record(s2="b" * 40, retraction_checked=False),
        record(doi="10.5555/" + "x" * 90, retraction_checked=False),
    )
    assert [one.ids for one in unchecked(records)] == [(("doi", "10.5555/a"), ("pmid", "7"))]
