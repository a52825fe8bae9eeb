"""Sinks, places and parcels of the tests; the memory of a sink is a dict."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clinft.adapters.sinks.google_docs import GoogleDocs
from clinft.adapters.sinks.google_sheets import GoogleSheets
from clinft.adapters.sinks.tools import SinkTools
from clinft.ports.sinks import Document, Receipt, Rows
from clinft.spec.eligibility import Eligibility
from clinft.spec.sinks import GoogleLogin, Sink
from tests.fakes.google.people import (
    ACCOUNT,
    CLIENT,
    PROVIDER,
    REFRESH_TOKEN,
    encoded,
    github_token,
    service_account_key,
)
from tests.fakes.google.server import GoogleServer

COLUMNS = ("row_id", "project", "run_id", "status", "cost_usd")
KEYLESS = GoogleLogin(workload_identity_provider=PROVIDER, service_account=ACCOUNT)


def row(number: int, status: str = "succeeded", cost: str = "1.50") -> tuple[str, ...]:
    return (f"icd10/0123456789ab-a{number}", "icd10", f"0123456789ab-a{number}", status, cost)


def rows(*numbers: int, table: str = "runs", columns: Sequence[str] = COLUMNS) -> Rows:
    return Rows(table, columns, [row(number) for number in numbers])


def document(
    markdown: str = "# Card\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", name: str = "model_card"
) -> Document:
    digest = hashlib.sha256(markdown.encode()).hexdigest()
    return Document("icd10", name, "Model card: icd10", markdown, digest)


def place(kind: str, **more: Any) -> Sink:
    eligibility = Eligibility(owner="Privacy office", review_by="2027-06-30")
    return Sink(kind=kind, description="Programme board", eligibility=eligibility, **more)


def texts(error: BaseException | None) -> Iterator[str]:
    """Everything that a message, a log or a traceback could show of it and of what it was raised from."""
    while error is not None:
        yield from (str(error), repr(error), repr(vars(error)), *map(str, error.args))
        error = error.__cause__ or error.__context__


def assert_says_nothing(error: BaseException, google: GoogleServer, *secrets: str) -> None:
    key = service_account_key()
    hidden = [*google.tokens, str(key["private_key"]), encoded(key), REFRESH_TOKEN, CLIENT[1], *secrets]
    said = "\n".join(texts(error))
    assert [one for one in hidden if one in said] == []


@dataclass
class Sending:
    google: GoogleServer
    memory: dict[str, str] = field(default_factory=dict)
    slept: list[float] = field(default_factory=list)

    def tools(
        self, key: Mapping[str, Any] | None = None, id_token: Callable[[str], str | None] | None = None
    ) -> SinkTools:
        """With the service account's key, unless another one is given; or keyless."""
        text = None if id_token else encoded(dict(service_account_key() if key is None else key))
        return SinkTools(
            key_of=lambda host: text if host == "oauth2.googleapis.com" else None,
            id_token=id_token or (lambda _: None),
            sleep=self.slept.append,
            repository="hospital/models",
        )

    def sheets(self, at: Sink, tools: SinkTools | None = None) -> GoogleSheets:
        return GoogleSheets(at, tools or self.tools(), transport=self.google.transport())

    def docs(self, at: Sink, tools: SinkTools | None = None) -> GoogleDocs:
        return GoogleDocs(at, tools or self.tools(), transport=self.google.transport())

    def send(self, sink: GoogleSheets | GoogleDocs, parcel: Rows | Document) -> Receipt:
        receipt = sink.send(parcel, dict(self.memory))
        self.memory.update(receipt.remember)
        return receipt

    def keyless(self) -> SinkTools:
        return self.tools(id_token=github_token)
