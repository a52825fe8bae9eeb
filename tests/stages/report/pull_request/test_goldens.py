"""The comment against goldens. After a wanted change: CLINFT_UPDATE_GOLDEN=1 pytest <this file>, then read the diff."""

import os
import re
from pathlib import Path

import pytest

from clinft.stages.report.pull_request.comment import comment, summary
from tests.fakes.pull_requests import BUILDERS

GOLDEN = Path(__file__).parent / "golden"
UPDATE = os.environ.get("CLINFT_UPDATE_GOLDEN") == "1"


@pytest.mark.parametrize("name", BUILDERS)
def test_comment_equals_its_golden(name: str) -> None:
    text = comment(BUILDERS[name]())
    golden = GOLDEN / f"{name}.md"
    if UPDATE:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_no_golden_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.md")} == set(BUILDERS)


@pytest.mark.parametrize("name", BUILDERS)
def test_summary_of_a_report_that_fits_is_the_comment(name: str) -> None:
    assert summary(BUILDERS[name]()) == comment(BUILDERS[name]())


@pytest.mark.parametrize("name", BUILDERS)
def test_no_comment_claims_compliance(name: str) -> None:
    assert re.search(r"complian(t|ce)|(?<!not )certified", comment(BUILDERS[name]()), re.IGNORECASE) is None


@pytest.mark.parametrize("name", BUILDERS)
def test_same_report_gives_the_same_bytes(name: str) -> None:
    assert comment(BUILDERS[name]()) == comment(BUILDERS[name]())
