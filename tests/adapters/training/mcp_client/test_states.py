"""The server's words for a state."""

import pytest

from clinft.adapters.training.mcp_client.states import goes_backwards, status_of
from clinft.artifacts.model import JobStatus
from clinft.spec.mcp import Status

WORDS: dict[str, Status] = {"DONE": "succeeded", "failed": "cancelled", "0": "queued"}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("DONE", "succeeded"),
        ("0", "queued"),
        ("running", "running"),
        # What the policy says goes before what the word says.
        ("failed", "cancelled"),
    ],
)
def test_a_known_word_has_no_warning(word: str, status: JobStatus) -> None:
    assert status_of(word, WORDS) == (status, "")


@pytest.mark.parametrize("word", ["done", "", "None", "pre-empted\n"])
def test_an_unknown_word_ends_nothing(word: str) -> None:
    status, warning = status_of(word, WORDS)
    assert status == "running"
    assert "does not map" in warning
    assert warning.isprintable()


@pytest.mark.parametrize(
    ("before", "now", "back"),
    [
        ("succeeded", "running", True),
        ("failed", "succeeded", True),
        ("cancelled", "cancelled", False),
        # Taken off the machine by somebody with more right to it.
        ("running", "queued", False),
        ("running", "failed", False),
    ],
)
def test_only_what_was_over_cannot_go_back(before: JobStatus, now: JobStatus, back: bool) -> None:
    assert goes_backwards(before, now) is back
