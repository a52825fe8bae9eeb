"""The plan as Markdown: every figure with its n, what is unknown said, and no text of a record acts."""

import re
from dataclasses import replace
from functools import partial

from clinft.artifacts.data import Record
from clinft.artifacts.data_plan import DataPlan
from clinft.spec.data import SPLITS
from clinft.stages.prepare.analysis import analyse
from clinft.stages.prepare.generate import generate
from clinft.stages.report import data_plan
from clinft.stages.report.cards import data_dictionary
from clinft.stages.report.cards.facts import gather
from tests.fakes.run_facts import HOSTILE, run_facts
from tests.fakes.specs import project_spec

FENCED = re.compile(r"^(?P<fence>`{3,})[a-z]*\n.*?^(?P=fence)$", re.MULTILINE | re.DOTALL)
SPEC = project_spec(data={"records": 200})


def made() -> dict[str, list[Record]]:
    return generate(SPEC.data, SPEC.task.labels, SPEC.clinical_domain)


def plan(rows: dict[str, list[Record]]) -> DataPlan:
    return analyse(
        {split: partial(iter, rows[split]) for split in SPLITS},
        SPEC,
        lambda texts: [len(text.split()) for text in texts],
        "words",
        lambda _: True,
    )


def test_the_plan_says_volume_with_source_and_leakage_with_n() -> None:
    text = data_plan.render(plan(made()))
    assert "Training records: 120, 30 of the rarest label; **too few** by the figures below." in text
    assert "arXiv:2503.21349" in text
    assert "2026-11-23" in text
    assert "| 25 % | 30 | 7 |" in text
    assert "| test | train | 40 | 120 | 0 |" in text
    assert "drawn with seed 7: train 120 of 120" in text
    assert text.count("<details><summary>Record ") == 10
    assert '"$schema": "https://json-schema.org/draft/2020-12/schema"' in text
    assert "45 CFR 164.514(b)(2)(i)" in text


def test_the_short_form_has_no_figures_below_it() -> None:
    text = data_plan.short(plan(made()))
    assert "volume: 120 training records, **too few** by published figures" in text
    assert "below" not in text


def test_what_is_unknown_is_missing_and_never_nought() -> None:
    text = data_plan.render(analyse(dict.fromkeys(SPLITS, list), SPEC))
    assert "Tokens: missing: no tokenizer is at hand." in text
    assert "Codes: missing:" in text
    assert "a rate of missing:" in text


def test_hostile_records_stay_text() -> None:
    rows = made()
    rows["train"] = [
        one.model_copy(
            update={"id": HOSTILE, "text": f"``` \n{HOSTILE}", "facts": {"name": HOSTILE, "code": "F05"}}
        )
        for one in rows["train"][:12]
    ]
    text = data_plan.render(plan(rows))
    outside = FENCED.sub("", text)
    assert "<img" not in outside
    assert "@octocat" not in outside
    assert not re.search(r"(?<!\\)\]\(", outside)


def test_the_dictionary_tells_codes_schema_and_how_records_are_made() -> None:
    facts = run_facts()
    assert "## How the records were made" not in data_dictionary.render(gather(facts))
    planned = facts.prepared.model_copy(update={"plan": plan(made())})
    text = data_dictionary.render(gather(replace(facts, prepared=planned)))
    assert "\n## Terminology\n" in text
    assert "\n## Record schema\n" in text
    assert "\n## How the records were made\n" in text
    assert "A clinical state is drawn from the seed" in text
    written = replace(facts, prepared=planned.model_copy(update={"generator": "written"}))
    assert "A language model wrote each text anew" in data_dictionary.render(gather(written))
