"""One spreadsheet, a worksheet for each table, each row once."""

import json

import pytest

from clinft.errors import PolicyViolation
from clinft.ports.sinks import Rows
from tests.adapters.sinks.google.sending import COLUMNS, Sending, document, place, row, rows
from tests.fakes.google.people import ACCOUNT, USER
from tests.fakes.google.server import GoogleServer
from tests.fakes.google.state import DOCUMENT, SPREADSHEET, File

BATCH = "sheets.spreadsheets.batchUpdate"
TABLES = ("datasets", "runs", "evaluations", "regressions", "costs", "decisions")


@pytest.fixture
def book(google: GoogleServer) -> File:
    """A spreadsheet that people made and shared."""
    return google.new_file("Board", SPREADSHEET, USER, shared={ACCOUNT: "writer"})


def test_six_worksheets_are_made_in_the_shared_drive_s_folder_and_written_once(
    google: GoogleServer, sending: Sending
) -> None:
    folder = google.new_drive({ACCOUNT: "fileOrganizer"})
    sink = sending.sheets(place("google_sheets", folder=folder.id))
    receipts = [sending.send(sink, rows(1, 2, table=table)) for table in TABLES]

    made = next(one for one in google.files.values() if one.kind == SPREADSHEET)
    assert [sheet.title for sheet in made.sheets] == list(TABLES)
    assert (made.name, made.owner, made.parents) == ("clinft hospital/models", None, (folder.id,))
    for table in TABLES:
        assert google.read(made.id, table) == [list(COLUMNS), *([*row(n)[:4], 1.5] for n in (1, 2))]
    assert sending.memory == {"spreadsheet": made.id}
    assert [receipt.what for receipt in receipts] == [f"2 rows added to {table}" for table in TABLES]
    assert all(receipt.changed for receipt in receipts)
    sheet = made.sheets[1]
    assert receipts[1].url == f"https://docs.google.com/spreadsheets/d/{made.id}/edit#gid={sheet.id}"
    assert (sheet.frozen, sheet.rows[0][0]["userEnteredFormat"]) == (1, {"textFormat": {"bold": True}})
    assert sheet.protected[0]["warningOnly"] is True

    again = sending.sheets(place("google_sheets", folder=folder.id))
    written = len(google.asked(BATCH))
    receipts = [sending.send(again, rows(1, 2, table=table)) for table in TABLES]
    assert [(receipt.changed, receipt.what) for receipt in receipts] == [
        (False, f"0 rows added to {table}") for table in TABLES
    ]
    assert len(google.asked(BATCH)) == written
    assert len(google.asked("drive.files.create")) == 1
    assert sending.slept == []


def test_an_own_reader_sees_what_was_sent(google: GoogleServer, sending: Sending, book: File) -> None:
    sink = sending.sheets(place("google_sheets", spreadsheet=book.id))
    receipt = sending.send(sink, rows(1))
    assert receipt.remember == {}
    values = sink._google.values.get(spreadsheetId=book.id, range="'runs'").execute(http=sink._google._wire)
    assert values["values"] == [list(COLUMNS), [*row(1)[:4], 1.5]]
    # The worksheet that was there is people's.
    assert [sheet.title for sheet in book.sheets] == ["Sheet1", "runs"]


def test_a_table_without_rows_is_its_header(google: GoogleServer, sending: Sending, book: File) -> None:
    receipt = sending.send(sending.sheets(place("google_sheets", spreadsheet=book.id)), rows())
    assert (receipt.changed, receipt.what) == (True, "0 rows added to runs")
    assert google.read(book.id, "runs") == [list(COLUMNS)]


def test_new_rows_follow_what_people_wrote_and_changed(
    google: GoogleServer, sending: Sending, book: File
) -> None:
    sink = sending.sheets(place("google_sheets", spreadsheet=book.id))
    sending.send(sink, rows(1, 2))
    sheet = book.sheets[1]
    sheet.title = "Training runs of the year"
    sheet.put(1, 3, "approved by the board")
    sheet.put(1, 5, "see minutes")
    sheet.put(4, 6, "=SUM(E2:E3)")
    sheet.put(5, 6, '=IF(A6="","",1)')
    sheet.rows[1], sheet.rows[2] = sheet.rows[2], sheet.rows[1]  # sorted by somebody
    receipt = sending.send(sink, rows(1, 2, 3))

    assert receipt.what == "1 row added to runs"
    assert google.read(book.id, sheet.title) == [
        list(COLUMNS),
        [*row(2)[:4], 1.5],
        [*row(1)[:3], "approved by the board", 1.5, "see minutes"],
        [],
        [],
        [],
        [*row(3)[:4], 1.5],
    ]
    assert sheet.id == book.sheets[1].id
    assert book.sheets[1].rows[4][6] == {"userEnteredValue": {"formulaValue": "=SUM(E2:E3)"}}


def test_a_deleted_worksheet_is_written_anew(google: GoogleServer, sending: Sending, book: File) -> None:
    sink = sending.sheets(place("google_sheets", spreadsheet=book.id))
    sending.send(sink, rows(1, 2))
    del book.sheets[1]
    receipt = sending.send(sink, rows(1, 2))
    assert receipt.what == "2 rows added to runs"
    assert len(google.read(book.id, "runs")) == 3


def test_people_s_worksheet_with_the_table_s_name_is_used_if_it_is_blank(
    google: GoogleServer, sending: Sending, book: File
) -> None:
    book.sheets[0].title, book.sheets[0].column_count = "Runs", 3
    sending.send(sending.sheets(place("google_sheets", spreadsheet=book.id)), rows(1))
    assert [sheet.title for sheet in book.sheets] == ["Runs"]
    assert google.read(book.id, "Runs") == [list(COLUMNS), [*row(1)[:4], 1.5]]


def test_a_renamed_column_is_an_error_and_nothing_is_written(
    google: GoogleServer, sending: Sending, book: File
) -> None:
    sink = sending.sheets(place("google_sheets", spreadsheet=book.id))
    sending.send(sink, rows(1))
    sheet = book.sheets[1]
    sheet.put(0, 3, "PATIENT NAME")
    before = google.read(book.id, "runs")
    with pytest.raises(PolicyViolation, match="of runs has no column 'status' any more") as caught:
        sending.send(sink, rows(1, 2))
    assert "PATIENT" not in str(caught.value)
    sheet.put(0, 3, "status")
    sheet.put(0, 0, "id")
    with pytest.raises(PolicyViolation, match="has no column 'row_id'"):
        sending.send(sink, rows(1, 2))
    sheet.rows[0] = []  # the first row was cleared
    with pytest.raises(PolicyViolation, match="has no column 'row_id'"):
        sending.send(sink, rows(1, 2))
    assert google.read(book.id, "runs")[1:] == before[1:]


def test_columns_that_people_moved_and_inserted_are_found_by_name(
    google: GoogleServer, sending: Sending, book: File
) -> None:
    sink = sending.sheets(place("google_sheets", spreadsheet=book.id))
    sending.send(sink, rows(1))
    sheet = book.sheets[1]
    for line in sheet.rows:
        line.insert(0, {})
        line.insert(5, line.pop(2))
    sheet.put(0, 0, "ours")
    sheet.put(1, 0, "note")
    sending.send(sink, rows(1, 2))
    header, *lines = google.read(book.id, "runs")
    assert header == ["ours", "row_id", "run_id", "status", "cost_usd", "project"]
    assert [dict(zip(header, line, strict=True)) for line in lines] == [
        {"ours": note, **dict(zip(COLUMNS, [*row(n)[:4], 1.5], strict=True))}
        for n, note in ((1, "note"), (2, ""))
    ]
    sheet = book.sheets[1]
    sheet.rows.append([dict(cell) for cell in sheet.rows[2]])
    assert sending.send(sink, rows(1, 2)).what == "0 rows added to runs"
    assert len(google.read(book.id, "runs")) == 3


def test_a_column_that_a_new_version_adds_goes_to_the_right_of_everything(
    google: GoogleServer, sending: Sending, book: File
) -> None:
    sink = sending.sheets(place("google_sheets", spreadsheet=book.id))
    sending.send(sink, rows(1))
    book.sheets[1].put(1, 6, "mine, without a name")
    book.sheets[1].column_count = 7
    longer = Rows(
        "runs", (*COLUMNS[:4], "tokens", "cost_usd"), [(*row(1)[:4], "7", "1.50"), (*row(2)[:4], "8", "1.50")]
    )
    sending.send(sink, longer)
    assert google.read(book.id, "runs") == [
        [*COLUMNS, "", "", "tokens"],
        [*row(1)[:4], 1.5, "", "mine, without a name"],
        [*row(2)[:4], 1.5, "", "", 8.0],
    ]
    assert sending.send(sink, longer).changed is False
    # And one more, with people's column in between by now.
    longest = Rows(
        "runs",
        (*longer.columns, "links"),
        [(*one, "") for one in longer.rows] + [(*row(3)[:4], "9", "1.50", "x")],
    )
    sending.send(sink, longest)
    assert google.read(book.id, "runs")[0] == [*COLUMNS, "", "", "tokens", "links"]
    assert google.read(book.id, "runs")[3] == [*row(3)[:4], 1.5, "", "", 9.0, "x"]


def test_a_wide_table(google: GoogleServer, sending: Sending, book: File) -> None:
    columns = ("row_id", *(f"metric_{n}" for n in range(40)))
    sending.send(
        sending.sheets(place("google_sheets", spreadsheet=book.id)),
        Rows("runs", columns, [("1", *["0.5"] * 40)]),
    )
    assert google.read(book.id, "runs") == [list(columns), ["1", *[0.5] * 40]]


def test_hostile_text_stays_text(google: GoogleServer, sending: Sending, book: File) -> None:
    long = "x" * 60_000
    hostile = ('=HYPERLINK("https://evil.example","click")', "a\r\nb\x00\x1b[31m", "+1-555", long)
    sending.send(
        sending.sheets(place("google_sheets", spreadsheet=book.id)),
        Rows("runs", COLUMNS, [("id-1", *hostile), ("id-2", "007", "12e5", "-0.25", "12")]),
    )
    kinds = [[next(iter(cell["userEnteredValue"])) for cell in line] for line in book.sheets[1].rows[1:]]
    assert kinds[0] == ["stringValue"] * 5
    assert kinds[1] == ["stringValue", "stringValue", "stringValue", "numberValue", "numberValue"]
    first = google.read(book.id, "runs")[1]
    assert first[1:4] == [hostile[0], "a\nb[31m", "+1-555"]
    assert len(first[4]) < 50_000
    assert first[4].endswith("… (cut here; whole in git)")


def test_ids_of_digits_alone_stay_text(google: GoogleServer, sending: Sending, book: File) -> None:
    columns = ("row_id", "run_id", "test_sha256", "n")
    sending.send(
        sending.sheets(place("google_sheets", spreadsheet=book.id)),
        Rows("runs", columns, [("1", "12", "34", "56")]),
    )
    assert google.read(book.id, "runs")[1] == ["1", "12", "34", 56.0]


@pytest.mark.parametrize(
    "bad",
    [
        Rows("runs", ("project", "row_id"), [("a", "1")]),
        Rows("runs", ("row_id", "x"), [("1",)]),
        Rows("runs", ("row_id", "x"), [("1", ""), ("1", "")]),
        Rows("runs", ("row_id", "x"), [("a", ""), ("A", "")]),  # to Google the same
        Rows("runs", ("row_id", "x"), [(" ", "")]),
        Rows("runs", ("row_id", "x"), [("a ", "")]),
        Rows("runs", ("row_id", "x"), [("", "")]),
        Rows("runs", ("row_id", "x"), [("a\x00", "")]),
    ],
)
def test_rows_that_cannot_be_told_apart_are_refused(sending: Sending, bad: Rows) -> None:
    sink = sending.sheets(place("google_sheets", spreadsheet="nowhere-0123456"))
    with pytest.raises(PolicyViolation, match="cannot be told apart"):
        sink.send(bad, {})
    with pytest.raises(PolicyViolation):
        sink.preview(bad, {})


def test_many_rows_go_in_calls_that_google_takes(google: GoogleServer, sending: Sending, book: File) -> None:
    many = Rows("runs", ("row_id", "text"), [(f"id-{n}", "ä" * 2_000) for n in range(700)])
    receipt = sending.send(sending.sheets(place("google_sheets", spreadsheet=book.id)), many)
    assert receipt.what == "700 rows added to runs"
    assert [line[0] for line in google.read(book.id, "runs")[1:]] == [one[0] for one in many.rows]
    sizes = [len(one.data) for one in google.asked(BATCH)]
    assert len(sizes) > 2
    assert max(sizes) < 2_000_000


def test_the_grid_grows(google: GoogleServer, sending: Sending, book: File) -> None:
    sink = sending.sheets(place("google_sheets", spreadsheet=book.id))
    sending.send(sink, rows(*range(990)))
    sending.send(sink, rows(*range(1_030)))
    assert len(google.read(book.id, "runs")) == 1_031
    assert book.sheets[1].row_count > 1_031


def test_a_remembered_spreadsheet_that_was_thrown_away_is_made_anew(
    google: GoogleServer, sending: Sending
) -> None:
    folder = google.new_drive({ACCOUNT: "fileOrganizer"})
    at = place("google_sheets", folder=folder.id)
    sending.send(sending.sheets(at), rows(1))
    first = sending.memory["spreadsheet"]
    google.files[first].trashed = True
    sending.send(sending.sheets(at), rows(1, 2))
    second = sending.memory["spreadsheet"]
    assert second != first
    del google.files[second]
    sending.send(sending.sheets(at), rows(1, 2))
    assert sending.memory["spreadsheet"] not in (first, second)
    assert len(google.read(sending.memory["spreadsheet"], "runs")) == 3


def test_a_forgotten_spreadsheet_is_found_by_its_mark_and_another_repository_s_is_not(
    google: GoogleServer, sending: Sending
) -> None:
    folder = google.new_drive({ACCOUNT: "fileOrganizer"})
    at = place("google_sheets", folder=folder.id)
    sending.send(sending.sheets(at), rows(1))
    first = sending.memory.pop("spreadsheet")
    sending.send(sending.sheets(at), rows(1, 2))
    assert sending.memory["spreadsheet"] == first
    from dataclasses import replace

    other = sending.sheets(at, replace(sending.tools(), repository="hospital/other"))
    assert other.send(rows(1), {}).remember["spreadsheet"] != first


def test_preview_shows_the_cells_and_reaches_nothing(google: GoogleServer, sending: Sending) -> None:
    sink = sending.sheets(place("google_sheets", spreadsheet="nowhere-0123456"))
    shown = json.loads(sink.preview(Rows("runs", COLUMNS, [("1", "a\x00", "b", "c", "d")]), {}))
    assert shown["spreadsheet"] == "nowhere-0123456"
    assert shown["rows, of those that are not there yet"] == [["1", "a", "b", "c", "d"]]
    assert google.requests == []
    assert sink.accepts(rows(1))
    assert not sink.accepts(document())


def test_another_kind_of_file_is_an_error(google: GoogleServer, sending: Sending) -> None:
    text = google.new_file("Notes", DOCUMENT, USER, shared={ACCOUNT: "writer"})
    with pytest.raises(PolicyViolation, match=f"The spreadsheet {text.id}|was refused: Google gave 400"):
        sending.send(sending.sheets(place("google_sheets", spreadsheet=text.id)), rows(1))


# What was sent before


def test_a_worksheet_is_found_in_the_spreadsheet_that_google_calls_ours(
    google: GoogleServer, sending: Sending
) -> None:
    folder = google.new_drive({ACCOUNT: "fileOrganizer"})
    at = place("google_sheets", folder=folder.id)
    assert sending.sheets(at).found(rows(1), {}) is None
    assert google.requests == []
    receipt = sending.send(sending.sheets(at), rows(1))
    written = len(google.asked(BATCH))
    sink = sending.sheets(at)
    assert sink.found(rows(1, 2), sending.memory) == receipt.url
    assert sink.found(rows(1, table="costs"), sending.memory) is None
    foreign = google.new_file("Mallory's", SPREADSHEET, USER, shared={ACCOUNT: "writer"})
    assert sink.found(rows(1), {"spreadsheet": foreign.id}) is None
    made = next(one for one in google.files.values() if one.kind == SPREADSHEET and one is not foreign)
    made.parents = ("elsewhere",)
    assert sending.sheets(at).found(rows(1), sending.memory) is None
    assert len(google.asked(BATCH)) == written


def test_of_people_s_spreadsheet_the_worksheet_is_looked_for_alone(
    google: GoogleServer, sending: Sending, book: File
) -> None:
    sink = sending.sheets(place("google_sheets", spreadsheet=book.id))
    assert sink.found(rows(1), {}) is None
    receipt = sending.send(sink, rows(1))
    assert sink.found(rows(1), {}) == receipt.url
    del book.sheets[1]
    assert sink.found(rows(1), {}) is None
