"""The deployed model and other providers' models: asked, taken from stored answers, or absent with a reason."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clinft.artifacts.results import EvaluationReport, ItemResult
from clinft.errors import ClinftError, PolicyViolation, ServiceError
from clinft.ports.models import LanguageModel
from clinft.spec.prompt import Prompt, PromptExample
from clinft.stages.evaluate.kept import Kept
from clinft.stages.evaluate.stage import Surroundings, evaluate, measure
from clinft.stages.evaluate.stored import take
from tests.fakes.case_records import TARGETS, Answering, records, spec_of
from tests.fakes.progress import Quiet

PROMPT = Prompt(system="Code it.", examples=(PromptExample(input="A note.", output="[]"),))
OLD = Prompt(system="The old prompt.", examples=())
TEST = records(12, "coding")
SHA = "a" * 64


class Seeing(Answering):
    """Keeps the system prompts and lengths of what it was asked."""

    def __init__(self, right: bool) -> None:
        super().__init__(lambda text: TARGETS["coding"] if right else "?", has_logprobs=False)
        self.seen: set[tuple[str, int]] = set()

    def generate(self, conversations, *rest):  # type: ignore[no-untyped-def,override]
        self.seen |= {(turns[0].content, len(turns)) for turns in conversations}
        return super().generate(conversations, *rest)


def run(
    folder: Path,
    open_model: Callable[[str], LanguageModel],
    around: Surroundings,
    compare: tuple[str, ...] = ("tuned", "deployed"),
    also: tuple[str, ...] = (),
) -> EvaluationReport:
    spec = spec_of("coding", evaluation={"compare": compare, "also": also}, prompt={"few_shot_examples": 1})
    return measure(spec, PROMPT, TEST, SHA, open_model, Quiet(), Kept(folder), around)


def test_the_deployed_model_is_asked_with_the_prompt_it_was_trained_with(tmp_path: Path) -> None:
    models = {"tuned": Seeing(True), "deployed": Seeing(False)}
    report = run(tmp_path, models.__getitem__, Surroundings(deployed_prompt=OLD))
    assert models["deployed"].seen == {("The old prompt.", 2)}
    assert models["tuned"].seen == {("Code it.", 2)}
    assert [one.system for one in report.systems] == ["tuned", "deployed"]
    assert [(gain.against, gain.difference.value) for gain in report.gains] == [("deployed", 1.0)]
    assert report.absent == {}


def rows_of(test: list) -> list[ItemResult]:  # type: ignore[type-arg]
    """Of an earlier run whose tuned model was right on all."""
    spec = spec_of("coding", evaluation={"compare": ["tuned"]})
    return evaluate(spec, OLD, test, SHA, lambda which: Seeing(True), Quiet())[1]


def test_stored_answers_stand_for_a_model_that_is_not_at_hand(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    assert take(reversed(rows_of(TEST)), "0123456789ab-a1", TEST, kept) is None
    opened: list[str] = []

    def open_model(which: str) -> LanguageModel:
        opened.append(which)
        return Seeing(False)

    report = run(tmp_path, open_model, Surroundings(stored={"deployed": "0123456789ab-a1"}))
    assert opened == ["tuned"]
    deployed = report.systems[-1]
    assert (deployed.system, deployed.stored) == ("deployed", "0123456789ab-a1")
    assert report.systems[0].stored is None
    assert report.gains[0].difference.value == -1.0
    assert [row.item for row in kept.rows("deployed", "generated_text")] == [one.id for one in TEST]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (rows_of(TEST[:5]), "was measured on other items"),
        (rows_of(records(13, "coding")), "was measured on other items"),
        ([], "holds no answers of its tuned model"),
    ],
)
def test_answers_to_other_items_are_never_stood_beside_ours(
    tmp_path: Path, rows: list[ItemResult], why: str
) -> None:
    found = take(rows, "0123456789ab-a1", TEST, Kept(tmp_path))
    assert found is not None
    assert found.startswith("0123456789ab-a1")
    assert why in found
    report = run(tmp_path, lambda which: Seeing(True), Surroundings(absent={"deployed": found}))
    assert report.absent == {"deployed": found}
    assert [one.system for one in report.systems] == ["tuned"]


def test_models_of_the_policy_get_what_the_base_model_gets_at_its_best(tmp_path: Path) -> None:
    models = {"tuned": Seeing(True), "other-model": Seeing(False)}
    report = run(tmp_path, models.__getitem__, Surroundings(), ("tuned",), ("other-model",))
    assert models["other-model"].seen == {("Code it.", 4)}
    assert [one.system for one in report.systems] == ["tuned", "other-model"]


def error(kind: type[ClinftError]) -> ClinftError:
    return kind("It may not be asked.", "A rule.", "Ask.")


def test_another_providers_model_that_may_not_be_asked_is_absent_with_the_reason(tmp_path: Path) -> None:
    def open_model(which: str) -> LanguageModel:
        if which == "other-model":
            raise error(PolicyViolation)
        return Seeing(True)

    around = Surroundings(stops=lambda which, why: why.what if which == "other-model" else None)
    report = run(tmp_path, open_model, around, ("tuned",), ("other-model",))
    assert report.absent == {"other-model": "It may not be asked."}
    assert report.thresholds_met


def test_our_own_model_must_be_measured(tmp_path: Path) -> None:
    def open_model(which: str) -> LanguageModel:
        raise error(ServiceError)

    with pytest.raises(ServiceError):
        run(tmp_path, open_model, Surroundings(), ("tuned",))
