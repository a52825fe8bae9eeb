"""No pattern takes long for any text: a hostile file must not hold up the audit, nor a pull request."""

import heapq
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from clinft.stages.audit.recognizers import TABLE
from clinft.stages.audit.rule import Rule, rule
from clinft.stages.audit.scan import finds_in
from clinft.stages.audit.windows import SIZE
from tests.fakes.hostile_texts import Recipe, hostile
from tests.processor import no_collection

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such timer")

RULES = [(family, one) for family, rules in TABLE.items() for one in rules]
SHORT, LONG = 200, 40_000
# Of the hostile texts of a rule, a few dozen, so many are tried at the length of a window.
WINDOWS = 8
# Of the processor's time: a pattern whose time grows with the square of the length needs more than this,
# others much less.
LIMIT_SECONDS = 1.0


class TakesLong(Exception):
    pass


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TakesLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        with no_collection():
            yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def seconds_for(one: Rule, text: str) -> float:
    # The processor's time would be rounded to milliseconds while a timer runs.
    started = time.perf_counter()
    for match in one.pattern.finditer(text):
        one.judge(match)
    return time.perf_counter() - started


def slowest(one: Rule, count: int = 5) -> list[Recipe]:
    """Of many hostile texts those that take the longest, the very longest first."""
    seconds = {recipe: seconds_for(one, recipe.text(SHORT)) for recipe in hostile(one.pattern)}
    # Once more and longer: the time for a short text is full of chance.
    first = heapq.nlargest(count, seconds, key=seconds.__getitem__)
    return sorted(first, key=lambda recipe: seconds_for(one, recipe.text(10 * SHORT)), reverse=True)


@pytest.mark.parametrize(("family", "one"), RULES, ids=[f"{family}-{one.name}" for family, one in RULES])
def test_a_rule_takes_little_time_for_a_hostile_text(family: str, one: Rule) -> None:
    with limit(30):
        recipe, *_ = slowest(one)
    with limit(LIMIT_SECONDS):
        seconds_for(one, recipe.text(LONG))


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:a+)+b",
        r"(?i)\bname(?:\s*\w+\s*)*:",
        r"\b(?:\w+[ -]?)+@",
        r"(?s)<tag.*?</tag>",
        r"\d+[ ]*\d+[ ]*\d+x",
    ],
)
def test_a_careless_pattern_would_be_noticed(pattern: str) -> None:
    careless = rule("careless", "UNIQUE_IDENTIFIER", pattern, 1.0)
    with pytest.raises(TakesLong):
        take_the_slowest(careless, LIMIT_SECONDS / 4)


def take_the_slowest(one: Rule, seconds: float) -> None:
    with limit(seconds):
        recipe, *_ = slowest(one)
    with limit(seconds):
        seconds_for(one, recipe.text(LONG))


@pytest.mark.slow
@pytest.mark.parametrize(("family", "one"), RULES, ids=[f"{family}-{one.name}" for family, one in RULES])
def test_a_rule_takes_little_time_for_hostile_windows(family: str, one: Rule) -> None:
    for recipe in slowest(one, WINDOWS):
        with limit(LIMIT_SECONDS):
            seconds_for(one, recipe.text(SIZE))


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["9", "a", "A", " ", "\n", "-", ".", "@", "/", "(", "_", "\u00e9", "a ", "A ", "9 ", "9-", "Aa "]
)
def test_a_long_line_of_one_thing_is_searched_in_little_time(unit: str) -> None:
    text = (unit * 200_000)[:200_000]
    with limit(20):
        finds = finds_in(text, "")
    assert "UNSCANNED_TEXT" not in {find.entity_type for find in finds}


def test_hostile_texts_are_near_what_the_pattern_finds() -> None:
    texts = {recipe.text(60) for recipe in hostile(re.compile(r"mrn[:]\s{0,3}(?P<value>\d{3,9})x"))}
    for beginning in ("mrn:555mrn:555", "mrn:5555555", "m" + "5" * 50, "mrn55555", "mrn:555" + " " * 50):
        assert any(text.startswith(beginning) for text in texts), beginning
    assert any(text == "5" * 53 + "mrn:555" for text in texts)
