"""What waits for a sink is a note with its day; what can be reached is said only where somebody tried."""

from clinft.ports.sinks import Reached
from clinft.stages.doctor.sinks import SinkFacts, sink_findings


def states(*facts: SinkFacts) -> list[tuple[str, str]]:
    return [(one.state, one.what) for one in sink_findings(facts)]


def test_what_waits_is_named_with_the_day_of_its_first_failure() -> None:
    late = {"rows/runs": "2026-11-05T09:00:00+00:00", "message/demo/x/audit": "2026-11-04T09:00:00+00:00"}
    ((state, what),) = states(SinkFacts("team", late))
    assert state == "note"
    assert "2 not delivered to team, the oldest since 2026-11-04T09:00:00+00:00" in what
    assert "message/demo/x/audit, rows/runs" in what


def test_where_nothing_waits_that_is_said() -> None:
    assert states(SinkFacts("team")) == [("ok", "Nothing waits to be sent to team.")]


def test_notes_that_cannot_be_read_are_no_error_of_the_settings() -> None:
    assert states(SinkFacts("team", unread="It is down.")) == [
        ("note", "What team was sent cannot be read: It is down.")
    ]


def test_what_was_tried_is_told_with_its_advice() -> None:
    tried = (Reached(True, "the bot answers"), Reached(False, "the channel is archived", "Choose another."))
    found = list(sink_findings([SinkFacts("team", reached=tried)]))
    assert [(one.state, one.next_step) for one in found[1:]] == [("ok", ""), ("note", "Choose another.")]
