"""Messages against goldens. After a wanted change: CLINFT_UPDATE_GOLDEN=1 pytest <this file>, then read the diff."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from clinft.adapters.sinks.slack.blocks import STATES, headline, milestone_message
from clinft.adapters.sinks.slack.calls import MILESTONE, milestone_tags, post_arguments
from tests.fakes.slack.milestones import AUDIT, EVALUATION, HOSTILE, HUGE, SEVEN, THREAD
from tests.fakes.slack.spec import request_errors

GOLDEN = Path(__file__).parent / "golden"
UPDATE = os.environ.get("CLINFT_UPDATE_GOLDEN") == "1"
MESSAGES = {
    **{kind: milestone_message(one) for kind, one in SEVEN.items()},
    "hostile": milestone_message(HOSTILE),
    "huge": milestone_message(HUGE),
    "updated": milestone_message(EVALUATION, updated=True),
    "headline": headline("icd10-coding", THREAD, {"data_plan": "good", "audit": "warning", "concern": "bad"}),
    "headline_of_a_project": headline("icd10-coding", "icd10-coding/concerns", {"concern": "warning"}),
}


@pytest.mark.parametrize("name", [name for name in MESSAGES if name != "huge"])
def test_message_equals_its_golden(name):
    message = MESSAGES[name]
    text = json.dumps({"text": message.text, "blocks": message.blocks}, indent=2, ensure_ascii=False) + "\n"
    golden = GOLDEN / f"{name}.json"
    if UPDATE:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_no_golden_is_left_over():
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(MESSAGES) - {"huge"}


@pytest.mark.parametrize("name", MESSAGES)
def test_message_is_one_by_slack_s_types_and_within_block_kit_s_limits(name):
    asked = post_arguments("C0123456789", MESSAGES[name], MILESTONE, milestone_tags(EVALUATION), "1.1")
    assert request_errors("chat.postMessage", json.loads(json.dumps(asked))) == []


def test_what_was_cut_says_so():
    blocks = MESSAGES["huge"].blocks
    assert blocks[0]["text"]["text"].endswith("…")
    for section in blocks[1:3]:
        assert "more lines; the report has them." in section["text"]["text"]
    assert "more lines; the report has them." in MESSAGES["huge"].text
    assert len(blocks[3]["elements"]) == 25


@pytest.mark.parametrize("state", STATES)
def test_each_threshold_says_in_words_how_it_stands(state):
    """Once for the eyes, once for screen readers, which read `text` and not the blocks."""
    message = MESSAGES["evaluation"]
    shown = message.blocks[2]["text"]["text"]
    assert f"Threshold {state} (1):" in shown
    assert f"• {state}: " in message.text


def test_what_is_not_met_comes_first():
    shown = MESSAGES["evaluation"].blocks[2]["text"]["text"]
    assert [line.split(" (")[0] for line in shown.splitlines() if line.startswith("Thr")] == [
        f"Threshold {state}" for state in ("not met", "not certifiable", "missing", "met")
    ]


@pytest.mark.parametrize("name", MESSAGES)
def test_no_message_claims_compliance(name):
    assert "compliant" not in MESSAGES[name].text.lower()


@pytest.mark.parametrize(
    ("tone", "says"),
    [
        ("good", "Audit: passed"),
        ("warning", "Audit: passed, with warnings"),
        ("bad", "Audit: not passed, needs attention"),
    ],
)
def test_only_an_audit_that_did_not_pass_needs_attention(tone, says):
    told = milestone_message(replace(AUDIT, tone=tone))
    assert says in told.text.splitlines()
    assert f"• {says}" in headline("icd10-coding", AUDIT.thread, {"audit": tone}).text.splitlines()
