"""Asks the judge k times in two orders about each answer's claims, and tells how far it can be believed.

Nothing here changes a metric, a threshold or a verdict: the report stands beside them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clinft.artifacts.judgement import OUTCOMES, HumanAgreement, JudgedClaim, JudgeReport, Verdict
from clinft.artifacts.planning import Interval
from clinft.errors import SpecError
from clinft.ports.models import LanguageModel, Sampling
from clinft.ports.progress import Progress
from clinft.stages.judge import rubric
from clinft.stages.judge.claims import claim_sha256, claims
from clinft.stages.judge.reading import Vote, read_votes
from clinft.stages.judge.votes import UNREAD, named, outcome, span
from clinft.statistics.agreement import alpha_interval, kappa_interval
from clinft.statistics.bounded_mean import bounded_mean
from clinft.statistics.proportions import wilson

STAGE, STAGE_VERSION = "judge", 1
LEAST_REPEATS = 3
# The default of chat APIs, which every model takes; a judge that agrees with itself here is sure of it.
TEMPERATURE = 1.0
# Substantial agreement begins there (Landis and Koch 1977); its lower bound must reach it.
FLOOR = 0.6
# Of claims with people's labels: fewer say nothing of a judge.
LEAST_LABELS = 20
# Item and sha256 of the claim.
Labels = Mapping[tuple[str, str], Verdict]


@dataclass(frozen=True)
class Case:
    """One answer with the record that it was asked about."""

    item: str
    source: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class About:
    """What the report says of itself."""

    judge: str
    model: str
    system: str
    of: str
    answers_in_run: int
    withheld: int
    confidence: float


def case_of(item: str, source: str, answer: str) -> Case | None:
    """None where the answer claims nothing."""
    found = claims(answer)
    return Case(item, source, found) if found else None


def questions(cases: Sequence[Case], repeats: int) -> int:
    return len(rubric.ORDERS) * repeats * len(cases)


def most_tokens(cases: Sequence[Case], repeats: int, model: LanguageModel) -> tuple[int, int]:
    """Prompt and completion, at most."""
    asked = [rubric.conversation(one.source, one.claims, order) for order in rubric.ORDERS for one in cases]
    longest = rubric.longest_answer(max(len(one.claims) for one in cases))
    return repeats * sum(model.count_tokens(asked)), questions(cases, repeats) * longest


def judge(
    cases: Sequence[Case],
    model: LanguageModel,
    repeats: int,
    labels: Labels,
    about: About,
    progress: Progress,
) -> tuple[JudgeReport, list[JudgedClaim]]:
    """Raises SpecError for too few repeats, no claims, or labels of which none belongs to these claims."""
    if repeats < LEAST_REPEATS:
        raise SpecError(
            f"A judge is asked at least {LEAST_REPEATS} times in each order.",
            "One answer of a judge may be another the next time.",
            f"Ask for {LEAST_REPEATS} repeats or more.",
        )
    if not cases:
        raise SpecError(
            "There is no answer with a claim to judge.",
            "All answers are right, empty or withheld by the audit.",
            "Pass --all to have right answers judged, too.",
        )
    by_order = [_votes(cases, model, repeats, order, progress) for order in rubric.ORDERS]
    rows = [
        row for number, case in enumerate(cases) for row in _rows(case, [votes[number] for votes in by_order])
    ]
    every = [[vote for votes in by_order for vote in votes[number]] for number in range(len(cases))]
    human = _human(rows, labels, about.confidence) if labels else None
    advisory, why = _standing(human)
    return (
        JudgeReport.model_validate(
            {
                "judge": about.judge,
                "model": about.model,
                "system": about.system,
                "of": about.of,
                "rubric_sha256": rubric.rubric_sha256(),
                "repeats": repeats,
                "items": len(cases),
                "answers_in_run": about.answers_in_run,
                "withheld": about.withheld,
                "claims": len(rows),
                "outcomes": _outcomes(rows, about.confidence),
                "unread_votes": _share([vote.outcome is None for one in every for vote in one], about),
                "false_quotes": _false_quotes([vote for one in every for vote in one], about),
                "order_changes": _share([row.by_order[0] != row.by_order[1] for row in rows], about),
                "self_agreement": _self_agreement(cases, by_order, about.confidence),
                "human": human,
                "floor": FLOOR,
                "advisory": advisory,
                "why": why,
            }
        ),
        rows,
    )


def _votes(
    cases: Sequence[Case], model: LanguageModel, repeats: int, order: str, progress: Progress
) -> list[list[Vote]]:
    """For each case the votes on its claims, claim by claim: `repeats` on the first, then on the second."""
    asked = [rubric.conversation(one.source, one.claims, order) for one in cases]
    longest = rubric.longest_answer(max(len(one.claims) for one in cases))
    found: list[list[tuple[Vote, ...]]] = [[] for _ in cases]
    with progress.task(f"judge, {order}", repeats * len(cases)) as task:
        for seed in range(1, repeats + 1):
            answers = model.generate(asked, longest, task, Sampling(TEMPERATURE, seed))
            for votes, case, answer in zip(found, cases, answers, strict=True):
                votes.append(read_votes(answer, len(case.claims), case.source))
    return [
        [vote[number] for number in range(len(case.claims)) for vote in votes]
        for case, votes in zip(cases, found, strict=True)
    ]


def _rows(case: Case, by_order: Sequence[Sequence[Vote]]) -> list[JudgedClaim]:
    rows = []
    repeats = len(by_order[0]) // len(case.claims)
    for number, claim in enumerate(case.claims):
        parts = [votes[number * repeats : (number + 1) * repeats] for votes in by_order]
        votes = [vote for part in parts for vote in part]
        settled = outcome(votes)
        place = span(votes, settled)
        rows.append(
            JudgedClaim(
                item=case.item,
                claim=number,
                claim_sha256=claim_sha256(claim),
                outcome=settled,
                votes=dict(sorted(Counter(named(votes)).items())),
                by_order=(outcome(parts[0]), outcome(parts[1])),
                quote_start=None if place is None else place[0],
                quote_end=None if place is None else place[1],
            )
        )
    return rows


def _outcomes(rows: Sequence[JudgedClaim], confidence: float) -> dict[str, Interval]:
    """Shares of claims; the claims of one answer count as one cluster."""
    sizes = Counter(row.item for row in rows)
    found: dict[str, Interval] = {}
    for name in OUTCOMES:
        hits = Counter(row.item for row in rows if row.outcome == name)
        found[name] = bounded_mean([(float(hits[item]), size) for item, size in sizes.items()], confidence)
    return found


def _share(said: Sequence[bool], about: About) -> Interval:
    return wilson(sum(said), len(said), about.confidence)


def _false_quotes(votes: Sequence[Vote], about: About) -> Interval | None:
    quoted = [vote.span is None for vote in votes if vote.quoted]
    return _share(quoted, about) if quoted else None


def _self_agreement(
    cases: Sequence[Case], by_order: Sequence[Sequence[Sequence[Vote]]], confidence: float
) -> Interval | None:
    """Unread votes are no ratings. None where it said one and the same of everything."""
    clusters = []
    for number, case in enumerate(cases):
        repeats = len(by_order[0][number]) // len(case.claims)
        clusters.append(
            tuple(
                tuple(
                    name
                    for votes in by_order
                    for name in named(votes[number][claim * repeats : (claim + 1) * repeats])
                    if name != UNREAD
                )
                for claim in range(len(case.claims))
            )
        )
    return alpha_interval(clusters, confidence)


def _human(rows: Sequence[JudgedClaim], labels: Labels, confidence: float) -> HumanAgreement:
    by_item: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        label = labels.get((row.item, row.claim_sha256))
        if label is not None:
            by_item.setdefault(row.item, []).append((label, row.outcome))
    if not by_item:
        raise SpecError(
            "None of the labels belongs to a claim that was judged.",
            "They were given to the answers of another run, or to other items.",
            "Write the claims of this run with `clinft judge RUN --to-label`, and have those labelled.",
        )
    clusters = [tuple(pairs) for _, pairs in sorted(by_item.items())]
    confusion: dict[str, Counter[str]] = {}
    for pairs in clusters:
        for given, said in pairs:
            confusion.setdefault(given, Counter())[said] += 1
    kappa = kappa_interval(clusters, confidence)
    return HumanAgreement(
        claims=sum(map(len, clusters)),
        items=len(clusters),
        cohen_kappa=kappa,
        krippendorff_alpha=alpha_interval(clusters, confidence),
        missing=None if kappa else "people and judge say one and the same of every claim: chance agrees, too",
        confusion={given: dict(sorted(said.items())) for given, said in sorted(confusion.items())},
    )


def _standing(human: HumanAgreement | None) -> tuple[bool, str]:
    if human is None:
        return True, "no labels of people were given, so nobody knows how often it is right"
    if human.claims < LEAST_LABELS:
        return True, f"{human.claims} labelled claims are fewer than {LEAST_LABELS}"
    if human.cohen_kappa is None:
        return True, human.missing or "kappa has no value"
    low = human.cohen_kappa.low
    if low < FLOOR:
        return True, f"the lower bound of its kappa with people, {low:.3f}, is below {FLOOR}"
    return False, f"the lower bound of its kappa with people, {low:.3f}, reaches {FLOOR}"
