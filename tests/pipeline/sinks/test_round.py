"""One round over all sinks: what is due, in which order, and that a second one changes nothing."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from clinft.errors import PolicyViolation
from clinft.pipeline import status_files
from clinft.pipeline.sinks import data, on_github, steps, tables
from clinft.pipeline.sinks.due import Wanted
from clinft.pipeline.sinks.parcels import Due
from clinft.pipeline.sinks.previewing import preview_all
from clinft.pipeline.sinks.seen import Seen, SeenProject, project_at
from clinft.pipeline.sinks.sending import Desk, NoMemory, waiting
from clinft.ports.sinks import Document, Link, Milestone, Rows
from clinft.run_folder import load_record
from tests.fakes.committed_runs import commit_run, entries
from tests.fakes.sinks import FakeSink, down
from tests.pipeline.sinks.conftest import AT, NOW, Hospital, sinks_of


def test_documents_come_first_then_rows_that_link_them_then_messages(hospital: Hospital) -> None:
    hospital.write()
    told = hospital.round()
    assert [one.sink for one in told] == ["docs"] * 4 + ["sheet"] * 6 + ["channel"] * 6
    assert {one.state for one in told} == {"sent"}
    rows = [parcel for parcel in hospital.sinks["sheet"].sent if isinstance(parcel, Rows)]
    assert {parcel.table for parcel in rows} == {
        "datasets",
        "runs",
        "evaluations",
        "regressions",
        "costs",
        "decisions",
    }
    assert all(parcel.columns[-1] == "links" for parcel in rows)
    assert all(
        "https://docs.google.com/document/d/document-demo-model_card" in row[-1] for row in rows[0].rows
    )
    messages = [parcel for parcel in hospital.sinks["channel"].sent if isinstance(parcel, Milestone)]
    assert [one.kind for one in messages] == ["data_plan", "audit", "cost", "evaluation", "regression", "job"]
    assert len({one.thread for one in messages}) == 1
    texts = {link.text for link in messages[3].links}
    assert {"Report", "Model card", "Recommended prompt"} <= texts
    documents = [parcel for parcel in hospital.sinks["docs"].sent if isinstance(parcel, Document)]
    assert [one.name for one in documents] == ["model_card", "data_dictionary", "hipaa_report", "prompt"]


def test_a_second_round_changes_nothing_and_asks_nobody(hospital: Hospital) -> None:
    hospital.write()
    hospital.round()
    before = {name: len(sink.sent) for name, sink in hospital.sinks.by_name.items()}
    assert hospital.round(NOW + timedelta(hours=1)) == []
    assert {name: len(sink.sent) for name, sink in hospital.sinks.by_name.items()} == before


def test_what_changed_is_sent_again_under_the_same_key(hospital: Hospital) -> None:
    hospital.write(notify=("docs",))
    hospital.round()
    hospital.document("MODEL_CARD.md", b"# Another text\n")
    told = hospital.round()
    assert [one.what for one in told] == ["document model_card of demo: delivered"]
    assert len(hospital.sinks["docs"].there) == 4


# Consent


def test_a_sink_that_the_merged_spec_does_not_name_gets_nothing(hospital: Hospital) -> None:
    hospital.write(notify=("sheet",))
    hospital.round()
    assert set(hospital.sinks.by_name) == {"sheet"}


def test_a_sink_that_the_policy_does_not_list_gets_nothing(hospital: Hospital) -> None:
    hospital.write(notify=("sheet", "elsewhere"))
    assert {one.sink for one in hospital.round()} == {"sheet"}


def test_a_sink_whose_facts_are_out_of_date_gets_nothing_and_others_are_told(hospital: Hospital) -> None:
    hospital.write()
    sinks = hospital.seen().policy.sinks
    assert set(sinks) == {"channel", "sheet", "docs"}
    later = NOW.replace(year=2027, month=4)
    told = hospital.round(later)
    assert [(one.sink, one.state) for one in told] == [
        ("docs", "failed"),
        ("sheet", "failed"),
        ("channel", "failed"),
    ]
    assert "were to be reviewed by 2027-03-01" in told[0].what
    assert hospital.sinks.by_name == {}


def test_a_spec_that_cannot_be_read_agrees_to_nothing(hospital: Hospital) -> None:
    hospital.write()
    hospital.edit(lambda spec: spec.update(version=9))
    assert hospital.round() == []


def test_of_a_project_in_quarantine_only_that_is_told(hospital: Hospital) -> None:
    project = hospital.write()
    (project / "QUARANTINE.yaml").write_text('since: "2026-11-05"\ndiscovered: "2026-11-04"\n')
    hospital.round()
    (message,) = hospital.sinks["channel"].sent
    assert isinstance(message, Milestone)
    assert (message.kind, message.tone) == ("concern", "bad")
    assert "quarantine" in message.title
    assert not hospital.sinks["docs"].sent
    assert not hospital.sinks["sheet"].sent


# Failure


def test_a_failure_is_a_line_and_is_tried_again_until_it_is_delivered(hospital: Hospital) -> None:
    hospital.write()
    channel = hospital.sinks.by_name.setdefault(
        "channel", FakeSink(hospital.seen().policy.sinks["channel"], fails=down())
    )
    told = [one for one in hospital.round() if one.sink == "channel"]
    assert [one.state for one in told] == ["failed"] * 4
    assert "tried again" in told[0].what
    assert told[-1].what.startswith("the rest waits")
    late = waiting(hospital.memory.read("channel"))
    assert len(late) == 3
    assert set(late.values()) == {NOW.isoformat(timespec="seconds")}
    # The rest of the world got what it should have.
    assert len(hospital.sinks["docs"].there) == 4
    channel.fails = None
    again = hospital.round(NOW + timedelta(hours=1))
    assert {(one.sink, one.state) for one in again} == {("channel", "sent")}
    assert len(channel.there) == 6
    assert waiting(hospital.memory.read("channel")) == {}


def test_what_a_person_must_mend_is_said_as_it_is(hospital: Hospital) -> None:
    hospital.write(notify=("channel",))
    refused = PolicyViolation("The channel is not to be found.", "", "Invite the app to the channel.")
    hospital.sinks.by_name["channel"] = FakeSink(hospital.seen().policy.sinks["channel"], fails=refused)
    told = hospital.round()
    assert told[0].what.endswith("The channel is not to be found. Invite the app to the channel.")


def test_no_text_of_a_foreign_exception_is_told(hospital: Hospital) -> None:
    hospital.write(notify=("channel",))
    canary = ValueError("MRN 48213377 of Maria Ganz")
    hospital.sinks.by_name["channel"] = FakeSink(hospital.seen().policy.sinks["channel"], fails=canary)
    told = hospital.round()
    assert "ValueError" in told[0].what
    assert "48213377" not in "".join(one.what for one in told)


def test_a_job_killed_between_sending_and_noting_leaves_no_second_message(hospital: Hospital) -> None:
    hospital.write(notify=("channel",))

    def killed(additions: object) -> None:
        if hospital.sinks.by_name and hospital.sinks["channel"].sent:
            raise KeyboardInterrupt

    hospital.memory.before_noting = killed
    with pytest.raises(KeyboardInterrupt):
        hospital.round()
    hospital.memory.before_noting = lambda additions: None
    hospital.round()
    keys = [parcel.key for parcel in hospital.sinks["channel"].sent if isinstance(parcel, Milestone)]
    # Said once more by us, and taken as the same by the sink.
    assert len(keys) == 7
    assert len(hospital.sinks["channel"].there) == 6


def test_a_lost_answer_is_sent_again_and_changes_nothing(hospital: Hospital) -> None:
    hospital.write(notify=("docs",))
    docs = hospital.sinks.by_name["docs"] = FakeSink(hospital.seen().policy.sinks["docs"], lost=down())
    assert {one.state for one in hospital.round()} == {"failed"}
    docs.lost = None
    assert hospital.round()[-1].state == "sent"
    assert len(docs.there) == 4


# First contact


def test_a_new_channel_is_not_flooded_with_history_but_tables_and_documents_are_brought(
    hospital: Hospital,
) -> None:
    hospital.write()
    told = hospital.round(NOW + timedelta(days=20))
    assert {one.sink for one in told} == {"docs", "sheet"}
    # Nor later, when it is no new channel any more.
    assert hospital.round(NOW + timedelta(days=21)) == []


def test_nothing_is_noted_or_asked_for_a_preview(hospital: Hospital) -> None:
    hospital.write()
    desk = Desk(NoMemory(), hospital.sinks, NOW)
    shown = list(preview_all(hospital.seen(), desk, Wanted(run_id="aaaaaaaaaaaa-a1")))
    assert [(one.sink, one.what) for one in shown][:2] == [
        ("docs", "document model_card of demo"),
        ("docs", "document data_dictionary of demo"),
    ]
    assert all(not sink.sent for sink in hospital.sinks.by_name.values())
    assert hospital.memory.notes == {}


def test_two_attempts_of_one_plan_do_not_take_turns_in_the_same_message(hospital: Hospital) -> None:
    hospital.write(notify=("channel",))
    for attempt in (2, 10):
        run = commit_run(hospital.root / "projects", f"demo/aaaaaaaaaaaa-a{attempt}", AT)
        record = load_record(run)
        assert record is not None
        status_files.write_new(run, entries(run.name, record=record.digest))
    hospital.round()
    sent = hospital.sinks["channel"].sent
    plans = [one for one in sent if isinstance(one, Milestone) and one.kind == "data_plan"]
    (links,) = [[link.url for link in one.links] for one in plans]
    assert any("aaaaaaaaaaaa-a10/" in url for url in links)
    assert hospital.round(NOW + timedelta(hours=1)) == []


def test_a_sink_that_the_policy_moved_gets_everything_anew(hospital: Hospital) -> None:
    hospital.write(notify=("docs",))
    assert len(hospital.round()) == 4
    assert hospital.round() == []
    moved = sinks_of()
    moved["docs"]["folder"] = "0AnotherFolderOfADrive"
    hospital.write(notify=("docs",), sinks=moved)
    hospital.sinks.by_name.clear()
    assert [one.state for one in hospital.round()] == ["sent"] * 4
    assert hospital.round() == []


def test_what_breaks_one_sink_is_a_line(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    hospital.write()

    def broken(*given: object) -> None:
        raise IndexError

    monkeypatch.setattr(tables, "of_projects", broken)
    told = hospital.round()
    assert any("(IndexError)" in one.what for one in told if one.sink == "sheet")
    assert {one.sink for one in told if one.state == "sent"} == {"docs", "channel"}


def test_where_nothing_can_be_noted_nothing_more_is_sent(hospital: Hospital) -> None:
    hospital.write(notify=("docs",))

    def refuse(additions: Mapping[str, str]) -> None:
        if any(key.startswith("sent:") for key in additions):
            raise down()

    hospital.memory.before_noting = refuse
    (told,) = hospital.round()
    assert told.state == "failed"
    assert len(hospital.sinks["docs"].sent) == 1


def test_a_bug_in_one_project_keeps_no_other_from_being_told_of(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = hospital.write(notify=("channel",))
    zeta = shutil.copytree(demo, demo.with_name("zeta"))
    written = yaml.safe_load((zeta / "project.yaml").read_text())
    (zeta / "project.yaml").write_text(yaml.safe_dump({**written, "name": "zeta"}))
    real, asked = steps.of_project, []

    def broken(seen: Seen, project: SeenProject, links: tuple[Link, ...]) -> Iterator[Due]:
        asked.append(project.name)
        if project.name == "demo":
            raise IndexError("Oduya")
        return real(seen, project, links)

    monkeypatch.setattr(steps, "of_project", broken)
    told = hospital.round()
    assert asked == ["demo", "zeta"]
    assert any(one.state == "left" and "demo" in one.what and "IndexError" in one.what for one in told)
    assert "Oduya" not in str(told)


def test_data_of_a_sink_that_was_moved_are_made_again(hospital: Hospital) -> None:
    project = hospital.write()
    run = on_github.newest_run(project)
    assert run is not None
    made: list[str] = []

    class Prepared(on_github.PreparedHere):
        def _plan_files(self, project: str) -> str:
            return "files"

        def _prepared(self, run: Path, project: str) -> Iterator[Due]:
            made.append(project)
            yield from ()

    given = project_at(project)
    sent = {f"sent:{key}": "digest" for key in data.keys_of(run)}
    for notes, expected in ((sent, []), (dict.fromkeys(sent, ""), ["demo"])):
        hospital.memory.notes["smith"] = dict(notes)
        list(Prepared(None, hospital.memory, project)(given, "smith"))  # type: ignore[arg-type]  # no job of GitHub is needed
        assert made == expected
