"""Lost answers, limits and other publishers: no row is lost, none stands twice."""

import threading
from collections.abc import Callable

import pytest

from clinft.adapters.sinks.google.client import PAUSES
from clinft.errors import ClinftError, PolicyViolation, ServiceError
from clinft.ports.sinks import Rows
from clinft.spec.sinks import Sink
from tests.adapters.sinks.google.sending import Sending, assert_says_nothing, place, row, rows
from tests.fakes.google.calls import Request
from tests.fakes.google.people import ACCOUNT, USER
from tests.fakes.google.server import GoogleServer
from tests.fakes.google.state import SPREADSHEET, File

BATCH = "sheets.spreadsheets.batchUpdate"
GET = "sheets.spreadsheets.get"
READ = "sheets.spreadsheets.values.batchGetByDataFilter"
CREATE = "drive.files.create"
FAULTS: dict[str, Callable[[GoogleServer], None]] = {
    "429": lambda google: google.fail_next(BATCH, 429, "rateLimitExceeded", times=3),
    "403 of a limit": lambda google: google.fail_next(BATCH, 403, "userRateLimitExceeded", times=2),
    "503": lambda google: google.fail_next(BATCH, 503),
    "503 after commit": lambda google: google.fail_next(BATCH, 503, after_accepting=True),
    "no answer after commit": lambda google: google.drop_next(BATCH),
    "no answer before commit": lambda google: google.drop_next(BATCH, after_accepting=False),
    "reading": lambda google: google.fail_next(READ, 503, times=2),
    "reading, no answer": lambda google: google.drop_next(GET),
}


@pytest.fixture
def book(google: GoogleServer) -> File:
    return google.new_file("Board", SPREADSHEET, USER, shared={ACCOUNT: "writer"})


@pytest.fixture
def at(book: File) -> Sink:
    return place("google_sheets", spreadsheet=book.id)


def ids(google: GoogleServer, book: File) -> list[str]:
    return [line[0] for line in google.read(book.id, "runs")[1:] if line]


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("first", [True, False], ids=["worksheet to be made", "worksheet there"])
def test_each_row_once(
    name: str, first: bool, google: GoogleServer, sending: Sending, book: File, at: Sink
) -> None:
    sink = sending.sheets(at)
    if not first:
        sending.send(sink, rows(1))
    FAULTS[name](google)
    receipt = sending.send(sink, rows(1, 2, 3))
    assert ids(google, book) == [row(n)[0] for n in (1, 2, 3)]
    assert receipt.what == f"{3 if first else 2} rows added to runs"
    assert sending.slept
    assert len(book.sheets) == 2


def test_no_answer_to_the_worksheet_and_none_to_the_rows(
    google: GoogleServer, sending: Sending, book: File, at: Sink
) -> None:
    google.drop_next(BATCH, times=2)
    sending.send(sending.sheets(at), rows(1, 2))
    assert ids(google, book) == [row(1)[0], row(2)[0]]


def test_pauses_grow_and_end_with_an_error_that_names_the_next_step(
    google: GoogleServer, sending: Sending, book: File, at: Sink
) -> None:
    google.fail_next(BATCH, 429, "rateLimitExceeded", times=len(PAUSES) + 1)
    with pytest.raises(
        ServiceError, match=r"Making the worksheet of runs .* 429 \(RESOURCE_EXHAUSTED, rateLimitEx"
    ) as caught:
        sending.send(sending.sheets(at), rows(1))
    assert "clinft reconcile" in caught.value.next_step
    assert sending.slept == list(PAUSES)
    assert_says_nothing(caught.value, google, *row(1))
    google.fail_next(READ, 500, times=len(PAUSES) + 1)
    sink = sending.sheets(at)
    with pytest.raises(ServiceError, match="Reading the worksheet did not succeed: Google gave 500"):
        sending.send(sink, rows(1))
    sending.send(sink, rows(1))
    assert ids(google, book) == [row(1)[0]]


def test_a_call_that_is_carried_out_after_it_was_given_up_adds_nothing(
    google: GoogleServer, sending: Sending, book: File, at: Sink
) -> None:
    sink = sending.sheets(at)
    sending.send(sink, rows(1))
    google.delay_next(BATCH)
    sending.send(sink, rows(1, 2, 3))
    assert google.work_off() == [200]
    assert ids(google, book) == [row(n)[0] for n in (1, 2, 3)]


def test_rows_that_somebody_deletes_meanwhile_are_no_obstacle(
    google: GoogleServer, sending: Sending, book: File, at: Sink
) -> None:
    sink = sending.sheets(at)
    sending.send(sink, rows(1))

    def shrink(_: Request) -> None:
        book.sheets[1].row_count = 40

    google.hooks[BATCH] = shrink
    sending.send(sink, rows(1, 2))
    assert ids(google, book) == [row(1)[0], row(2)[0]]


def test_a_worksheet_s_id_that_google_does_not_give_again(
    google: GoogleServer, sending: Sending, book: File, at: Sink
) -> None:
    google.fail_next(BATCH, 400, "badRequest")
    sink = sending.sheets(at)
    sending.send(sink, rows(1))
    book.sheets[1].title = "Renamed"
    sending.send(sink, rows(1, 2))
    assert len(google.read(book.id, "Renamed")) == 3


def test_what_google_refuses_for_good_ends(google: GoogleServer, sending: Sending, at: Sink) -> None:
    google.fail_next(BATCH, 400, "badRequest", times=4)
    with pytest.raises(
        PolicyViolation, match="Making the worksheet of runs was refused: Google gave 400"
    ) as caught:
        sending.send(sending.sheets(at), rows(1))
    assert_says_nothing(caught.value, google, *row(1))


def publish_at_once(sinks: list[tuple[Sending, Sink]], parcels: list[Rows]) -> list[ClinftError]:
    failed = []

    def publish(one: Sending, at: Sink, parcel: Rows) -> None:
        try:
            one.send(one.sheets(at), parcel)
        except ClinftError as error:
            failed.append(error)

    threads = [
        threading.Thread(target=publish, args=(one, at, parcel))
        for (one, at), parcel in zip(sinks, parcels, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return failed


def meet(google: GoogleServer, operation_id: str, parties: int) -> None:
    """The first calls of all publishers reach Google only when each of them has read what stood there."""
    barrier, left = threading.Barrier(parties), threading.Semaphore(parties)

    def wait(_: Request) -> None:
        if left.acquire(blocking=False):
            barrier.wait(timeout=30)

    google.hooks[operation_id] = wait


@pytest.mark.parametrize("start", ["nothing", "worksheet", "rows"])
def test_publishers_at_once(start: str, google: GoogleServer, book: File, at: Sink) -> None:
    if start != "nothing":
        Sending(google).send(Sending(google).sheets(at), rows(*([1, 2] if start == "rows" else [])))
    parcels = [rows(1, 2, 3, 4, 5), rows(1, 2, 3, 4, 5), rows(1, 2, 4, 6, 7)]
    for round_ in range(3):
        extra = 10 + round_
        meet(google, BATCH, 3)
        wanted = [Rows("runs", one.columns, [*one.rows, row(extra)]) for one in parcels]
        assert publish_at_once([(Sending(google), at) for _ in parcels], wanted) == []
    found = ids(google, book)
    assert sorted(found) == sorted(row(n)[0] for n in (1, 2, 3, 4, 5, 6, 7, 10, 11, 12))
    assert len(book.sheets) == 2


def test_publishers_at_once_with_lost_answers(google: GoogleServer, book: File, at: Sink) -> None:
    for number in range(1, 6):
        meet(google, BATCH, 2)
        google.drop_next(BATCH)
        google.fail_next(BATCH, 503, after_accepting=True)
        parcels = [rows(*range(1, 3 * number)), rows(*range(1, 3 * number + 1))]
        assert publish_at_once([(Sending(google), at), (Sending(google), at)], parcels) == []
        found = ids(google, book)
        assert sorted(found) == sorted(row(n)[0] for n in range(1, 3 * number + 1))


def test_publishers_at_once_that_do_not_say_the_same_of_a_row(
    google: GoogleServer, book: File, at: Sink
) -> None:
    """Rows are the same for all, but a publisher may know of more: a link to a document, a column of a new version."""
    Sending(google).send(Sending(google).sheets(at), rows(9))
    meet(google, BATCH, 2)
    one = Rows("runs", (*rows(1).columns, "links"), [(*row(n), "") for n in (1, 2, 3)])
    two = Rows(
        "runs", one.columns, [(*row(n), "https://docs.google.com/document/d/x/edit") for n in (2, 3, 4)]
    )
    assert publish_at_once([(Sending(google), at), (Sending(google), at)], [one, two]) == []
    assert sorted(ids(google, book)) == sorted(row(n)[0] for n in (1, 2, 3, 4, 9))


def test_rows_that_vanish_are_not_written_again_and_again(
    google: GoogleServer, sending: Sending, book: File, at: Sink
) -> None:
    sink = sending.sheets(at)
    sending.send(sink, rows(1))

    def vanish(_: Request) -> None:
        del book.sheets[1].rows[2:]

    google.hooks[READ] = vanish
    with pytest.raises(ServiceError, match="were written and are not there"):
        sending.send(sink, rows(1, 2, 3))
    assert len(google.asked(BATCH)) == 3


def test_two_that_make_the_spreadsheet_at_once_end_with_one(google: GoogleServer) -> None:
    folder = google.new_drive({ACCOUNT: "fileOrganizer"})
    at = place("google_sheets", folder=folder.id)
    one, two = Sending(google), Sending(google)
    meet(google, CREATE, 2)
    assert publish_at_once([(one, at), (two, at)], [rows(1, 2), rows(2, 3)]) == []
    assert one.memory == two.memory
    kept = [file for file in google.files.values() if file.kind == SPREADSHEET and not file.trashed]
    assert [file.id for file in kept] == [one.memory["spreadsheet"]]
    assert sorted(ids(google, kept[0])) == [row(n)[0] for n in (1, 2, 3)]


def test_a_spreadsheet_whose_answer_was_lost_is_found_and_not_made_twice(
    google: GoogleServer, sending: Sending
) -> None:
    folder = google.new_drive({ACCOUNT: "fileOrganizer"})
    google.drop_next(CREATE)
    sending.send(sending.sheets(place("google_sheets", folder=folder.id)), rows(1))
    assert len([file for file in google.files.values() if file.kind == SPREADSHEET]) == 1
    assert len(google.asked(CREATE)) == 1


def test_a_search_that_lags_behind_loses_no_row(google: GoogleServer, sending: Sending) -> None:
    folder = google.new_drive({ACCOUNT: "fileOrganizer"})
    at = place("google_sheets", folder=folder.id)

    def hide(_: Request) -> None:
        google.unseen.update(google.files)

    google.hooks["drive.files.list"] = hide
    sending.send(sending.sheets(at), rows(1))
    receipt = sending.send(sending.sheets(at), rows(1, 2))
    assert receipt.what == "1 row added to runs"
    assert sorted(ids(google, google.files[sending.memory["spreadsheet"]])) == [row(1)[0], row(2)[0]]


def test_copies_that_are_the_same_are_removed(
    google: GoogleServer, sending: Sending, book: File, at: Sink
) -> None:
    sink = sending.sheets(at)
    sending.send(sink, rows(1, 2, 3))
    sheet = book.sheets[1]
    sheet.put(2, 6, "a note on 2")
    sheet.rows += [[dict(cell) for cell in sheet.rows[n][:5]] for n in (2, 1)]
    receipt = sending.send(sink, rows(1, 2, 3))
    assert (receipt.changed, receipt.what) == (False, "0 rows added to runs")
    assert ids(google, book) == [row(n)[0] for n in (1, 2, 3)]
    assert google.read(book.id, "runs")[2][6] == "a note on 2"


def test_a_copy_that_somebody_changed_stays_and_is_told(
    google: GoogleServer, sending: Sending, book: File, at: Sink
) -> None:
    sink = sending.sheets(at)
    sending.send(sink, rows(1, 2))
    book.sheets[1].rows.append([dict(cell) for cell in book.sheets[1].rows[1]])
    book.sheets[1].put(3, 3, "what if")
    receipt = sending.send(sink, rows(1, 2))
    assert (
        receipt.what
        == "0 rows added to runs; 1 stand there twice, changed by somebody: delete the copies by hand"
    )
    assert google.read(book.id, "runs")[3][3] == "what if"


def test_no_row_of_people_goes_with_a_copy(
    google: GoogleServer, sending: Sending, book: File, at: Sink
) -> None:
    sink = sending.sheets(at)
    sending.send(sink, rows(1))
    sheet = book.sheets[1]
    sheet.put(2, 7, "note")
    sheet.put(3, 7, "another note")  # to Google, in our columns, the same as the row above
    sheet.rows.append([dict(cell) for cell in sheet.rows[1]])
    receipt = sending.send(sink, rows(1))
    assert "1 stand there twice" in receipt.what
    assert [line[7] for line in google.read(book.id, "runs")[2:4]] == ["note", "another note"]
