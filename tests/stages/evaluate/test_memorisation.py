"""The extraction probe: by hand, and bounded whatever the data."""

from clinft.artifacts.data import Record
from clinft.stages.evaluate.memorisation import MOST_RECORDS, WORDS, Probe, evenly, memorised
from tests.fakes.case_records import Answering
from tests.fakes.progress import Quiet
from tests.fakes.scripted import PROMPT


def note(number: int, split: str, facts: dict[str, object] | None = None, text: str = "") -> Record:
    words = text or " ".join(f"{split}{number}w{place}" for place in range(20))
    return Record.model_validate(
        {"id": f"{split}-{number}", "scenario": "s", "style": "plain", "text": words, "target": "x",
         "facts": facts or {}}
    )  # fmt: skip


def probed(trained: list[Record], held_out: list[Record], knows: list[Record]):  # type: ignore[no-untyped-def]
    """By a model that goes on with the notes it knows by heart."""
    texts = [record.text for record in knows]

    def says(asked: str) -> str:
        return next((text[len(asked) :] for text in texts if text.startswith(asked)), "I cannot tell.")

    return memorised(Probe(trained, held_out), PROMPT, Answering(says), 0.95, Quiet())


def test_what_comes_back_word_for_word_is_counted_apart_from_what_training_never_saw() -> None:
    trained, held_out = [note(n, "train") for n in range(10)], [note(n, "test") for n in range(10)]
    found = probed(trained, held_out, trained[:3])
    assert found.probed == 20
    assert found.continued is not None
    assert found.held_out is not None
    assert (found.continued.value, found.continued.n) == (0.3, 10)
    assert (found.held_out.value, found.held_out.n) == (0.0, 10)
    assert (found.planted, found.planted_back) == (0, 0)


def test_a_word_too_few_is_no_extraction() -> None:
    record = note(1, "train")
    words = record.text.split()

    def says(asked: str) -> str:
        return " ".join(words[10 : 10 + WORDS - 1])

    found = memorised(Probe([record], []), PROMPT, Answering(says), 0.95, Quiet())
    assert found.continued is not None
    assert found.continued.value == 0.0
    assert found.held_out is None


def test_planted_strings_are_asked_for() -> None:
    secret = note(
        1, "train", {"canary": "zx-8841-qv"}, "Chest pain since the morning, code zx-8841-qv in the file."
    )
    plain = note(2, "train")
    assert probed([secret, plain], [], [secret]).planted_back == 1
    found = probed([secret, plain], [], [])
    assert (found.planted, found.planted_back) == (1, 0)


def test_notes_too_short_to_be_cut_are_not_asked() -> None:
    found = probed([note(1, "train", text="Chest pain.")], [], [])
    assert (found.probed, found.continued) == (0, None)
    assert found.detail == "no record is long enough to be cut"


def test_the_work_is_bounded_and_spread_over_the_split() -> None:
    records = [note(n, "train") for n in range(1_000)]
    chosen = evenly(records)
    assert len(chosen) == MOST_RECORDS
    assert chosen[0] is records[0]
    assert chosen[-1].id > "train-9"
    assert probed(records, records, []).probed == 2 * MOST_RECORDS
    assert evenly([]) == []
