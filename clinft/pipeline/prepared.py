"""The records of a project: what they depend on, how they are made, and the plan that is shown of them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.canonical import digest_json
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.data_plan import DataPlan
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.records import Record
from clinft.pipeline.context import SPLITS, Context
from clinft.pipeline.driver import Produced, Stage
from clinft.pipeline.summary import of_prepare
from clinft.spec.data import OWN_PACK
from clinft.stages.prepare import frozen
from clinft.stages.prepare import stage as prepare
from clinft.stages.report.data_plan import render

# Whose tokens lengths are counted in, whatever is trained: records do not depend on a base model.
COUNTED_BY = "gpt-4o-mini"
# In data/work, which git ignores: it shows ten whole records.
SHOWN = "plan.md"


def brought(root: Path) -> Path:
    return root / frozen.FOLDER


def own_pack(root: Path) -> Path:
    """The team's own domain pack, which need not exist."""
    return root / OWN_PACK


def prepare_stage() -> Stage:
    def inputs(context: Context) -> dict[str, str]:
        spec, root = context.loaded.spec, context.paths.root
        asked = spec.task.model_dump(mode="json", include={"kind", "classify", "labels", "output_schema"})
        read = {
            "data": spec.data.model_dump(mode="json"),
            "task": asked,
            "domain": spec.clinical_domain,
        }
        return {"spec.data": digest_json(read), **prepare.depends_on(spec, brought(root), own_pack(root))}

    def execute(context: Context) -> Produced:
        made = make(context, context.paths.records)
        plan = _plan(context)
        run_folder.write_atomically(context.paths.work / SHOWN, render(plan).encode())
        # An artifact becomes evidence, and a record's text never leaves data/.
        left_out = {"samples": (), "samples_missing": f"Shown in data/work/{SHOWN} alone."}
        payload = made.model_copy(update={"plan": plan.model_copy(update=left_out)})
        return Produced(payload, tuple(f"data/records/{split}.jsonl" for split in SPLITS))

    return Stage("prepare", prepare.STAGE_VERSION, PreparedDataset, inputs, execute, of_prepare)


def make(context: Context, folder: Path) -> PreparedDataset:
    """Records alone, from what the project says now."""
    root = context.paths.root
    return prepare.prepare(context.loaded.spec, folder, brought(root), own_pack(root))


def _plan(context: Context) -> DataPlan:
    from clinft.stages.prepare.analysis import analyse

    spec = context.loaded.spec
    return analyse(
        {split: partial(iter_models, context.split_path(split), Record) for split in SPLITS},
        spec,
        _counter(context.services.models.counter(COUNTED_BY)),
        COUNTED_BY,
        # Of brought files nobody knows yet what they are; their texts are not repeated anywhere.
        None if spec.data.origin == "frozen" else _clean,
    )


def _counter(count: Callable[[object], int]) -> Callable[[Sequence[str]], Sequence[int]]:
    """Of a text alone: what a conversation costs beside its text is taken off."""

    def tokens(text: str) -> int:
        return count({"messages": [{"role": "user", "content": text}]})

    empty = tokens("")
    return lambda texts: [tokens(text) - empty for text in texts]


def _clean(record: Record) -> bool:
    from clinft.stages.audit.scan import is_clean

    return is_clean(record.text) and is_clean(record.target)
