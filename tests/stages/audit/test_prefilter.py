"""Findings are the same with hyperscan and without, whatever the text; only the time differs."""

import pickle
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinft.stages.audit import kept
from clinft.stages.audit import prefilter as prefilter_module
from clinft.stages.audit.engine import Engine
from clinft.stages.audit.prefilter import PATTERNS_TOGETHER, WORTHWHILE_CHARACTERS, Prefilter, available
from clinft.stages.audit.recognizers import TABLE
from clinft.stages.audit.severity import weights
from tests.conftest import AUDIT_CACHE
from tests.fakes.identifiers import CLEAN, PLANTED, RESERVED
from tests.processor import seconds_of

pytestmark = pytest.mark.skipif(not available(), reason="hyperscan is installed on Linux only")

TEXTS = [
    *(before + value + after for _, before, value, after in PLANTED),
    *(text for _, text in RESERVED),
    *CLEAN,
]
WORDS = sorted({word for text in TEXTS for word in text.split(" ")})
ODD = st.text(st.characters(exclude_categories=()), max_size=6)
ANY_TEXT = st.lists(st.sampled_from(WORDS) | st.sampled_from(TEXTS) | ODD, max_size=8).flatmap(
    lambda words: st.sampled_from([" ", "", "\n", "\u00a0", "\u00e9", "\x1c", "\u0131"]).map(
        lambda glue: glue.join(words)
    )
)


# All families take seconds to build.
SOME_FAMILIES = {family: TABLE[family] for family in sorted(TABLE)[::3]}


@pytest.fixture(
    scope="module",
    params=[SOME_FAMILIES, pytest.param(TABLE, marks=pytest.mark.slow)],
    ids=["some families", "all families"],
)
def engines(request: pytest.FixtureRequest) -> tuple[Engine, Engine]:
    """With hyperscan and without."""
    engine = Engine(request.param, weights())
    assert engine.built()
    return engine, Engine(request.param, weights(), prefiltered=False)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY_TEXT, st.sampled_from(["", "ssn: ", "patient name: ", "\u017f\u017fn: ", "mrn\x1c: "]))
def test_finds_are_the_same(engines: tuple[Engine, Engine], text: str, context: str) -> None:
    with_hyperscan, without = engines
    assert with_hyperscan.finds(text, context) == without.finds(text, context)


def test_every_kind_of_identifier_is_found_with_it(engines: tuple[Engine, Engine]) -> None:
    with_hyperscan, without = engines
    found = [with_hyperscan.finds(text) for text in TEXTS]
    assert found == [without.finds(text) for text in TEXTS]
    letters = {find.weight.letter for finds in found for find in finds}
    if with_hyperscan.families is TABLE:
        assert letters == set("ABCDEFGHIJKLMNOPQR")
    assert len(letters) > 4


def test_few_patterns_may_match_a_text_without_identifiers(engines: tuple[Engine, Engine]) -> None:
    """Else it would be of no use: most texts are clean, and each pattern searched costs time."""
    with_hyperscan, _ = engines
    patterns = [rule.pattern.pattern for rules in with_hyperscan.families.values() for rule in rules]
    prefilter = Prefilter(patterns)
    prefilter.load(with_hyperscan.built())
    candidates = [len(list(prefilter.candidates(text))) for text in CLEAN]
    assert sum(candidates) / len(candidates) < len(patterns) / 20


SOME = [r"\bMRN \d+", r"(a)?(?(1)b|c)", "(?i)k\u00e9", r"x*", r"(?:a{64}){64}z"]


def test_a_pattern_that_hyperscan_refuses_is_always_a_candidate() -> None:
    refused = "|".join(f"{number:05}word" for number in range(3000))
    prefilter = Prefilter([*SOME, refused])
    prefilter.build()
    assert set(prefilter.candidates("MRN 12")) >= {0, 1, 3, 5}
    assert set(prefilter.candidates("quiet")) == {1, 3, 5}
    assert set(prefilter.candidates("\u212a\u00c9")) >= {1, 2, 3, 5}


def test_many_patterns_are_searched_for_in_several_databases() -> None:
    prefilter = Prefilter([f"word{number}x" for number in range(2 * PATTERNS_TOGETHER + 1)])
    prefilter.build()
    for number in (0, PATTERNS_TOGETHER, 2 * PATTERNS_TOGETHER):
        assert list(prefilter.candidates(f"a word{number}x")) == [number]


def test_another_process_gets_the_database_and_need_not_build_it() -> None:
    built, loaded = Prefilter(SOME), Prefilter(SOME)
    loaded.load(pickle.loads(pickle.dumps(built.built())))
    for text in ("MRN 12", "quiet", "K\u00e9", ""):
        assert sorted(loaded.candidates(text)) == sorted(built.candidates(text))
    assert sorted(loaded.candidates("quiet")) == [1, 3]


@pytest.fixture
def nothing_kept() -> Iterator[None]:
    kept.keep_in(None)
    yield
    kept.keep_in(AUDIT_CACHE)


@pytest.mark.usefixtures("nothing_kept")
def test_nothing_is_built_for_a_few_texts() -> None:
    prefilter = Prefilter(SOME)
    prefilter.expect(WORTHWHILE_CHARACTERS - 1)
    assert list(prefilter.candidates("quiet")) == [0, 1, 2, 3, 4]
    prefilter.expect(1)
    assert sorted(prefilter.candidates("quiet")) == [1, 3]


class Stopped(BaseException):
    pass


@pytest.mark.usefixtures("nothing_kept")
def test_what_stops_the_building_in_the_middle_hides_no_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit on time, or Ctrl-C: with the databases of some patterns the others would never be searched."""
    number = 2 * PATTERNS_TOGETHER
    prefilter = Prefilter([f"word{each}x" for each in range(number)])
    built, real = [], prefilter_module._compiled

    def compiled(expressions: dict[int, bytes]) -> object:
        if built:
            raise Stopped
        built.append(expressions)
        return real(expressions)

    with monkeypatch.context() as patched:
        patched.setattr(prefilter_module, "_compiled", compiled)
        with pytest.raises(Stopped):
            prefilter.expect(WORTHWHILE_CHARACTERS)
    assert list(prefilter.candidates("a word7x")) == list(range(number))


def test_without_hyperscan_every_pattern_is_a_candidate() -> None:
    prefilter = Prefilter(SOME, use=False)
    assert prefilter.built() is None
    prefilter.load(None)
    prefilter.expect(2 * WORTHWHILE_CHARACTERS)
    assert list(prefilter.candidates("x" * 2 * WORTHWHILE_CHARACTERS)) == [0, 1, 2, 3, 4]


def test_threads_can_share_it() -> None:
    prefilter = Prefilter(SOME)
    prefilter.build()
    wrong: list[object] = []
    text = "MRN quiet " * 500_000 + "MRN 12"

    def search() -> None:
        try:
            wrong.extend(hits for _ in range(3) if 0 not in (hits := prefilter.candidates(text)))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_hostile_pattern_of_a_team_does_not_hold_up_the_building() -> None:
    patterns = ["(?:(?:[a-z]{64}){64}){64}", "(?:(?:(?:a|b|cd){9}){9}){9}"]
    assert seconds_of(lambda: Prefilter(patterns).build(), enough=3) < 3
