"""Suggestions say what the spec asks for beside what was read, and change nothing."""

from datetime import date

import pytest

from clinft.stages.research.suggest import Ends, suggestions
from clinft.stages.research.table import Advice, Table
from tests.fakes.briefs import record
from tests.fakes.specs import project_spec

VOLUME = Advice(
    about="volume", tasks=("classification",), least=300, most=1000, text="begin with 300 to 1,000",
    title="How many notes are enough for tuning", ids={"doi": "10.5555/v"}, as_of="2026-11-23", source="the paper",
)  # fmt: skip
FORMAT = Advice(
    about="format", methods=("dpo",), text="needs pairs", title="Preferences of models and people",
    ids={"doi": "10.5555/f"}, as_of="2026-11-23", source="the paper",
)  # fmt: skip
TABLE = Table(benchmarks=(), advice=(VOLUME, FORMAT))
PAPER = record(VOLUME.title, doi="10.5555/v")


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (240, "The spec asks for 240 records over all splits, fewer than 300."),
        (500, "The spec asks for 500 records over all splits."),
        (5000, "The spec asks for 5,000; a learning curve says whether so many are of use."),
    ],
)
def test_volume_beside_what_the_spec_asks_for(records: int, said: str) -> None:
    (one,) = suggestions(project_spec(data={"records": records}), TABLE, (PAPER,), None)
    assert (one.for_worker, one.about, one.status, one.references) == (
        "prepare", "volume", "verified", ("doi:10.5555/v",),
    )  # fmt: skip
    assert one.text == f"For classification: begin with 300 to 1,000. {said}"
    assert "clinft's reading" in str(one.why)


def test_without_its_paper_it_is_unverified() -> None:
    (one,) = suggestions(project_spec(), TABLE, (), None)
    assert (one.status, one.references) == ("unverified", ())
    (gone,) = suggestions(project_spec(), TABLE, (PAPER.model_copy(update={"retracted": True}),), None)
    assert (gone.status, gone.references) == ("unverified", ())


def test_the_end_of_the_base_model_is_for_estimate() -> None:
    ends = Ends(date(2027, 1, 6), date(2027, 1, 13), "a notice", "2026-11-23")
    one = suggestions(project_spec(), TABLE, (PAPER,), ends)[-1]
    assert (one.for_worker, one.about, one.status) == ("estimate", "lifecycle", "unverified")
    assert one.text == "builtin:fake can be trained until 2027-01-06 and is served until 2027-01-13."


def test_format_is_for_the_method_that_needs_it() -> None:
    spec = project_spec()
    dpo = spec.model_copy(update={"training": spec.training.model_copy(update={"method": "dpo"})})
    assert [one.about for one in suggestions(dpo, TABLE, (), None)] == ["volume", "format"]
