"""What is odd about a measurement as a whole, in sentences: figures alone would look like any others."""

from collections.abc import Iterator, Sequence

from clinft.artifacts.data import Record
from clinft.artifacts.results import AnsweringEngine, SystemResult
from clinft.spec.project import ProjectSpec
from clinft.stages.evaluate.kept import Kept
from clinft.stages.evaluate.scoring import GENERATED

# A share of empty or refused answers above this is a fault of the provider or of the prompt.
MANY_REFUSED = 0.1


def caveats_of(
    spec: ProjectSpec,
    test: Sequence[Record],
    systems: Sequence[SystemResult],
    kept: Kept,
    engine: AnsweringEngine | None = None,
) -> tuple[str, ...]:
    return (*_of_targets(spec, test), *_of_refusals(systems, kept), *_of_engine(engine, systems))


def _of_targets(spec: ProjectSpec, test: Sequence[Record]) -> Iterator[str]:
    if spec.task.kind != "classification":
        return
    present = {record.target for record in test}
    if len(present) == 1:
        yield (
            f"All {len(test):,} test items have one label, {min(present)}: nothing is known of the others, "
            "and a model that always says it is right."
        )
    elif missing := [label for label in spec.task.labels if label not in present]:
        yield f"The test split has no item of {', '.join(missing)}: nothing is known of them."


def _of_refusals(systems: Sequence[SystemResult], kept: Kept) -> Iterator[str]:
    for result in systems:
        if result.scoring != GENERATED:
            continue
        rows = kept.rows(result.system, result.scoring)
        refused = sum(row.refused for row in rows)
        if refused > MANY_REFUSED * len(rows):
            yield (
                f"{result.system} refused {refused:,} of {len(rows):,} items or answered nothing; its "
                "figures count these as wrong."
            )


def _of_engine(engine: AnsweringEngine | None, systems: Sequence[SystemResult]) -> Iterator[str]:
    if engine is None:
        return
    stored = [result.stored for result in systems if result.stored is not None]
    yield (
        f"Models on this machine were asked by {engine}, which computes a little otherwise than "
        "transformers: a small difference from a figure that transformers gave means nothing."
        + (f" The stored answers of {stored[0]} are as they were given then." if stored else "")
    )
