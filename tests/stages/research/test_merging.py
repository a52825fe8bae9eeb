"""One record for one paper; a retraction that one service knows of holds for all."""

import random

import pytest

from clinft.stages.research.merging import key_among, merged, same
from tests.fakes.briefs import record


def test_records_are_joined_over_any_id() -> None:
    first = record("First", pmid="1", doi="10.5555/a", year=None)
    second = record("Second", "openalex", "b", doi="10.5555/a", openalex="W9", licence="cc-by")
    third = record("Third", "arxiv", "c", openalex="W9", arxiv="2501.00001")
    (one,) = merged([first, second, third])
    assert one.ids == {"pmid": "1", "doi": "10.5555/a", "openalex": "W9", "arxiv": "2501.00001"}
    assert (one.key, one.title, one.year, one.licence) == ("pmid:1", "First", 2025, "cc-by")
    assert [found.source for found in one.retrieved] == ["europepmc", "openalex", "arxiv"]


def test_a_third_record_joins_two_that_were_apart() -> None:
    apart = [record("A", pmid="1"), record("B", doi="10.5555/a")]
    (one,) = merged([*apart, record("C", pmid="1", doi="10.5555/a")])
    assert one.title == "A"
    assert len(merged(apart)) == 2


def test_records_that_disagree_on_an_id_are_two() -> None:
    found = merged([record("A", pmid="1", doi="10.5555/a"), record("B", pmid="2", doi="10.5555/a")])
    assert [one.key for one in found] == ["pmid:1", "pmid:2"]


def test_a_preprint_and_its_paper_stay_two() -> None:
    paper, preprint = (
        record("X", pmid="1", doi="10.5555/a"),
        record("X", doi="10.48550/arxiv.2501.00001", arxiv="2501.00001"),
    )
    assert len(merged([paper, preprint])) == 2


@pytest.mark.parametrize("turn", [False, True])
def test_what_one_service_knows_holds(turn: bool) -> None:
    told = record(pmid="1", doi="10.5555/a", retracted=True, concern=True)
    silent = record(doi="10.5555/a", retraction_checked=False)
    (one,) = merged([silent, told] if turn else [told, silent])
    assert (one.retracted, one.concern, one.retraction_checked) == (True, True, True)


def test_every_id_stays_whatever_the_order() -> None:
    chance = random.Random(7)
    records = [record(pmid=str(1 + n % 40), doi=f"10.5555/{n % 40}") for n in range(200)]
    records += [record(doi=f"10.5555/{n}", openalex=f"W{n + 1}") for n in range(40)]
    for _ in range(20):
        chance.shuffle(records)
        found = merged(records)
        assert {one.id for one in found} == {str(n + 1) for n in range(40)}
        assert all(len(one.ids) == 3 for one in found)


def test_the_key_is_that_of_the_record_it_became_part_of() -> None:
    part = record(doi="10.5555/a")
    whole = merged([part, record(pmid="1", doi="10.5555/a")])
    assert key_among(part, whole) == "pmid:1"
    assert key_among(record(pmid="2"), whole) is None
    assert key_among(part, merged([part, record(pmid="1", doi="10.5555/a", retracted=True)])) is None
    assert same(part, whole[0])
