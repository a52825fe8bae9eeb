"""An answer of a few days ago is not asked for again; whatever is not one is."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from clinft.adapters.literature.cache import CachedSource, CachedTerms, Shelf
from clinft.adapters.literature.europepmc import EuropePmc
from clinft.adapters.literature.pubmed import PubMed
from clinft.artifacts.research import Found, Query
from tests.adapters.literature.conftest import DAY, Patience
from tests.fakes.literature import LiteratureServer

QUERY = Query(section="techniques", all_of=(("triage",),))


@pytest.fixture
def asked(server: LiteratureServer, patience: Patience, tmp_path: Path):  # type: ignore[no-untyped-def]  # a closure
    def ask(today: date = DAY, days: int = 7, limit: int = 5, query: Query = QUERY) -> Found:
        shelf = Shelf(tmp_path / "cache", days, today)
        return CachedSource(EuropePmc(patience.access(), server.at("epmc")), shelf).search(query, limit)

    return ask


def test_the_same_question_is_asked_once(asked, server: LiteratureServer, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # as above
    first = asked()
    assert asked(DAY + timedelta(days=6)) == first
    assert len(server.asked) == 1
    assert asked(DAY + timedelta(days=6)).asked_on == "2026-11-26"
    asked(DAY + timedelta(days=7))
    assert len(server.asked) == 2
    text = b"".join(path.read_bytes() for path in (tmp_path / "cache").iterdir())
    assert b"ABSTRACT" not in text


def test_another_question_is_another_answer(asked, server: LiteratureServer) -> None:  # type: ignore[no-untyped-def]  # as above
    asked()
    asked(limit=6)
    asked(query=Query(section="techniques", all_of=(("triage",),), since=2024))
    assert len(server.asked) == 3


def test_an_answer_of_tomorrow_is_none(asked, server: LiteratureServer) -> None:  # type: ignore[no-untyped-def]  # as above
    asked()
    asked(DAY - timedelta(days=1))
    assert len(server.asked) == 2


def test_no_days_keep_nothing(asked, server: LiteratureServer, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # as above
    asked(days=0)
    asked(days=0)
    assert len(server.asked) == 2
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("damage", [b"", b"{}", b"{", b"\xff", b'{"source": "pubmed"}'])
def test_a_damaged_answer_is_asked_for_again(
    damage: bytes, asked, server: LiteratureServer, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]  # as above
    first = asked()
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(damage)
    assert asked() == first
    assert len(server.asked) == 2
    assert asked() == first
    assert len(server.asked) == 2


def test_headings_are_kept_too(server: LiteratureServer, patience: Patience, tmp_path: Path) -> None:
    server.mesh = {"D001249": ["Asthma", "Bronchial Asthma"]}
    source = PubMed(patience.access(), server.at("eutils"))
    terms = CachedTerms(source, Shelf(tmp_path, 7, DAY))
    assert terms.headings("asthma") == terms.headings("asthma")
    assert len(server.asked) == 2, "esearch and esummary"
