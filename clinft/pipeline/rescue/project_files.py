"""The new project's files as bytes: valid as they are, with a comment beside what people must look at."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from clinft.artifacts.data import Record
from clinft.errors import Problem, SpecError
from clinft.pipeline.rescue.old_model import OldModel
from clinft.spec.evaluation import RECORDED_FOLDER
from clinft.spec.load import PROMPT_NAME, SPEC_NAME, LoadedProject, load_project
from clinft.spec.prompt import MAX_BYTES, parse_prompt

SPEC = """\
# yaml-language-server: $schema=../../schemas/project.schema.json
# Written by `clinft rescue` from {model}, which is about to stop.
# Lines marked REVIEW are placeholders or a guess: nobody but you can know what belongs there.
version: 1

name: {name}
# REVIEW: one line for lists and reports.
summary: Successor of a model that was fine-tuned at OpenAI
# REVIEW: who answers for this project: GitHub users or teams, with @ and in quotes.
owners: ["@your-organization/your-team"]
# REVIEW: the clinical field, e.g. general-medicine. Nothing is generated here, so any name may stand.
clinical_domain: not-stated

# REVIEW: who uses the model, on what, and who decides in the end. Reviewers read this first.
intended_use: >-
  The use of {model}, which this model is to replace.
  Its owners describe that use here before anything is trained.
# REVIEW: what it must not be used for. One line each.
out_of_scope:
  - Any use that the old model was not approved for

task:
  kind: classification
  # REVIEW: the task in words a clinician agrees with.
  description: Answer as prompt/prompt.md asks, with exactly one of the labels below.
  # Every answer of the training file.
  labels:
{labels}

data:
  source: synthetic
  # Read from synthetic/*.jsonl; each file needs a statement of two people in synthetic/statements.yaml.
  origin: frozen
  records: {records}
  # The seed of the split, for the record.
  seed: {seed}

prompt:
  # prompt/prompt.md is the system prompt of the training file. With examples in it, add few_shot.
  strategies: [zero_shot]

training:
  # peft trains on your own machine: nothing leaves it, and nobody can switch the model off.
  provider: peft
  # REVIEW: a small model to begin with; a larger open-weight one may be needed to be no worse.
  base_model: {base_model}
{revision}  method: lora
  hyperparameters:
    # REVIEW: `clinft train --explain projects/{name}` recommends settings for this data, with reasons.
    n_epochs: 3
    batch_size: 8
    learning_rate: 0.001
    max_tokens: {max_tokens}
  # REVIEW: a machine that .github/clinft.yml names.
  runner: local

budget:
  # Upper bound of one run in US dollars. 0: your own machine.
  max_usd: 0
  max_hours: 24

evaluation:
  metrics: [accuracy, macro_f1, parse_failure_rate]
  compare: [base_zero_shot, tuned]
  # No thresholds: the comparison with the old model below decides. Add what a clinical user needs at least.

regression:
  # The answers of {model} in baseline/. Once a run of this project is deployed, write
  # `deployment` here: later models are then compared with that run.
  baseline: recorded
  # REVIEW: how much worse the new model may be and still count as no worse.
  margins:
    - {{metric: accuracy, margin: 0.02}}
  # REVIEW: labels whose misses would harm a patient; each newly missed case is listed and judged apart.
  critical_labels: []
"""
SMALLEST_CONTEXT, LARGEST_CONTEXT = 1024, 8192


def spec_text(
    name: str,
    model: OldModel,
    labels: tuple[str, ...],
    records: int,
    seed: int,
    base_model: str,
    longest: int,
) -> str:
    """`longest`: tokens of the longest example, by the old model's tokenizer."""
    reference, _, revision = base_model.partition("@")
    # Another tokenizer cuts the same text into more pieces.
    room = -(-longest * 3 // 2 // 256) * 256
    return SPEC.format(
        model=model.name,
        name=name,
        # JSON's quotes: a label like no or 12 stays text.
        labels="\n".join(f"    - {json.dumps(label, ensure_ascii=False)}" for label in labels),
        records=records,
        seed=seed,
        base_model=reference,
        revision=f'  base_model_revision: "{revision}"\n' if revision else "",
        max_tokens=min(max(room, SMALLEST_CONTEXT), LARGEST_CONTEXT),
    )


def prompt_text(system: str) -> str:
    """SpecError where prompt.md cannot hold this system prompt letter for letter."""
    text = f"# System\n{system.strip()}\n"
    try:
        kept = len(text.encode()) <= MAX_BYTES and parse_prompt(text, PROMPT_NAME).prompt.system
    except SpecError:
        kept = False
    if kept != system.strip():
        raise SpecError(
            "The system prompt of the training file cannot stand in prompt/prompt.md as it is.",
            "Lines that begin with one to three # are headings there; hidden characters and more than 64 KiB "
            "are refused.",
            "This form of prompt cannot be rescued yet: a changed prompt would be another task.",
        )
    return text


def data_files(records: Mapping[str, tuple[Record, ...]]) -> dict[str, bytes]:
    return {
        f"synthetic/{split}.jsonl": "".join(f"{row.model_dump_json()}\n" for row in rows).encode()
        for split, rows in records.items()
    }


def checked(repository: Path, name: str, spec: str, prompt: str, base_model: str) -> LoadedProject:
    """Loaded as it will be, before anything is paid for; SpecError with every problem."""
    reference = base_model.partition("@")[0]
    with tempfile.TemporaryDirectory(prefix="clinft-rescue-") as scratch:
        folder = Path(scratch) / "projects" / name
        (folder / PROMPT_NAME).parent.mkdir(parents=True)
        (folder / SPEC_NAME).write_text(spec, encoding="utf-8", newline="\n")
        (folder / PROMPT_NAME).write_text(prompt, encoding="utf-8", newline="\n")
        (folder / RECORDED_FOLDER).mkdir()
        (folder / RECORDED_FOLDER / "evaluate.json").touch()
        if ":" not in reference and (repository / reference).is_dir():
            (Path(scratch) / reference).mkdir(parents=True, exist_ok=True)
        try:
            return load_project(folder)
        except SpecError as error:
            problems = tuple(_where(problem, folder) for problem in error.problems)
            raise SpecError(
                "No valid project can be made of this.",
                "What is named below comes from the training file, or from --base-model.",
                "Correct it there, and call again; a hub id is written ORG/MODEL@COMMIT.",
                problems,
            ) from None


def _where(problem: Problem, folder: Path) -> Problem:
    place = Path(problem.path)
    return replace(problem, path=place.relative_to(folder).as_posix() if place.is_relative_to(folder) else "")
