"""The doctor's page against goldens. After a wanted change: CLINFT_UPDATE_GOLDEN=1 pytest <this file>, read the diff."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clinft.artifacts.doctor import DoctorReport, Fix
from clinft.ports.settings import BranchRules, EnvironmentFacts
from clinft.stages.report.doctor import doctor_page
from tests.fakes.settings import HIDDEN, RULES, TRAIN, policy, report, settings

GOLDEN = Path(__file__).parent / "golden_doctor"
UPDATE = os.environ.get("CLINFT_UPDATE_GOLDEN") == "1"
HOSTILE = "](https://evil.example) <img src=x> @everyone |`$x$ #1 \u202e"


def in_order() -> DoctorReport:
    return report()


def template_as_a_workflow_sees_it() -> DoctorReport:
    """The day after "Use this template": no rules, nobody named, and a token that sees little."""
    nobody: dict[str, dict[str, list[str]]] = {
        role: {"people": []} for role in ("ml", "privacy", "clinical", "engine")
    }
    return report(
        settings(
            rulesets=BranchRules(),
            environments=(),
            labels=(),
            people={},
            **dict.fromkeys(
                (
                    "actions",
                    "token",
                    "runners",
                    "repository_secrets",
                    "organization_secrets",
                    "repository_variables",
                ),
                HIDDEN,
            ),
        ),
        policy(roles=nobody),
    )


def fixed() -> DoctorReport:
    fixes = (
        Fix(what="label evaluation", made="created", by_hand="Issues → Labels → New label “evaluation”."),
        Fix(what="environment train", made="not permitted", by_hand="Settings → Environments → train."),
        Fix(what="environment openai", made="not offered", by_hand="Settings → Environments → openai."),
        Fix(what="label data-prep", made="there already", by_hand="Issues → Labels."),
    )
    told = report(settings(repository_secrets=("OPENAI_API_KEY",), rulesets=replace(RULES, bypass=HIDDEN)))
    return told.model_copy(update={"fixes": fixes})


def hostile() -> DoctorReport:
    open_to_all = EnvironmentFacts(HOSTILE, "any branch", (), False, (HOSTILE,), (f"{HOSTILE} KEY",))
    facts = settings(
        repository={"owner": HOSTILE, "name": HOSTILE, "default_branch": HOSTILE},
        environments=(TRAIN, open_to_all),
        repository_secrets=(HOSTILE,),
        rulesets=replace(RULES, bypass=(HOSTILE,)),
        subject=HIDDEN,
    )
    return report(facts, broken=(HOSTILE,))


PAGES: dict[str, Callable[[], DoctorReport]] = {
    "in_order": in_order,
    "template_as_a_workflow_sees_it": template_as_a_workflow_sees_it,
    "fixed": fixed,
    "hostile": hostile,
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_equals_its_golden(name: str) -> None:
    text = doctor_page(PAGES[name]())
    golden = GOLDEN / f"{name}.md"
    if UPDATE:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_no_golden_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.md")} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_every_rule_is_seen_to_by_exactly_one(name: str) -> None:
    """Columns: GitHub, clinft, nobody. An empty row would say nothing, two marks would leave it open."""
    said = PAGES[name]()
    table = doctor_page(said).split("## Who sees to what\n\n")[1].split("\n\n")[0].splitlines()
    rows = [re.split(r"(?<!\\) \| ", line.removeprefix("| ").removesuffix(" |")) for line in table[2:]]
    assert len(rows) == sum(bool(one.rule) for one in said.findings)
    marks = [[cell.strip() for cell in row[1:]] for row in rows]
    assert all(len(row) == 3 and sum(map(bool, row)) == 1 for row in marks)
    unknown = [index for index, row in enumerate(marks) if "unknown" in row]
    assert len(unknown) == sum(bool(one.rule) and one.state == "unknown" for one in said.findings)
    assert all(mark in ("", "yes", "**wrong**", "unknown", "note") for row in marks for mark in row)


@pytest.mark.parametrize("name", PAGES)
def test_everything_wrong_or_hidden_has_a_next_step(name: str) -> None:
    assert all(one.next_step for one in PAGES[name]().findings if one.state in ("bad", "unknown"))


def test_nothing_of_others_is_markdown() -> None:
    # A subject stands in a code span, letter by letter: there nothing is Markdown.
    page = re.sub(r"``.*?``", "", doctor_page(hostile()))
    assert "<img" not in page
    assert re.search(r"(?<!\\)\]\(", page) is None
    assert not re.search(r"@(?=everyone)", page)
    assert "\u202e" not in page
