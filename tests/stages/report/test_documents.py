"""The documents against goldens. After a wanted change: CLINFT_UPDATE_GOLDEN=1 pytest <this file>, then read the diff."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from markdown_it import MarkdownIt

from clinft.spec.project import ProjectSpec
from clinft.stages.report import evaluation_plots, stage
from clinft.stages.report.cards import model_card
from clinft.stages.report.cards.facts import gather
from clinft.stages.report.cards.front_matter import front_matter
from clinft.stages.report.facts import RunFacts
from tests.fakes import run_facts as fake

GOLDEN = Path(__file__).parent / "golden"
UPDATE = os.environ.get("CLINFT_UPDATE_GOLDEN") == "1"
MARKDOWN = ("report.md", "MODEL_CARD.md", "DATA_DICTIONARY.md", "SOURCE_ATTRIBUTES.md", "HIPAA_REPORT.md")
# Read by programs, and by people in a diff.
FORMS = ("facts.json", "cards/applied_model_card.xml", "cards/ml_bom.cdx.json", "cards/croissant.json")
OWN_HTML = ("<details><summary>In full</summary>\n", "</details>\n")
OWN_LINKS = {"plots/loss.svg", *evaluation_plots.ALT, *MARKDOWN, *FORMS}


VARIANTS: dict[str, Callable[[], RunFacts]] = {
    "plain": fake.run_facts,
    "hostile": fake.hostile_run_facts,
    "full": fake.full_run_facts,
    "summarization": lambda: fake.facts_of_kind("summarization"),
}


def facts(**changes: Any) -> RunFacts:
    return replace(fake.run_facts(), **changes)


def card(**changes: Any) -> str:
    return model_card.render(gather(facts(**changes)))


def with_training(**changes: object) -> ProjectSpec:
    spec = fake.spec()
    return spec.model_copy(update={"training": spec.training.model_copy(update=changes)})


@pytest.fixture(scope="module")
def plain() -> dict[str, str]:
    return stage.render(fake.run_facts())


@pytest.fixture(scope="module")
def hostile() -> dict[str, str]:
    return stage.render(fake.hostile_run_facts())


def golden_of(variant: str) -> tuple[str, ...]:
    """The cards of what runs can tell; the other documents do not depend on it."""
    if variant in ("plain", "hostile"):
        return MARKDOWN
    return ("MODEL_CARD.md", *FORMS[1:]) if variant == "full" else ("MODEL_CARD.md",)


@pytest.mark.parametrize(
    ("variant", "name"), [(variant, name) for variant in VARIANTS for name in golden_of(variant)]
)
def test_document_equals_its_golden(variant: str, name: str) -> None:
    text = stage.render(VARIANTS[variant]())[name]
    flat = name.rpartition("/")[2]
    golden = GOLDEN / (flat if variant == "plain" else f"{variant}_{flat}")
    if UPDATE:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMS)
def test_hostile_texts_stay_data_in_what_programs_read(name: str, hostile: dict[str, str]) -> None:
    text = hostile[name]

    assert "octocat" in text
    assert "\u202e" not in text
    if name.endswith(".xml"):
        assert "<img" not in text
        assert ElementTree.fromstring(text).tag.endswith("AppliedModelCard")
    else:
        assert json.loads(text)


@pytest.mark.parametrize("name", MARKDOWN)
def test_hostile_texts_make_no_tag_link_or_mention(name: str, hostile: dict[str, str]) -> None:
    text = hostile[name]
    body = text.split("\n---\n", 1)[1] if text.startswith("---\n") else text
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    inline = [child for token in tokens for child in token.children or []]

    assert [
        token.content for token in tokens if token.type == "html_block" and token.content not in OWN_HTML
    ] == []
    assert [child.content for child in inline if child.type == "html_inline"] == []
    assert {
        child.attrs.get("href") or child.attrs["src"]
        for child in inline
        if child.type in ("link_open", "image")
    } <= OWN_LINKS
    prose = " ".join(child.content for child in inline if child.type == "text")
    assert "octocat" in prose
    assert re.search(r"@\w|#\d|://", prose) is None
    assert "\u202e" not in text


@pytest.mark.parametrize("name", MARKDOWN)
def test_hostile_texts_add_no_cell_and_no_heading(
    name: str, plain: dict[str, str], hostile: dict[str, str]
) -> None:
    parser = MarkdownIt("commonmark").enable("table")

    def headings(text: str) -> list[str]:
        tokens = parser.parse(text)
        return [
            tokens[i + 1].content for i, t in enumerate(tokens) if t.type == "heading_open" and t.tag != "h1"
        ]

    assert headings(hostile[name]) == headings(plain[name])
    for text in (plain[name], hostile[name]):
        assert_rectangular(parser, text)


def assert_rectangular(parser: MarkdownIt, text: str) -> None:
    """markdown-it drops cells beyond the heading's, so the lines themselves are counted."""
    lines = text.splitlines()
    for token in parser.parse(text):
        if token.type == "table_open" and token.map:
            rows = [re.sub(r"\\\|", "", line) for line in lines[token.map[0] : token.map[1]]]
            assert len({row.count("|") for row in rows}) == 1, rows


@pytest.mark.parametrize("variant", ["plain", "hostile"])
def test_no_document_claims_compliance(variant: str, request: pytest.FixtureRequest) -> None:
    for text in request.getfixturevalue(variant).values():
        assert re.search(r"complian(t|ce)|(?<!not )certified", text, re.IGNORECASE) is None


def test_only_the_report_holds_measured_values(plain: dict[str, str]) -> None:
    later = {"train": "2031-01-01T00:00:00+00:00", "prepare": "2031-01-01T00:00:00+00:00"}
    slower = stage.render(
        facts(measured={"train": {"seconds": 9999.0}}, versions={"clinft": "9"}, created=later)
    )

    assert {name for name in plain if slower[name] != plain[name]} == set(stage.WITH_MEASURED)


def test_documents_are_those_that_the_spec_asks_for() -> None:
    spec = fake.spec().model_copy(update={"documents": ("hipaa_report",)})

    rendered = stage.render(facts(spec=spec))

    drawn = {"plots/before_after.svg", "plots/classes.svg", "plots/confusion.svg"}
    assert set(rendered) == {*stage.ALWAYS, *drawn, "HIPAA_REPORT.md"}
    assert "DATA_DICTIONARY.md" not in rendered["report.md"]


def test_headline_takes_both_numbers_from_the_hardest_comparison() -> None:
    assert stage.headline(fake.run_facts()) == (
        f"icd10-chapter {fake.run_id()}: FIRST, recommendation deploy; tuned accuracy 0.767 [0.646, 0.856] "
        "on 60 synthetic test records, +0.350 [+0.200, +0.500] over the base model, with prompt "
        "(likeliest label)."
    )


def test_headline_without_gains_or_systems_says_what_is_missing() -> None:
    alone = fake.evaluation().model_copy(update={"gains": ()})
    nothing = alone.model_copy(update={"systems": ()})

    assert stage.headline(facts(evaluation=alone)).endswith(
        "tuned accuracy 0.733 [0.610, 0.829] on 60 synthetic test records."
    )
    assert stage.headline(facts(evaluation=nothing)).endswith("accuracy missing: not measured.")


def test_front_matter_is_yaml_with_the_tuned_numbers_only() -> None:
    text = front_matter(gather(fake.run_facts()))
    data = yaml.safe_load(text.strip("-"))

    results = data["model-index"][0]["results"]
    assert "base_model" not in data
    assert "&id" not in text
    assert [result["dataset"]["revision"] for result in results] == ["4" * 64] * 2
    assert [metric["value"] for result in results for metric in result["metrics"]][:2] == [0.767, 0.766]


def test_front_matter_quotes_a_hostile_hub_name() -> None:
    model = fake.model()
    hub = model.base_model.model_copy(update={"kind": "hub", "ref": "a/b: [x]\n---\nlicense: mit # @x"})
    text = front_matter(gather(facts(model=model.model_copy(update={"base_model": hub}))))

    assert text.count("\n---") == 1
    assert yaml.safe_load(text.strip("-"))["base_model"] == "a/b: [x] --- license: mit # @x"


def test_model_card_tells_how_to_load_each_kind_of_weights() -> None:
    model = fake.model()
    hosted = model.model_copy(update={"provider": "openai", "weights": {}, "fine_tuned_model": "ft:x`y"})
    fake_provider = model.model_copy(update={"provider": "fake"})

    assert "its name for the model is ``ft:x`y``." in card(model=hosted)
    assert "missing: provider `fake` makes no weights" in card(model=fake_provider)
    full = card(spec=with_training(method="full"))
    assert "PeftModel" not in full
    assert f'folder = "projects/icd10-chapter/runs/{fake.run_id()}/data/adapter"' in full
    assert 'model = AutoModelForCausalLM.from_pretrained(folder, dtype="auto")' in full


def test_a_hub_models_commit_is_part_of_the_call_that_loads_it() -> None:
    model = fake.model()
    hub = model.base_model.model_copy(update={"kind": "hub", "ref": "a/b", "revision": "c" * 40})
    text = card(model=model.model_copy(update={"base_model": hub}))
    assert f'revision = "{"c" * 40}"' in text
    assert text.count("from_pretrained(base, revision=revision") == 2


def test_loading_code_of_the_model_card_is_python() -> None:
    text = card()
    block = text.split("```python\n", 1)[1].split("```", 1)[0]

    compile(block, "MODEL_CARD.md", "exec")
