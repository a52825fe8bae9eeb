"""A record's facts → what a text of it must say, in which words it may, and in what way."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import JsonValue

from clinft.artifacts.data import Record
from clinft.stages.prepare.written.quantities import TIME, UNITS

# present: said of the patient, and not denied. negated: denied. excluded: considered and ruled out.
# family: of a relative. said: in whatever sentence, because it is denied or dropped in its own words.
# quantity: a number, with one of `units` or none. sex: no word of the other one.
Role = Literal["present", "negated", "excluded", "family", "said", "quantity", "sex"]
Alternatives = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Item:
    """`wordings`: one of them must stand there; the first is the pack's own. `beside`: a word, or several to
    choose from, that must stand in the same sentence as a quantity or a relative's illness. `label`: which
    vital sign the number is of. `shown`: the unit as it is written."""

    fact: str
    role: Role
    wordings: tuple[str, ...]
    units: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    label: str = ""
    shown: str = ""

    @property
    def told(self) -> str:
        """For the model: in the fact's own words."""
        if self.role != "quantity" or not self.units:
            return self.wordings[0]
        if self.shown:
            return f"{self.wordings[0]} {self.shown}"
        unit = self.units[0]
        spelled = f"{unit}s" if unit in TIME else unit.upper() if unit == "c" else unit
        return f"{self.wordings[0]} {spelled}"


VITALS: dict[str, tuple[str, tuple[str, ...]]] = {
    "pulse_per_minute": ("pulse", ("/min",)),
    "breaths_per_minute": ("respiratory rate", ("/min",)),
    "temperature_c": ("temperature", ("c",)),
    "saturation_percent": ("oxygen saturation", ("%",)),
}
NEGATED = ("negated_findings", "denied")
MEDICATIONS = ("regular_medication", "regular_medications", "started_medications", "medications")
TIMES = ("duration", "ago")
# Not said in so many words, or said by another fact.
SILENT = (
    "mentioned", "code", "chapter", "age_band", "onset", "written_as", "acuity", "critical", "severity",
)  # fmt: skip
# How routes and frequencies are also written.
USUAL = {
    "intravenous": ("IV", "intravenously"),
    "oral": ("PO", "by mouth", "orally"),
    "subcutaneous": ("SC", "subcutaneously"),
    "intramuscular": ("IM", "intramuscularly"),
    "once daily": ("daily",),
    "twice daily": ("BID",),
    "three times daily": ("TID",),
    "four times daily": ("QID",),
    "as needed": ("PRN",),
}


def items_of(record: Record, alternatives: Alternatives) -> tuple[Item, ...]:
    """Of the facts that the record says its text mentions; a text may tell only some of a fact's parts."""
    facts = record.facts
    listed = facts.get("mentioned")
    names = listed if isinstance(listed, list) else list(facts)
    mentioned = {str(name).partition(".")[0] for name in names}
    made: list[Item] = []
    for fact, value in facts.items():
        if fact in mentioned and fact not in SILENT:
            made += _of_fact(fact, value, facts, alternatives)
    return tuple(dict.fromkeys(made))


def _of_fact(
    fact: str, value: JsonValue, facts: Mapping[str, JsonValue], alternatives: Alternatives
) -> Iterator[Item]:
    if fact in ("diagnosis", "condition"):
        name = value.get("name", "") if isinstance(value, dict) else value
        written = facts.get("written_as")
        names = [one for one in (written, name) if isinstance(one, str) and one]
        wordings = (*names, *(one for name in names for one in alternatives(name)))
        yield Item(fact, "present", tuple(dict.fromkeys(wordings)))
    elif fact == "age" and isinstance(value, int):
        yield Item(fact, "quantity", (str(value),), ("year",))
    elif fact == "gestation_weeks" and isinstance(value, int):
        yield Item(fact, "quantity", (str(value),), ("week",))
    elif fact == "sex" and isinstance(value, str):
        yield Item(fact, "sex", (value,))
    elif fact in TIMES and isinstance(value, str):
        yield _time(fact, value)
    elif fact == "vitals" and isinstance(value, dict):
        yield from _vitals(value)
    else:
        for one in value if isinstance(value, list) else [value]:
            yield from _of_part(fact, one, alternatives)


def _time(fact: str, value: str, beside: tuple[str, ...] = ()) -> Item:
    number, _, unit = value.partition(" ")
    return Item(fact, "quantity", (number,), (unit.rstrip("s"),), beside)


def _vitals(vitals: Mapping[str, JsonValue]) -> Iterator[Item]:
    systolic, diastolic = vitals.get("systolic_mmhg"), vitals.get("diastolic_mmhg")
    if systolic is not None and diastolic is not None:
        forms = (f"{systolic}/{diastolic}", f"{systolic} / {diastolic}", f"{systolic} over {diastolic}")
        yield Item("vitals", "present", forms, label="blood pressure")
    for key, (label, units) in VITALS.items():
        value = vitals.get(key)
        if value is not None:
            number = f"{value:.1f}" if key == "temperature_c" else str(value)
            yield Item("vitals", "quantity", (number,), units, label=label)


def _of_part(fact: str, value: JsonValue, alternatives: Alternatives) -> Iterator[Item]:
    role: Role = "negated" if fact in NEGATED else "excluded" if fact == "ruled_out" else "present"
    if isinstance(value, str) and value.strip():
        yield Item(fact, role, _wordings(value, alternatives))
    elif isinstance(value, dict):
        yield from _of_named(fact, role, value, alternatives)


def _of_named(fact: str, role: Role, value: Mapping[str, Any], alternatives: Alternatives) -> Iterator[Item]:
    """A thing with a name, and what is said of it: dose, value, relative, reason."""
    name = value.get("name") or value.get("study")
    names = _wordings(name, alternatives) if isinstance(name, str) else ()
    if names and "relative" in value:
        yield Item(fact, "family", names, beside=(str(value["relative"]),))
    elif names:
        yield Item(fact, role, names)
    for amount in ("dose", "value"):
        if value.get(amount) is not None:
            yield _amount(fact, str(value[amount]), str(value.get("unit") or ""), names)
    if isinstance(value.get("ago"), str):
        yield _time(fact, value["ago"], names)
    yield from _said_of(fact, value, names, alternatives)


def _said_of(
    fact: str, value: Mapping[str, Any], names: tuple[str, ...], alternatives: Alternatives
) -> Iterator[Item]:
    for key in ("route", "frequency", "because", "result", "technique", "impression", "findings", "normal"):
        said = value.get(key) or ()
        for one in [said] if isinstance(said, str) else said:
            if isinstance(one, str):
                also = (one, *USUAL[one]) if one in USUAL else _wordings(one, alternatives)
                yield Item(fact, "said", also, beside=names)


def _amount(fact: str, number: str, unit: str, names: tuple[str, ...]) -> Item:
    """`mg/L FEU` is found as mg/L."""
    folded = unit.lower()
    known = UNITS.get(folded) or UNITS.get(folded.partition(" ")[0]) or folded
    return Item(fact, "quantity", (number,), (known,) if unit else (), names, shown=unit)


def _wordings(phrase: str, alternatives: Alternatives) -> tuple[str, ...]:
    return tuple(dict.fromkeys((phrase, *alternatives(phrase))))
