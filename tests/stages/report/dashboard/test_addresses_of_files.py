"""Files of a run bear names that people gave them."""

import re

import pytest

from clinft.stages.report.dashboard import plain
from clinft.stages.report.dashboard.addresses import page_name
from clinft.stages.report.dashboard.charts import is_moment
from clinft.stages.report.dashboard.markup import link

NAMES = (
    "a/b.md",
    "a-b.md",
    "a b.md",
    "x'y.md",
    "re&port.md",
    "é.md",
    "q" * 300 + ".md",
    "a~b.md",
    "cards/MODEL_CARD.md",
)


def test_each_file_has_a_page_of_its_own_that_a_link_may_have() -> None:
    pages = [page_name(name) for name in NAMES]
    assert len(set(pages)) == len(NAMES)
    for page in pages:
        assert len(page) <= 100
        assert re.search(r'href="[^"]+"', link(f"documents/{page}.html", "x"))


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "", None, "soon"]
)
def test_what_no_axis_can_have_is_no_moment(moment: str | None) -> None:
    assert not is_moment(moment)


def test_verdicts_sort_by_what_they_mean_for_patients() -> None:
    assert plain.GRAVEST[0] == "CRITICAL"
    assert plain.gravity(None) is None
    assert set(plain.GRAVEST) == set(plain.VERDICT_TONES)
