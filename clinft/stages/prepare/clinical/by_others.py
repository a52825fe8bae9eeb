"""Records made by other workers: which block is asked for, and that their generator is this one."""

import hashlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from clinft.errors import SpecError
from clinft.ports.workers import Workers
from clinft.stages.prepare.clinical import words
from clinft.stages.prepare.clinical.blocks import Made, make_block
from clinft.stages.prepare.clinical.generate import Generation, Job


@dataclass(frozen=True)
class Asked:
    job: Job
    code: str


def made_by(workers: Workers, job: Job, blocks: Sequence[tuple[str, int]]) -> Generator[Made, None, None]:
    """In the order of `blocks`. The records themselves travel: they are synthetic by construction."""
    with workers.team(generation_of, Asked(job, code_digest())) as team:
        yield from team.map(block_of, blocks)


def generation_of(asked: Asked) -> Generation:
    """In a worker. SpecError where its generator is another one: the bytes would depend on who made them."""
    if code_digest() != asked.code:
        raise SpecError(
            "A worker has another generator than this machine.",
            "Its clinft is of another version.",
            "Install the same release on every machine of the cluster.",
        )
    return Generation(asked.job)


def block_of(generation: Generation, block: tuple[str, int]) -> Made:
    return make_block(generation, *block)


@cache
def code_digest() -> str:
    """Of the generator's sources and the tables of its styles; the pack is part of the job."""
    digest, package = hashlib.sha256(), Path(__file__).parents[1]
    for path in sorted(package.rglob("*.py")):
        digest.update(f"\n{path.relative_to(package).as_posix()}\n".encode() + path.read_bytes())
    for entry in sorted(words.folder().iterdir(), key=lambda one: one.name):
        if entry.is_file():
            digest.update(f"\n{entry.name}\n".encode() + entry.read_bytes())
    return digest.hexdigest()
