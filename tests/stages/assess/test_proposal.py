"""The recommended prompt: what it adds, what it leaves alone, and that it reads the same."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.spec.load import load_project
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt, PromptExample, parse_prompt
from clinft.stages.assess import guardrails, proposal
from clinft.stages.assess.ladder import Sources, ladder
from tests.fakes.scripted_answers import record
from tests.fakes.specs import LABELS, project_spec

BARE = Prompt(system="You sort notes.", examples=(PromptExample(input="A note.", output="mental"),))
TRAIN = [
    record(n, LABELS[n % 4]).model_copy(
        update={"text": f"A note of more than forty characters, number {n:03}."}
    )
    for n in range(20)
]
SOURCES = Sources(TRAIN)


def proposed(spec: ProjectSpec, prompt: Prompt, name: str) -> str:
    best = next(one for one in ladder(spec, prompt, SOURCES) if one.name == name)
    return proposal.propose(spec, prompt, best, SOURCES)


def test_every_section_is_added_where_there_is_none() -> None:
    spec = project_spec(regression={"critical_labels": ["circulatory"]})
    text = proposed(spec, BARE, "zero_shot")
    read = parse_prompt(text, "prompt.md").prompt
    assert read.system.startswith(BARE.system)
    assert [line for line in read.system.split("\n") if line.startswith("####")] == [
        "#### Scope",
        "#### Answer",
        "#### When unsure",
        "#### Red flags",
        "#### No invention",
    ]
    assert "Any use with patients" in read.system
    assert "must not be missed (circulatory)" in read.system
    assert read.examples == BARE.examples


def test_a_prompt_that_has_all_stays_word_for_word() -> None:
    first = parse_prompt(proposed(project_spec(), BARE, "zero_shot"), "prompt.md").prompt
    assert guardrails.lacking(first.system) == ()
    assert guardrails.guarded(first.system, project_spec()) == first.system
    assert proposed(project_spec(), first, "zero_shot") == proposal.written(first)


@pytest.mark.parametrize(
    ("words", "has"),
    [
        ("Answer with exactly one of these words.", "output"),
        ("When unsure, pick the likeliest.", "uncertainty"),
        ("Never invent a finding.", "no_invention"),
        ("Escalate red flags.", "red_flags"),
        ("Out of scope: dosing.", "scope"),
        ("The answer is short.", None),
        ("Note the flag on the play.", None),
    ],
)
def test_what_a_prompt_says_in_its_own_words_counts(words: str, has: str | None) -> None:
    assert set(guardrails.SECTIONS) - set(guardrails.lacking(words)) == ({has} if has else set())


@pytest.mark.parametrize(
    "kind",
    [
        "classification",
        "coding",
        "extraction",
        "ner",
        "question_answering",
        "summarization",
        "dialogue_to_note",
    ],
)
def test_the_sections_suit_every_kind_of_task(kind: str) -> None:
    task: dict[str, Any] = {"kind": kind, "description": "Do it."}
    if kind != "classification":
        task["labels"] = []
    if kind == "extraction":
        task["output_schema"] = {"type": "object", "properties": {"dose": {}}}
    system = guardrails.guarded("You read notes.", project_spec(task=task))
    assert guardrails.lacking(system) == ()
    prose = kind in guardrails.PROSE
    assert ("must see the patient now" in system) is prose
    assert ("do not advise patients" in system) is not prose
    assert ("fields dose" in system) is (kind == "extraction")


def test_examples_grow_to_what_the_best_rung_shows() -> None:
    spec = project_spec(
        prompt={"strategies": ["few_shot", "few_shot_knn"], "few_shot_examples": 1, "more_shots": [5]}
    )
    for name, count in (("few_shot", 1), ("few_shot_5", 5), ("few_shot_knn_5", 5)):
        read = parse_prompt(proposed(spec, BARE, name), "prompt.md").prompt
        assert len(read.examples) == count
        assert read.examples[0] == BARE.examples[0]


def test_the_difference_is_shown_as_diff_does() -> None:
    shown = proposal.difference("# System\nA.\n", "# System\nA.\n\nB.\n")
    assert shown.splitlines()[:2] == ["--- a/prompt/prompt.md", "+++ b/prompt/prompt.md"]
    assert "+B." in shown
    assert proposal.difference("x", "x") == ""


def test_the_example_project_gets_a_valid_proposal(repository: Path) -> None:
    loaded = load_project(repository / "projects" / "icd10-chapter")
    text = proposed(loaded.spec, loaded.prompt, "few_shot")
    read = parse_prompt(text, "prompt.md").prompt
    assert read.examples[: len(loaded.prompt.examples)] == loaded.prompt.examples
    assert read.system.startswith(loaded.prompt.system)
    assert "output" not in guardrails.lacking(loaded.prompt.system)
    assert read.system.count("circulatory, respiratory") == 1


words = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)
    .map(str.strip)
    .filter(lambda text: text and not text.startswith(("#", "```", "~~~")) and len(text.splitlines()) == 1)
)


@given(words, st.lists(st.tuples(words, words), max_size=3))
def test_a_written_prompt_reads_the_same(system: str, examples: list[tuple[str, str]]) -> None:
    prompt = Prompt(system=system, examples=tuple(PromptExample(input=a, output=b) for a, b in examples))
    assert parse_prompt(proposal.written(prompt), "prompt.md").prompt == prompt
