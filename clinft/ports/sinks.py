"""Places outside the repository that people read: what may be sent to them, and how each is reached.

Everything sent is a view of committed or sealed evidence and can be sent again; git stays the record. No sink
sees a record's text, except LangSmith, whose datasets are audited files.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from clinft.spec.base import Slug

MilestoneKind = Literal["data_plan", "audit", "cost", "job", "evaluation", "regression", "concern"]
Tone = Literal["good", "neutral", "warning", "bad"]


@dataclass(frozen=True)
class Link:
    """`text` is plain; `url` is https and was built by us, never copied from a spec or a model."""

    text: str
    url: str


@dataclass(frozen=True)
class Threshold:
    """One threshold of the spec, e.g. text `accuracy 0.73 [0.64, 0.81], n = 100; at least 0.60`."""

    text: str
    state: Literal["met", "not met", "not certifiable", "missing"]


@dataclass(frozen=True)
class Milestone:
    """One message about one step. All texts are plain and foreign: a sink escapes them for its own markup.

    `thread`: the same for all steps of a plan, `project/plan_digest[:12]`. `key`: of the step, the same also
    where it has something new to tell, so that a message is updated, not repeated.
    """

    project: Slug
    thread: str
    kind: MilestoneKind
    key: str
    tone: Tone
    title: str
    lines: Sequence[str]
    thresholds: Sequence[Threshold] = ()
    links: Sequence[Link] = ()


@dataclass(frozen=True)
class Rows:
    """Rows of one table of projects/tracking/. The first column is `row_id`; a row never changes."""

    table: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Document:
    """One committed Markdown document, e.g. name `model_card`. `sha256`: of the Markdown."""

    project: Slug
    name: str
    title: str
    markdown: str
    sha256: str


@dataclass(frozen=True)
class Dataset:
    """An audited dataset and its splits: chat examples, one object a line, with digests that the audit names.

    `splits`: split to (path, sha256). The sink hashes what it reads and refuses what differs.
    """

    project: Slug
    run_id: str
    digest: str
    description: str
    splits: Mapping[str, tuple[Path, str]]
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ItemScore:
    """`example`: number of the row in the split, from 0. `scores`: metric to value of this item."""

    item: str
    example: int
    output: str | None
    scores: Mapping[str, float]


@dataclass(frozen=True)
class Experiment:
    """One system of one evaluation, on one split of a dataset: scores by item; outputs passed the audit."""

    project: Slug
    run_id: str
    system: str
    dataset: str  # digest of the Dataset
    split: str
    items: Path  # JSON Lines of ItemScore, streamed
    metadata: Mapping[str, str] = field(default_factory=dict)


Parcel: TypeAlias = Milestone | Rows | Document | Dataset | Experiment


@dataclass(frozen=True)
class Receipt:
    """`remember`: what this sink's memory gains, e.g. {"thread:icd10/3f…": "1700.1"}; never a secret.

    `what`: one line for people, e.g. `3 rows added to runs`. `url`: where people see it, if anywhere.
    Not `certain`: it was sent, and may be there or not. It is not sent again.
    """

    changed: bool
    what: str
    url: str | None = None
    remember: Mapping[str, str] = field(default_factory=dict)
    certain: bool = True


@dataclass(frozen=True)
class Reached:
    """One line of `clinft doctor` about a sink: what was tried (reading only), and what to do."""

    ok: bool
    what: str
    advice: str = ""


class Sink(Protocol):
    def accepts(self, parcel: Parcel) -> bool: ...

    def send(self, parcel: Parcel, memory: Mapping[str, str]) -> Receipt:
        """Safe to repeat, also after an answer was lost: the second time changes nothing.

        ServiceError: it may go through later. PolicyViolation: a person must mend a setting. No exception,
        and nothing it was raised from, holds a credential or any text of the parcel.
        """

    def preview(self, parcel: Parcel, memory: Mapping[str, str]) -> str:
        """Exactly what `send` would send, for `--dry-run`: JSON or Markdown; nothing is reached."""

    def check(self) -> Iterator[Reached]:
        """For the doctor; reads only."""


@runtime_checkable
class Finds(Protocol):
    """A sink whose files people move and throw away, while others may write what is noted of them."""

    def found(self, parcel: Document | Rows, memory: Mapping[str, str]) -> str | None:
        """Where it is that was made for this one, as the service says now. Reads only; raises as `send` does.

        None: it was never made, is gone, or is not ours. Whether it has all of the parcel is not looked at.
        """


@runtime_checkable
class Foresees(Protocol):
    """A sink that adds, and may not be able to look for what it has added."""

    def foreseen(self, parcel: Parcel, memory: Mapping[str, str]) -> Mapping[str, str]:
        """What is noted before `send`, and emptied once its outcome is known. Raises as `send` does.

        A `send` whose memory has it knows that the parcel may be there, though nobody saw an answer. Empty
        where nothing would be sent, or where it could be looked for.
        """


@runtime_checkable
class Rehearses(Protocol):
    """A sink whose parcels build upon each other, and whose preview nobody would read."""

    def shown(self, parcel: Parcel, memory: Mapping[str, str]) -> str:
        """What `preview` says, for a person: lines of plain text that nothing in it breaks or colours."""

    def rehearsed(self, parcel: Parcel, memory: Mapping[str, str]) -> Mapping[str, str]:
        """What it would remember of the parcel: nothing is reached."""


class SinkMemory(Protocol):
    """What was sent where: ids of messages, files and datasets, by sink. Kept in git."""

    def read(self, sink: str) -> Mapping[str, str]: ...

    def remember(self, sink: str, additions: Mapping[str, str]) -> Mapping[str, str]:
        """Merged over what is there by compare-and-swap, also against another job; what stands there then."""
