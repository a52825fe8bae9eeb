"""What was sent and what was not, for people: one row for each cause, and nothing that others wrote acts."""

from clinft.stages.report.deliveries import deliveries, deliveries_plain, previews, previews_plain

NO_KEY = "There is no key for slack.com."
FIVE = [("ml", f"message audit of p{number}: {NO_KEY}", "failed") for number in range(1, 6)]
SENT = [("docs", f"document {name} of p1: delivered", "sent") for name in ("model_card", "prompt")]
ONE = [("ml", "message cost of p1: The channel is archived.", "failed")]
HOSTILE = "a\x1b[31m\u202e| *b* @all <x>\n::error::c"


def test_what_failed_for_one_cause_is_one_row_with_its_count() -> None:
    plain = deliveries_plain([*SENT, *FIVE, *ONE])
    assert plain.splitlines() == [
        f"not sent  ml    5: message audit of p1, message audit of p2, message audit of p3 and 2 more: {NO_KEY}",
        "not sent  ml    message cost of p1: The channel is archived.",
        "sent      docs  document model_card of p1: delivered",
        "sent      docs  document prompt of p1: delivered",
        "Not sent: 6 of 8, as listed with the cause. Nothing in the repository depends on it, and it is tried again with each reconcile.",
    ]
    rows = [line for line in deliveries([*SENT, *FIVE, *ONE]).splitlines() if line.startswith("| ")]
    assert len(rows) == 2 + 4
    assert "5: message audit of p1" in rows[2]
    assert "**warning: not sent**" in rows[2]


def test_what_has_another_sink_or_state_stays_apart() -> None:
    rows = [("a", f"x: {NO_KEY}", "failed"), ("b", f"x: {NO_KEY}", "failed"), ("a", f"x: {NO_KEY}", "left")]
    assert len(deliveries_plain(rows).splitlines()) == 3 + 1


def test_nothing_due_says_so() -> None:
    assert deliveries_plain([]) == "Nothing was due: every sink has what it should have."
    assert deliveries([]).startswith("Nothing was due")


def test_text_of_others_is_plain_here_and_escaped_there() -> None:
    plain = deliveries_plain([("ml", HOSTILE, "failed")])
    assert plain.splitlines()[0] == "not sent  ml  a[31m| *b* @all <x> ::error::c"
    assert "\x1b" not in plain
    assert "\u202e" not in plain
    shown = deliveries([("ml", HOSTILE, "failed")])
    assert "\\*b\\*" in shown
    assert "<x>" not in shown
    looked = previews_plain([("ml", "message audit of p1", HOSTILE)])
    assert looked.splitlines()[2:] == ["ml: message audit of p1", "  a[31m| *b* @all <x>", "  ::error::c"]
    assert "\x1b" not in previews([("ml", "message audit of p1", HOSTILE)])
