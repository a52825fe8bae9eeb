"""The rules, and what policy adds to them, over one text: fold, search, map back, settle."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from clinft.errors import SpecError
from clinft.spec.audit_policy import AuditPolicy, TeamPattern
from clinft.spec.folding import fold
from clinft.stages.audit.budget import Budget, TooSlow
from clinft.stages.audit.detector import detector
from clinft.stages.audit.finds import UNEXPLAINED, Find, settled
from clinft.stages.audit.light import absent
from clinft.stages.audit.origin import Match, Origin
from clinft.stages.audit.prefilter import Built, Prefilter
from clinft.stages.audit.recognizers import TABLE
from clinft.stages.audit.rule import Rule, rule
from clinft.stages.audit.severity import UNSCANNED, Weight, weights
from clinft.stages.audit.stock import LANGUAGE, Stock
from clinft.stages.audit.views import extra_readings
from clinft.stages.audit.windows import SIZE, search_in_windows

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

TEAM = "team"
# A longer text is not kept for the next time: the cache's memory must not depend on the data.
CACHED_CHARACTERS, CACHED_TEXTS = 8_000, 4096


class Engine:
    """Everything that one policy looks for. `families`: recogniser → its rules.

    `detecting`: what finds names and places that no rule knows. `prefiltered`: with the help of hyperscan,
    where it is installed. Finds are the same without.
    """

    def __init__(
        self,
        families: Mapping[str, tuple[Rule, ...]],
        weights: Mapping[str, Weight],
        stock: Stock | None = None,
        *,
        detecting: detector.Detector | None = None,
        prefiltered: bool = True,
    ) -> None:
        self.families, self.weights = families, weights
        self._detector = detecting
        self._rules = [
            (one, Origin(f"{family}/{one.name}", one.entity_type, one.score, weights[one.entity_type]))
            for family, rules in families.items()
            for one in rules
        ]
        self._prefilter = Prefilter([one.pattern.pattern for one, _ in self._rules], use=prefiltered)
        self._stock = stock
        self._unscanned = Origin("engine/time", UNSCANNED, 1.0, weights[UNSCANNED])
        # Notes come twice, as records and formatted, and keys, styles and system prompts in every row.
        self._remembered = lru_cache(maxsize=CACHED_TEXTS)(self._search)

    def finds(self, text: str, context: str = "", *, detect: bool = True) -> tuple[Find, ...]:
        """Finds in `text` when `context` stands before it, without overlaps, by start.

        Without `detect` by the rules alone: in the name of a key or file, and in values read together, which
        are no sentence for the detector.
        """
        if len(text) <= CACHED_CHARACTERS:
            return self._remembered(text, context, detect)
        return self._search(text, context, detect)

    def recognizers(self, letter: str) -> tuple[str, ...]:
        """Which families look for identifiers of one letter of 45 CFR 164.514(b)(2)(i)."""
        of_rules = {
            origin.recognizer.split("/")[0]: None
            for _, origin in self._rules
            if origin.weight.letter == letter
        }
        of_stock = self._stock.recognizers(letter) if self._stock else ()
        of_detector = detector.recognizers(letter) if self._detector else ()
        return (*of_rules, *of_stock, *of_detector)

    def built(self) -> Built | None:
        """What `load` takes in a worker process, so that only one process builds it."""
        return self._prefilter.built()

    def load(self, built: Built | None) -> None:
        self._prefilter.load(built)

    def _search(self, text: str, context: str, detect: bool) -> tuple[Find, ...]:
        folded, places = fold(text)
        if not folded:
            return ()
        self._prefilter.expect(len(context) + len(folded))
        try:
            with Budget(len(folded)):
                found = settled(
                    match.find(places[start], places[end - 1] + 1, reading)
                    for start, end, match, reading in self._read(context, folded)
                )
                return self._and_detected(found, context, folded, places) if detect else found
        except TooSlow:
            return (Match(0, len(text), self._unscanned, "plausible").find(0, len(text)),)

    def _and_detected(
        self, found: tuple[Find, ...], context: str, folded: str, places: Sequence[int]
    ) -> tuple[Find, ...]:
        """With what the detector finds where no rule has found anything."""
        if self._detector is None:
            return found
        shift = len(context)
        taken = [
            (shift + bisect_left(places, find.start), shift + bisect_left(places, find.end)) for find in found
        ]
        detected: list[Find] = []
        for match in self._detector.finds(context + folded, taken, shift):
            find = match.find(places[match.start - shift], places[match.end - shift - 1] + 1)
            # One character may become several words.
            if not detected or detected[-1].end <= find.start:
                detected.append(find)
        return tuple(sorted((*found, *detected), key=_start)) if detected else found

    def _read(self, context: str, folded: str) -> Iterator[tuple[int, int, Match, str]]:
        """Start and end in `folded`, what was found, and in which reading of it."""
        for start, end, match in self._matches(context, folded):
            yield start, end, match, ""
        for reading in extra_readings(folded, context):
            for start, end, match in self._matches(context, reading.text):
                place = reading.span(start, end)
                if place is not None:
                    yield *place, match, reading.name

    def _matches(self, context: str, text: str) -> Iterator[tuple[int, int, Match]]:
        shift = len(context)
        search = self._search_window if shift + len(text) > SIZE else self._search_whole
        for match in search_in_windows(context + text, search):
            start, end = max(0, match.start - shift), match.end - shift
            if end > start:
                yield start, end, match

    def _search_whole(self, text: str) -> list[Match]:
        return self._search_window(text, whole=True)

    def _search_window(self, text: str, *, whole: bool = False) -> list[Match]:
        """`whole`: what is asked last of a find can wait, for no end of the text cuts one in two."""
        found = []
        for number in self._prefilter.candidates(text):
            one, origin = self._rules[number]
            if whole and origin.entity_type == UNEXPLAINED:
                for start, end, asked in one.unjudged(text):
                    found.append(Match(start, end, origin, "plausible", asked))
                continue
            for start, end, certainty in one.find(text):
                found.append(Match(start, end, origin, certainty))
        if self._stock:
            found.extend(self._stock.search(text))
        return found


def of(policy: AuditPolicy) -> Engine:
    """Raises SpecError where policy asks for a recogniser that cannot run here."""
    return _of(policy.presidio, policy.patterns)


@cache
def default() -> Engine:
    """clinft's own rules alone."""
    return of(AuditPolicy())


@cache
def analyzer() -> "AnalyzerEngine":
    """clinft's rules as plug-ins of presidio-analyzer, a recogniser for each family, and its detector."""
    with absent():
        from clinft.stages.audit.presidio import FamilyRecognizer, analyzer_of
    known = weights()
    families = [
        FamilyRecognizer(family, (one.entity_type for one in rules), Engine({family: rules}, known).finds)
        for family, rules in TABLE.items()
    ]
    families.append(FamilyRecognizer(detector.FAMILY, detector.entity_types(), _detected))
    return analyzer_of(families, LANGUAGE)


def _detected(text: str) -> list[Find]:
    """The detector's finds, which depend on what the rules have found."""
    return [find for find in default().finds(text) if find.recognizer.startswith(f"{detector.FAMILY}/")]


@lru_cache(maxsize=4)
def _of(presidio: tuple[str, ...], patterns: tuple[TeamPattern, ...]) -> Engine:
    families, known = dict(TABLE), dict(weights())
    names = Counter(pattern.name for pattern in patterns)
    for name, count in names.items():
        if count > 1:
            raise SpecError(
                f"audit.patterns: {count} patterns have the name {name}.",
                "Findings would not tell them apart, and they may weigh differently.",
                "Give each its own name in .github/clinft.yml.",
            )
    if patterns:
        families[TEAM] = tuple(_team_rule(pattern) for pattern in patterns)
        known |= {_team_type(pattern): _team_weight(pattern) for pattern in patterns}
    stock = Stock(presidio) if presidio else None
    return Engine(families, known, stock, detecting=detector.default())


def _start(find: Find) -> int:
    return find.start


def _team_rule(pattern: TeamPattern) -> Rule:
    return rule(pattern.name, _team_type(pattern), pattern.pattern, 1.0, words=frozenset(pattern.words))


def _team_type(pattern: TeamPattern) -> str:
    return f"TEAM_{pattern.name.upper().replace('-', '_')}"


def _team_weight(pattern: TeamPattern) -> Weight:
    severity = pattern.severity
    return Weight(
        letter=pattern.identifier,
        severity=severity,
        in_settings=severity,
        reserved=severity,
        kind="quasi" if severity == "MEDIUM" else "direct",
    )
