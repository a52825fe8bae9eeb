"""Links lead only to what Google itself confirms in the round: whoever may push a ref can write the notes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from clinft.adapters.sinks.google_docs import GoogleDocs
from clinft.adapters.sinks.google_sheets import GoogleSheets
from clinft.pipeline.sinks.documents import Shelf
from clinft.pipeline.sinks.due import Wanted
from clinft.pipeline.sinks.round import ORDER, send_all
from clinft.pipeline.sinks.sending import Desk, Reported, waiting
from clinft.ports.sinks import Milestone, Rows, Sink
from clinft.spec.sinks import Sink as Place
from tests.adapters.sinks.google.sending import Sending
from tests.fakes.google.people import ACCOUNT, USER
from tests.fakes.google.server import GoogleServer
from tests.fakes.google.state import DOCUMENT, SPREADSHEET, File
from tests.pipeline.sinks.conftest import NOW, Hospital, sinks_of

GET, UPDATE = "drive.files.get", "drive.files.update"
CARD = "demo/model_card"
TEXTS = ["Model card", "Data dictionary", "HIPAA report", "Recommended prompt"]


@dataclass
class World:
    """Google's own client for documents; messages, and tables unless `sheets`, stay in this process."""

    hospital: Hospital
    google: GoogleServer
    folder: File
    shelf: Shelf = field(default_factory=Shelf)
    sheets: bool = False

    def __call__(self, place: Place) -> Sink:
        tools, transport = Sending(self.google).tools(), self.google.transport()
        if place.kind == "google_docs":
            return GoogleDocs(place, tools, transport=transport)
        if place.kind == "google_sheets" and self.sheets:
            return GoogleSheets(place, tools, transport=transport)
        return self.hospital.sinks(place)

    def round(self, only: tuple[str, ...] = ORDER, hours: int = 0) -> list[Reported]:
        self.shelf = Shelf()
        desk = Desk(self.hospital.memory, self, NOW + timedelta(hours=hours))
        return list(send_all(self.hospital.seen(), desk, Wanted(), only, self.shelf))

    @property
    def links(self) -> dict[str, str]:
        """What messages and rows were given in the last round; both the same."""
        return {link.text: link.url for link in self.shelf.links().get("demo", ())}

    @property
    def told(self) -> str:
        """All that a message or a row ever said."""
        sinks = self.hospital.sinks.by_name.values()
        return repr([one for sink in sinks for one in sink.sent if isinstance(one, Milestone | Rows)])

    def documents(self) -> dict[str, File]:
        made = [one for one in self.google.files.values() if one.kind == DOCUMENT and not one.trashed]
        return {one.name: one for one in made if one.parents == (self.folder.id,)}

    @property
    def notes(self) -> dict[str, str]:
        return self.hospital.memory.notes["docs"]


@pytest.fixture
def world(hospital: Hospital) -> Iterator[World]:
    with GoogleServer() as google:
        folder = google.new_drive({ACCOUNT: "fileOrganizer"})
        sinks = sinks_of()
        sinks["docs"]["folder"] = sinks["sheet"]["folder"] = folder.id
        hospital.write(sinks=sinks)
        yield World(hospital, google, folder)
        assert google.violations == []


def forge(world: World, known: str) -> None:
    """Both notes, as whoever may push the ref can; with the digest of what was sent."""
    sha256 = world.notes.get(f"document:{CARD}", "").partition(" ")[2]
    world.notes[f"document:{CARD}"] = f"{known} {sha256}"
    world.notes[f"url:document/{CARD}"] = f"https://docs.google.com/document/d/{known}/edit"


def test_links_are_those_that_google_gave(world: World) -> None:
    world.round()
    assert list(world.links) == TEXTS
    ids = {one.id for one in world.documents().values()}
    assert {url.split("/")[5] for url in world.links.values()} == ids
    before = world.links
    assert world.round(hours=1) == []
    assert world.links == before


@pytest.mark.parametrize("shared", [True, False])
def test_a_forged_pair_of_notes_leads_nowhere_and_is_put_right(world: World, shared: bool) -> None:
    world.round()
    ours = world.links
    access = {ACCOUNT: "writer"} if shared else {}
    foreign = world.google.new_file("Mallory's", DOCUMENT, USER, shared=access)
    forge(world, foreign.id)
    world.round(hours=1)
    assert foreign.id not in world.told
    assert foreign.content == b""
    assert world.links == ours
    assert world.notes[f"document:{CARD}"].startswith(ours["Model card"].split("/")[5])
    assert world.round(hours=2) == []


@pytest.mark.parametrize("only", [("slack",), ("google_sheets",)])
def test_a_forged_pair_of_notes_leads_nowhere_where_documents_are_not_sent(
    world: World, only: tuple[str, ...]
) -> None:
    world.round(("google_docs",))
    foreign = world.google.new_file("Mallory's", DOCUMENT, USER, shared={ACCOUNT: "writer"})
    forge(world, foreign.id)
    world.round(only)
    assert world.told != "[]"
    assert foreign.id not in world.told
    assert list(world.links) == TEXTS[1:]
    assert world.google.asked(UPDATE) == []


def test_another_document_of_ours_is_not_taken_for_this_one(world: World) -> None:
    world.round()
    forge(world, world.documents()["demo: Data dictionary"].id)
    right = world.links
    world.round(hours=1)
    assert world.links == right


def test_where_google_does_not_answer_no_link_is_given(world: World) -> None:
    world.round()
    world.google.fail_next(GET, 503, times=1_000)
    told = world.round(hours=1)
    assert [one.state for one in told if one.sink == "docs"] == ["failed"] * 4
    assert "nobody knows whether what was sent is still there: document model_card of demo" in told[0].what
    assert world.links == {}
    assert not world.shelf.is_complete("demo")
    rows = [one for one in world.hospital.sinks["sheet"].sent if isinstance(one, Rows)]
    assert {row[-1] for row in rows[-1].rows} == {""}
    # It lies there all the same: nothing waits to be delivered.
    assert waiting(world.notes) == {}


def test_where_a_document_cannot_be_brought_up_to_date_it_has_no_link(world: World) -> None:
    world.round()
    world.hospital.document("MODEL_CARD.md", b"# Another\n")
    world.google.fail_next(UPDATE, 403, "insufficientFilePermissions")
    world.round(hours=1)
    assert list(world.links) == TEXTS[1:]
    assert not world.shelf.is_complete("demo")
    world.round(hours=2)
    assert list(world.links) == TEXTS
    assert world.shelf.is_complete("demo")


def test_a_sink_of_documents_that_cannot_be_opened_gives_no_link(world: World) -> None:
    world.round()
    world.google.fail_next("oauth2.token", 400, "invalid_grant", times=100)
    world.round(("slack",), hours=1)
    assert world.links == {}


@pytest.mark.parametrize("gone", ["moved", "binned", "deleted"])
def test_a_document_that_left_the_folder_is_not_followed_and_another_one_is_made(
    world: World, gone: str
) -> None:
    world.round()
    first = world.documents()["demo: Model card"]
    if gone == "moved":
        first.parents = (world.google.new_drive({ACCOUNT: "fileOrganizer"}).id,)
    elif gone == "binned":
        first.trashed = True
    else:
        del world.google.files[first.id]
    told = world.round(hours=1)
    assert [one.what for one in told if one.sink == "docs"] == [
        f"document model_card of demo: {CARD} written"
    ]
    second = world.documents()["demo: Model card"]
    assert second.id != first.id
    assert second.content == b"# MODEL_CARD.md of demo\n"
    assert world.links["Model card"].split("/")[5] == second.id


@pytest.mark.parametrize("gone", ["spreadsheet", "worksheet"])
def test_tables_that_people_threw_away_are_written_anew_as_a_whole(world: World, gone: str) -> None:
    world.sheets = True
    world.round(("google_sheets",))
    (book,) = [one for one in world.google.files.values() if one.kind == SPREADSHEET]
    filled = {sheet.title: len(sheet.rows) for sheet in book.sheets}
    assert world.round(("google_sheets",), hours=1) == []
    if gone == "spreadsheet":
        book.trashed = True
    else:
        del book.sheets[1]
    told = world.round(("google_sheets",), hours=2)
    assert len(told) == (len(filled) if gone == "spreadsheet" else 1)
    books = [one for one in world.google.files.values() if one.kind == SPREADSHEET and not one.trashed]
    assert [{sheet.title: len(sheet.rows) for sheet in one.sheets} for one in books] == [filled]
    assert world.round(("google_sheets",), hours=3) == []


def test_a_document_that_is_put_back_is_ours_again_once_the_new_one_is_gone(world: World) -> None:
    world.round(("google_docs",))
    first = world.documents()["demo: Model card"]
    first.parents = (world.google.new_drive({ACCOUNT: "fileOrganizer"}).id,)
    world.round(("google_docs",), hours=1)
    second = world.documents()["demo: Model card"]
    first.parents, second.trashed = (world.folder.id,), True
    world.round(("google_docs",), hours=2)
    assert world.links["Model card"].split("/")[5] == first.id
