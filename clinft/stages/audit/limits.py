"""What an audit cannot see, said in every report."""

from collections.abc import Iterator

from clinft.stages.audit.partial import Partial

LIMITS = (
    "Names and places are found by rules and by a detector that was trained on invented text. What it calls "
    "possible is listed as INFO, does not block, and counts as found; docs/detector.md says how often it is "
    "wrong.",
    "Sensitivity is measured on identifiers that were planted into copies of this data and on an invented "
    "challenge set, not on real clinical notes, because none could be used. Finding nothing is not proof "
    "that nothing is there.",
    "A value is read with its key and with the values that belong to it by their keys, a line with the label "
    "on the line before: an identifier split in another way over values, rows or lines can be missed.",
    "Photographs and biometric identifiers can be seen only as embedded data, as file names, or as files "
    "that are no text; nothing inside a picture, a sound or a packed document is read.",
    "Of a folder, what belongs to version control and tools, such as .git and .venv, is not read.",
    "Whether the remaining information could identify a person, 45 CFR 164.514(b)(2)(ii), is for a "
    "person to say.",
)
NAMED = 20


def limits_of(result: Partial) -> tuple[str, ...]:
    return (*_recoded(sorted(result.recoded)), *LIMITS)


def _recoded(files: list[str]) -> Iterator[str]:
    if files:
        yield (
            f"{named(files)}: not all rows are UTF-8; those were read as Windows-1252, which explains all "
            "their bytes. If they are of another encoding, letters beyond English ones were read wrongly."
        )


def named(files: list[str]) -> str:
    more = len(files) - NAMED
    return ", ".join(files[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
