"""Committed Markdown as Google Docs: one for each document, made once and then replaced in place."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from clinft.adapters.sinks.google.client import Google
from clinft.adapters.sinks.google.files import SHARED, Files
from clinft.adapters.sinks.google.login import Login
from clinft.adapters.sinks.google.modes import check
from clinft.adapters.sinks.google.places import DOCUMENT, file_id, scopes
from clinft.adapters.sinks.google_docs.conversion import imported
from clinft.adapters.sinks.tools import SinkTools
from clinft.errors import DigestMismatch
from clinft.ports.sinks import Document, Parcel, Reached, Receipt, Rows
from clinft.spec.sinks import Sink as Place

LONGEST_TITLE = 200
UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


class GoogleDocs:
    """`transport`: a test's way to its own server, in place of the network."""

    def __init__(self, place: Place, tools: SinkTools, transport: Any | None = None) -> None:
        self._place, self._tools, self._transport = place, tools, transport

    @cached_property
    def _google(self) -> Google:
        return Google(
            Login(self._place.login, self._tools), self._tools, scopes(self._place), self._transport
        )

    def accepts(self, parcel: Parcel) -> bool:
        return isinstance(parcel, Document)

    def send(self, parcel: Parcel, memory: Mapping[str, str]) -> Receipt:
        assert isinstance(parcel, Document)
        _unchanged(parcel)
        key = _key(parcel)
        noted = memory.get(f"document:{key}", "")
        standing = self._standing(key, memory)
        if standing is not None and noted == f"{standing} {parcel.sha256}":
            return Receipt(changed=False, what=f"{key} is as it was sent", url=_url(standing))
        own = self._place.documents.get(key)
        written = self._write_own(parcel, own) if own else self._write_made(parcel, standing)
        return Receipt(
            changed=True,
            what=f"{key} written",
            url=_url(written),
            remember={f"document:{key}": f"{written} {parcel.sha256}"},
        )

    def found(self, parcel: Document | Rows, memory: Mapping[str, str]) -> str | None:
        assert isinstance(parcel, Document)
        standing = self._standing(_key(parcel), memory)
        return None if standing is None else _url(standing)

    def preview(self, parcel: Parcel, memory: Mapping[str, str]) -> str:
        """The Markdown itself: Google makes the document of it."""
        assert isinstance(parcel, Document)
        _unchanged(parcel)
        return parcel.markdown

    def check(self) -> Iterator[Reached]:
        return check(self._place, self._tools, self._transport)

    @cached_property
    def _files(self) -> Files:
        return Files(self._google, self._place.folder, self._tools.repository)

    def _standing(self, key: str, memory: Mapping[str, str]) -> str | None:
        """The id, if Google says now that it is ours; asked also where nothing is to be written.

        A document of people is the policy's; raises where Google does not call it one.
        """
        own = self._place.documents.get(key)
        if own is not None:
            self._files.people_s(own, DOCUMENT, f"The document {own}")
            return own
        remembered = file_id(memory.get(f"document:{key}", "").partition(" ")[0])
        if remembered is None or not self._files.standing(remembered, f"document:{key}", DOCUMENT):
            return None
        return remembered

    def _write_own(self, parcel: Document, own: str) -> str:
        self._replace(parcel, own, {}, f"The document {own}")
        return own

    def _write_made(self, parcel: Document, standing: str | None) -> str:
        title = UNPRINTED.sub(" ", parcel.title).strip()[:LONGEST_TITLE] or parcel.name
        said = _description(parcel)
        if standing is None:
            standing, as_it_is = self._files.make(
                f"document:{_key(parcel)}", DOCUMENT, title, said, self._media(parcel)
            )
            if as_it_is:
                return standing
        self._replace(parcel, standing, {"name": title, "description": said}, f"The document {standing}")
        return standing

    def _replace(self, parcel: Document, known: str, metadata: dict[str, str], place: str) -> None:
        """The same id, so that links stay; the same content twice is one content."""
        request = self._google.files.update(
            fileId=known, body=metadata, media_body=self._media(parcel), fields="id", **SHARED
        )
        self._google.ask(request, f"Writing {_key(parcel)}", place)

    def _media(self, parcel: Document) -> Any:
        media_type, data = imported(parcel.markdown, self._formats)
        from googleapiclient.http import MediaInMemoryUpload

        return MediaInMemoryUpload(data, mimetype=media_type, resumable=False)

    @cached_property
    def _formats(self) -> tuple[str, ...]:
        """What Google makes documents of: it says so itself, and has added to it."""
        request = self._google.about.get(fields="importFormats")
        formats = self._google.ask(request, "Logging in", "Google").get("importFormats", {})
        return tuple(name for name, targets in formats.items() if DOCUMENT in targets)


def _key(parcel: Document) -> str:
    return f"{parcel.project}/{parcel.name}"


def _url(known: str) -> str:
    return f"https://docs.google.com/document/d/{known}/edit"


def _description(parcel: Document) -> str:
    return (
        f"Written by clinft from {parcel.name} of {parcel.project}, sha256 {parcel.sha256}. "
        "The next version replaces what is changed here."
    )


def _unchanged(parcel: Document) -> None:
    if hashlib.sha256(parcel.markdown.encode()).hexdigest() != parcel.sha256:
        raise DigestMismatch(
            f"{_key(parcel)} is not the document that was committed.",
            "Its text does not have the digest that goes with it.",
            "Run `clinft verify` on the run, and send again.",
        )
