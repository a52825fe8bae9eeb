"""The old model's answers as evidence of the form that every evaluation has: baseline/evaluate.json."""

from collections.abc import Sequence
from typing import Any

import clinft
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.data import Record
from clinft.artifacts.envelope import Artifact, digest_content
from clinft.artifacts.results import EvaluationReport, ItemResult, RecordedEvaluation, RecordedSource
from clinft.pipeline.deployment import ITEMS
from clinft.ports.models import Conversation, LabelScore, LanguageModel, Sampling
from clinft.ports.progress import Progress, ProgressTask
from clinft.run_folder import to_bytes
from clinft.spec.evaluation import RECORDED_FOLDER
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt
from clinft.stages.evaluate import stage as evaluate


class RecordedModel:
    """Answers what was answered before, by text."""

    has_logprobs = False
    used = (0, 0)

    def __init__(self, answers: dict[str, str]) -> None:
        self._answers = answers

    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> list[list[LabelScore]]:
        raise AssertionError("has_logprobs is False: nobody scores labels here")

    def score_answers(
        self, conversations: Sequence[Conversation], answers: Sequence[str], task: ProgressTask
    ) -> list[LabelScore]:
        raise AssertionError("has_logprobs is False: nobody scores answers here")

    def generate(
        self,
        conversations: Sequence[Conversation],
        max_new_tokens: int,
        task: ProgressTask,
        sampling: Sampling | None = None,
    ) -> list[str]:
        answers = [self._answers[turns[-1].content] for turns in conversations]
        task.advance(len(answers))
        return answers

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        """Nothing is generated, so nothing needs room."""
        return [0] * len(conversations)


def recorded(
    spec: ProjectSpec,
    prompt: Prompt,
    test: Sequence[Record],
    test_sha256: str,
    answers: dict[str, str],
    source: RecordedSource,
    progress: Progress,
) -> tuple[RecordedEvaluation, list[ItemResult]]:
    """Measured as the new model will be; the rows hold labels, never an answer's own words."""
    only_it = spec.model_copy(
        update={"evaluation": spec.evaluation.model_copy(update={"compare": ("tuned",)})}
    )

    def open_model(_: str) -> LanguageModel:
        return RecordedModel(answers)

    report, items = evaluate.evaluate(only_it, prompt, test, test_sha256, open_model, progress)
    fields = {name: getattr(report, name) for name in EvaluationReport.model_fields}
    return RecordedEvaluation(**fields, source=source), items


def files_of(
    report: RecordedEvaluation,
    items: Sequence[ItemResult],
    project: str,
    inputs: dict[str, str],
    measured: dict[str, float | int | str],
    git_sha: str | None,
) -> dict[str, bytes]:
    """By name in the project. The same answers give the same bytes, whenever they are written."""
    rows = "".join(f"{item.model_dump_json()}\n" for item in items).encode()
    name = f"{RECORDED_FOLDER}/{ITEMS}"
    content: dict[str, Any] = {
        "stage": "evaluate",
        "stage_version": evaluate.STAGE_VERSION,
        "project": project,
        "run_id": None,
        "inputs": inputs,
        "files": {name: digest_bytes(rows)},
        "payload": report,
        "measured": measured,
        "created_at": report.source.asked_until,
        "git_sha": git_sha,
        "clinft_version": clinft.__version__,
    }
    unsealed = Artifact[RecordedEvaluation].model_construct(**content)
    dumped = {"schema_version": unsealed.schema_version, **unsealed.model_dump(mode="json", warnings=False)}
    artifact = Artifact[RecordedEvaluation](**content, digest=digest_content(dumped))
    return {name: rows, f"{RECORDED_FOLDER}/evaluate.json": to_bytes(artifact)}
