"""The texts after the merge against goldens. After a wanted change: CLINFT_UPDATE_GOLDEN=1 pytest <this file>, then read the diff."""

import os
import re
from pathlib import Path

import pytest

from tests.fakes.returned import BODIES
from tests.fakes.run_facts import HOSTILE

GOLDEN = Path(__file__).parent / "golden"
UPDATE = os.environ.get("CLINFT_UPDATE_GOLDEN") == "1"
VARIANTS = {"": None, "hostile_": HOSTILE}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", BODIES)
def test_text_equals_its_golden(name: str, variant: str) -> None:
    text = BODIES[name](VARIANTS[variant])
    golden = GOLDEN / f"{variant}{name}.md"
    if UPDATE:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_no_golden_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.md")} == {
        f"{variant}{name}" for variant in VARIANTS for name in BODIES
    }


@pytest.mark.parametrize("name", BODIES)
def test_no_text_claims_compliance(name: str) -> None:
    assert (
        re.search(r"complian(t|ce)|(?<!not )certified|safe to use", BODIES[name](None), re.IGNORECASE) is None
    )
