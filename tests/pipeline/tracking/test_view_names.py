"""Names and times that evidence made by hand may hold."""

from clinft.pipeline.tracking.read import _moment
from clinft.pipeline.tracking.view import _unique


def test_names_that_differ_in_case_alone_are_numbered() -> None:
    rows = _unique((("demo/a/Tuned", "1"), ("demo/a/tuned", "2"), ("demo/a/TUNED", "3")))
    assert [row[0] for row in rows] == ["demo/a/Tuned", "demo/a/tuned~2", "demo/a/TUNED~3"]


def test_a_time_before_all_times_is_sorted_as_text() -> None:
    assert _moment("0001-01-01T00:00:00+14:00") == "0001-01-01T00:00:00+14:00"
    assert _moment("2026-11-26T10:00:00+02:00") == "2026-11-26T08:00:00+00:00"
