"""What each question asks for, and the answer that a note gives: (item, answer), or None to ask elsewhere."""

from collections.abc import Callable, Sequence

from clinft.stages.prepare.clinical.render import Note
from clinft.stages.prepare.clinical.writing import Facts, Span
from clinft.stages.prepare.draw import Draw

YES, NO, NOT_STATED = "yes", "no", "not stated"
# Between the items of a list; phrases may hold commas.
BETWEEN = "; "
Answer = tuple[str, str]


class Asked:
    """A note, looked up by fact. What was written last of a fact is what stands."""

    def __init__(self, facts: Facts, note: Note, unrelated: Sequence[str]) -> None:
        self.facts, self.note, self.unrelated = facts, note, unrelated
        self.spans: dict[str, dict[int, Span]] = {}
        for span in note.spans:
            self.spans.setdefault(span.fact, {})[span.item] = span

    def told(self, fact: str) -> list[int]:
        return sorted(self.spans.get(fact, ()))

    def untold(self, fact: str) -> list[int]:
        return [index for index in range(len(self.facts[fact])) if index not in self.spans.get(fact, ())]

    def written(self, fact: str, item: int = 0) -> str:
        start, end, _, _ = self.spans[fact][item]
        return self.note.text[start:end]

    def value(self, fact: str) -> Answer:
        return "", self.written(fact) if fact in self.spans else NOT_STATED

    def elsewhere(self, draw: Draw) -> str:
        """A finding that the note does not speak of."""
        text = self.note.text.casefold()
        return draw.one([finding for finding in self.unrelated if finding not in text])


def _listed(*facts: str) -> Callable[[Asked, Draw], Answer | None]:
    """The facts' own words; the note may have them shorter."""

    def ask(asked: Asked, draw: Draw) -> Answer:
        items = [asked.facts[fact][index] for fact in facts for index in asked.told(fact)]
        names = [one if isinstance(one, str) else one["name"] for one in items]
        return "", BETWEEN.join(names) or NOT_STATED

    return ask


def _present(asked: Asked, draw: Draw) -> Answer:
    possible = [(asked.facts["findings"][index], YES) for index in asked.told("findings")]
    possible += [(asked.facts["negated_findings"][index], NO) for index in asked.told("negated_findings")]
    return draw.one([*possible, (asked.elsewhere(draw), NOT_STATED)])


def _family(asked: Asked, draw: Draw) -> Answer | None:
    """Of what only the patient has, the family history is not told."""
    possible = [(asked.facts["family_history"][index]["name"], YES) for index in asked.told("family_history")]
    possible += [(asked.facts["history"][index]["name"], NOT_STATED) for index in asked.told("history")]
    return draw.one(possible) if possible else None


def _considered(asked: Asked, draw: Draw) -> Answer | None:
    possible = [(asked.facts["ruled_out"][index]["name"], NO) for index in asked.told("ruled_out")]
    return draw.one(possible) if possible else None


def _takes(asked: Asked, draw: Draw) -> Answer | None:
    facts = asked.facts
    possible = [
        (facts["regular_medications"][index]["name"], YES) for index in asked.told("regular_medications")
    ]
    possible += [
        (facts["regular_medications"][index]["name"], NOT_STATED)
        for index in asked.untold("regular_medications")
    ]
    return draw.one(possible) if possible else None


def _lab(asked: Asked, draw: Draw) -> Answer | None:
    labs = asked.facts["labs"]
    possible = [(labs[index]["name"], asked.written("labs.value", index)) for index in asked.told("labs")]
    possible += [(labs[index]["name"], NOT_STATED) for index in asked.untold("labs")]
    return draw.one(possible) if possible else None


def _dose(asked: Asked, draw: Draw) -> Answer | None:
    possible = []
    for fact in ("regular_medications", "started_medications"):
        for index in asked.told(fact):
            dosed = index in asked.spans.get(f"{fact}.dose", ())
            answer = asked.written(f"{fact}.dose", index) if dosed else NOT_STATED
            possible.append((asked.facts[fact][index]["name"], answer))
    return draw.one(possible) if possible else None


def _relative(asked: Asked, draw: Draw) -> Answer | None:
    possible = [
        (asked.facts["family_history"][index]["name"], asked.written("family_history.relative", index))
        for index in asked.told("family_history.relative")
    ]
    return draw.one(possible) if possible else None


def _pressure(asked: Asked, draw: Draw) -> Answer:
    if "vitals.systolic_mmhg" not in asked.spans:
        return "", NOT_STATED
    return "", f"{asked.written('vitals.systolic_mmhg')}/{asked.written('vitals.diastolic_mmhg')}"


def _saturation(asked: Asked, draw: Draw) -> Answer:
    _, answer = asked.value("vitals.saturation_percent")
    return "", answer if answer == NOT_STATED else f"{answer}%"


def _value(fact: str) -> Callable[[Asked, Draw], Answer | None]:
    return lambda asked, _: asked.value(fact)


def _diagnosis(asked: Asked, draw: Draw) -> Answer:
    return "", asked.facts["written_as"] if "condition" in asked.spans else NOT_STATED


YES_OR_NO = ("finding-present", "family-history", "still-considered", "takes-regularly")
# Keys are those of tables/styles/questions.yaml.
ASKED: dict[str, Callable[[Asked, Draw], Answer | None]] = {
    "finding-present": _present, "family-history": _family, "still-considered": _considered,
    "takes-regularly": _takes, "age": _value("age"), "diagnosis": _diagnosis,
    "duration": _value("duration"), "blood-pressure": _pressure,
    "temperature": _value("vitals.temperature_c"), "saturation": _saturation, "lab-value": _lab,
    "medication-dose": _dose, "relative": _relative, "findings-list": _listed("findings", "red_flags"),
    "negatives-list": _listed("negated_findings"), "history-list": _listed("history"),
    "started-list": _listed("started_medications"), "excluded-list": _listed("ruled_out"),
    "red-flags-list": _listed("red_flags"), "plan-list": _listed("care"),
}  # fmt: skip


def type_of(asks: str) -> str:
    return "yes-or-no" if asks in YES_OR_NO else "list" if asks.endswith("-list") else "value"
