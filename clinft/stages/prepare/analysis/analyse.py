"""Records of all splits → DataPlan. Every split is read once; what is compared is a seeded sample."""

from collections.abc import Callable, Iterable, Mapping

from clinft.artifacts.data import Record
from clinft.artifacts.data_plan import DataPlan, Lengths, Spread
from clinft.spec.data import SPLITS
from clinft.spec.project import ProjectSpec
from clinft.stages.prepare.analysis import passing, record_schema, samples, volume
from clinft.stages.prepare.analysis.codes import Codes
from clinft.stages.prepare.analysis.lengths import CountTokens, lengths
from clinft.stages.prepare.analysis.notes import hipaa
from clinft.stages.prepare.analysis.passing import Pass
from clinft.stages.prepare.analysis.repeats import Texts, near_repeats
from clinft.stages.prepare.analysis.spread import diversity, spread

ReadSplit = Callable[[], Iterable[Record]]


def analyse(
    records_by_split: Mapping[str, ReadSplit],
    spec: ProjectSpec,
    count_tokens: CountTokens | None = None,
    counted_by: str | None = None,
    clean: samples.Clean | None = None,
    *,
    sample: int = passing.SAMPLE,
) -> DataPlan:
    """The same records, in whatever order, give the same plan.

    `count_tokens` and `counted_by`: tokens of texts, and whose they are. `clean`: whether an audit of this
    record finds nothing above INFO; without it no record is shown. Samples come from train alone: who reads
    a report shall not know the test.
    """
    texts, codes = Texts(), Codes()
    seed = spec.data.seed
    passes = {
        split: passing.read(split, records_by_split[split](), seed, texts, codes, sample)
        for split in SPLITS
        if split in records_by_split
    }
    train = passes.get("train", Pass("train"))
    labels = spec.task.labels
    shown, missing = samples.samples(train.sample, clean, samples.SHOWN)
    listed, more = codes.uses()
    measured = None if count_tokens is None else _lengths(passes, count_tokens)
    return DataPlan(
        records={split: one.records for split, one in passes.items()},
        sampled={split: len(one.sample) for split, one in passes.items()},
        seed=seed,
        spreads=tuple(_spreads(passes, labels)),
        diversity=tuple(diversity(split, one.sample) for split, one in passes.items()),
        exact_repeats=texts.repeats(),
        near_repeats=near_repeats({split: one.sample for split, one in passes.items()}),
        lengths=measured,
        counted_by=None if measured is None else counted_by,
        volume=volume.volume(
            spec.task.kind, train.records, [train.targets[label] for label in labels] if labels else None
        ),
        codes=listed,
        more_codes=more,
        record_schema=record_schema.record_schema(
            spec.task, [record for one in passes.values() for record in one.sample]
        ),
        samples=shown,
        samples_missing=missing,
        hipaa=hipaa(spec.data),
    )


def _spreads(passes: Mapping[str, Pass], labels: tuple[str, ...]) -> Iterable[Spread]:
    """Answers are compared only where they are labels."""
    for split, one in passes.items():
        if labels:
            yield spread(split, "target", one.targets, labels)
        yield spread(split, "style", one.styles)


def _lengths(passes: Mapping[str, Pass], count: CountTokens) -> tuple[Lengths, ...] | None:
    found = [lengths(split, one.sample, count) for split, one in passes.items()]
    if any(one is None for one in found):
        return None
    return tuple(row for one in found if one is not None for row in one)
