"""Whatever people write is a phrase in each service's syntax, and never an operator of it."""

import pytest

from clinft.adapters.literature import syntax
from clinft.artifacts.research import Query
from clinft.stages.research.queries import of_text


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("heart failure", '"heart failure"'),
        ("Crohn's disease", '"Crohn\'s disease"'),
        ("GPT-4.1 mini", '"GPT-4.1 mini"'),
        ("Sjögren β-blocker 心不全", '"Sjögren β-blocker 心不全"'),
        ('a" OR AUTH:"x', '"a OR AUTH x"'),
        ("x[au] OR (y)", '"x au OR y"'),
        ("x) AND (SRC:MED", '"x AND SRC MED"'),
        ("wild* fuzz~ boost^2 \\ ?", '"wild fuzz boost 2"'),
        ("line\nbreak\ttab", '"line break tab"'),
        ("right\u202eleft", '"right left"'),
        ("-negated", '"negated"'),
        ("trailing...", '"trailing"'),
        ('"', ""),
        ("()[]{}:;", ""),
        ("--- ///", ""),
        ("_", ""),
    ],
)
def test_a_phrase_holds_words_alone(text: str, quoted: str) -> None:
    assert syntax.phrase(text) == quoted


def test_a_phrase_is_not_longer_than_a_service_takes() -> None:
    assert len(syntax.phrase("ab " * 1000)) <= syntax.LONGEST + 2


def test_groups_are_joined_and_empty_ones_ask_for_nothing() -> None:
    query = Query(section="techniques", all_of=(("a b", "a b", "c"), ("***",), ("d",)))
    assert syntax.boolean(query) == '("a b" OR "c") AND "d"'
    assert syntax.boolean(query, "TITLE:{}") == '(TITLE:"a b" OR TITLE:"c") AND TITLE:"d"'
    assert syntax.words(query) == "a b d"


def test_a_query_of_punctuation_asks_for_nothing() -> None:
    assert syntax.boolean(of_text('" : *')) == ""


def test_a_query_has_an_end() -> None:
    many = Query(section="techniques", all_of=tuple(tuple(f"t{i}-{j}" for j in range(9)) for i in range(30)))
    assert sum(len(group) for group in syntax.groups(many)) == syntax.MOST_PHRASES
