"""Which rungs a spec asks for, what each sends, and how its answers are read."""

from collections.abc import Sequence
from typing import Any

import pytest

from clinft.artifacts.data import Record
from clinft.artifacts.planning import Price
from clinft.ports.models import Conversation, Sampling
from clinft.ports.progress import ProgressTask
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt, PromptExample
from clinft.stages.assess.asking import Prices, ask, longest_answer, majority, most_used
from clinft.stages.assess.ladder import Sources, Try, ladder
from clinft.stages.assess.stage import assess, bill
from tests.fakes.scripted_answers import Counting, answering, record, records, right
from tests.fakes.specs import LABELS, project_spec

PROMPT = Prompt(
    system="Name the chapter.",
    examples=tuple(PromptExample(input=f"Example {n}.", output="mental") for n in range(3)),
)
DEV = records(10)
NOTE = "Short of breath with a wheeze and cough, worse at night; note number {}."
TRAIN = [
    record(1000 + number, LABELS[number % 4]).model_copy(
        update={"text": NOTE.format(number), "id": f"train-{number:04d}", "scenario": f"t{number}"}
    )
    for number in range(12)
]
ALL = ["zero_shot", "rules", "few_shot", "few_shot_knn", "chain_of_thought", "self_consistency"]


def spec_of(**prompt: Any) -> ProjectSpec:
    return project_spec(prompt=prompt)


def tries(**prompt: Any) -> dict[str, Try]:
    return {one.name: one for one in ladder(spec_of(**prompt), PROMPT, Sources(TRAIN))}


def system(one: Try) -> str:
    return one.ask(DEV[0])[0].content


def test_the_default_is_what_it_always_was() -> None:
    assert list(tries()) == ["zero_shot", "few_shot"]


def test_several_numbers_of_examples_are_several_rungs() -> None:
    found = tries(strategies=ALL, more_shots=[8])
    assert list(found) == [
        "zero_shot",
        "rules",
        "few_shot",
        "few_shot_8",
        "few_shot_knn",
        "few_shot_knn_8",
        "chain_of_thought",
        "self_consistency",
    ]
    shown = {name: (len(one.ask(DEV[0])) - 2) // 2 for name, one in found.items()}
    assert shown == {
        "zero_shot": 0,
        "rules": 0,
        "few_shot": 3,
        "few_shot_8": 8,
        "few_shot_knn": 3,
        "few_shot_knn_8": 8,
        "chain_of_thought": 0,
        "self_consistency": 0,
    }


def test_every_rung_asks_about_the_note_last() -> None:
    for one in tries(strategies=ALL, more_shots=[8]).values():
        asked = one.ask(DEV[3])
        assert (asked[-1].role, asked[-1].content) == ("user", DEV[3].text)
        assert asked[0].content.startswith(PROMPT.system)


def test_rules_tell_the_labels_their_form_and_what_to_do_when_unsure() -> None:
    said = system(tries(strategies=["rules"])["rules"])
    assert "circulatory; respiratory; digestive; mental" in said
    assert "nothing else" in said
    assert "leaves it open" in said


def test_what_prompt_md_lacks_comes_from_the_training_split() -> None:
    asked = tries(strategies=["few_shot"], more_shots=[8])["few_shot_8"].ask(DEV[0])
    inputs, outputs = [turn.content for turn in asked[1:-1:2]], [turn.content for turn in asked[2:-1:2]]
    assert inputs[:3] == [example.input for example in PROMPT.examples]
    assert set(inputs[3:]) <= {one.text for one in TRAIN}
    # Labels without an example first, in their order.
    assert outputs[3:7] == ["circulatory", "respiratory", "digestive", "mental"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("The wheeze decides.\nAnswer: respiratory", " respiratory"),
        ("Answer: mental? No.\n**Answer:** respiratory", "respiratory"),
        ("The answer: it wheezes.", ""),
        ("respiratory", ""),
        ('Reasons.\nAnswer:\n{"a": 1}', '{"a": 1}'),
    ],
)
def test_the_answer_stands_behind_the_last_marker(text: str, read: str) -> None:
    one = tries(strategies=["chain_of_thought"])["chain_of_thought"]
    assert one.answer(text).strip() == read.strip()
    assert tries()["zero_shot"].answer(text) == text


class Drawing:
    """Answers by seed, so that draws differ; keeps how it was asked."""

    has_logprobs = True
    used = (0, 0)

    def __init__(self, by_seed: dict[int | None, str]) -> None:
        self._by_seed = by_seed
        self.draws: list[Sampling | None] = []
        self.rooms: list[int] = []
        self.scored = 0

    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> Any:
        self.scored += 1
        return answering(DEV, right, right).score_labels(conversations, labels, task)

    def generate(
        self,
        conversations: Sequence[Conversation],
        max_new_tokens: int,
        task: ProgressTask,
        sampling: Sampling | None = None,
    ) -> list[str]:
        self.draws.append(sampling)
        self.rooms.append(max_new_tokens)
        task.advance(len(conversations))
        return [self._by_seed[None if sampling is None else sampling.seed]] * len(conversations)

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        return [sum(len(turn.content.split()) for turn in turns) for turns in conversations]


def test_self_consistency_draws_with_fixed_seeds_and_takes_the_majority() -> None:
    says = {1: "Answer: mental", 2: "I cannot tell.", 3: "Answer: circulatory", 4: "Answer: circulatory"}
    model = Drawing(dict(says))
    spec = spec_of(strategies=["self_consistency"], self_consistency_samples=4, reasoning_tokens=100)
    (one,) = ladder(spec, PROMPT, Sources())
    asked = ask(one, spec, DEV, model, 17, Prices(), Counting())
    assert model.draws == [Sampling(0.7, seed) for seed in (1, 2, 3, 4)]
    assert set(model.rooms) == {117}
    assert model.scored == 0
    (rung,) = asked.rungs
    assert [outcome.correct for outcome in rung.outcomes] == [True] * 10 + [False] * 30
    asked_tokens = sum(len(turn.content.split()) for turn in one.ask(DEV[0]))
    # Four questions, and answers of two, three, two and two words.
    assert (rung.outcomes[0].prompt_tokens, rung.outcomes[0].completion_tokens) == (4 * asked_tokens, 9)


def test_reasons_without_a_marked_answer_are_unreadable() -> None:
    model = Drawing({None: "circulatory"})
    spec = spec_of(strategies=["chain_of_thought"])
    (one,) = ladder(spec, PROMPT, Sources())
    (rung,) = ask(one, spec, DEV, model, 17, Prices(), Counting()).rungs
    assert {(outcome.parsed, outcome.category) for outcome in rung.outcomes} == {(False, "format")}


def test_a_tie_goes_to_the_answer_that_came_first() -> None:
    from clinft.artifacts.scoring import Scored

    unread, one, other = (
        Scored(0, False, False),
        Scored(1, True, True, None, "a"),
        Scored(0, False, True, None, "b"),
    )
    assert majority([unread, other, one]) == other
    assert majority([unread, other, one, one]) == one
    assert majority([unread, unread]) == unread


def price(what: Any, value: int) -> Price:
    return Price(what=what, value=value, unit="usd_per_million_tokens", as_of="2026-11-01", source="test")


def test_cost_is_tokens_times_dated_prices_and_unknown_without_them() -> None:
    model = answering(DEV, right, right)
    spec = project_spec(prompt={"strategies": ["zero_shot"]})
    prices = Prices(price("input", 2), price("output", 10))
    found = assess(spec, PROMPT, DEV, "d" * 64, model, Counting(), prices=prices).payload
    # Five tokens of prompt and one of answer: (5 * 2 + 1 * 10) / 1,000,000 for each question.
    closed, free = found.rungs
    assert (closed.cost_usd_per_1000, str(free.cost_usd_per_1000)) == (None, "0.020000")
    assert found.prices == (prices.input, prices.output)
    without = assess(spec, PROMPT, DEV, "d" * 64, model, Counting()).payload
    assert without.rungs[1].cost_usd_per_1000 is None


def test_the_bill_bounds_what_is_asked_and_asks_nothing() -> None:
    model = Drawing({})
    spec = spec_of(
        strategies=["zero_shot", "self_consistency"], self_consistency_samples=3, reasoning_tokens=50
    )
    found = bill(spec, PROMPT, DEV, model, Sources())
    assert model.draws == []
    zero, several = ladder(spec, PROMPT, Sources())
    longest = longest_answer(spec, DEV, model)
    assert longest == 1 + 16
    each = [most_used(one, DEV, model, longest) for one in (zero, several)]
    assert found.questions == 40 + 3 * 40
    assert found.prompt_tokens == sum(one.prompt_tokens for one in each)
    assert found.completion_tokens == 40 * 17 + 3 * 40 * (17 + 50)


def test_seconds_are_told_apart_from_the_payload() -> None:
    ticks = iter(range(100))
    spec = project_spec(prompt={"strategies": ["zero_shot"]})
    found = assess(
        spec,
        PROMPT,
        DEV,
        "d" * 64,
        answering(DEV, right, right),
        Counting(),
        clock=lambda: float(next(ticks)),
    )
    assert found.seconds == {"zero_shot, closed_labels": 1.0, "zero_shot, generated_text": 1.0}


def test_other_kinds_of_task_are_scored_by_their_own_metric() -> None:
    task = {"kind": "coding", "description": "Code it.", "labels": []}
    spec = project_spec(
        task=task,
        prompt={"strategies": ["zero_shot"]},
        evaluation={"thresholds": [{"metric": "accuracy", "min": 0.5}]},
    )
    codes = {number: ("I21.4", "J18.9")[number % 2] for number in range(40)}
    dev = [
        one.model_copy(update={"target": f"{codes[n]}, E11.9", "facts": {"critical": n % 2 == 0}})
        for n, one in enumerate(DEV)
    ]
    principal = answering(dev, lambda number, asked: f"{codes[number]}.", lambda number, asked: "")
    found = assess(spec, PROMPT, dev, "d" * 64, principal, Counting()).payload
    (rung,) = found.rungs
    assert (rung.metric, rung.score.value, rung.critical_n) == ("F1 of the codes", pytest.approx(2 / 3), 20)
    assert rung.accuracy is not None
    # The second code is missing everywhere: no answer is right, and each has its kind of error.
    assert rung.accuracy.value == 0.0
    assert found.decision is not None
    assert [(one.category, one.count) for one in found.decision.errors] == [("convention_or_terms", 40)]
    assert found.verdict == "FINE_TUNE"
    whole = answering(dev, lambda number, asked: f"{codes[number]}, E11.9", lambda number, asked: "")
    unsaid = assess(spec, PROMPT, dev, "d" * 64, whole, Counting()).payload
    assert (unsaid.verdict, "no least recall" in unsaid.reason) == ("INCONCLUSIVE", True)
    least = [{"metric": "accuracy", "min": 0.5}, {"metric": "critical_recall", "min": 0.5}]
    said = project_spec(task=task, prompt={"strategies": ["zero_shot"]}, evaluation={"thresholds": least})
    assert assess(said, PROMPT, dev, "d" * 64, whole, Counting()).payload.verdict == "PROMPT_SUFFICIENT"


def test_a_record_is_never_its_own_example() -> None:
    twin: Record = TRAIN[5].model_copy(update={"id": "dev-1", "scenario": "d1"})
    spec = spec_of(strategies=["few_shot_knn"])
    (one,) = ladder(spec, PROMPT, Sources(TRAIN))
    shown = [turn.content for turn in one.ask(twin)[1:-1]]
    assert twin.text not in shown
