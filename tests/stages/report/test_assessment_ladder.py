"""The rungs and what divides them, as documents show them: old files as before, new ones whole."""

from pathlib import Path

from markdown_it import MarkdownIt

from clinft import run_folder
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.pipeline.summary import of_assess
from clinft.stages.report.assessment_ladder import WIDE, brief, rungs, strategy, whole
from clinft.stages.report.pull_request.room import Room
from tests.fakes import run_results
from tests.fakes.assessments import assessment
from tests.fakes.run_facts import HOSTILE

NARROW = Room(rows=2, characters=20, projects=1, elsewhere="the file")
OLD = Path(__file__).parents[2] / "artifacts" / "assess_of_version_1.json"
PARSER = MarkdownIt("commonmark").enable("table")


def test_a_file_of_version_1_reads_and_shows_its_strategies() -> None:
    made = run_folder.parse(OLD, PromptAssessment)
    payload = made.payload
    assert [(one.name, one.read, one.score.value) for one in payload.results] == [
        ("zero_shot", "closed_labels", 0.1125),
        ("zero_shot", "generated_text", 0.0),
        ("few_shot", "closed_labels", 0.15),
        ("few_shot", "generated_text", 0.125),
    ]
    assert payload.best == payload.results[2]
    assert (len(list(whole(payload))), list(brief(payload, WIDE))) == (3, [])
    assert "| `few_shot, generated_text` | 80 | 0.125 [0.069, 0.215] | 23 of 80 (29 %) | 390 |" in of_assess(
        payload
    )


def test_columns_of_which_nothing_is_known_are_left_out() -> None:
    old = rungs(run_results.assessment().results, WIDE)
    assert old.splitlines()[0] == (
        "| Prompt | n | Accuracy on dev | Answers that are no label | Mean prompt tokens |"
    )
    new = rungs(assessment().results, WIDE)
    assert new.splitlines()[0] == (
        "| Prompt | n | Accuracy on dev | Critical cases found | Answers that are no label | "
        "Mean prompt tokens | Mean answer tokens | USD for 1,000 |"
    )
    assert (
        "| `zero_shot, generated_text` | 120 | 0.417 [0.332, 0.506] | 1.000 [0.884, 1.000] (n = 30) | 70 of 120"
        in new
    )
    assert new.splitlines()[2].endswith("| 5 | 2 | 0.0273 |")


def test_everything_behind_the_verdict_is_shown() -> None:
    text = "\n\n".join(whole(assessment()))
    for words in (
        "few\\_shot, generated\\_text minus zero\\_shot, generated\\_text",
        "Bonferroni",
        "Recall of critical cases",
        "requests a month",
        "2026-11-01",
        "ASSUMED, not measured",
    ):
        assert words in text, words
    short = "\n\n".join(brief(assessment(), WIDE))
    assert "Break-even: from" in short
    assert len(short) < len(text)


def test_a_break_even_that_cannot_be_is_missing_with_its_reason() -> None:
    text = "\n\n".join(whole(assessment(assessment={})))
    assert "Break-even: missing: the spec's section \\`assessment\\` states no costs." in text


def test_room_bounds_the_rows_and_what_others_wrote() -> None:
    assert "*and 1 more in the file*" in rungs((*assessment().results, *assessment().results[:1]), NARROW)
    assert strategy("few_shot_8, generated_text", WIDE) == "`few_shot_8, generated_text`"
    assert strategy("<!-- marker -->", WIDE) == "&lt;\\!-- marker --&gt;"


def test_no_text_of_a_committed_file_breaks_out() -> None:
    made = assessment()
    assert made.decision is not None
    named = [one.model_copy(update={"name": HOSTILE, "metric": HOSTILE}) for one in made.rungs]
    pairs = [one.model_copy(update={"of": HOSTILE, "test": HOSTILE}) for one in made.neighbours]
    errors = [
        one.model_copy(update={"remedy": HOSTILE, "data_change": HOSTILE}) for one in made.decision.errors
    ]
    decision = made.decision.model_copy(
        update={"adjustment": HOSTILE, "recommended": HOSTILE, "reason": HOSTILE, "errors": tuple(errors)}
    )
    hostile = made.model_copy(
        update={"rungs": tuple(named), "neighbours": tuple(pairs), "decision": decision, "reason": HOSTILE}
    )
    text = "\n\n".join((*whole(hostile), *brief(hostile, WIDE)))
    tokens = PARSER.parse(text)
    inner = [child for token in tokens for child in token.children or []]
    assert not [
        one for one in (*tokens, *inner) if one.type in ("html_block", "html_inline", "image", "link_open")
    ]
    assert "@octocat" not in text
