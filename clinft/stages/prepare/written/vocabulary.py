"""Terms that a text could bring in without being told them: those of the packs, and words by their form."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from clinft.stages.prepare.clinical.load import Pack
from clinft.stages.prepare.pack import NUMBER_RANGE, DomainPack

# Ends of international nonproprietary names (WHO stem book), long enough to end few other words.
DRUG_ENDS = (
    "pril", "sartan", "olol", "statin", "cillin", "mycin", "micin", "azole", "prazole", "tidine",
    "oxacin", "gliptin", "gliflozin", "glutide", "parin", "xaban", "tinib", "umab", "ximab", "cycline",
    "azepam", "zolam", "triptan", "setron", "profen", "caine", "semide", "thiazide", "terol", "asone",
    "isone", "solone", "formin", "barbital", "codone", "morphone", "fentanil", "dipine", "platin",
    "rubicin", "taxel", "ciclovir", "navir",
)  # fmt: skip
DRUGS = (
    "aspirin", "insulin", "warfarin", "heparin", "morphine", "paracetamol", "acetaminophen", "digoxin",
    "lithium", "levothyroxine", "nitroglycerin", "ibuprofen", "metformin", "clopidogrel", "adrenaline",
    "epinephrine", "steroids", "antibiotics", "opioids", "diuretics", "chemotherapy",
)  # fmt: skip
CONDITION_ENDS = ("itis", "oma", "emia", "aemia", "osis", "opathy", "penia", "uria", "ectomy", "plegia")
CONDITIONS = (
    "diabetes", "diabetic", "hypertension", "hypertensive", "asthma", "cancer", "stroke", "infarction",
    "pneumonia", "sepsis", "septic", "copd", "fracture", "embolism", "thrombosis", "metastases",
    "dementia", "epilepsy", "seizure", "seizures", "pregnant", "pregnancy", "hiv", "tuberculosis",
    "covid", "influenza", "suicidal",
)  # fmt: skip
# Have such an end, and are neither.
PLAIN = frozenset(("diagnosis", "prognosis", "diploma", "reservoir", "protocol"))
# Of the packs' phrases those that notes also say of other things.
GENERAL = frozenset(
    ("oxygen", "rest", "observation", "fluids", "exercise", "support", "well", "tired", "alert")
)
BEGINNING = re.compile(r"\w+")
WORD = re.compile(r"[A-Za-z][A-Za-z-]{2,}")


@dataclass(frozen=True)
class Vocabulary:
    """`terms`: everything the pack can say; `also`: other words for the same thing. `noisy`: the generator
    misspells, shortens and converts, so its own text does not show which part of a fact it tells."""

    terms: frozenset[str] = frozenset()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    noisy: bool = False

    def alternatives(self, term: str) -> tuple[str, ...]:
        return self.also.get(term.casefold(), ())

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where terms stand, at each place the longest."""
        for word in BEGINNING.finditer(text):
            # A term of one word may stand in the plural.
            for key in {word.group().casefold(), word.group().casefold().removesuffix("s")}:
                for pattern in self._by_first_word.get(key, ()):
                    if match := pattern.match(text, word.start()):
                        yield match.span()
                        break

    @cached_property
    def _by_first_word(self) -> Mapping[str, tuple[re.Pattern[str], ...]]:
        found: dict[str, list[str]] = {}
        for term in sorted(self.terms, key=lambda term: (-len(term), term)):
            if first := BEGINNING.match(term):
                found.setdefault(first.group().casefold(), []).append(term)
        return {word: tuple(wording_pattern([term]) for term in terms) for word, terms in found.items()}


def wording_pattern(wordings: Iterable[str]) -> re.Pattern[str]:
    """Any of them as whole words, whatever the case, the blanks and a plural's s."""
    return _compiled(tuple(wordings))


@lru_cache(maxsize=20_000)
def _compiled(wordings: tuple[str, ...]) -> re.Pattern[str]:
    spelled = (r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", one))) for one in wordings)
    return re.compile(rf"(?<![\w/])(?:{'|'.join(spelled)})s?(?!\w)", re.IGNORECASE)


def suspicious(word: str) -> bool:
    """A medicine's or a disease's name by its form."""
    lower = word.casefold()
    if lower in PLAIN:
        return False
    if lower in DRUGS or lower in CONDITIONS:
        return True
    return len(lower) >= 7 and lower.endswith((*DRUG_ENDS, *CONDITION_ENDS))


def of_pack(pack: DomainPack) -> Vocabulary:
    terms: set[str] = set()
    also: dict[str, tuple[str, ...]] = {}
    for _, diagnosis in pack.diagnoses():
        names = diagnosis.names
        also |= {name.casefold(): tuple(one for one in names if one != name) for name in names}
        phrases = (*diagnosis.findings, *diagnosis.denies, *diagnosis.treatment)
        # Of a test with a range only the words in front of it are its name.
        tests = (NUMBER_RANGE.split(test)[0].strip() for test in diagnosis.tests)
        terms |= {*names, *phrases, *tests, diagnosis.history_name, diagnosis.takes or ""}
    terms |= {one.name for one in pack.background} | {one.takes or "" for one in pack.background}
    return Vocabulary(_kept(terms), also)


def of_clinical_pack(joined: Pack) -> Vocabulary:
    terms: set[str] = set()
    also: dict[str, tuple[str, ...]] = {}
    short = {full.casefold(): (written,) for full, written in joined.pack.abbreviations.items()}
    for condition in joined.pack.conditions:
        also |= {
            name.casefold(): tuple(one for one in condition.names if one != name) for name in condition.names
        }
        terms |= {*condition.names, *condition.findings, *condition.red_flags, *condition.denies}
        terms |= {*condition.care, condition.history_name, *(mimic.name for mimic in condition.mimics)}
    named = [(one.name, one.also) for one in joined.labs.values()]
    named += [(one.name, one.also) for one in joined.medications.values()]
    named += [(one.name, one.also) for one in joined.background]
    for name, others in named:
        also[name.casefold()] = others
        terms |= {name, *others}
    return Vocabulary(_kept(terms), {**short, **also}, noisy=True)


def _kept(terms: Iterable[str]) -> frozenset[str]:
    """Shorter ones are words of every sentence."""
    return frozenset(term for term in terms if len(term) >= 4 and term not in GENERAL)
