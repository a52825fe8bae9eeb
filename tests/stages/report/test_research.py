"""The brief as Markdown: what titles hold stays text, and what is unverified or retracted is said."""

import re

import pytest

from clinft.artifacts.envelope import Artifact, digest_content
from clinft.artifacts.research import Failed, ResearchBrief, Suggestion, Summary, Term
from clinft.stages.report.markdown import HIDDEN_CATEGORIES, ZERO_WIDTH_SPACE
from clinft.stages.report.research import age_line, brief_markdown, suggestion_lines
from clinft.stages.report.research_pull import BriefFacts, brief_body, brief_title
from clinft.stages.report.returned.names import Links
from clinft.stages.research.brief import Gathered, assemble
from tests.fakes.briefs import DAY, HOSTILE, answer, brief, record

SUGGESTION = Suggestion(
    for_worker="prepare", about="volume", text="Begin with 300.", references=("pmid:1",), status="verified"
)
# What GitHub would turn into something: a mention, an issue, an address, an image, a tag, an open table cell.
ACTIVE = re.compile(r"@octocat|#1\b|(?<!\\)\]\(http|!\[i\]|<script|:tada:|www\.evil|\*\*b\*\*")


def whole() -> ResearchBrief:
    records = (
        record("Small models", pmid="1", journal="Journal", licence="cc-by"),
        record("Gone", pmid="2", retracted=True),
    )
    failed = [Failed(source="pubmed", why="It did not answer.", answered=1, unasked=2)]
    gathered = Gathered([("techniques", answer(*records))], failed=failed)
    return assemble(
        gathered,
        gathered.references,
        DAY,
        project="demo",
        terms=[
            Term(term="new term", status="unverified", why="Nobody has it."),
            Term(term="asthma", status="verified", heading="Asthma", references=("pmid:1",)),
        ],
        suggestions=[SUGGESTION],
        summary=Summary(model="a-model", sentences=(("Models are small.", ("pmid:1",)),), dropped=3),
    )


def test_every_part_is_told() -> None:
    text = brief_markdown(whole())
    assert text.startswith("# Literature brief for demo\n")
    assert "2 statements, 1 of them verified, on 2 records, of which retracted: 1." in text
    assert "- Small models (Journal, 2025) (`pmid:1`)\n" in text
    assert "**Unverified.** This paper is retracted" in text
    assert "| `pmid:2` | **RETRACTED** Gone |" in text
    assert "| `pubmed` | It did not answer. | 1 | 2 |" in text
    assert "- Models are small. (`pmid:1`)" in text
    assert "3 sentences that did not were dropped" in text
    assert "| new term | - | - | **Unverified.** Nobody has it. |" in text
    assert "| asthma | Asthma | (`pmid:1`) | a heading or entry term of MeSH |" in text
    assert "- To `prepare`: Begin with 300. (`pmid:1`)" in text
    assert "| europepmc | techniques |" in text
    assert text.count("## Providers\n\nNothing was found.") == 1


def test_the_same_brief_gives_the_same_bytes() -> None:
    assert brief_markdown(whole()) == brief_markdown(whole())


@pytest.mark.parametrize(
    "title", [HOSTILE, "| a | b |\n| --- | --- |", "# Heading", "- [ ] task", "`" * 40, "\\", "&lt;b&gt;"]
)
def test_titles_stay_text(title: str) -> None:
    clean = " ".join(title.split())
    records = (record(clean, pmid="1", journal=clean[:100], licence=clean[:100]), record("Other", pmid="2"))
    gathered = Gathered([("techniques", answer(*records, asked=clean))])
    made = assemble(
        gathered,
        gathered.references,
        DAY,
        terms=[Term(term=clean[:200], status="unverified", why=clean)],
        suggestions=[SUGGESTION.model_copy(update={"text": clean})],
        summary=Summary(model=clean[:200], sentences=((clean, ("pmid:1",)),), dropped=0),
    )
    text = brief_markdown(made)
    # Code spans keep what they hold, and are read as nothing else.
    outside = re.sub(r"(`+)(?:(?!\1).)*\1", "", text) if "`" * 40 not in title else ""
    assert not ACTIVE.search(outside)
    for line in text.splitlines():
        if line.startswith("| ") and "`" * 40 not in title:
            cells = re.split(r"(?<!\\)\|", line)
            assert len(cells) in (5 + 1, 6 + 2, 4 + 2, 8 + 2), line


def test_no_hidden_character_is_left() -> None:
    import unicodedata

    text = brief_markdown(whole())
    hidden = {c for c in text if unicodedata.category(c) in HIDDEN_CATEGORIES} - {"\n", ZERO_WIDTH_SPACE}
    assert hidden == set()


def test_lines_for_other_reports() -> None:
    assert age_line("0123456789abcdef", 3, 180) == (
        "Literature brief `0123456789ab`: its oldest answer is 3 days old; the policy allows 180."
    )
    assert "more than the 180 days" in age_line("0" * 64, 181, 180)
    assert suggestion_lines(whole(), "prepare") == "- Begin with 300. (`pmid:1`)"
    assert suggestion_lines(whole(), "estimate") == ""


def sealed(payload: ResearchBrief) -> Artifact[ResearchBrief]:
    content = {
        "stage": "research", "stage_version": 1, "project": "demo", "inputs": {}, "files": {}, "payload": payload,
        "created_at": "2026-11-26T00:00:00+00:00", "clinft_version": "0",
    }  # fmt: skip
    unsealed = Artifact[ResearchBrief].model_construct(**content)
    dumped = unsealed.model_dump(mode="json", warnings=False)
    return Artifact[ResearchBrief](**content, digest=digest_content(dumped))


def test_the_pull_request_holds_counts_and_no_title() -> None:
    facts = BriefFacts(sealed(brief(record(HOSTILE, pmid="1"))), "a" * 40, 7)
    body = brief_body(facts, Links("https://github.com/hosp/clinft"))
    assert brief_title("demo") == "clinft: demo: brief of the literature"
    assert "| Techniques | 1 | 0 |" in body
    assert "octocat" not in body
    assert "changes no plan" in body
    assert facts.artifact.digest in body
