"""Rungs by counts or by scores: what tests of verdict, errors and costs are worked out from."""

from collections.abc import Sequence

from clinft.stages.assess.outcomes import Outcome, Rung


def binary(
    name: str,
    right: int,
    n: int,
    *,
    kinds: dict[str, int] | None = None,
    critical: int = 0,
    missed: int = 0,
    read: str = "generated_text",
    parsed: int | None = None,
    per_cluster: int = 0,
) -> Rung:
    """The first `right` items are right; `critical` items from the front on, the last `missed` of them missed."""
    categories = [kind for kind, count in (kinds or {}).items() for _ in range(count)]
    outcomes = []
    for number in range(n):
        wrong = number - right
        outcomes.append(
            Outcome(
                item=f"i{number:05d}",
                score=float(wrong < 0),
                correct=wrong < 0,
                parsed=parsed is None or number < parsed,
                missed_critical=number >= critical - missed if number < critical else None,
                category=categories[wrong] if 0 <= wrong < len(categories) else None,
                cluster=f"c{number // per_cluster}" if per_cluster else None,
            )
        )
    return Rung(name, read, outcomes)


def scored(name: str, scores: Sequence[float], clusters: Sequence[str] | None = None) -> Rung:
    return Rung(
        name,
        "generated_text",
        [
            Outcome(f"i{number:05d}", score, False, True, cluster=clusters[number] if clusters else None)
            for number, score in enumerate(scores)
        ],
    )
