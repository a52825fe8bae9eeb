"""The engine: same finds as through Presidio, what policy adds, combinations, and texts that take too long."""

import itertools
import re
import signal
import threading
import time
from contextlib import suppress

import pytest

from clinft.errors import SpecError
from clinft.spec.audit_policy import AuditPolicy, TeamPattern
from clinft.stages.audit import budget, engine
from clinft.stages.audit.engine import Engine
from clinft.stages.audit.finds import Find, settled
from clinft.stages.audit.origin import Match, Origin
from clinft.stages.audit.recognizers import TABLE
from clinft.stages.audit.rule import Certainty, rule
from clinft.stages.audit.severity import Weight, weights
from clinft.stages.audit.stock import Stock
from tests.fakes.identifiers import CLEAN, PLANTED, RESERVED

TEXTS = [
    *(before + value + after for _, before, value, after in PLANTED),
    *(text for _, text in RESERVED),
    *CLEAN,
    "Call (617) 555-0142 or 617-555-7788; SSN 219-09-9998, MRN 00482913.",
    "Dr. Okafor saw Mrs. Alvarez-Ruiz in Dayton, Ohio on 03/14/2024 at https://portal.stmarys-clinic.org/p/1.",
]


def through_presidio(text: str) -> tuple[Find, ...]:
    analyzer = engine.analyzer()
    results = analyzer.analyze(text, "en", nlp_artifacts=analyzer.nlp_engine.process_text("", "en"))
    found = []
    for result in results:
        metadata = result.recognition_metadata
        name = f"{metadata['recognizer_name']}/{metadata['rule']}"
        origin = Origin(name, result.entity_type, result.score, weights()[result.entity_type])
        found.append(
            Match(result.start, result.end, origin, metadata["certainty"]).find(result.start, result.end)
        )
    return settled(found)


@pytest.mark.parametrize("text", TEXTS)
def test_presidio_finds_the_same_with_our_rules_as_its_recognisers(text: str) -> None:
    """But for which of two equal rules of one family gets the credit."""

    def seen(finds: tuple[Find, ...]) -> list[tuple[object, ...]]:
        return [(find.start, find.end, find.entity_type, find.certainty, find.score) for find in finds]

    assert seen(through_presidio(text)) == seen(engine.default().finds(text))


def test_the_same_policy_has_the_same_engine() -> None:
    assert engine.of(AuditPolicy()) is engine.of(AuditPolicy(sensitivity_floor=0.9)) is engine.default()
    assert engine.of(policy(VISIT)) is engine.of(policy(VISIT)) is not engine.default()


VISIT = TeamPattern(
    name="visit-number",
    identifier="H",
    severity="MEDIUM",
    pattern=r"(?i)\bvis-(?P<value>[a-z]{4})",
    words=("seen",),
)


def by_rules(searching: Engine, text: str) -> list[Find]:
    """What the detector says of made-up words is no matter here."""
    return [find for find in searching.finds(text) if not find.recognizer.startswith("detector/")]


def policy(*patterns: TeamPattern) -> AuditPolicy:
    return AuditPolicy(patterns=patterns)


def test_a_pattern_of_a_team_has_its_own_letter_and_severity() -> None:
    (find,) = by_rules(engine.of(policy(VISIT)), "seen as Vis-abcd here")
    assert (find.start, find.end, find.recognizer) == (12, 16, "team/visit-number")
    assert (find.weight.letter, find.severity(settings=False), find.severity(settings=True)) == (
        "H",
        "MEDIUM",
        "MEDIUM",
    )
    assert by_rules(engine.default(), "seen as Vis-abcd here") == []


def test_a_pattern_of_a_team_needs_one_of_its_words() -> None:
    assert by_rules(engine.of(policy(VISIT)), "noted as Vis-abcd here") == []


def test_a_group_that_took_no_part_and_an_empty_match_are_no_find() -> None:
    odd = TeamPattern(name="odd", pattern=r"zzz(?P<value>q)?|(?=yyy)")
    found = by_rules(engine.of(policy(odd)), "zzz yyy zzzq")
    assert [(find.start, find.end) for find in found] == [(11, 12)]


def test_two_patterns_of_one_name_are_refused() -> None:
    again = TeamPattern(name="visit-number", pattern="abcd")
    with pytest.raises(SpecError, match="visit-number") as refusal:
        engine.of(policy(VISIT, again))
    assert refusal.value.next_step


def test_every_letter_names_who_looks_for_it() -> None:
    own = engine.of(AuditPolicy(presidio=("UsMbiRecognizer",), patterns=(VISIT,)))
    assert own.recognizers("G") == ("social_security",)
    assert own.recognizers("H")[-1] == "team"
    assert own.recognizers("I")[-1] == "presidio/UsMbiRecognizer"
    assert not set(own.recognizers("I")) & {"team", "dates"}


def test_presidios_own_recognisers_run_where_policy_names_them() -> None:
    own = engine.of(AuditPolicy(presidio=("InPanRecognizer", "PhoneRecognizer", "EsNifRecognizer")))
    (find,) = by_rules(own, "the card ABCPD1234Z of hers")
    assert (find.start, find.end, find.entity_type) == (9, 19, "UNIQUE_IDENTIFIER")
    assert (find.weight.letter, find.severity(settings=False)) == ("R", "HIGH")
    assert find.recognizer == "presidio/InPanRecognizer"
    assert own.finds("a quiet note") == ()


def test_a_recogniser_of_another_language_runs_too() -> None:
    (match,) = Stock(("EsNifRecognizer",)).search("12345678Z here")
    assert (match.start, match.end, match.origin.recognizer) == (0, 9, "presidio/EsNifRecognizer")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("NoSuchRecognizer", "no recogniser NoSuchRecognizer"),
        ("SpacyRecognizer", "SpacyRecognizer cannot run.*language model"),
        ("TransformersRecognizer", "TransformersRecognizer cannot run.*language model"),
        ("AzureAILanguageRecognizer", "AzureAILanguageRecognizer cannot run.*service"),
        ("EmailRecognizer", "EmailRecognizer cannot run.*network"),
    ],
)
def test_a_recogniser_that_cannot_run_here_is_refused_with_the_reason(name: str, says: str) -> None:
    with pytest.raises(SpecError, match=says) as refusal:
        engine.of(AuditPolicy(presidio=(name,)))
    assert refusal.value.next_step


def medium(name: str) -> TeamPattern:
    return TeamPattern(name=name, severity="MEDIUM", pattern=name)


@pytest.mark.parametrize(
    ("text", "severities"),
    [
        ("aaa bbb ccc", ["HIGH"] * 3),
        ("aaa bbb", ["MEDIUM"] * 2),
        ("aaa aaa bbb bbb", ["MEDIUM"] * 4),
        ("aaa bbb ccc SSN 219-09-9998", ["HIGH"] * 3 + ["CRITICAL"]),
    ],
)
def test_three_kinds_of_quasi_identifier_in_one_text_are_high(text: str, severities: list[str]) -> None:
    finds = engine.of(policy(medium("aaa"), medium("bbb"), medium("ccc"))).finds(text)
    assert [find.severity(settings=False) for find in finds] == severities


def test_in_a_text_about_the_project_nothing_combines() -> None:
    finds = engine.of(policy(medium("aaa"), medium("bbb"), medium("ccc"))).finds("aaa bbb ccc")
    assert {find.severity(settings=True) for find in finds} == {"MEDIUM"}


SLOW = TeamPattern(name="slow", pattern=r"(?:x+x+)+y")


@pytest.fixture
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "SECONDS", 0.2)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such timer")
@pytest.mark.usefixtures("little_time")
def test_a_text_that_takes_too_long_is_a_find_and_no_hang() -> None:
    own = engine.of(policy(SLOW))
    text = "SSN 219-09-9998 " + "x" * 60
    started = time.process_time()
    (find,) = own.finds(text)
    assert time.process_time() - started < 5
    assert (find.start, find.end, find.entity_type) == (0, len(text), "UNSCANNED_TEXT")
    assert (find.weight.letter, find.severity(settings=True)) == ("R", "HIGH")
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    assert [find.entity_type for find in own.finds("SSN 219-09-9998")] == ["US_SSN"]
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such timer")
@pytest.mark.usefixtures("little_time")
def test_a_recogniser_that_catches_every_exception_does_not_catch_the_end_of_its_time() -> None:
    def judge(match: re.Match[str]) -> Certainty | None:
        with suppress(Exception):
            re.search(SLOW.pattern, match.string)
        return None

    own = Engine({"f": (rule("r", "URL", "x+", 1.0, judge=judge),)}, weights())
    assert [find.entity_type for find in own.finds("x" * 60)] == ["UNSCANNED_TEXT"]


@pytest.mark.usefixtures("little_time")
def test_a_thread_may_search_and_has_no_limit() -> None:
    found: list[tuple[Find, ...]] = []
    thread = threading.Thread(target=lambda: found.append(engine.default().finds("SSN 219-09-9997")))
    thread.start()
    thread.join()
    assert [find.entity_type for find in found[0]] == ["US_SSN"]


def test_finds_lie_in_the_text_though_its_context_is_read_too() -> None:
    (find,) = engine.default().finds("00482913", "mrn: ")
    assert (find.start, find.end, find.entity_type) == (0, 8, "MEDICAL_RECORD_NUMBER")
    assert engine.default().finds("quiet", "ssn 219-09-9998: ") == ()


def test_a_disguised_identifier_is_found_at_its_place() -> None:
    """Zero-width characters and full-width digits are folded away; the places are those of the text itself."""
    text = "SSN \uff12\uff11\u200b9-09-9998 on file"
    (find,) = engine.default().finds(text)
    assert text[find.start : find.end] == "\uff12\uff11\u200b9-09-9998"


def test_a_find_of_another_reading_says_which() -> None:
    (find,) = engine.default().finds("SSN two one nine zero nine nine nine nine eight")
    assert (find.entity_type, find.start) == ("US_SSN", 4)
    assert find.recognizer.count("/") == 2


def of_rules(*rules: tuple[str, str, float]) -> Engine:
    """Engine of (pattern, severity, score)."""
    made = [
        rule(f"r{number}", f"T{number}", pattern, score) for number, (pattern, _, score) in enumerate(rules)
    ]
    known = {
        f"T{number}": Weight("R", severity, severity, "INFO", "direct")  # type: ignore[arg-type]
        for number, (_, severity, _) in enumerate(rules)
    }
    return Engine({"f": tuple(made)}, weights() | known)


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ([("abc", "HIGH", 1.0), ("bcdef", "CRITICAL", 0.1)], ["T1"]),
        ([("abc", "HIGH", 1.0), ("bcdef", "HIGH", 0.1)], ["T1"]),
        ([("abc", "HIGH", 0.1), ("abc", "HIGH", 0.9)], ["T1"]),
        ([("abc", "HIGH", 0.9), ("abc", "HIGH", 0.9)], ["T0"]),
        ([("abc", "HIGH", 0.9), ("def", "INFO", 0.1)], ["T0", "T1"]),
    ],
)
def test_of_overlapping_finds_the_more_severe_then_the_longer_stands(
    rules: list[tuple[str, str, float]], kept: list[str]
) -> None:
    assert [find.entity_type for find in of_rules(*rules).finds("abcdef")] == kept


def test_every_rule_has_a_weight_and_a_name_of_its_own() -> None:
    names = [f"{family}/{one.name}" for family, rules in TABLE.items() for one in rules]
    assert len(names) == len(set(names))
    assert {one.entity_type for rules in TABLE.values() for one in rules} <= set(weights())


def test_finds_come_by_start_and_do_not_overlap() -> None:
    finds = engine.default().finds(" ".join(TEXTS))
    assert all(one.end <= two.start for one, two in itertools.pairwise(finds))
    assert len(finds) > 20
