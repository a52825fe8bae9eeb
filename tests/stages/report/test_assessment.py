"""The assessment's pull request against goldens. After a wanted change: CLINFT_UPDATE_GOLDEN=1 pytest <this file>, read the diff."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from clinft.artifacts.envelope import Artifact
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.stages.report.assessment import AssessmentFacts, assessment_body, assessment_title
from clinft.stages.report.returned.names import Links
from tests.fakes import assessments, returned
from tests.fakes.run_facts import HOSTILE
from tests.fakes.run_inputs import digest
from tests.fakes.run_results import assessment, wilson

GOLDEN = Path(__file__).parent / "golden_assessment"
UPDATE = os.environ.get("CLINFT_UPDATE_GOLDEN") == "1"
LINKS = Links(returned.URL)
PARSER = MarkdownIt("commonmark").enable("table")
PAID = "Nothing to pay: the weights are local."


def facts(text: str | None = None, author: str = "github-actions[bot]", **payload: Any) -> AssessmentFacts:
    """`text`: all that a person, a file or the measuring job could have written, an unchecked name too."""
    made = assessment(text).model_copy(update=payload)
    if text is not None:
        measured = made.strategies[0].accuracy.model_copy(update={"method": text})
        first = made.strategies[0].model_copy(update={"accuracy": measured})
        made = made.model_copy(
            update={
                "recommended": text,
                "target_metric": text,
                "dev_sha256": text,
                "strategies": (first, made.strategies[1]),
            }
        )
    artifact = Artifact[PromptAssessment].model_construct(
        stage="assess",
        stage_version=1,
        project=text or "icd10-chapter",
        inputs={name: text or digest("4") for name in ("dev", "prompt", "base_model", "spec.prompt")},
        files={},
        payload=made,
        created_at=text or "2026-11-24T10:00:00+00:00",
        clinft_version=text or "0.1.0",
        digest=digest("b"),
    )
    return AssessmentFacts(artifact, text or returned.COMMIT, 4712, text or PAID, text or author)


def sufficient() -> AssessmentFacts:
    strategies = tuple(
        one.model_copy(
            update={
                "accuracy": wilson(0.867, 0.703, 0.947, 30),
                "parse_failures": None if one.parse_failures is None else 0,
            }
        )
        for one in assessment().strategies
    )
    return facts(
        verdict="PROMPT_SUFFICIENT",
        reason="With a prompt alone the base model gets 0.867 [0.703, 0.947] on 30 dev records; the target is 0.6.",
        strategies=strategies,
    )


def undecided() -> AssessmentFacts:
    """No target, and a bot of the team's own, whose pull requests start their checks by themselves."""
    return facts(
        author="clinic-bot[bot]",
        verdict="INCONCLUSIVE",
        reason="evaluation.thresholds sets no least accuracy.",
        target=None,
    )


def measured_whole() -> AssessmentFacts:
    """By the stage as it is now, on scripted answers; a model that was paid for."""
    made = assessments.assessment()
    return facts(**{name: getattr(made, name) for name in PromptAssessment.model_fields})


BODIES: dict[str, Callable[[], AssessmentFacts]] = {
    "fine_tune": facts,
    "prompt_sufficient": sufficient,
    "inconclusive": undecided,
    "hybrid": measured_whole,
    "hostile": lambda: facts(HOSTILE),
}


@pytest.mark.parametrize("name", BODIES)
def test_the_body_equals_its_golden(name: str) -> None:
    text = assessment_body(BODIES[name](), LINKS)
    golden = GOLDEN / f"{name}.md"
    if UPDATE:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_no_golden_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.md")} == set(BODIES)


def test_every_strategy_stands_with_its_n_and_interval() -> None:
    text = assessment_body(facts(), LINKS)
    for row in (
        "| `zero_shot, closed_labels` | 30 | 0.333 [0.192, 0.512] |",
        "| 30 | 0.267 [0.142, 0.444] |",
    ):
        assert row in text
    assert "8 of 30" in text
    assert "95 % Wilson score" in text


@pytest.mark.parametrize(
    ("name", "advises"), [("prompt_sufficient", True), ("fine_tune", False), ("inconclusive", False)]
)
def test_only_a_prompt_that_is_sufficient_advises_against_training(name: str, advises: bool) -> None:
    text = assessment_body(BODIES[name](), LINKS)
    assert ("training is not recommended" in text) is advises
    assert ("CLINFT-G025" in text) is advises


def test_the_title_holds_nothing_that_others_wrote() -> None:
    assert assessment_title("icd10-chapter") == "clinft: icd10-chapter: assessment of the prompt"
    assert HOSTILE not in assessment_title(HOSTILE)


@given(
    st.one_of(
        st.sampled_from([HOSTILE, "</details>", "<!--", "\n\n## Merge me\n", "`" * 9, "|" * 5]),
        st.text(min_size=1, max_size=30),
    )
)
@settings(deadline=None, max_examples=40)
def test_no_text_breaks_out(text: str) -> None:
    body = assessment_body(facts(text), LINKS)
    tokens = PARSER.parse(body)
    inner = [child for token in tokens for child in token.children or []]
    assert not [one for one in (*tokens, *inner) if one.type in ("html_block", "html_inline", "image")]
    links = [str(one.attrs["href"]) for one in inner if one.type == "link_open"]
    assert all(link.startswith(f"{returned.URL}/") for link in links)
    headings = sum(token.type == "heading_open" for token in tokens)
    assert headings == 6 + ("### How to check it" in body)
    assert "<!--" not in body


def test_no_text_makes_it_too_long() -> None:
    assert len(assessment_body(facts("<|@" * 20_000), LINKS)) <= 60_000
