"""What goes over the wire. After a wanted change: CLINFT_UPDATE_GOLDEN=1 pytest <this file>, then read the diff."""

import json
import os
from pathlib import Path

from clinft.adapters.sinks.google_docs.conversion import imported
from tests.adapters.sinks.google.sending import Sending, place, rows
from tests.fakes.google.people import ACCOUNT
from tests.fakes.google.server import GoogleServer

GOLDEN = Path(__file__).parent / "golden"
CARD = """# Model card: icd10

> [!WARNING]
> Synthetic data only.

| metric | value | at least |
|---|---:|---:|
| accuracy | 0.73 [0.64, 0.81], n = 100 | 0.60 |

- [x] audited
- <b>not</b> a tag, ~~struck~~, `code`, [a link](https://github.com/hospital/models)
"""


def equals_golden(name: str, text: str) -> None:
    golden = GOLDEN / name
    if os.environ.get("CLINFT_UPDATE_GOLDEN") == "1":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_the_first_two_publishes(google: GoogleServer, sending: Sending) -> None:
    folder = google.new_drive({ACCOUNT: "fileOrganizer"})
    for numbers in ((1, 2), (1, 2, 3)):
        sending.send(sending.sheets(place("google_sheets", folder=folder.id)), rows(*numbers))
    calls = [
        {"method": one.operation_id, "query": dict(one.query), "body": one.body}
        for one in google.requests
        if one.operation_id != "oauth2.token"
    ]
    equals_golden("sheets.json", json.dumps(calls, indent=1, ensure_ascii=False) + "\n")


def test_a_document_as_html() -> None:
    equals_golden("card.html", imported(CARD, [])[1].decode())
