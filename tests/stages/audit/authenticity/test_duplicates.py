"""Records that repeat each other, and passages that a few of them share."""

import random

import pytest

from clinft.artifacts.audit import Authenticity, Place, Provenance
from clinft.stages.audit.authenticity import Evidence
from clinft.stages.audit.authenticity.sketch import BYTES, NO_SKETCH, sketches

WORDS = [
    f"{start}{end}" for start in ("ba", "ke", "li", "mo", "nu", "pa") for end in ("ra", "sel", "tin", "vo")
]


def note(rng: random.Random, words: int = 60) -> list[str]:
    return [rng.choice(WORDS) for _ in range(words)]


def judged(*texts: str, file: str = "a.jsonl") -> Authenticity:
    evidence = Evidence()
    for row, text in enumerate(texts, start=1):
        evidence.add(file, row, {"text": text}, "")
    return evidence.result(Provenance(origin="file"))


def test_equal_texts_are_exact_duplicates_whatever_their_case_and_spacing() -> None:
    text = " ".join(note(random.Random(1)))
    other = " ".join(note(random.Random(2)))
    found = judged(text, other, text.upper().replace(" ", " \n "), text).duplicates
    assert found
    assert (found.records, found.exact, found.near, found.largest_group) == (4, 3, 0, 3)
    first, second, third = (Place(file="a.jsonl", row=row) for row in (1, 3, 4))
    assert found.places == ((first, second), (first, third))


def test_nearly_equal_texts_are_found_and_others_are_not() -> None:
    rng = random.Random(3)
    texts = [note(rng) for _ in range(600)]
    for place in range(0, 200, 2):
        texts[place + 1] = [*texts[place][:30], "changed", *texts[place][31:]]
    found = judged(*map(" ".join, texts)).duplicates
    assert found
    assert found.exact == 0
    assert 196 <= found.near <= 200
    assert found.largest_group == 2
    assert all(later.row == earlier.row + 1 for earlier, later in found.places)


@pytest.mark.parametrize(("kept", "alike"), [(57, True), (30, False)])
def test_texts_with_most_runs_of_words_in_common_are_alike(kept: int, alike: bool) -> None:
    rng = random.Random(4)
    first = note(rng)
    found = judged(" ".join(first), " ".join(first[:kept] + note(rng, 60 - kept))).duplicates
    assert found
    assert bool(found.near) is alike


def test_a_record_counts_once_as_exact_or_near() -> None:
    first = note(random.Random(9))
    found = judged(" ".join(first), " ".join(first), " ".join([*first[:-1], "changed"])).duplicates
    assert found
    assert (found.exact, found.near, found.largest_group) == (2, 1, 3)


def test_short_texts_are_neither() -> None:
    found = judged("Asthma.", "Asthma.").duplicates
    assert found is None
    short = "No known drug allergies and no known food allergies"
    found = judged(short, short + " today").duplicates
    assert found
    assert (found.exact, found.near) == (0, 0)


def test_texts_of_two_files_are_compared() -> None:
    text = " ".join(note(random.Random(5)))
    evidence = Evidence()
    for file in ("b/train.jsonl", "a/test.jsonl"):
        evidence.add(file, 1, {"text": text}, "")
    found = evidence.result(Provenance(origin="file")).duplicates
    assert found
    assert found.exact == 2
    assert [(one.file, other.file) for one, other in found.places] == [("a/test.jsonl", "b/train.jsonl")]


def test_a_sketch_does_not_depend_on_its_neighbours() -> None:
    texts = [" ".join(note(random.Random(seed), 5 * seed)).encode() for seed in range(12)] + [
        b"",
        b"\xff " * 40,
    ]
    together = sketches(texts)
    alone = b"".join(sketches([text]) for text in texts)
    assert together == alone
    assert together[:BYTES] == NO_SKETCH
    assert len(together) == BYTES * len(texts)


def test_a_passage_that_a_few_different_records_share_is_noted() -> None:
    rng = random.Random(6)
    passage = " ".join(note(rng, 25))
    notes = [" ".join(note(rng)) for _ in range(30)]
    copied = [
        f"{'. '.join(text[at : at + 60] for at in range(0, 360, 60))}. {passage}." for text in notes[:6]
    ]
    (sign,) = judged(*notes[6:], *copied).signs
    assert (sign.kind, sign.declines, sign.count) == ("long-passages", False, 6)
    assert [place.row for place in sign.places] == [25, 26, 27, 28, 29, 30]


def test_the_template_of_all_records_is_no_shared_passage() -> None:
    rng = random.Random(7)
    passage = " ".join(note(rng, 25))
    texts = [f"{passage}.\n{' '.join(note(rng, 12))}\n{' '.join(note(rng, 12))}" for _ in range(60)]
    assert not judged(*texts).signs


def test_a_repeated_record_shares_no_passage_with_another() -> None:
    text = " ".join(note(random.Random(8)))
    assert not judged(*[text] * 10).signs
