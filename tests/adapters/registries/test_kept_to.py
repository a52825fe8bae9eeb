"""Which redirects stay where they began, and that nothing of https goes on without it."""

import huggingface_hub
import huggingface_hub.constants
import pytest

from clinft.adapters.registries.kept_to import kept_to, stays
from clinft.errors import ServiceError

HUB = "https://hub.example"


@pytest.mark.parametrize(
    "location",
    [
        "/",
        "/api/models/a/new",
        "https://hub.example/api/models/a/new",
        "HTTPS://Hub.Example/x",
        "/x?next=//y",
    ],
)
def test_what_stays(location: str) -> None:
    assert stays(HUB, location)


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/x",
        "http://hub.example/x",
        "https://hub.example:8443/x",
        "https://hub.example.evil.example/x",
        "https://hub.example@evil.example/x",
        "https://hub.example:x@evil.example/",
        "https://hub.example\\@evil.example/",
        "https://hub.example",
        "//evil.example/x",
        "///evil.example/x",
        "/\\evil.example/x",
        "\\\\evil.example/x",
        "https:evil.example",
        "https:/evil.example",
        "evil.example",
        "",
    ],
)
def test_what_leads_away_or_could_be_read_so(location: str) -> None:
    assert not stays(HUB, location)


def test_nothing_goes_on_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket is opened: the tests' own guard would say so."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    with kept_to(HUB), pytest.raises(ServiceError, match="without encryption"):
        huggingface_hub.get_session().put("http://storage.example/x", content=b"weights")
