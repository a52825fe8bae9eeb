"""Hostile texts stay texts in everything that is written after a merge, and nothing grows too long."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from clinft.artifacts.results import CriticalFlip
from clinft.stages.report import returned
from clinft.stages.report.returned.fitting import LIMIT, STEPS
from clinft.stages.report.returned.refused import LIMIT_BYTES
from tests.fakes import returned as fake
from tests.fakes.run_facts import HOSTILE
from tests.fakes.run_inputs import digest

PARSER = MarkdownIt("commonmark").enable("table")
OWN_HTML = re.compile(r"<details><summary>[A-Za-z0-9 ,]+</summary>\n|</details>\n")
LINKED_AFTER = re.compile(r"@\w|\bGH-\d|://|\bwww\.", re.IGNORECASE)
# GitHub makes links of these; only numbers that we were given may appear.
NUMBERS = {"6", "7", "8", "9", "12", "13", "14", "15", "16", "17"}
PIECES = (
    HOSTILE,
    "@everyone ",
    "</details>",
    "<script>",
    "<!-- clinft issue project=icd10-chapter -->",
    "<!--",
    "-->",
    "#999",
    "octo/other#998",
    "fixes #997",
    "[skip ci]",
    "$(id)",
    "`id`",
    "GH-7",
    "https://evil.example",
    "www.evil.example",
    "![x](y)",
    "[x]: https://evil.example",
    "|",
    "\\",
    "`",
    "```",
    "~~~",
    "\n\n",
    "\r\n",
    "\n---\n",
    "\u2028",
    "\u202e",
    "\x00",
    "    ",
    "- ",
    "1. ",
    "# ",
    "> ",
    "**",
)
FOREIGN = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=6).map("".join)
LINKS = ("link_open", "image")


def inline(tokens: Sequence[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or []]


def assert_only_ours(text: str) -> None:
    tokens = PARSER.parse(text)
    children = inline(tokens)
    html = [token.content for token in tokens if token.type == "html_block"]

    assert [content for content in html if OWN_HTML.fullmatch(content) is None] == []
    assert html.count("</details>\n") * 2 == len(html)
    assert [child.content for child in children if child.type == "html_inline"] == []
    links = [str(child.attrs.get("href") or child.attrs["src"]) for child in children if child.type in LINKS]
    assert [link for link in links if not link.startswith(f"{fake.URL}/")] == []
    prose = "\n".join(child.content for child in children if child.type == "text")
    assert LINKED_AFTER.search(prose) is None
    assert set(re.findall(r"#(\d+)", prose)) <= NUMBERS
    # What finds our issues and comments again is a marker in the raw text; squashing makes it a commit message.
    for raw in ("<!--", "[skip ci]", "$(", "\u202e", "\x00"):
        assert raw not in text


def assert_rectangular(text: str) -> None:
    lines = text.splitlines()
    for token in PARSER.parse(text):
        if token.type == "table_open" and token.map:
            rows = [re.sub(r"\\\|", "", line) for line in lines[token.map[0] : token.map[1]]]
            assert len({row.count("|") for row in rows}) == 1, rows


def headings(text: str) -> int:
    return sum(token.type == "heading_open" for token in PARSER.parse(text))


@pytest.mark.parametrize("name", fake.BODIES)
def test_plain_texts_hold_only_our_html_and_links(name: str) -> None:
    assert_only_ours(fake.BODIES[name](None))


@pytest.mark.parametrize("name", fake.BODIES)
def test_hostile_texts_are_shown_as_they_are(name: str) -> None:
    prose = "".join(c.content for c in inline(PARSER.parse(fake.BODIES[name](HOSTILE))) if c.type == "text")

    assert "octocat" in prose
    assert "<img src=x onerror=alert(1)>" in prose


@given(st.sampled_from(sorted(fake.BODIES)), FOREIGN)
@example("issue", "<!-- clinft issue project=icd10-chapter -->")
@example("rollback_by_hand", "$(id) `id` @everyone\n\n## Approved")
@example("refusal", "</details>\n\n<img src=x>")
@settings(deadline=None, max_examples=50)
def test_no_text_in_any_field_breaks_out(name: str, text: str) -> None:
    made = fake.BODIES[name](text)

    assert_only_ours(made)
    assert_rectangular(made)
    assert headings(made) == len(re.findall(r"^##+ ", made, re.MULTILINE))
    assert len(made) <= LIMIT * 2  # the notes are twenty comments


@pytest.mark.parametrize("text", ["x" * 70_000, "<|@" * 20_000])
@pytest.mark.parametrize("name", [name for name in fake.BODIES if name != "notes"])
def test_no_text_makes_a_body_too_long(name: str, text: str) -> None:
    made = fake.BODIES[name](text)

    assert len(made.encode()) <= LIMIT_BYTES if name == "refusal" else len(made) <= LIMIT
    assert made.startswith("## ")
    assert_only_ours(made)


def test_no_text_makes_a_comment_too_long() -> None:
    for step in fake.notes("<|@" * 20_000):
        made = returned.step_note(step, fake.LINKS)
        assert len(made) <= LIMIT
        assert made.startswith("### ")


def many_flips(count: int) -> tuple[CriticalFlip, ...]:
    return tuple(
        CriticalFlip(item=f"test-{n:05}", target="circulatory", prediction=None) for n in range(count)
    )


def test_whatever_is_left_out_is_named_and_what_decides_stays() -> None:
    weights = {f"shard-{n:04}.safetensors": digest("e") for n in range(900)}
    facts = fake.regressed()
    assert facts.model is not None
    assert facts.regression is not None
    facts = replace(
        facts,
        model=facts.model.model_copy(update={"weights": weights}),
        regression=facts.regression.model_copy(update={"critical_flips": many_flips(3000)}),
    )
    made = returned.results_body(facts, fake.LINKS)

    assert len(made) <= LIMIT
    assert "Left out here for their length: " in made
    for kept in ("### Who must act", "### What merging does", "### How to check it", "wrong: 3,000.**"):
        assert kept in made
    left_out = made.split("Left out here for their length: ")[1].split(".*")[0].split("; ")
    assert "Digests" in left_out
    assert not [name for name in left_out if f"<summary>{name}</summary>" in made]


def test_rollback_of_very_many_cases_shows_some_and_says_how_many() -> None:
    facts = fake.rollback()
    assert facts.regression is not None
    verdict = facts.regression.model_copy(update={"critical_flips": many_flips(5000)})
    made = returned.rollback_body(replace(facts, regression=verdict), fake.LINKS)

    assert len(made) <= LIMIT
    assert "wrong: 5,000.**" in made
    assert_only_ours(made)


def test_summary_of_very_many_projects_fits_and_counts_them_all() -> None:
    decided = [replace(fake.decided()[1], project=f"project-{n:04}") for n in range(900)]
    made = returned.refusal(decided, fake.LINKS)

    assert len(made.encode()) <= LIMIT_BYTES
    assert made.startswith("## clinft train: 900 refused\n")
    assert "\nand 600 more projects in the log of this job\n" in made


def test_each_step_of_shortening_is_smaller() -> None:
    assert [*STEPS] == sorted(STEPS, reverse=True)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("javascript:alert(1)//x/y", "no http"),
        ("https://evil.example/a/b) [x](https://evil.example/a/b", "closes the link"),
        ("https://github.com/octo-org/clinical-tuning?x=1", "a query"),
        ("https://user:secret@github.com/o/r", "a secret"),
        ("https://github.com/o", "no repository"),
        ("", "nothing"),
        ("https://github.com/o/" + "r" * 400, "too long"),
    ],
)
def test_an_address_that_is_no_repository_makes_no_link(url: str, why: str) -> None:
    links = returned.Links(url)
    made = returned.step_note(fake.notes()[4], links) + returned.results_body(fake.results(), links)

    assert "](" not in made, why
    assert "workflow run 4712" in made


@pytest.mark.parametrize("branch", ["release/1.x", "trunk"])
def test_links_follow_the_protected_branch(branch: str) -> None:
    made = returned.issue_body(fake.run_inputs.spec(), ("ml",), returned.Links(fake.URL, branch))

    assert f"]({fake.URL}/blob/{branch}/projects/icd10-chapter/project.yaml)" in made


@pytest.mark.parametrize("branch", ["a b", "x)(https://evil.example", "../..", "<b>"])
def test_a_branch_with_a_strange_name_makes_no_link(branch: str) -> None:
    made = returned.issue_body(fake.run_inputs.spec(), ("ml",), returned.Links(fake.URL, branch))

    assert "](" not in made
