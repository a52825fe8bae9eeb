"""Codes that the records really use, with the names they stand for."""

import json
import re
from collections import Counter
from collections.abc import Iterator

from pydantic import JsonValue

from clinft.artifacts.data import Record
from clinft.artifacts.data_plan import CodeUse

# Keys of facts that hold a code, and what such a code looks like; a value of another form is no code.
SYSTEMS: dict[str, tuple[str, re.Pattern[str]]] = {
    key: (system, re.compile(form))
    for system, form, keys in (
        ("ICD-10-CM", r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?", ("code", "icd10cm", "icd_10_cm", "icd10")),
        ("LOINC", r"[0-9]{1,7}-[0-9]", ("loinc",)),
        ("RxNorm", r"[0-9]{1,8}", ("rxcui", "rxnorm")),
        ("MeSH", r"[CD][0-9]{6,9}", ("mesh",)),
    )
    for key in keys
}
NAMES = ("name", "diagnosis", "condition", "display", "lab", "test", "drug", "medication", "title")
MOST_CODES = 50_000
SHOWN = 200


class Codes:
    def __init__(self) -> None:
        self._uses: Counter[tuple[str, str]] = Counter()
        self._names: dict[tuple[str, str], str] = {}

    def add(self, record: Record) -> None:
        found: dict[tuple[str, str], str] = {}
        for code, name in (*codes_in(record.facts), *_answered(record.target)):
            found[code] = found.get(code) or name
        for code, name in found.items():
            if code not in self._uses and len(self._uses) >= MOST_CODES:
                continue
            self._uses[code] += 1
            if name and not self._names.get(code):
                self._names[code] = name

    def uses(self) -> tuple[tuple[CodeUse, ...], int]:
        """The most frequent, and how many more there were."""
        ordered = sorted(self._uses.items(), key=lambda one: (-one[1], one[0]))
        listed = tuple(
            CodeUse(system=system, code=code, name=self._names.get((system, code), ""), records=count)
            for (system, code), count in ordered[:SHOWN]
        )
        return listed, len(ordered) - len(listed)


def codes_in(value: JsonValue) -> Iterator[tuple[tuple[str, str], str]]:
    """(system, code) with the name beside it, or an empty one."""
    if isinstance(value, list):
        for one in value:
            yield from codes_in(one)
    if not isinstance(value, dict):
        return
    name = next((value[key] for key in NAMES if isinstance(value.get(key), str)), "")
    for key, held in value.items():
        system, form = SYSTEMS.get(key, ("", None))
        if form is not None and isinstance(held, str) and form.fullmatch(held):
            yield (system, held), str(name)
        elif isinstance(held, dict | list):
            yield from codes_in(held)


def _answered(target: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Of an answer that is JSON; one code or several with separators count as well."""
    if target[:1] in ("{", "["):
        try:
            yield from codes_in(json.loads(target))
        except ValueError:
            return
    else:
        system, form = SYSTEMS["code"]
        for word in re.split(r"[\s,;]+", target):
            if form.fullmatch(word):
                yield (system, word), ""
