"""How often the intervals of clinft/metrics hold the true value: simulated systems whose truth is known.

    python bench/metric_coverage.py [--runs 400] [--n 30 100 300] [--only macro_f1] [--record]

A population of 200,000 items gives the true value; test sets of n items, or of clusters of items, are drawn
from the same source. 95 % is what is promised; more is careful, less is wrong.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

LABELS = ("immediate", "emergent", "urgent", "less-urgent")
POPULATION = 200_000


@dataclass(frozen=True)
class World:
    """`draw`: the items of one cluster, which number it."""

    metric: str
    what: str
    kind: str
    scoring: str
    draw: Callable


def item(number, **given):
    from clinft.artifacts.results import ItemResult

    plain = {
        "item": str(number), "item_sha256": "0" * 64, "system": "tuned", "scoring": "generated_text",
        "target": None, "prediction": None, "correct": False, "answer_nll_nats": None, "answer_tokens": None,
    }  # fmt: skip
    return ItemResult.model_construct(**{**_defaults(), **plain, **given})


def _defaults():
    return {
        "answer_bytes": None, "cluster": None, "parsed": True, "score": None, "values": {},
        "probabilities": (), "slices": {}, "critical": None, "refused": False, "output_sha256": None,
    }  # fmt: skip


def labelled(accuracy: float, shares: Sequence[float]) -> Callable:
    def draw(number: int, rng: random.Random) -> list:
        (target,) = rng.choices(LABELS, shares)
        right = rng.random() < accuracy
        said = target if right else rng.choice([label for label in LABELS if label != target])
        return [item(number, target=target, prediction=said, correct=right)]

    return draw


def clustered(accuracy: float, spread: float, size: int) -> Callable:
    """Beta-binomial: the notes of one scenario are right or wrong together; spread is the correlation."""

    def draw(number: int, rng: random.Random) -> list:
        weight = (1 - spread) / spread
        p = rng.betavariate(accuracy * weight, (1 - accuracy) * weight)
        rights = [rng.random() < p for _ in range(rng.randint(1, 2 * size - 1))]
        return [item(f"{number}-{at}", correct=right, cluster=str(number)) for at, right in enumerate(rights)]

    return draw


def counting(above: str, below: str, rate: float, spread: float, most: int) -> Callable:
    """Answers of 1 to `most` things, of which a share that differs from answer to answer is counted."""

    def draw(number: int, rng: random.Random) -> list:
        weight = (1 - spread) / spread
        p = rng.betavariate(rate * weight, (1 - rate) * weight)
        things = rng.randint(1, most)
        hit = sum(rng.random() < p for _ in range(things))
        return [item(number, values={above: float(hit), below: float(things)})]

    return draw


def units(number: int, rng: random.Random) -> list:
    gold = rng.randint(1, 8)
    shared = sum(rng.random() < 0.8 for _ in range(gold))
    said = shared + sum(rng.random() < 0.15 for _ in range(6))
    return [item(number, values={"gold": float(gold), "said": float(said), "shared": float(shared)})]


def scored(number: int, rng: random.Random) -> list:
    whole = rng.random() < 0.4
    return [item(number, score=1.0 if whole else rng.betavariate(3, 2))]


def likelihood(number: int, rng: random.Random) -> list:
    tokens = rng.randint(2, 12)
    nll = sum(rng.expovariate(1.0) * rng.choice((0.05, 0.2, 2.0)) for _ in range(tokens))
    return [item(number, answer_nll_nats=nll, answer_tokens=tokens, answer_bytes=4 * tokens)]


def stated(skill: float, labels: Sequence[str]) -> Callable:
    def draw(number: int, rng: random.Random) -> list:
        import math

        target = rng.choice(labels)
        raw = [math.exp(rng.gauss(0, 1) + skill * (label == target)) for label in labels]
        probabilities = tuple(one / sum(raw) for one in raw)
        said = labels[probabilities.index(max(probabilities))]
        return [item(number, target=target, prediction=said, correct=said == target,
                     probabilities=probabilities)]  # fmt: skip

    return draw


EVEN, UNEVEN = (0.25,) * 4, (0.06, 0.14, 0.3, 0.5)
CLASSES, TEXT = "classification", "summarization"
FREE, CLOSED = "generated_text", "closed_labels"
WORLDS = (
    World("accuracy", "right 90 %", CLASSES, FREE, labelled(0.9, EVEN)),
    World("accuracy", "right 85 %, clusters of 1 to 5, correlation 0.3", CLASSES, FREE,
          clustered(0.85, 0.3, 3)),
    World("hallucination_rate", "3 % of 1 to 20 claims", TEXT, FREE,
          counting("claims_unsupported", "claims", 0.03, 0.1, 20)),
    World("omission_rate", "20 % of 1 to 12 facts", TEXT, FREE,
          counting("missed", "facts", 0.2, 0.2, 12)),
    World("micro_f1", "recall 0.8", "coding", FREE, units),
    World("score", "0.4 of them whole", TEXT, FREE, scored),
    World("macro_f1", "right 85 %, even labels", CLASSES, FREE, labelled(0.85, EVEN)),
    World("macro_f1", "right 85 %, labels of 6 to 50 %", CLASSES, FREE, labelled(0.85, UNEVEN)),
    World("macro_f1", "right 97 %, labels of 6 to 50 %", CLASSES, FREE, labelled(0.97, UNEVEN)),
    World("macro_recall", "right 85 %, labels of 6 to 50 %", CLASSES, FREE, labelled(0.85, UNEVEN)),
    World("weighted_f1", "right 85 %, labels of 6 to 50 %", CLASSES, FREE, labelled(0.85, UNEVEN)),
    World("perplexity", "skewed", CLASSES, CLOSED, likelihood),
    World("brier", "two labels", CLASSES, CLOSED, stated(2.0, LABELS[:2])),
    World("log_loss", "two labels", CLASSES, CLOSED, stated(2.0, LABELS[:2])),
    World("auroc", "two labels", CLASSES, CLOSED, stated(2.0, LABELS[:2])),
    World("auroc", "four labels", CLASSES, CLOSED, stated(2.0, LABELS)),
)  # fmt: skip


def coverage(world: World, n: int, runs: int, truth: float) -> tuple[float, float]:
    """(share of intervals that hold the truth, mean width)."""
    from clinft.metrics import TABLE

    held, width = 0, 0.0
    for run in range(runs):
        rng = random.Random(f"{world.metric} {world.what} {n} {run}")
        found = TABLE[world.metric].measure(sample(world, n, rng), question(world))
        assert not isinstance(found, str), found
        held += found.low <= truth <= found.high
        width += found.high - found.low
    return held / runs, width / runs


def sample(world: World, n: int, rng: random.Random) -> list:
    items: list = []
    while len(items) < n:
        items += _facts(world.draw(len(items), rng))
    return items


def _facts(items: list) -> list:
    """`missed` of the draw is what the metric counts as not told."""
    for one in items:
        if "missed" in one.values:
            one.values["facts_told"] = one.values["facts"] - one.values.pop("missed")
    return items


def question(world: World):
    from clinft.metrics.metric import Question

    labels = LABELS
    if "two labels" in world.what:
        labels = LABELS[:2]
    return Question(labels, (), world.scoring, 0.95, kind=world.kind)


def truth_of(world: World) -> float:
    """The value itself of a population; its interval is not asked for."""
    from collections import Counter

    from clinft.metrics import TABLE
    from clinft.metrics.measuring import ratio
    from clinft.metrics.metric import Ratio, Share

    items, asked = sample(world, POPULATION, random.Random(world.what)), question(world)
    form = TABLE[world.metric].form
    rows = [row for one in items if (row := form.of(one, asked)) is not None]
    if isinstance(form, Share):
        return sum(rows) / len(rows)
    if isinstance(form, Ratio):
        return ratio(form, Counter(rows))
    return form.statistic(rows, asked)(Counter(rows))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--n", type=int, nargs="+", default=[30, 100, 300])
    parser.add_argument("--only", help="one metric")
    parser.add_argument("--record", action="store_true", help="append to docs/benchmarks.md")
    args = parser.parse_args()
    sizes = " | ".join(f"n = {n}" for n in args.n)
    lines = [f"| metric | of what | {sizes} |", "|---|---|" + "---|" * len(args.n)]
    started = time.monotonic()
    for world in WORLDS:
        if args.only not in (None, world.metric):
            continue
        truth = truth_of(world)
        cells = []
        for n in args.n:
            held, width = coverage(world, n, args.runs, truth)
            cells.append(f"{100 * held:.1f} % ({width:.3f})")
        lines.append(f"| {world.metric} | {world.what}: {truth:.3f} | {' | '.join(cells)} |")
        print(lines[-1], f"{time.monotonic() - started:.0f} s", flush=True)
    if args.record:
        import record

        error = 100 * 1.96 * (0.95 * 0.05 / args.runs) ** 0.5
        text = (
            f"Coverage of the 95 % intervals, mean width in brackets, of {args.runs} simulated sets each; "
            f"a coverage of 95 % shows as 95 ± {error:.1f} here.\n\n" + "\n".join(lines)
        )
        record.append("Coverage of the metrics' intervals", "python bench/metric_coverage.py --record", text)


if __name__ == "__main__":
    main()
