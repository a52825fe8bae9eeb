"""The server's words for the state of a job, in ours."""

from collections.abc import Mapping
from typing import get_args

from clinft.adapters.training.mcp_client.plain import plain
from clinft.artifacts.model import TERMINAL, JobStatus
from clinft.spec.mcp import Status

OURS: dict[str, JobStatus] = {word: word for word in get_args(Status)}


def status_of(word: str, states: Mapping[str, Status]) -> tuple[JobStatus, str]:
    """Our status and a warning, empty where the word is known. An unknown one never ends a job."""
    known = states.get(word) or OURS.get(word)
    if known is not None:
        return known, ""
    said = plain(word, longest=60)
    return "running", f"The server says {said!r}, a state that the policy does not map: taken as running."


def goes_backwards(before: JobStatus, now: JobStatus) -> bool:
    """A job that was over goes on, or ended otherwise. One that is preempted may well be queued again."""
    return before in TERMINAL and now != before
