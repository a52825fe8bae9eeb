"""Every page from plain values: what it says, and that hostile texts are only ever text."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import html as parsed

from clinft.stages.report.dashboard import overview, project, run
from clinft.stages.report.dashboard.views import STEPS, Cost, Money, Run, Site
from clinft.stages.report.markdown import escape
from tests.fakes.audit_reports import declined_audit
from tests.fakes.dashboard_views import GITHUB, SHA, a_project, a_run, a_site
from tests.fakes.run_facts import HOSTILE


def pages(text: str) -> Iterator[str]:
    found = a_run(text)
    # As reports are written: with the texts of others escaped for Markdown.
    report = f"# {escape(text)}\n\n{escape(text)}\n\n![{escape(text)}](plots/accuracy.svg)\n"
    yield overview.render(a_site(text))
    yield project.render(a_project(text))
    yield run.render(found, {"report.md": report.encode(), "MODEL_CARD.md": b"x"}, GITHUB)
    yield run.render(found, {}, None)


def words(page: str) -> str:
    return " ".join(" ".join(parsed.fromstring(page).itertext()).split())


def test_a_hostile_text_makes_no_element_no_attribute_and_no_address() -> None:
    for plain, hostile in zip(pages("text"), pages(HOSTILE), strict=True):
        tags = [one.tag for one in parsed.fromstring(plain).iter(parsed.etree.Element)]
        attacked = parsed.fromstring(hostile)
        # A report's own Markdown may be bold or a list; nothing that loads, runs or leads away comes of it.
        for name in ("script", "img", "iframe", "object", "form", "style", "svg", "base", "embed"):
            assert len(list(attacked.iter(name))) == tags.count(name), name
        for element in attacked.iter(parsed.etree.Element):
            assert not [key for key in element.attrib if key.startswith("on") or key == "style"]
        links = [element.get("href") for element in attacked.iter("a")]
        assert not [
            href for href in links if "evil.example" in str(href) or ":" in str(href).replace("https:", "")
        ]


def test_no_page_has_a_script_or_a_style_of_its_own() -> None:
    for page in pages("text"):
        tree = parsed.fromstring(page)
        assert all(one.get("src") or one.get("type") == "application/json" for one in tree.iter("script"))
        policy = next(one.get("content") for one in tree.iter("meta") if one.get("http-equiv"))
        assert "unsafe" not in policy
        assert "http" not in policy


def test_the_overview_tells_where_each_project_stands() -> None:
    said = words(overview.render(a_site()))
    assert "Projects 1" in said
    assert "Runs 1" in said
    assert "Critical verdicts 1" in said
    assert "12.50 USD 1 of 2 costs measured" in said
    assert "CRITICAL rollback" in said
    assert "changed since the newest run" in said
    for name in STEPS:
        assert name.capitalize() in said


def test_the_overview_names_evidence_that_it_does_not_show() -> None:
    assert "Evidence of 1 run is not what its record covers: demo/x" in words(
        overview.render(a_site("demo/x"))
    )


def test_without_projects_the_overview_says_what_makes_one() -> None:
    said = words(overview.render(Site(())))
    assert "clinft new" in said
    assert "Spend not measured" in said


def test_a_projects_page_has_the_18_rows_with_what_this_method_can_know() -> None:
    tree = parsed.fromstring(project.render(a_project()))
    rows = tree.xpath("//table[contains(@class, 'audit')]/tbody/tr")
    assert [row[1].text_content() for row in rows] == list("ABCDEFGHIJKLMNOPQR")
    told = {row[1].text_content(): row[2].text_content() for row in rows}
    assert told["A"] == "not found; needs human evidence"
    assert told["G"] == "not found by this method"
    assert told["Q"] == "text cannot hold one"
    assert "compliant" not in " ".join(told.values())


def test_an_audit_that_declined_is_bad_in_a_word_and_a_sign(repository: Path) -> None:
    page = parsed.fromstring(project.render(a_project("a text", a_run(audit=declined_audit()))))
    assert page.xpath("//*[@class='badge bad' and text()='DECLINED']")
    style = (repository / "clinft/stages/report/dashboard/assets/style.css").read_text()
    assert '.badge.bad::before { content: "✕"' in style


def test_a_projects_page_shows_money_ends_and_documents() -> None:
    page = project.render(a_project())
    said = words(page)
    assert "2027-01-13, then a text" in said
    assert "a text (read 2026-11-23)" in said
    assert "Training: estimate at most measured Evaluation: estimate measured Both: at most" in said
    assert "14.20 18.00 12.50 1.10 0.90 20.00" in said
    assert 'href="documents/research~brief.html"' in page


def test_every_figure_stands_with_its_interval_and_its_n() -> None:
    tree = parsed.fromstring(run.render(a_run(), {}, None))
    measured = tree.xpath("//h2[@id='measured']/..//tbody/tr")
    assert [" ".join(cell.itertext()) for cell in measured[0]][1:] == [
        "0.730   [0.630, 0.830]   n = 60", "0.400   [0.300, 0.500]   n = 60",
    ]  # fmt: skip
    assert "Brackets: 95 % Wilson score (accuracy)." in words(run.render(a_run(), {}, None))
    bounds = tree.xpath("//h2[@id='thresholds']/..//tbody/tr")
    assert "0.730 [0.630, 0.830] (n = 60)" in bounds[0].text_content()
    of_project = parsed.fromstring(project.render(a_project()))
    values = of_project.xpath("//div[@aria-label='Metrics of every run']//tbody/tr/td")
    assert "n = 60" in values[1].text_content()
    (main,) = of_project.xpath("//table[contains(@class, 'runs')]/tbody/tr/td[4]")
    assert main.text_content().endswith("0.730 [0.630, 0.830] n = 60")
    planted = of_project.xpath("//table[contains(@class, 'audit')]/tbody/tr/td[4]")
    assert all(" of " in cell.text_content() and "[" in cell.text_content() for cell in planted)


def test_costs_stand_beside_what_was_said_of_the_same_thing() -> None:
    said = words(run.render(a_run(), {}, None))
    assert "Training cost 12.50 USD; estimated 14.20, at most 18.00 USD" in said
    assert "Evaluation cost 0.90 USD; estimated 1.10 USD" in said
    assert "Training and evaluation at most 20.00 USD" in said
    earlier = a_run(cost=Cost(Decimal(1), None, None, Decimal(3)))
    said = words(run.render(earlier, {}, None))
    assert "Training cost not measured; estimated 1.00 USD" in said
    assert "Evaluation cost" not in said


@pytest.mark.parametrize("page", [*pages("text")], ids=["overview", "project", "run", "bare run"])
def test_every_table_has_a_frame_that_is_reached_and_named(page: str) -> None:
    tree = parsed.fromstring(page)
    for table in tree.iter("table"):
        frame = table.getparent()
        assert (frame.get("role"), frame.get("tabindex")) == ("region", "0")
        assert frame.get("aria-label")
        columns = len(table.xpath("./thead/tr/*"))
        assert ("fits" if columns <= 2 else "wide") in frame.get("class").split()
        assert all(cell.tag == "th" and cell.text_content().strip() for cell in table.xpath("./thead/tr/*"))


def test_a_project_without_runs_says_so_in_every_section() -> None:
    empty = replace(a_project(), runs=(), lives=(), documents=(), deployed=None, money=Money())
    said = words(project.render(empty))
    for sentence in ("has been evaluated yet", "Nothing was compared yet", "has an audit in the record",
                     "has an estimate", "names a base model", "None is committed yet", "No run is in the record"):  # fmt: skip
        assert sentence in said


def test_a_runs_page_links_the_chain_and_what_it_came_from() -> None:
    page = run.render(a_run(), {"MODEL_CARD.md": b"x"}, GITHUB)
    assert 'href="#stage-prepare"' in page
    assert 'id="stage-prepare"' in page
    assert f"{GITHUB}/pull/41" in page
    assert f"{GITHUB}/actions/runs/4711" in page
    assert 'href="aaaaaaaaaaaa-a1/MODEL_CARD.html"' in page
    assert f'title="{SHA}"' in page


def test_without_an_address_of_the_repository_numbers_are_no_links() -> None:
    page = run.render(a_run(), {}, None)
    assert "https:" not in page
    assert "Pull request #41" in words(page)


def test_a_report_stands_under_the_headings_of_its_page() -> None:
    page = run.render(a_run(), {"report.md": b"# One\n\n## Two\n\nText.\n"}, None)
    tree = parsed.fromstring(page)
    assert [one.text_content() for one in tree.iter("h1")] == ["Run aaaaaaaaaaaa-a1"]
    assert "One" in [one.text_content() for one in tree.iter("h2")]


def test_a_run_that_cannot_be_read_is_named_and_not_shown() -> None:
    found = Run("demo", "aaaaaaaaaaaa-a1", "unreadable", None, None, unreadable=True)
    said = words(run.render(found, {"report.md": b"secret"}, GITHUB))
    assert "clinft verify" in said
    assert "secret" not in said
    assert "unreadable" in words(overview.render(a_site("a text", replace(a_project(), runs=(found,)))))


@pytest.mark.parametrize("page", [*pages("text")], ids=["overview", "project", "run", "bare run"])
def test_pages_are_whole(page: str) -> None:
    tree = parsed.fromstring(page)
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert len(list(tree.iter("h1"))) == 1
    assert tree.xpath("//a[@href='#content']")
    assert tree.xpath("//main[@id='content']")
    ids = [one.get("id") for one in tree.iter(parsed.etree.Element) if one.get("id")]
    assert len(ids) == len(set(ids))
    for field in tree.iter("input"):
        assert tree.xpath(f"//label[@for='{field.get('id')}']")
    for figure in tree.iter("figure"):
        assert figure.xpath(".//div[@role='img']/@aria-label")
        assert figure.getparent().getparent().xpath(".//details//table") or figure.getparent().xpath(
            ".//details//table"
        )
