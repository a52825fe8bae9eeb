"""One pack's words: what each phrase and name is abbreviated to, and the other units of its labs."""

import re
from decimal import ROUND_HALF_UP, Decimal

from clinft.stages.prepare.clinical import words
from clinft.stages.prepare.clinical.load import Pack
from clinft.stages.prepare.clinical.pack import PackCondition
from clinft.stages.prepare.clinical.tables import Common, Lab, Medication


class Shortener:
    """Replaces whole words, the longest first; each phrase is looked at once and remembered."""

    # Facts come from a pack, so phrases are few; this bounds what a stranger's facts could make us keep.
    MOST = 50_000

    def __init__(self, pairs: dict[str, str]) -> None:
        self._short = {full.casefold(): short for full, short in pairs.items()}
        longest = sorted(self._short, key=lambda full: (-len(full), full))
        self._any = re.compile(rf"(?<![\w/])(?:{'|'.join(map(re.escape, longest))})(?![\w/-])", re.IGNORECASE)
        self._seen: dict[str, str] = {}

    def __call__(self, phrase: str) -> str:
        found = self._seen.get(phrase)
        if found is None:
            found = self._any.sub(self._replaced, phrase)
            if len(self._seen) < self.MOST:
                self._seen[phrase] = found
        return found

    def pairs(self, text: str) -> tuple[tuple[str, str], ...]:
        """(written short, full) for each place in the text."""
        found = ((self._replaced(match), match.group()) for match in self._any.finditer(text))
        return tuple((short, full) for short, full in found if short != full)

    def _replaced(self, match: re.Match[str]) -> str:
        full = match.group()
        if full.isupper():  # a heading, or short already
            return full
        short = self._short[full.casefold()]
        return short[0].upper() + short[1:] if full[0].isupper() else short


class Lexicon:
    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.shorten = Shortener({**words.abbreviations(), **pack.pack.abbreviations})
        self._names = _short_names(pack)
        self._labs = {lab.name: lab for lab in pack.labs.values()}
        self._doses: dict[tuple[str, str, str], tuple[str, ...]] = {}
        for medication in pack.medications.values():
            key = medication.name, medication.unit, medication.route
            given = tuple(written(dose) for dose in medication.doses)
            self._doses[key] = (*self._doses.get(key, ()), *given)
        self._converted: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}

    def short_name(self, name: str) -> str:
        """An abbreviation that notes use for a condition, lab or medication; else its words abbreviated."""
        return self._names.get(name) or self.shorten(name)

    def other_units(self, lab: str, value: str) -> tuple[tuple[str, str], ...]:
        """(value, unit) in each other unit of the lab; rounded half up, as laboratories report it."""
        found = self._converted.get((lab, value))
        if found is None:
            row = self._labs.get(lab)
            found = _conversions(row, value) if row is not None else ()
            if len(self._converted) < Shortener.MOST:
                self._converted[lab, value] = found
        return found

    def other_doses(self, name: str, unit: str, route: str, dose: str) -> tuple[str, ...]:
        """Usual doses of the same medication that are not this one."""
        return tuple(other for other in self._doses.get((name, unit, route), ()) if other != dose)


def written(dose: Decimal | str | float) -> str:
    """No trailing zero after the point: 5.0 is read as 50 (ISMP)."""
    text = f"{dose:f}" if isinstance(dose, Decimal) else str(dose)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _conversions(lab: Lab, value: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            str((Decimal(value) * other.factor).quantize(Decimal(1).scaleb(-other.digits), ROUND_HALF_UP)),
            other.unit,
        )
        for other in lab.other_units
    )


def _short_names(pack: Pack) -> dict[str, str]:
    """The shortest synonym, where it is an abbreviation: in capitals or much shorter than the name."""
    names: dict[str, str | None] = {}
    rows: list[Lab | Medication | Common | PackCondition] = [
        *pack.labs.values(), *pack.medications.values(), *pack.background, *pack.pack.conditions,
    ]  # fmt: skip
    for row in rows:
        short: str | None = min(row.also, key=lambda also: (len(also), also), default=row.name)
        assert short is not None
        if len(short) * 2 > len(row.name) and not (len(short) < len(row.name) and short.upper() == short):
            short = None
        # Two rows of one name: NS is sodium chloride as an infusion, not as a tablet.
        names[row.name] = short if names.get(row.name, short) == short else None
    return {name: short for name, short in names.items() if short is not None}


_LEXICONS: dict[int, Lexicon] = {}


def lexicon(pack: Pack) -> Lexicon:
    """Made once per pack; a pack holds dictionaries and cannot be a key itself."""
    found = _LEXICONS.get(id(pack))
    # The lexicon keeps its pack alive, so an id belongs to one pack as long as it stands here.
    if found is None:
        found = _LEXICONS[id(pack)] = Lexicon(pack)
    return found
