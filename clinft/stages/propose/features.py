"""Known facts of a record that its row does not say: denied findings, and what a hurried ward does to a note.

The generator wrote the record from these facts, so that none of them is a guess. No text of the record is
among them: yes or no, and names from the generator's own vocabulary.
"""

from collections.abc import Iterable, Mapping

from clinft.artifacts.records import Record

YES, NO = "yes", "no"
# What the generator calls it in facts.noise -> the fact as it is shown, and its share in data.realism.
NOISE: Mapping[str, tuple[str, str]] = {
    "abbreviation": ("abbreviations", "abbreviations"),
    "typo": ("typos", "typos"),
    "missing": ("a part left out", "missing"),
    "unit": ("another unit", "units"),
    "distractor": ("distractors", "distractors"),
    "contradiction": ("contradictions", "contradictions"),
}
# Facts that are lists: they are told of the patient's findings, or of somebody or something else.
LISTS: Mapping[str, str] = {
    "negated_findings": "denied findings",
    "ruled_out": "a diagnosis ruled out",
    "family_history": "an illness in the family",
}


def features(record: Record) -> dict[str, str]:
    """Fact -> yes or no; what the record's generator does not know of is absent."""
    found: dict[str, str] = {}
    mentioned = record.facts.get("mentioned")
    for fact, shown in LISTS.items():
        if isinstance(record.facts.get(fact), list):
            told = bool(record.facts[fact]) and (not isinstance(mentioned, list) or fact in mentioned)
            found[shown] = YES if told else NO
    noise = record.facts.get("noise")
    if isinstance(noise, list):
        kinds = {one.get("kind") for one in noise if isinstance(one, dict)}
        found |= {shown: YES if kind in kinds else NO for kind, (shown, _) in NOISE.items()}
    return found


def condition_names(records: Iterable[Record]) -> dict[str, str]:
    """Slug of a row's slice -> the condition as the pack calls it."""
    names = (record.facts.get("condition") for record in records)
    return {slug(name): name for name in names if isinstance(name, str)}


def slug(name: str) -> str:
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in name.casefold()).split())
