"""Asks the sources, one after the other; one that fails is left alone, and the brief says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from clinft.artifacts.research import Failed, Found, Query, Reference, Section, Term
from clinft.errors import ClinftError, MissingExtra, ServiceError
from clinft.ports.literature import LiteratureSource, Sources
from clinft.spec.research import MOST_PER_QUERY
from clinft.spec.research_policy import Source
from clinft.stages.research import terms as of_terms
from clinft.stages.research.brief import Gathered
from clinft.stages.research.merging import key_among
from clinft.stages.research.queries import for_source, unchecked

# That know of retractions, the first of them first.
CHECKERS: tuple[Source, ...] = ("europepmc", "pubmed", "crossref", "openalex")
# That search titles alone.
TITLES: tuple[Source, ...] = ("europepmc", "pubmed", "arxiv")
LONGEST_WHY = 400


@dataclass
class Asking:
    """What came of it so far."""

    sources: Sources
    limit: int
    say: Callable[[str], None]
    found: list[tuple[Section, Found]] = field(default_factory=list)
    looked_up: list[tuple[Section, Found]] = field(default_factory=list)
    failed: dict[Source, Failed] = field(default_factory=dict)
    errors: list[ClinftError] = field(default_factory=list)
    headings: list[Reference] = field(default_factory=list)

    def ask(self, queries: Sequence[Query]) -> None:
        """ServiceError where no source answered anything, MissingExtra where all lack their client."""
        for source in self.sources.literature:
            self._ask_one(source, queries)
        if self.errors and not self.gathered.all:
            raise self._nobody_answered()
        self._check_retractions()

    def look_up(self, focus: Sequence[str]) -> tuple[Term, ...]:
        """Terms whose references are in `gathered` from then on."""
        found = [self._term(term) for term in focus]
        known = self.gathered.references
        return tuple(_rested(term, references, known) for term, references in found)

    @property
    def gathered(self) -> Gathered:
        return Gathered(self.found, self.looked_up, [*self.failed.values()], self.headings)

    def _ask_one(self, source: LiteratureSource, queries: Sequence[Query]) -> None:
        asked = [for_source(query, source.sections, source.resolves) for query in queries]
        wanted = [query for query in asked if query is not None]
        for number, query in enumerate(wanted):
            found = self._search(source, query, answered=number, unasked=len(wanted) - number - 1)
            if found is None:
                return
            (self.looked_up if query.ids else self.found).append((query.section, found))
        if wanted:
            taken = sum(len(one.references) for _, one in self.gathered.all if one.source == source.name)
            self.say(f"{source.name}: {len(wanted)} queries, {taken} records")

    def _search(
        self, source: LiteratureSource, query: Query, answered: int = 0, unasked: int = 0
    ) -> Found | None:
        limit = self.limit if not query.ids else max(self.limit, 2 * len(query.ids))
        try:
            return source.search(query, min(limit, MOST_PER_QUERY))
        except (ServiceError, MissingExtra) as error:
            self._note(source.name, error, answered, unasked)
            return None

    def _note(self, name: Source, error: ClinftError, answered: int, unasked: int) -> None:
        self.errors.append(error)
        self.say(f"{name}: {error.what}")
        why = f"{error.what} {error.cause}"[:LONGEST_WHY]
        self.failed.setdefault(name, Failed(source=name, why=why, answered=answered, unasked=unasked))

    def _check_retractions(self) -> None:
        """Records of services that do not know are asked for where somebody does."""
        for name in CHECKERS:
            source = self._named((name,))
            if source is None:
                continue
            for query in unchecked(self.gathered.references):
                wanted = for_source(query, source.sections, source.resolves)
                found = None if wanted is None else self._search(source, wanted)
                if found is not None:
                    self.looked_up.append((query.section, found))

    def _term(self, term: str) -> tuple[Term, tuple[Reference, ...]]:
        why = "Neither MeSH nor a title of a paper has it."
        if self.sources.terms is not None:
            try:
                headings = self.sources.terms.headings(term)
                heading = of_terms.heading_of(term, headings)
                if heading is not None:
                    references = of_terms.reference_of(headings, heading)
                    self.headings += references
                    return heading, references
            except ServiceError as error:
                why = f"MeSH did not answer: {error.what}"[:LONGEST_WHY]
        source = self._named(TITLES)
        found = None if source is None else self._search(source, of_terms.title_query(term))
        papers = () if found is None else of_terms.papers_with(term, found)
        if found is None or not papers:
            return of_terms.unverified(term, why), ()
        self.looked_up.append(("terminology", found.model_copy(update={"references": papers})))
        return of_terms.used_in(term, papers), papers

    def _named(self, names: Sequence[Source]) -> LiteratureSource | None:
        """The first of them that is asked here and has not failed."""
        by_name = {one.name: one for one in self.sources.literature if one.name not in self.failed}
        return next((by_name[name] for name in names if name in by_name), None)

    def _nobody_answered(self) -> ClinftError:
        if all(isinstance(error, MissingExtra) for error in self.errors):
            return self.errors[0]
        # Why, each has said when it failed.
        return ServiceError(
            f"No source of literature answered: {', '.join(self.failed)}.",
            "There is no network here, a proxy keeps them out, or they limit this address.",
            "Call again later. Nothing was written: the last brief is as it was.",
        )


def _rested(term: Term, references: tuple[Reference, ...], known: tuple[Reference, ...]) -> Term:
    """On the records that these were merged into; a retraction that another service knows of counts."""
    keys = tuple(dict.fromkeys(key for one in references if (key := key_among(one, known)) is not None))
    if term.status == "unverified" or keys:
        return term.model_copy(update={"references": keys})
    return of_terms.unverified(term.term, "Every paper whose title has it is retracted.")
