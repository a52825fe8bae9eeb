"""What a sink was sent, in the ref `refs/clinft-sinks/<sink>` of the remote: ids and digests."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from clinft.adapters.git_document import LARGEST_BYTES, GitDocuments, Kind
from clinft.adapters.sink_notes import decoded, encoded, refuse_large
from clinft.adapters.training.tools import pause
from clinft.errors import ServiceError, SpecError
from clinft.spec.base import Slug

REFS = "refs/clinft-sinks/"
TRIES = 8
LONGEST_SLEEP_SECONDS = 2.0
SLUG = TypeAdapter(Slug)


class GitSinkMemory:
    """`folder`: any clone; nothing of it is read, objects and one ref are added."""

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        remote: str,
        token: str | None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self._documents = GitDocuments(folder, environment, remote, token, MEMORIES)
        self._sleep = sleep or pause

    def read(self, sink: str) -> Mapping[str, str]:
        return self._read(_ref(sink))[0]

    def remember(self, sink: str, additions: Mapping[str, str]) -> Mapping[str, str]:
        ref = _ref(sink)
        for number in range(TRIES):
            known, token = self._read(ref)
            merged = {**known, **additions}
            if merged == known:
                return known
            data = encoded(merged)
            refuse_large(sink, data, LARGEST_BYTES)
            if self._documents.swap(ref, token, data, f"What {sink} was sent"):
                return merged
            # Not all of those who lost may come back at the same moment.
            self._sleep(random.uniform(0.0, min(LONGEST_SLEEP_SECONDS, 0.1 * 2**number)))  # noqa: S311
        raise ServiceError(
            f"What {sink} was sent could not be noted: others were faster {TRIES} times.",
            "Many jobs send to one sink at the same moment.",
            "Nothing is to be done: reconcile finds out what was sent, and sends the rest.",
        )

    def _read(self, ref: str) -> tuple[dict[str, str], str | None]:
        found = self._documents.read(ref)
        if found is None:
            return {}, None
        values = decoded(found.data)
        if values is None:
            raise _not_ours(ref)
        return values, found.token


def _ref(sink: str) -> str:
    try:
        return REFS + SLUG.validate_python(sink)
    except ValidationError:
        raise SpecError(
            "The memory of a sink was asked for, by something that is no sink's name.",
            "Names are lower-case letters, digits and hyphens.",
            "Name an entry of sinks in .github/clinft.yml.",
        ) from None


def _not_ours(ref: str) -> ServiceError:
    return ServiceError(
        f"{ref} does not hold what clinft notes about a sink.",
        "Something other than clinft was pushed there.",
        f"Look at what it is, then delete it: git push origin --delete {ref}. What was sent is forgotten "
        "with it: tables and documents are found again, messages of the last days are sent once more.",
    )


def _ambiguous(ref: str) -> ServiceError:
    return ServiceError(
        f"A branch or a tag is called {ref}, as a sink's memory is.",
        "Somebody pushed the memory to a wrong place, or wants to be in its way.",
        f"Delete it: git push origin --delete refs/heads/{ref}, for a tag refs/tags/{ref}.",
    )


MEMORIES = Kind(REFS, "refs/clinft-sinks-read/", "memory.json", "memory of a sink", _not_ours, _ambiguous)
