"""What docs/google.md says can be done as it stands there."""

import re
from pathlib import Path

import pytest

from clinft.adapters.sinks import TABLE
from clinft.adapters.sinks.google.places import scopes
from clinft.adapters.sinks.tools import SinkTools
from clinft.pipeline import tracking
from clinft.ports.sinks import Rows
from clinft.spec import yaml
from clinft.spec.sinks import Sink
from tests.adapters.sinks.google.sending import Sending, place
from tests.fakes.google.people import ACCOUNT, USER
from tests.fakes.google.server import GoogleServer
from tests.fakes.google.state import SPREADSHEET


@pytest.fixture
def guide(repository: Path) -> str:
    return (repository / "docs" / "google.md").read_text()


def test_the_entries_of_the_policy_are_valid_and_open(guide: str) -> None:
    block = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)[0]
    for entry in yaml.parse(block.encode(), "google.md").value["sinks"].values():
        opened = TABLE[entry["kind"]](Sink.model_validate(entry), SinkTools())
        assert type(opened).__name__ in ("GoogleSheets", "GoogleDocs")


def test_the_scopes_of_the_table_are_those_that_are_asked_for(guide: str) -> None:
    ways = re.findall(r"^\| [1-4]\. .*\| (.*) \|$", guide, re.MULTILINE)
    assert ways == ["`spreadsheets`; for documents `drive`", "`drive`", "`drive.file`", "`drive.file`"]
    known = "x" * 20
    asked = [
        scopes(place("google_sheets", spreadsheet=known)),
        scopes(place("google_docs", documents={"a/b": known})),
        scopes(place("google_sheets", folder=known)),
        scopes(place("google_docs")),
    ]
    assert [one[0].rpartition("/")[2] for one in asked] == ["spreadsheets", "drive", "drive", "drive.file"]


def test_the_tables_that_there_are_fit(google: GoogleServer, sending: Sending) -> None:
    book = google.new_file("Board", SPREADSHEET, USER, shared={ACCOUNT: "writer"})
    sink = sending.sheets(place("google_sheets", spreadsheet=book.id))
    for table, (columns, _) in tracking.tables(Path("nowhere")).items():
        row = tuple(f"{name} 1" if name == "row_id" else "0.5" for name in columns)
        assert sending.send(sink, Rows(table, columns, [row])).changed
        assert google.read(book.id, table)[0] == list(columns)
    assert [sheet.title for sheet in book.sheets[1:]] == list(tracking.TABLES)
