"""Values planted where text of records and of findings could be: none of them leaves, is noted, logged or printed.

The real adapters speak to local servers; one round is in order, and in another every service fails.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from clinft.adapters.sinks.google_docs import GoogleDocs
from clinft.adapters.sinks.google_sheets import GoogleSheets
from clinft.adapters.sinks.slack import Slack
from clinft.adapters.sinks.tools import SinkTools
from clinft.pipeline.sinks.due import Wanted
from clinft.pipeline.sinks.previewing import preview_all
from clinft.pipeline.sinks.round import ORDER, send_all
from clinft.pipeline.sinks.sending import Desk, NoMemory
from clinft.ports.sinks import Sink
from clinft.spec.sinks import Sink as Place
from clinft.stages.report.deliveries import deliveries
from tests.adapters.sinks.google.sending import Sending
from tests.fakes import audit_reports, run_inputs, run_results
from tests.fakes.committed_runs import commit_run
from tests.fakes.google.people import ACCOUNT
from tests.fakes.google.server import GoogleServer
from tests.fakes.returned_verdicts import compared
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.state import CHANNEL, TOKEN
from tests.pipeline.sinks.conftest import NOW, RUN, Hospital, sinks_of

NAME, NUMBER = "Wilhelmina Quackenbush", "MRN 48213377"
CANARIES = (NAME, NUMBER)
PLANTED = f"{NAME}, {NUMBER}"


@dataclass
class World:
    hospital: Hospital
    google: GoogleServer
    slack: SlackServer

    def __call__(self, place: Place) -> Sink:
        """The real adapter of this kind."""
        sending = Sending(self.google)
        if place.kind == "google_docs":
            return GoogleDocs(place, sending.tools(), transport=self.google.transport())
        if place.kind == "google_sheets":
            return GoogleSheets(place, sending.tools(), transport=self.google.transport())
        tools = SinkTools(key_of={self.slack.host: TOKEN}.get, sleep=lambda seconds: None)
        return Slack(place, tools)

    @property
    def traffic(self) -> str:
        sent = [one.data for one in (*self.google.requests, *self.slack.requests)]
        return b"\n".join(sent).decode("utf-8", "replace")


@pytest.fixture
def world(hospital: Hospital) -> Iterator[World]:
    with GoogleServer() as google, SlackServer() as slack:
        folder = google.new_drive({ACCOUNT: "fileOrganizer"})
        sinks = sinks_of()
        sinks["channel"] |= {"url": slack.url, "channel": CHANNEL}
        sinks["docs"] |= {"folder": folder.id}
        sinks["sheet"] |= {"folder": folder.id}
        project = hospital.write(sinks=sinks)
        plant(hospital, project)
        yield World(hospital, google, slack)
        assert google.violations == []
        assert slack.violations == []


def plant(hospital: Hospital, project: Path) -> None:
    """In the data, in the spec, and in every text of an artifact that could have come from either."""
    labels = (PLANTED, "digestive", "respiratory")
    for place in ("data/records", "data/formatted", "synthetic", "runs/bbbbbbbbbbbb-a1/data/outputs"):
        (project / place).mkdir(parents=True)
        (project / place / "train.jsonl").write_text(f'{{"text": "{PLANTED}"}}\n')
    hospital.edit(
        lambda spec: spec.update(summary=NAME, intended_use=NAME, out_of_scope=[NAME], owners=["@ml-lead"])
    )
    commit_run(
        hospital.root / "projects",
        RUN.replace("aaaaaaaaaaaa", "bbbbbbbbbbbb"),
        "2026-11-03T01:00:00+00:00",  # a later audit than the one that has passed would keep the prompt in
        prepare=run_inputs.prepared(labels, PLANTED),
        audit=audit_reports.failed_audit(PLANTED),
        evaluate=run_results.evaluation(labels, PLANTED),
        regress=compared(PLANTED),
    )


def test_nothing_planted_is_sent_noted_or_printed(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    hospital = world.hospital
    told = list(send_all(hospital.seen(), Desk(hospital.memory, world, NOW), Wanted()))
    assert [one for one in told if one.state != "sent"] == []
    assert {one.sink for one in told} == {"docs", "sheet", "channel"}
    assert "bbbbbbbbbbbb-a1" in world.traffic
    printed = capfd.readouterr()
    said = deliveries([(one.sink, one.what, one.state) for one in told])
    places = {
        "traffic": world.traffic,
        "notes": repr(hospital.memory.notes),
        "summary": said,
        "log": caplog.text,
        "output": printed.out + printed.err,
        "files": repr([(one.name, one.description) for one in world.google.files.values()]),
    }
    assert [name for name, text in places.items() if any(canary in text for canary in CANARIES)] == []


def test_nothing_planted_is_in_a_preview(world: World) -> None:
    shown = list(preview_all(world.hospital.seen(), Desk(NoMemory(), world, NOW), Wanted(), ORDER))
    assert len(shown) > 10
    told = "\n".join(f"{one.what}\n{one.exact}\n{one.shown}" for one in shown)
    assert not [canary for canary in CANARIES if canary in told]
    assert world.traffic == ""


def test_nothing_planted_is_said_where_every_service_fails(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    world.slack.fail_next("chat.postMessage", 500, times=50)
    world.slack.fail_next("conversations.history", 500, times=50)
    for operation in ("drive.files.create", "drive.files.list"):
        world.google.fail_next(operation, 403, "insufficientPermissions", times=50)
    told = list(send_all(world.hospital.seen(), Desk(world.hospital.memory, world, NOW), Wanted()))
    assert {one.state for one in told} == {"failed"}
    printed = capfd.readouterr()
    said = "\n".join([*(one.what for one in told), caplog.text, printed.out, printed.err])
    assert not [canary for canary in (*CANARIES, TOKEN) if canary in said]
    assert not [canary for canary in CANARIES if canary in repr(world.hospital.memory.notes)]
