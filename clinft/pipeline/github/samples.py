"""A few synthetic records that people may see: training records in which no rule finds anything."""

from itertools import islice

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.data import Record
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.pull_request import Sample
from clinft.pipeline.context import Context
from clinft.stages.audit.scan import is_clean

SHOWN, LOOKED_AT, LONGEST = 3, 200, 2000


def clean_samples(context: Context, report: AuditReport) -> tuple[Sample, ...]:
    """None at all where the audit found something that blocks: then nothing of the data is shown."""
    if report.verdict != "PASS":
        return ()
    shown: dict[str, Sample] = {}
    for record in islice(iter_models(context.split_path("train"), Record), LOOKED_AT):
        # One of each target, so that the examples differ.
        fits = len(record.text) <= LONGEST and record.target not in shown
        if fits and all(map(is_clean, (record.id, record.text, record.target))):
            shown[record.target] = Sample(id=record.id, text=record.text, target=record.target)
        if len(shown) == SHOWN:
            break
    return tuple(shown.values())
