"""The dashboard of many runs: how large its pages are, and when they answer in Chromium.

    python bench/dashboard.py [--runs 200] [--rounds 3] [--record]

An invented record (tests/fakes/dashboards.py) is committed, drawn and served on this machine; every page is
opened in a browser of its own. `answers`: from the start of the navigation until the table sorts and filters;
`drawn`: until the last chart stands. Exits with 1 where a page with all that it loads is over 1.5 MB, or
answers after 2 s. Needs `make .venv/.browser`.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

REPOSITORY = Path(__file__).resolve().parents[1]
# clinft and the harness of the tests, of this checkout.
sys.path.insert(0, str(REPOSITORY))

TITLE, COMMAND = "Dashboard", "bench/dashboard.py --record"
MOST_BYTES, MOST_SECONDS = 1_500_000, 2.0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3, help="how often each page is opened")
    parser.add_argument("--record", action="store_true", help="append a dated section to docs/benchmarks.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows, seconds, pages, wrong = _measured(Path(folder), options)
    text = _section(rows, seconds, pages, options)
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)
    return int(wrong)


def _measured(folder: Path, options: argparse.Namespace) -> tuple[list[str], float, int, bool]:
    """All runs in one project give the largest page of one; shared among three, the overview."""
    from clinft.pipeline.dashboard.build import build
    from tests.fakes.dashboards import KINDS, commit_many

    rows: list[str] = []
    seconds, pages, wrong = 0.0, 0, False
    for kinds, shown in ((KINDS, "overview"), (KINDS[:1], "project")):
        place = folder / shown
        commit_many(place / "projects", options.runs, kinds=kinds)
        started = time.perf_counter()
        built = build(place / "projects", place / "site", "https://github.com/octo-org/clinft")
        if not rows:
            seconds, pages = time.perf_counter() - started, built.pages
        page = "index.html" if shown == "overview" else f"projects/{kinds[0].name}/index.html"
        made, over = _opened(place, shown, page, options.rounds)
        rows, wrong = [*rows, *made], wrong or over
    return rows, seconds, pages, wrong


def _opened(place: Path, name: str, page: str, rounds: int) -> tuple[list[str], bool]:
    from tests.browser import chromium

    site, found = place / "site", {}
    with chromium.served(site) as base:
        for _ in range(rounds):
            for look, seen in chromium.visit(place, base=base, pages={name: page}, axe=False)["seen"].items():
                found.setdefault(look, []).append(seen)
        size = (site / page).stat().st_size
        rows, wrong = [], False
        for look, seen in found.items():
            whole = size + sum(_size(site, url, base) for url in {*seen[0]["requests"][1:]})
            ready, drawn = (median(one[key] / 1000 for one in seen) for key in ("ready", "charts"))
            wrong |= whole > MOST_BYTES or ready > MOST_SECONDS
            charts = len(seen[0]["figures"])
            rows.append(
                f"| {look} | {size / 1e6:.2f} | {whole / 1e6:.2f} | {charts} | {ready:.2f} | {drawn:.2f} |"
            )
    return rows, wrong


def _size(site: Path, url: str, base: str) -> int:
    return (site / url.removeprefix(base)).stat().st_size if url.startswith(base) else 0


def _section(rows: list[str], seconds: float, pages: int, options: argparse.Namespace) -> str:
    from record import processor

    from tests.fakes.dashboards import KINDS

    return "\n".join(
        (
            f"### {datetime.now(UTC):%Y-%m-%d}",
            "",
            f"{options.runs} runs; for the overview in {len(KINDS)} projects ({pages} pages drawn in "
            f"{seconds:.1f} s), for the project's page all in one; "
            f"{os.cpu_count()} cores ({processor()}), Python {platform.python_version()}, Chromium without a "
            f"graphics card, served on this machine; median of {options.rounds}. MB are not compressed; "
            "`with all` counts the stylesheet, scripts and Vega.",
            "",
            "| Page | MB | MB with all | Charts | Answers after, s | Charts drawn after, s |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
            *rows,
        )
    )


if __name__ == "__main__":
    sys.exit(main())
