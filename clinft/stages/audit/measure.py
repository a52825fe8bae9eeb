"""The auditor audited: identifiers planted into copies of this data, and the frozen challenge set."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from pydantic import ValidationError

from clinft.artifacts.audit import Finding, Sensitivity
from clinft.ports.progress import Progress, ProgressTask
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit import kept
from clinft.stages.audit.batch import Scanned
from clinft.stages.audit.chunks import units_of
from clinft.stages.audit.digests import data_digest, rules_digest
from clinft.stages.audit.donors import TEXT_FILE
from clinft.stages.audit.engine import Engine
from clinft.stages.audit.pool import Pool
from clinft.stages.audit.reading.piece import Form
from clinft.stages.audit.reading.rows import Row
from clinft.stages.audit.row_scan import scan_row
from clinft.stages.audit.sensitivity import (
    Counts,
    Donor,
    Planted,
    challenge_cases,
    challenge_sha256,
    plant,
    sensitivities,
    tally,
)
from clinft.stages.audit.sensitivity.canaries import FORMS
from clinft.stages.audit.sensitivity.plant import PER_CLASS

# A copy takes about a millisecond, so a batch is worth its way to another process.
BATCH = 100


def measured(
    donors: Sequence[Donor],
    scanned: Scanned,
    pool: Pool,
    policy: AuditPolicy,
    progress: Progress,
    label: str,
) -> tuple[Sensitivity, ...]:
    """Both measurements, class by class. The copies of the donors live in memory only."""
    seed = data_digest(scanned.digests)
    total = 2 * PER_CLASS * len(FORMS)
    with progress.task(f"{label}, planted identifiers", total) as task:
        challenge = _counted(challenge_sha256(), policy, challenge_cases(), pool, task)
        canaries = _counted(_name(donors, seed), policy, plant(donors, seed), pool, task)
    return sensitivities(canaries, challenge, policy.sensitivity_floor)


# By what was planted and the policy: the challenge set is the same for all data, and some data come twice.
_known: dict[tuple[str, AuditPolicy], Counts] = {}


def _counted(
    name: str, policy: AuditPolicy, copies: Iterator[Planted], pool: Pool, task: ProgressTask
) -> Counts:
    if (name, policy) not in _known:
        place = _place(name, policy)
        counts = _earlier(kept.load(place))
        if counts is None:
            counts = Counts()
            for some in pool.map(_tally, _batches(copies)):
                counts += some
                task.advance(sum(some.planted.values()))
            kept.save(place, counts.model_dump_json().encode())
        _known[name, policy] = counts
    return _known[name, policy]


def _place(name: str, policy: AuditPolicy) -> str:
    """The same plants, rules and policy give the same counts, so they need not be counted twice."""
    decides = f"{name} {rules_digest()} {policy.model_dump_json()}"
    return f"planted-{hashlib.sha256(decides.encode()).hexdigest()[:32]}.json"


def _earlier(data: bytes | None) -> Counts | None:
    try:
        return None if data is None else Counts.model_validate_json(data)
    except ValidationError:
        return None


def _name(donors: Sequence[Donor], seed: str) -> str:
    digest = hashlib.sha256(seed.encode())
    for donor in donors:
        digest.update(f"\n{donor.file}\n{donor.line}".encode(errors="surrogatepass"))
    return digest.hexdigest()


def _batches(copies: Iterator[Planted]) -> Iterator[tuple[Planted, ...]]:
    while batch := tuple(islice(copies, BATCH)):
        yield batch


def _tally(engine: Engine, copies: tuple[Planted, ...]) -> Counts:
    def scan(file: str, line: str) -> Iterable[Finding]:
        form: Form = "line" if file == TEXT_FILE else "json"
        return scan_row(engine, units_of(engine, file, Row(1, line), form))

    return tally(copies, scan)
