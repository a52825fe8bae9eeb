"""Hostile texts stay texts, and no report is too long: whatever is left out is named."""

import re
from collections.abc import Sequence
from typing import Any, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from clinft.artifacts.decision import Reason
from clinft.artifacts.pull_request import ChangedPath, ProjectReport, PullRequestReport, Sample
from clinft.stages.report.markdown import code, escape
from clinft.stages.report.pull_request.comment import MARKER_CHARACTERS, comment, summary
from clinft.stages.report.pull_request.room import LEAST_IMPORTANT_FIRST, Part
from tests.fakes import audit_reports
from tests.fakes import pull_request_parts as parts
from tests.fakes import pull_requests as fake
from tests.fakes.run_facts import HOSTILE

PARSER = MarkdownIt("commonmark").enable("table")
OWN_HTML = re.compile(
    r"<details><summary>[A-Za-z0-9 ,]+(: (<code>[a-z0-9-]+</code>|project with an unusual name))?</summary>\n"
    r"|</details>\n"
)
LINKED_AFTER = re.compile(r"@\w|#\d|\bGH-\d|://|\bwww\.", re.IGNORECASE)
PIECES = (
    HOSTILE,
    "</details>",
    "</summary>",
    "<script>",
    "<!--",
    "@octocat",
    "#1",
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
LIMIT = 60_000
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
    links = [child.attrs.get("href") or child.attrs["src"] for child in children if child.type in LINKS]
    assert set(links) <= {parts.RUN_URL}
    prose = "\n".join(child.content for child in children if child.type == "text")
    assert LINKED_AFTER.search(prose) is None
    assert "\u202e" not in text


def headings(text: str) -> list[str]:
    tokens = PARSER.parse(text)
    return [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]


@pytest.mark.parametrize("name", fake.BUILDERS)
def test_only_our_html_and_links(name: str) -> None:
    assert_only_ours(comment(fake.BUILDERS[name]()))


def test_hostile_report_shows_its_texts_as_they_are() -> None:
    text = comment(fake.hostile())
    prose = "".join(child.content for child in inline(PARSER.parse(text)) if child.type == "text")

    assert "octocat" in prose
    assert "<img src=x onerror=alert(1)>" in prose


@given(FOREIGN)
@example(HOSTILE)
@example("</details>\n\n<img src=x>")
@example("")
@settings(deadline=None, max_examples=40)
def test_no_text_in_any_field_breaks_out(text: str) -> None:
    report = fake.hostile(text)

    for made in (comment(report), summary(report), comment(report, 12_000)):
        assert_only_ours(made)
        assert len(headings(made)) == made.count("\n## ") + made.count("\n### ") + 1
    outside = re.sub(r"<(/?details|/?summary|/?code)>", "", re.sub(r"`[^`]*`", "", comment(report)))
    if "`" not in text:
        assert "<" not in outside


@given(FOREIGN, st.integers(min_value=1, max_value=9))
@settings(deadline=None, max_examples=30)
def test_table_rows_keep_their_cells(text: str, limit: int) -> None:
    made = comment(fake.hostile(text), limit * 8_000)
    lines = made.splitlines()

    for token in PARSER.parse(made):
        if token.type == "table_open" and token.map:
            rows = [re.sub(r"\\\|", "", line) for line in lines[token.map[0] : token.map[1]]]
            assert len({row.count("|") for row in rows}) == 1, rows


def huge(**changes: Any) -> PullRequestReport:
    return parts.report(parts.project(**changes))


def reasons(count: int, characters: int) -> tuple[Reason, ...]:
    return tuple(parts.refusal(1, "<|@" * (characters // 3), "&" * characters) for _ in range(count))


HUGE = {
    "200 kB of reasons": lambda: parts.report(parts.project(), reasons=reasons(1000, 100)),
    "one reason of 200 kB": lambda: parts.report(parts.project(), reasons=reasons(1, 200_000)),
    "300 projects": lambda: parts.report(*(parts.project(name=f"project-{n}") for n in range(300))),
    "300 hostile projects": lambda: parts.report(*(parts.project(HOSTILE) for _ in range(300))),
    "long names": lambda: fake.hostile("`<" * 3_000),
    "20,000 paths": lambda: parts.report(
        changes=parts.changes(
            paths=tuple(ChangedPath(path=f"p/{n}" * 9, status="M", kind="engine") for n in range(20_000))
        )
    ),
    "1,000 findings": lambda: huge(
        audit=audit_reports.failed_audit().model_copy(
            update={"findings": tuple(audit_reports.finding("HIGH", n, "PERSON", "A") for n in range(1000))}
        )
    ),
    "long samples": lambda: huge(
        samples=tuple(Sample(id=f"r{n}", text="x\n" * 9000, target="y") for n in range(9))
    ),
    "a million characters in many languages": lambda: huge(summary="診" * 1_000_000),
    "many roles": lambda: parts.report(
        parts.project(decision=parts.decision(*(parts.missing_approval(f"role-{n}") for n in range(3000)))),
        people={f"role-{n}": ("someone" * 30,) * 30 for n in range(3000)},
    ),
}


@pytest.mark.parametrize("name", HUGE)
def test_no_report_is_too_long(name: str) -> None:
    report = HUGE[name]()
    short, long = comment(report), summary(report)

    assert len(short) <= LIMIT - MARKER_CHARACTERS
    assert len(long.encode()) < 1_000_000
    for made in (short, long):
        assert made.startswith("## clinft: ")
        assert "### Who must act" in made
        assert "### What the merge will do" in made
    assert_only_ours(short)
    assert "The job summary of the `gate` job has everything: " in short


@pytest.mark.parametrize("limit", range(8_000, 41_000, 3_000))
@pytest.mark.parametrize("name", ["refused", "hostile", "two_projects"])
def test_whatever_is_left_out_is_named(name: str, limit: int) -> None:
    report = fake.BUILDERS[name]()
    made = comment(report, limit)

    assert len(made) <= limit - MARKER_CHARACTERS
    named = re.search(r"Left out here for their length: ([^.]*)\.", made)
    left_out = named.group(1).split(", ") if named else []
    expected = [part for part in LEAST_IMPORTANT_FIRST if TITLES[part] in comment(report)]
    shown = [part for part in LEAST_IMPORTANT_FIRST if TITLES[part] in made]
    # The least important are gone first, and each of them is named.
    assert [*reversed(left_out)] == [part for part in expected if part not in shown]
    assert shown == expected[len(left_out) :]
    assert_only_ours(made)


TITLES = {
    "sample records": "<summary>Sample synthetic records",
    "terminology": "<summary>Terminology",
    "hyperparameters": "<summary>Hyperparameters",
    "data plan": "<summary>Data plan",
    "low findings": "<summary>MEDIUM, LOW",
    "remedies": "<summary>What to do",
    "changed paths": "<summary>Changed paths",
    "prompt assessment": "<summary>Prompt assessment",
    "authenticity": "<summary>Where the data",
    "handling": "<summary>What leaves",
    "the 18 identifiers": "<summary>The 18",
    "notes": "### Notes",
    "how the checks ran": "<summary>How the checks",
    "waivers": "<summary>Waivers",
}


def test_refused_projects_are_the_last_to_be_left_out() -> None:
    fine = [parts.project(name=f"fine-{n}", decision=parts.decision()) for n in range(80)]
    bad = fake.refused().projects[0]
    made = comment(parts.report(*fine, bad))

    assert "### Project `icd10-chapter`: new" in made
    assert re.search(r"and \d+ more projects in the job summary", made) is not None


def test_shortened_lists_say_how_many_are_missing() -> None:
    made = comment(parts.report(parts.project(), reasons=reasons(2000, 60)))
    shown = section_items(made, "### Reasons that block")

    assert shown[-1] == f"- and {2000 - len(shown) + 1:,} more in the job summary"


def section_items(text: str, heading: str) -> list[str]:
    body = text.split(f"{heading}\n", 1)[1].split("\n### ", 1)[0]
    return [line for line in body.splitlines() if line.startswith("- ")]


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "https://evil.example/x", f"{parts.RUN_URL}) @octocat", f"{parts.RUN_URL}\n", ""],
)
def test_address_of_another_shape_makes_no_link(address: str) -> None:
    made = comment(parts.report(parts.project(), run_url=address))

    assert "](" not in made
    assert "Run: run 4711, attempt 1," in made


def test_name_that_html_reads_stays_out_of_a_title() -> None:
    strange = ProjectReport(name="</summary><b>", what="new", prepared=parts.project().prepared)
    made = comment(parts.report(strange, parts.project()))

    assert "<summary>Data plan: project with an unusual name</summary>" in made
    assert "<summary>Data plan: <code>icd10-chapter</code></summary>" in made
    assert f"### Project {code(strange.name)}: new" in made
    assert escape("<b>") not in made


def test_comment_without_any_room_still_says_the_verdict() -> None:
    made = comment(fake.refused(), 1_000)

    assert len(made) <= 1_000 - MARKER_CHARACTERS
    assert made.startswith("## clinft: refused\n\nThere is no room for more here. The job summary")


def test_order_of_what_is_left_out_names_every_part() -> None:
    assert set(TITLES) == set(LEAST_IMPORTANT_FIRST) == set(get_args(Part))
