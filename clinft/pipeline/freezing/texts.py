"""Asks for each record's text, holds it against the facts, asks again, and says what became of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from clinft.artifacts.data import Record
from clinft.artifacts.frozen_provenance import Counted
from clinft.errors import PolicyViolation
from clinft.pipeline.freezing.desk import Refused
from clinft.pipeline.freezing.model import ROUNDS
from clinft.ports.models import Conversation, LanguageModel
from clinft.ports.progress import ProgressTask
from clinft.stages.audit.scan import scan_texts
from clinft.stages.audit.units import TextUnit
from clinft.stages.prepare.written import request
from clinft.stages.prepare.written.source import rewritten
from clinft.stages.prepare.written.survival import Brief, Fault, faults, told_places
from clinft.stages.prepare.written.vocabulary import Vocabulary

BATCH = 50
# After so many records without one kept, nothing more is asked, or paid.
PROBE = 50
# A model that keeps the facts of fewer records than this does not know how to, and its few would be odd.
FEWEST_KEPT_PERCENT = 50


class _Silent:
    def advance(self, amount: int = 1, **fields: str | float) -> None:
        """Records are counted, not requests."""


@dataclass
class Tally:
    written: int = 0
    asked_again: int = 0
    generated: int = 0
    dropped: int = 0
    unchecked: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    failed: int = 0

    @property
    def asked(self) -> int:
        return self.written + self.failed

    def counted(self) -> Counted:
        return Counted(
            written=self.written,
            asked_again=self.asked_again,
            generated=self.generated,
            dropped=self.dropped,
            unchecked=self.unchecked,
            refused={kind.replace("_", "-"): n for kind, n in sorted(self.refused.items())},
        )


@dataclass(frozen=True)
class Writing:
    """`longest`: tokens that an answer may have."""

    model: LanguageModel
    vocabulary: Vocabulary
    seed: int
    longest: int
    refused: Refused


def write(
    writing: Writing, records: Sequence[tuple[Record, Brief | None]], tally: Tally, task: ProgressTask
) -> Iterator[Record]:
    """The records in order; one without a brief is not asked for. PolicyViolation where the model ignores
    the facts."""
    for batch in _batches(records):
        texts = _texts(writing, [brief for _, brief in batch if brief is not None], tally)
        for record, brief in batch:
            yield from _outcome(writing, record, brief, texts, tally)
            task.advance()
        if tally.asked >= PROBE and not tally.written:
            raise ignored(tally)
    if tally.asked and 100 * tally.written < FEWEST_KEPT_PERCENT * tally.asked:
        raise ignored(tally)


def _batches(
    records: Sequence[tuple[Record, Brief | None]],
) -> Iterator[Sequence[tuple[Record, Brief | None]]]:
    return (records[start : start + BATCH] for start in range(0, len(records), BATCH))


def _outcome(
    writing: Writing, record: Record, brief: Brief | None, texts: dict[str, str], tally: Tally
) -> Iterator[Record]:
    if brief is not None and record.id in texts:
        tally.written += 1
        yield rewritten(record, texts[record.id])
        return
    if brief is None:
        tally.unchecked += 1
    else:
        tally.failed += 1
    if writing.refused == "drop":
        tally.dropped += 1
    else:
        tally.generated += 1
        yield record


def _texts(writing: Writing, briefs: Sequence[Brief], tally: Tally) -> dict[str, str]:
    """By record: texts in which the facts survive."""
    kept: dict[str, str] = {}
    open_: list[tuple[Brief, Conversation]] = [(one, request.first(one, writing.seed)) for one in briefs]
    for number in range(ROUNDS):
        if not open_:
            break
        answers = writing.model.generate([asked for _, asked in open_], writing.longest, _Silent())
        still: list[tuple[Brief, Conversation]] = []
        for (brief, asked), answer in zip(open_, answers, strict=True):
            text = tidy(answer)
            found = found_in(brief, text, writing.vocabulary)
            if not found:
                kept[brief.record.id] = text
                tally.asked_again += number > 0
            elif number + 1 < ROUNDS:
                still.append((brief, request.again(asked, answer, found)))
            else:
                tally.refused.update({fault.kind for fault in found})
        open_ = still
    return kept


def tidy(answer: str) -> str:
    """Line ends and outer blanks are no part of what was said."""
    lines = answer.replace("\r\n", "\n").replace("\t", " ").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def found_in(brief: Brief, text: str, vocabulary: Vocabulary) -> tuple[Fault, ...]:
    found = faults(brief, text, vocabulary)
    return found or tuple(_identifiers(brief, text))


def _identifiers(brief: Brief, text: str) -> Iterator[Fault]:
    """Stricter than the audit, which only notes what is possible: no fact needs a name or a number."""
    told = told_places(brief, text)
    for finding in scan_texts([TextUnit("text", 1, "text", text)]):
        if not any(start < finding.end and finding.start < end for start, end in told):
            yield Fault("identifier", text[finding.start : finding.end])


def ignored(tally: Tally) -> PolicyViolation:
    reasons = ", ".join(f"{kind.replace('_', ' ')} {n}" for kind, n in tally.refused.most_common(6))
    return PolicyViolation(
        f"The model ignores the facts: of {tally.asked} records {tally.written} texts could be kept; nothing "
        "was written.",
        f"Each was asked for up to {ROUNDS} times. Records by what was wrong at last: {reasons or 'none'}.",
        "Try another model; its answers are kept, and asking this one again would change nothing.",
    )
