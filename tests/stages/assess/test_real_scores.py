"""The rules on real systems: ROUGE-1 F of 40 notes of ACI-Bench test 2, as bench/assess_real.py computes them."""

import pytest

from clinft.stages.assess.judging import Target
from clinft.stages.assess.outcomes import Rung
from clinft.stages.assess.pairs import difference
from clinft.stages.assess.verdict import decide
from tests.fakes.rungs import binary, scored

# In 1/10,000, note by note: rouge-score 0.1.2 with its stemmer. No text of the set is here.
# fmt: off
PROMPTED = (
    4768, 5528, 5441, 5343, 5227, 5035, 4613, 5206, 5714, 4906, 4814, 5567, 5237, 5646, 5587, 6151, 5043, 4925, 5141,
    5359, 5273, 4531, 5701, 4890, 4937, 6027, 4943, 5590, 5176, 5005, 5210, 5859, 4639, 5868, 5867, 5442, 4840, 5738,
    5990, 6233,
)
BY_SECTION = (
    6392, 5661, 4531, 5922, 4982, 5814, 5079, 5881, 6130, 6301, 4384, 5221, 5623, 4702, 5477, 6225, 5512, 4341, 4667,
    5731, 5674, 4565, 6525, 4991, 5055, 5976, 5517, 5781, 4632, 5070, 5053, 4961, 4452, 4615, 6832, 4499, 4870, 5935,
    4811, 6084,
)
WHOLE_NOTE = (
    5854, 4903, 4577, 5272, 5903, 5000, 4738, 4855, 5255, 5466, 3025, 4357, 4539, 2148, 4246, 5678, 4225, 3949, 3284,
    4932, 4055, 3649, 5248, 3326, 4099, 5048, 4783, 4900, 2624, 3604, 3820, 4246, 3573, 3229, 3650, 3517, 3283, 4188,
    4706, 5009,
)
# fmt: on


def rung(name: str, values: tuple[int, ...]) -> Rung:
    return scored(name, [value / 10_000 for value in values])


def test_fine_tuning_by_section_ties_with_the_prompt() -> None:
    found = difference(rung("tuned", BY_SECTION), rung("prompt", PROMPTED), "score", 0.95)

    assert found.difference.value == pytest.approx(0.004, abs=0.0005)
    assert found.difference.low == pytest.approx(-0.016, abs=0.002)
    assert found.difference.high == pytest.approx(0.024, abs=0.002)
    assert found.p_value > 0.5


def test_fine_tuning_on_whole_notes_is_worse_than_the_prompt() -> None:
    found = difference(rung("tuned", WHOLE_NOTE), rung("prompt", PROMPTED), "score", 0.95)

    assert found.difference.value == pytest.approx(-0.101, abs=0.0005)
    assert found.difference.low == pytest.approx(-0.129, abs=0.002)
    assert found.difference.high == pytest.approx(-0.073, abs=0.002)
    assert found.p_value < 0.001


def test_prompt_does_where_whole_note_training_would_be_the_alternative() -> None:
    prompt = rung("zero_shot", PROMPTED)
    assert decide([prompt], [Target("score", 0.432)]).verdict == "PROMPT_SUFFICIENT"
    tie = decide([prompt], [Target("score", 0.5362)])
    assert tie.verdict == "INCONCLUSIVE"
    assert tie.n_needed is not None
    assert tie.n_needed > 500


def test_unreadable_letters_of_mirage_call_for_constrained_decoding_first() -> None:
    # GPT-4 with retrieval on MedMCQA: 2,605 right, 526 of the 1,578 errors without a readable letter.
    found = decide(
        [binary("zero_shot", 2605, 4183, kinds={"format": 526, "other": 1052})], [Target("accuracy", 0.7)]
    )
    assert found.verdict == "HYBRID"
    assert [remedy.kind for remedy in found.remedies][:2] == ["prompt", "constrained_decoding"]
