"""Facts → the phrases that note templates are filled with. An absent fact gives no phrase."""

from collections.abc import Sequence
from typing import Any

# Which facts a phrase tells, so that a record can say what its note mentions.
TELLS: dict[str, tuple[str, ...]] = {
    "dx": ("diagnosis",),
    "an": ("age",),
    "age": ("age",), "man": ("sex",), "letter": ("sex",), "he": ("sex",), "his": ("sex",),
    "findings": ("findings",), "findings_list": ("findings",),
    "denied": ("negated_findings",), "denied_list": ("negated_findings",),
    "tests": ("tests",), "tests_list": ("tests",),
    "treatment": ("treatment",), "treatment_list": ("treatment",),
    "duration": ("duration",), "course": ("course",), "looks": ("severity",),
    "history": ("history",), "history_list": ("history",), "medicines": ("regular_medication",),
    "relative": ("family_history",), "family": ("family_history",), "excluded": ("ruled_out",),
    "pulse": ("vitals",), "bp": ("vitals",), "breaths": ("vitals",), "temp": ("vitals",), "spo2": ("vitals",),
}  # fmt: skip
AGES_WITH_AN = (18, *range(80, 90))
LOOKS = {"mild": "well", "moderate": "uncomfortable", "severe": "unwell"}
LOOKS_CHRONIC = {"mild": "well", "moderate": "comfortable", "severe": "tired"}


def phrases(facts: dict[str, Any], written_as: str) -> dict[str, str]:
    """Only phrases that have something to say; `written_as` is the name the note gives the diagnosis."""
    female, vitals = facts["sex"] == "female", facts["vitals"]
    history = [mention["name"] for mention in facts["history"]]
    family = facts["family_history"]
    looks = LOOKS_CHRONIC if facts["onset"] == "chronic" else LOOKS
    filled = {
        "dx": written_as,
        "age": str(facts["age"]),
        "an": "an" if facts["age"] in AGES_WITH_AN else "a",
        "man": "woman" if female else "man",
        "letter": "F" if female else "M",
        "he": "she" if female else "he",
        "his": "her" if female else "his",
        "findings": joined(facts["findings"], "and"),
        "findings_list": ", ".join(facts["findings"]),
        "denied": joined(facts["negated_findings"], "or"),
        "denied_list": ", ".join(f"no {finding}" for finding in facts["negated_findings"]),
        "tests": joined(facts["tests"], "and"),
        "tests_list": "; ".join(facts["tests"]),
        "treatment": joined(facts["treatment"], "plus"),
        "treatment_list": ", ".join(facts["treatment"]),
        "duration": facts["duration"],
        "course": facts["course"],
        "looks": looks[facts["severity"]],
        "history": joined(history, "and"),
        "history_list": ", ".join(history),
        "medicines": joined(facts["regular_medication"], "and"),
        "relative": family[0]["relative"] if family else "",
        "family": family[0]["name"] if family else "",
        "excluded": facts["ruled_out"][0]["name"] if facts["ruled_out"] else "",
        "pulse": str(vitals["pulse_per_minute"]),
        "bp": f"{vitals['systolic_mmhg']}/{vitals['diastolic_mmhg']}",
        "breaths": str(vitals["breaths_per_minute"]),
        "temp": f"{vitals['temperature_c']:.1f}",
        "spo2": str(vitals["saturation_percent"]),
    }
    return {slot: text for slot, text in filled.items() if text}


def joined(items: Sequence[str], word: str) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f" {word} ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)
