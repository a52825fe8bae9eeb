"""The dashboard in Chromium with every other host blocked: it draws, sorts, filters, fits a phone, and is readable."""

import re
from pathlib import Path
from typing import Any

import pytest

from clinft.pipeline.dashboard.build import build
from clinft.stages.report.html import render as rendered
from tests.browser import chromium
from tests.fakes.dashboards import commit_many

# One browser, one site; minutes on a machine that is busy.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
CARD = "projects/icd10-chapter/MODEL_CARD.md"
DARK, LIGHT, PAPER = "rgb(17, 20, 23)", "rgb(251, 251, 250)", "rgb(255, 255, 255)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chromium.needed()
    folder = tmp_path_factory.mktemp("dashboard")
    commit_many(folder / "projects", 24)
    build(folder / "projects", folder / "site", "https://github.com/octo-org/clinft")
    return folder / "site"


def pages_of(site: Path) -> dict[str, str]:
    run = max(
        (site / "projects" / "discharge-meds" / "runs").glob("*.html"), key=lambda path: path.stat().st_size
    )
    return {
        "overview": "index.html",
        "project": "projects/icd10-chapter/index.html",
        "paid": "projects/discharge-meds/index.html",
        "run": run.relative_to(site).as_posix(),
        "card": "projects/icd10-chapter/documents/MODEL_CARD.html",
        "hipaa": "projects/icd10-chapter/documents/HIPAA_REPORT.html",
    }


@pytest.fixture(scope="module")
def told(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with chromium.served(site) as base:
        work = tmp_path_factory.mktemp("browser")
        # One browser for all of it, the site on a disk and a document that stands alone too.
        alone = work / "alone.html"
        alone.write_text(rendered.page((site.parent / CARD).read_text(), "A model card"))
        pages = {
            **pages_of(site),
            "disk": (site / "index.html").as_uri(),
            "alone": alone.as_uri(),
        }
        return {"base": base, **chromium.visit(work, base=base, pages=pages, overview="overview")}


@pytest.fixture(scope="module")
def seen(told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = told["seen"]
    assert len(found) == 8 * 4
    return found


@pytest.fixture(scope="module")
def worked(told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = told["worked"]
    return found


def test_every_chart_is_drawn(seen: dict[str, Any]) -> None:
    charts = {name: len(page["figures"]) for name, page in seen.items() if page["figures"]}
    assert {name.split()[0]: count for name, count in charts.items()} == {
        "overview": 1,
        "project": 7,
        "paid": 7,
        "disk": 1,
    }
    for name, page in seen.items():
        for figure in page["figures"]:
            assert figure["drawn"], name
            assert figure["marks"] >= figure["rows"] > 0, name
            assert figure["place"], f"{name}: {figure['label']} leaves the window"


def test_charts_have_words_and_tables_beside_them(seen: dict[str, Any]) -> None:
    for page in seen.values():
        assert all(len(figure["label"]) > 40 for figure in page["figures"])
        assert page["tables"] > 0 or not page["figures"]


def test_nothing_fails_and_nothing_is_said_in_the_console(seen: dict[str, Any]) -> None:
    for name, page in seen.items():
        assert (page["console"], page["errors"], page["failed"], page["violations"]) == ([], [], [], []), name


def test_no_page_asks_another_host(told: dict[str, Any]) -> None:
    for name, page in told["seen"].items():
        if name.split()[0] in ("disk", "alone"):
            assert all(
                url.startswith(("file://", "data:image/svg+xml;base64,")) for url in page["requests"]
            ), name
            continue
        asked = [url for url in page["requests"] if not url.startswith("data:image/svg+xml;base64,")]
        assert asked, name
        assert [url for url in asked if not url.startswith(told["base"])] == [], name


@pytest.mark.parametrize(("look", "width"), [("phone", 390), ("narrow", 320), ("light", 1280)])
def test_no_page_scrolls_sideways(seen: dict[str, Any], look: str, width: int) -> None:
    pages = {name: page for name, page in seen.items() if name.endswith(f" {look}")}
    assert len(pages) == 8
    assert {page["width"] for page in pages.values()} == {width}
    assert {name: page["outside"] for name, page in pages.items() if page["outside"]} == {}


def test_a_table_that_is_wider_than_its_frame_says_so_and_is_reached_by_keyboard(
    seen: dict[str, Any],
) -> None:
    scrolled = 0
    for name, page in seen.items():
        for frame in page["frames"]:
            assert frame["reached"], name
            assert frame["named"], name
            # Where there is nothing to scroll, nothing is said of it.
            assert frame["hint"] == (frame["sideways"] > 0), (name, frame)
            assert frame["columns"] > 2 or frame["sideways"] == 0, (name, frame)
            scrolled += frame["sideways"] > 0
    assert scrolled > 20


def test_an_independent_checker_finds_nothing_inaccessible(seen: dict[str, Any]) -> None:
    assert {name: page["axe"] for name, page in seen.items() if page["axe"]} == {}
    assert not any(page["ids"] for page in seen.values())


def test_dark_follows_the_system_and_the_reader(seen: dict[str, Any], worked: dict[str, Any]) -> None:
    of_site = {name: page["background"] for name, page in seen.items() if not name.startswith("alone ")}
    assert {colour for name, colour in of_site.items() if name.endswith(" dark")} == {DARK}
    assert {colour for name, colour in of_site.items() if name.endswith(" light")} == {LIGHT}
    assert seen["alone dark"]["background"] != seen["alone light"]["background"]
    assert worked["theme"] == [["Theme: light", LIGHT], ["Theme: dark", DARK], ["Theme: auto", DARK]]
    assert worked["kept"] == LIGHT
    assert worked["printed"] == PAPER


def figures(cells: list[str]) -> list[float]:
    return [float(cell) for cell in cells if re.fullmatch(r"[0-9.]+", cell)]


def test_a_click_sorts_by_number_and_what_is_missing_stands_last(worked: dict[str, Any]) -> None:
    for told, way in ((worked["mouse"], "ascending"), (worked["again"], "descending")):
        assert [sort for sort in told["sort"] if sort != "none"] == [way]
        known = figures(told["cells"])
        assert 10 < len(known) < len(told["cells"])
        assert known == sorted(known, reverse=way == "descending")
        assert all(cell == "–" for cell in told["cells"][len(known) :])


def test_the_keyboard_reaches_and_sorts(worked: dict[str, Any]) -> None:
    first = worked["reached"][0]
    assert (first["tag"], first["text"]) == ("A", "Skip to the content")
    assert all(stop["outline"] not in ("none", "") for stop in worked["reached"])
    assert worked["keyboard"]["sort"].index("ascending") == 4
    known = figures(worked["keyboard"]["cells"])
    assert known == sorted(known)
    assert len(known) > 10


def test_a_filter_leaves_what_matches_and_says_how_many(worked: dict[str, Any]) -> None:
    verdicts = worked["filtered"]["verdicts"]
    assert worked["filtered"]["count"] == f"{len(verdicts)} of 24 runs"
    assert {*verdicts} == {"0"}  # the gravest, by which the column sorts: CRITICAL
    assert worked["cleared"] == "24 runs"
    assert worked["none"] == {"count": "0 of 24 runs", "said": "No run matches."}


def test_without_javascript_the_table_is_a_plain_one(worked: dict[str, Any]) -> None:
    assert worked["plain"] == {"rows": 24, "buttons": 0, "filter": False, "failed": []}


def test_a_site_on_a_disk_works_without_a_server(seen: dict[str, Any]) -> None:
    for page in (page for name, page in seen.items() if name.startswith("disk ")):
        assert (page["console"], page["errors"], page["failed"]) == ([], [], [])
        assert [figure["drawn"] for figure in page["figures"]] == [True]
