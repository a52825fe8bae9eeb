"""Committed Markdown as Google Docs, made once and replaced in place."""

import threading
from dataclasses import replace

import pytest

from clinft.adapters.sinks.google_docs.conversion import imported
from clinft.errors import ClinftError, DigestMismatch, PolicyViolation
from tests.adapters.sinks.google.sending import Sending, assert_says_nothing, document, place, rows
from tests.fakes.google.calls import Request
from tests.fakes.google.people import ACCOUNT, USER
from tests.fakes.google.server import GoogleServer
from tests.fakes.google.state import DOCUMENT, SPREADSHEET, File

CREATE, UPDATE = "drive.files.create", "drive.files.update"
HOSTILE = "# T\n\n<script>alert(1)</script> [x](javascript:alert(1)) ![i](https://evil.example/i.png) =1+1\n"


@pytest.fixture
def folder(google: GoogleServer) -> File:
    return google.new_drive({ACCOUNT: "fileOrganizer"})


def made(google: GoogleServer) -> list[File]:
    return [one for one in google.files.values() if one.kind == DOCUMENT and not one.trashed]


def test_a_document_is_made_of_markdown_and_replaced_in_place(
    google: GoogleServer, sending: Sending, folder: File
) -> None:
    sink = sending.docs(place("google_docs", folder=folder.id))
    first = document()
    receipt = sending.send(sink, first)
    (doc,) = made(google)
    assert (doc.name, doc.owner, doc.parents) == ("Model card: icd10", None, (folder.id,))
    assert (doc.media_type, doc.content.decode()) == ("text/markdown", first.markdown)
    assert first.sha256 in doc.description
    assert receipt.url == f"https://docs.google.com/document/d/{doc.id}/edit"
    assert sending.memory == {"document:icd10/model_card": f"{doc.id} {first.sha256}"}

    again = sending.send(sink, first)
    assert (again.changed, again.url, google.asked(UPDATE)) == (False, receipt.url, [])

    second = document("# Card 2 – „größer“ ≥ 0.60\n")
    receipt = sending.send(sink, second)
    assert receipt.changed
    assert made(google) == [doc]
    assert doc.content.decode() == second.markdown


def test_google_s_own_export_reads_it_back(google: GoogleServer, sending: Sending) -> None:
    doc = google.new_file("Card", DOCUMENT, USER, shared={ACCOUNT: "writer"})
    sink = sending.docs(place("google_docs", documents={"icd10/model_card": doc.id}))
    sending.send(sink, document())
    read = sink._google.files.export(fileId=doc.id, mimeType="text/markdown").execute(http=sink._google._wire)
    assert read.decode() == document().markdown


def test_each_document_is_one_of_its_own(google: GoogleServer, sending: Sending, folder: File) -> None:
    sink = sending.docs(place("google_docs", folder=folder.id))
    names = ("model_card", "data_dictionary", "hipaa_report", "prompt")
    for name in names:
        sending.send(sink, document(f"# {name}\n", name))
    assert [one.content.decode() for one in made(google)] == [f"# {name}\n" for name in names]
    assert len(sending.memory) == 4


def test_a_document_of_people_is_written_and_nothing_else_of_it_changed(
    google: GoogleServer, sending: Sending
) -> None:
    doc = google.new_file("Our model card", DOCUMENT, USER, shared={ACCOUNT: "writer"})
    sink = sending.docs(place("google_docs", documents={"icd10/model_card": doc.id}))
    receipt = sending.send(sink, document())
    assert (doc.name, doc.description, doc.content.decode()) == ("Our model card", "", document().markdown)
    assert receipt.url == f"https://docs.google.com/document/d/{doc.id}/edit"
    assert google.asked(CREATE) == []
    moved = google.new_file("Another", DOCUMENT, USER, shared={ACCOUNT: "writer"})
    sending.send(sending.docs(place("google_docs", documents={"icd10/model_card": moved.id})), document())
    assert moved.content.decode() == document().markdown


@pytest.mark.parametrize("wrong", ["spreadsheet", "bin"])
def test_a_file_of_people_that_is_no_document_is_refused(
    wrong: str, google: GoogleServer, sending: Sending
) -> None:
    kind = SPREADSHEET if wrong == "spreadsheet" else DOCUMENT
    file = google.new_file("Notes", kind, USER, shared={ACCOUNT: "writer"}, trashed=wrong == "bin")
    with pytest.raises(PolicyViolation, match="is not a file that clinft can write"):
        sending.send(sending.docs(place("google_docs", documents={"icd10/model_card": file.id})), document())
    assert file.content == b""


def test_where_markdown_is_not_imported_html_is(google: GoogleServer, sending: Sending, folder: File) -> None:
    del google.import_formats["text/markdown"]
    sending.send(sending.docs(place("google_docs", folder=folder.id)), document())
    (doc,) = made(google)
    assert doc.media_type == "text/html"
    assert "<h1>Card</h1>" in doc.content.decode()
    assert "<td>1</td>" in doc.content.decode()


@pytest.mark.parametrize("formats", [[], ["text/markdown"]])
def test_html_holds_no_tag_picture_or_script_of_the_text(formats: list[str]) -> None:
    media_type, data = imported(HOSTILE, formats)
    assert media_type == "text/html"
    html = data.decode()
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_lost_answers_make_one_document(google: GoogleServer, sending: Sending, folder: File) -> None:
    sink = sending.docs(place("google_docs", folder=folder.id))
    google.drop_next(CREATE)
    sending.send(sink, document())
    assert len(made(google)) == 1
    google.fail_next(UPDATE, 503, after_accepting=True)
    google.drop_next(UPDATE, after_accepting=False)
    sending.send(sink, document("# New\n"))
    assert [one.content for one in made(google)] == [b"# New\n"]


def test_two_publishers_at_once_make_one_document(google: GoogleServer, folder: File) -> None:
    at = place("google_docs", folder=folder.id)
    barrier, left = threading.Barrier(2), threading.Semaphore(2)

    def wait(_: Request) -> None:
        if left.acquire(blocking=False):
            barrier.wait(timeout=30)

    google.hooks[CREATE] = wait
    both = [Sending(google), Sending(google)]
    failed: list[ClinftError] = []

    def publish(one: Sending, markdown: str) -> None:
        try:
            one.send(one.docs(at), document(markdown))
        except ClinftError as error:
            failed.append(error)

    threads = [threading.Thread(target=publish, args=(one, "# Same\n")) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    (doc,) = made(google)
    assert [one.memory["document:icd10/model_card"].split()[0] for one in both] == [doc.id, doc.id]
    assert doc.content == b"# Same\n"


def test_a_document_that_was_thrown_away_or_forgotten(
    google: GoogleServer, sending: Sending, folder: File
) -> None:
    sink = sending.docs(place("google_docs", folder=folder.id))
    sending.send(sink, document())
    (first,) = made(google)
    sending.memory.clear()
    sending.send(sink, document("# 2\n"))
    assert made(google) == [first]
    first.trashed = True
    sending.send(sink, document("# 3\n"))
    (second,) = made(google)
    assert second.id != first.id
    assert second.content == b"# 3\n"


def test_text_that_is_not_what_was_committed_is_refused(google: GoogleServer, sending: Sending) -> None:
    sink = sending.docs(place("google_docs"))
    changed = replace(document(), markdown="# PATIENT\n")
    with pytest.raises(DigestMismatch) as caught:
        sink.send(changed, {})
    assert_says_nothing(caught.value, google, "PATIENT")
    assert google.requests == []


def test_preview_is_the_markdown(google: GoogleServer, sending: Sending) -> None:
    sink = sending.docs(place("google_docs"))
    assert sink.preview(document(), {}) == document().markdown
    assert sink.accepts(document())
    assert not sink.accepts(rows(1))
    assert google.requests == []


def test_a_title_of_many_lines_is_one(google: GoogleServer, sending: Sending, folder: File) -> None:
    sink = sending.docs(place("google_docs", folder=folder.id))
    sending.send(sink, replace(document(), title="a\n\u202eb" + "c" * 300))
    assert made(google)[0].name == ("a b" + "c" * 300)[:200]


def test_a_refusal_says_nothing_of_the_text(google: GoogleServer, sending: Sending, folder: File) -> None:
    sink = sending.docs(place("google_docs", folder=folder.id))
    google.fail_next(CREATE, 400, "badRequest")
    with pytest.raises(PolicyViolation, match="Making the icd10/model_card was refused") as caught:
        sending.send(sink, document("# Jane Canary\n"))
    assert_says_nothing(caught.value, google, "Jane Canary", "Model card")


def test_an_id_that_somebody_put_into_the_memory_leads_nowhere(
    google: GoogleServer, sending: Sending, folder: File
) -> None:
    doc = google.new_file("Mallory's", DOCUMENT, USER, shared={ACCOUNT: "writer"})
    sheet = google.new_file("Mallory's", SPREADSHEET, USER, shared={ACCOUNT: "writer"})
    forged = {"document:icd10/model_card": f"{doc.id} {document().sha256}", "spreadsheet": sheet.id}
    sending.memory.update(forged)
    receipts = [
        sending.send(sending.docs(place("google_docs", folder=folder.id)), document()),
        sending.send(sending.sheets(place("google_sheets", folder=folder.id)), rows(1)),
    ]
    assert doc.content == b""
    assert [one.url and (doc.id in one.url or sheet.id in one.url) for one in receipts] == [False, False]


def test_a_folder_that_the_policy_changed_gets_what_is_new(
    google: GoogleServer, sending: Sending, folder: File
) -> None:
    sending.send(sending.docs(place("google_docs", folder=folder.id)), document())
    other = google.new_drive({ACCOUNT: "fileOrganizer"})
    sending.send(sending.docs(place("google_docs", folder=other.id)), document("# 2\n"))
    assert [(one.parents, one.content) for one in made(google)][1:] == [((other.id,), b"# 2\n")]


# What was sent before


def test_a_document_is_found_where_google_says_that_it_is_ours(
    google: GoogleServer, sending: Sending, folder: File
) -> None:
    sink = sending.docs(place("google_docs", folder=folder.id))
    assert sink.found(document(), {}) is None
    assert google.requests == []
    receipt = sending.send(sink, document())
    before = len(google.asked(CREATE) + google.asked(UPDATE))
    assert sink.found(document("# Another text\n"), sending.memory) == receipt.url
    assert sink.found(document(name="hipaa_report"), sending.memory) is None
    (doc,) = made(google)
    for change in ({"trashed": True}, {"parents": ("elsewhere",)}, {"kind": SPREADSHEET}, {"properties": {}}):
        kept = {name: getattr(doc, name) for name in change}
        for name, value in change.items():
            setattr(doc, name, value)
        assert sink.found(document(), sending.memory) is None, change
        for name, value in kept.items():
            setattr(doc, name, value)
    assert sink.found(document(), sending.memory) == receipt.url
    assert len(google.asked(CREATE) + google.asked(UPDATE)) == before


def test_a_document_of_people_is_found_until_they_throw_it_away(
    google: GoogleServer, sending: Sending
) -> None:
    doc = google.new_file("Our model card", DOCUMENT, USER, shared={ACCOUNT: "writer"})
    sink = sending.docs(place("google_docs", documents={"icd10/model_card": doc.id}))
    receipt = sending.send(sink, document())
    assert sink.found(document(), {"document:icd10/model_card": "malloryMallory1 0"}) == receipt.url
    doc.trashed = True
    for ask in (sink.found, sink.send):
        with pytest.raises(PolicyViolation, match="is not a file that clinft can write"):
            ask(document(), sending.memory)
