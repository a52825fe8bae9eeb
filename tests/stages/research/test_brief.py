"""Every statement of a brief names what a service returned, or says why it is unverified."""

from typing import Any

import pytest
from pydantic import ValidationError

from clinft.artifacts.research import Failed, ResearchBrief, Statement, Summary, Term
from clinft.stages.research.brief import (
    AUTHORS_WORD,
    CONCERN,
    MOST_STATEMENTS,
    NO_PAPER,
    OTHER_PAPER,
    RETRACTED,
    TERMS_ARE_OURS,
    UNCHECKED,
    Gathered,
    Held,
    assemble,
    of_benchmark,
)
from clinft.stages.research.table import Benchmark
from tests.fakes.briefs import DAY, answer, brief, record

ROW = Benchmark(
    slug="one", name="One", tasks=("ner",), title="A Benchmark for Clinical Notes: One of Them",
    ids={"doi": "10.5555/one", "arxiv": "2501.00001"}, what="100 notes", access="CC BY 4.0",
    as_of="2026-11-23", source="repository x/y",
)  # fmt: skip


def test_a_record_becomes_a_statement_with_its_id() -> None:
    (one,) = brief(record("Small models", pmid="7", journal="Journal")).statements
    assert one == Statement(
        section="techniques", text="Small models (Journal, 2025)", references=("pmid:7",), status="verified"
    )


@pytest.mark.parametrize(
    ("more", "status", "why"),
    [
        ({"retracted": True}, "unverified", RETRACTED),
        ({"retraction_checked": False}, "unverified", UNCHECKED),
        ({"retracted": True, "retraction_checked": False}, "unverified", RETRACTED),
        ({"concern": True}, "verified", CONCERN),
    ],
)
def test_doubts_are_said(more: dict[str, Any], status: str, why: str) -> None:
    (one,) = brief(record(pmid="7", **more)).statements
    assert (one.status, one.why) == (status, why)


def test_what_more_queries_and_services_return_comes_first_then_the_newest() -> None:
    a, b, c = (record(f"Title {n}", pmid=str(n), year=year) for n, year in ((1, 2020), (2, 2024), (3, 2026)))
    gathered = Gathered([("techniques", answer(a, b, c)), ("techniques", answer(a, source="pubmed"))])
    made = assemble(gathered, gathered.references, DAY)
    assert [one.references[0] for one in made.statements] == ["pmid:1", "pmid:3", "pmid:2"]


def test_a_record_stands_in_one_section_and_sections_have_an_end() -> None:
    many = [record(f"Title {n}", pmid=str(n)) for n in range(1, 60)]
    gathered = Gathered([("techniques", answer(*many)), ("models", answer(*many))])
    made = assemble(gathered, gathered.references, DAY)
    assert (len(made.of("techniques")), len(made.of("models"))) == (MOST_STATEMENTS, 0)
    assert len(made.references) == 59


def test_a_model_is_told_with_its_licence() -> None:
    (one,) = brief(record("a/b", hf="a/b", licence="mit"), section="models").statements
    assert (one.text, one.why) == ("a/b: licence mit", AUTHORS_WORD)
    (none,) = brief(record("a/b", hf="a/b", licence=None), section="models").statements
    assert none.text == "a/b: licence not stated"


@pytest.mark.parametrize(
    ("found", "status", "why"),
    [
        ([], "unverified", NO_PAPER),
        ([record(ROW.title, pmid="7", doi="10.5555/one")], "verified", TERMS_ARE_OURS),
        (
            [record("A benchmark for clinical notes - one of them", doi="10.5555/one")],
            "verified",
            TERMS_ARE_OURS,
        ),
        ([record(ROW.title, arxiv="2501.00001")], "verified", TERMS_ARE_OURS),
        ([record(ROW.title, pmid="7")], "unverified", NO_PAPER),
        ([record("Kidneys and hearts of other animals", doi="10.5555/one")], "unverified", OTHER_PAPER),
        ([record("One", doi="10.5555/one")], "unverified", OTHER_PAPER),
        ([record(ROW.title, doi="10.5555/one", retracted=True)], "unverified", RETRACTED),
        ([record(ROW.title, doi="10.5555/one", retraction_checked=False)], "unverified", UNCHECKED),
        (
            [
                record("Another subject in every word", arxiv="2501.00001"),
                record(ROW.title, doi="10.5555/one"),
            ],
            "verified",
            TERMS_ARE_OURS,
        ),
    ],
)
def test_a_benchmark_is_verified_by_its_paper_alone(found: Any, status: str, why: str) -> None:
    one = of_benchmark(ROW, found)
    assert (one.status, one.why, one.as_of) == (status, why, "2026-11-23")
    assert bool(one.references) is (status == "verified")
    assert "Access: CC BY 4.0" in one.text


def test_what_clinft_holds_itself_is_never_verified() -> None:
    held = Held("providers", "m: training until 2027-01-06.", "It ships with clinft.", "2026-11-23")
    made = brief(record(pmid="7"), held=[held])
    (one,) = made.of("providers")
    assert (one.status, one.why, one.as_of) == ("unverified", "It ships with clinft.", "2026-11-23")


def test_records_that_were_only_looked_up_are_no_statements() -> None:
    gathered = Gathered(
        [("techniques", answer(record(pmid="1")))], [("benchmarks", answer(record(pmid="2")))]
    )
    made = assemble(gathered, gathered.references, DAY)
    assert len(made.statements) == 1
    assert [one.key for one in made.references] == ["pmid:1", "pmid:2"]
    assert [one.section for one in made.asked] == ["techniques", "benchmarks"]


def test_it_is_as_old_as_its_oldest_answer() -> None:
    from datetime import date

    gathered = Gathered([("techniques", answer(asked_on="2026-11-20")), ("models", answer(asked_on=DAY))])
    made = assemble(gathered, (), DAY)
    assert (made.as_of, made.made_on) == ("2026-11-20", DAY)
    assert made.age_days(date(2026, 11, 30)) == 10
    assert assemble(Gathered([]), (), DAY).as_of == DAY


def test_failures_are_told() -> None:
    failed = Failed(source="pubmed", why="It did not answer.", answered=1, unasked=2)
    gathered = Gathered([("techniques", answer())], failed=[failed])
    assert assemble(gathered, (), DAY).failed == (failed,)


# What no brief can hold, whoever puts it together


def _built(**changes: Any) -> ResearchBrief:
    whole = brief(record(pmid="1"), record("Gone and retracted", pmid="2", retracted=True))
    return ResearchBrief(**{**{name: getattr(whole, name) for name in type(whole).model_fields}, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {
            "statements": (
                Statement(section="techniques", text="x", references=("pmid:9",), status="verified"),
            )
        },
        {
            "statements": (
                Statement(section="techniques", text="x", references=("pmid:2",), status="verified"),
            )
        },
        {"terms": (Term(term="x", status="verified", references=("mesh:D000001",)),)},
        {"summary": Summary(model="m", sentences=(("x", ("pmid:2",)),), dropped=0)},
        {"summary": Summary(model="m", sentences=(("x", ()),), dropped=0)},
    ],
)
def test_nothing_rests_on_what_was_not_returned_or_is_retracted(changes: dict[str, Any]) -> None:
    assert _built() == brief(record(pmid="1"), record("Gone and retracted", pmid="2", retracted=True))
    with pytest.raises(ValidationError):
        _built(**changes)


def test_a_verified_statement_names_something_and_an_unverified_one_says_why() -> None:
    with pytest.raises(ValidationError):
        Statement(section="techniques", text="x", status="verified")
    with pytest.raises(ValidationError):
        Statement(section="techniques", text="x", status="unverified")
