"""How rarely does the regression gate fail an equal model, and how often does it find a loss?

On real paired outputs (MIRAGE's predictions, given as a file, never part of clinft): the published pair is
reproduced through `clinft regress` itself; then labels are swapped at random within the real pairs, so that
no model is worse, and every FAIL is a false alarm. Simulated with numpy in a few minutes; the rule of the
simulation is compared with the product's on real rows.
"""

import argparse
import csv
import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from regress_power import ALPHA, MARGIN, SIZES, passes, power

TITLE, COMMAND = "Regression gate: false alarms and power", "bench/regress_null.py MIRAGE_CSV --record"
PAIRS = (("gpt4_cot", "gpt4_rag"), ("gpt35_cot", "gpt35_rag"), ("gpt35_cot", "gpt4_cot"))
LABELS, NONE = "ABCD", 4
SWAPS = 399


def main() -> None:
    options = _options()
    with options.predictions.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    text = "\n\n".join(
        (
            _setting(options),
            *published(rows),
            *false_alarms(rows, options),
            *family(rows, options),
            *power(_shares_of(rows), _fails, options),
            *passes(options),
            *same_rule(rows, options),
        )
    )
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("predictions", type=Path, help="mirage_predictions_5272x4.csv")
    parser.add_argument("--runs", type=int, default=4000, help="simulated comparisons of each kind")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--record", action="store_true", help="append to docs/benchmarks.md")
    return parser.parse_args()


def _setting(options: argparse.Namespace) -> str:
    from record import processor

    return (
        f"{datetime.now(UTC).date()}, {processor()}, {options.runs:,} simulated comparisons each, seed "
        f"{options.seed}. Margin {MARGIN:g}, level {ALPHA:g}, one-sided. What was not parsed is wrong."
    )


def published(rows: Sequence[dict[str, str]]) -> list[str]:
    """GPT-4 with chain of thought against GPT-4 with retrieval on MMLU: through the product's own files."""
    from clinft.pipeline.regressing_files import regress
    from clinft.statistics.paired import mcnemar_exact

    mmlu = [row for row in rows if row["dataset"] == "mmlu"]
    with tempfile.TemporaryDirectory() as name:
        files = []
        for system in PAIRS[0]:
            files.append(Path(name) / f"{system}.jsonl")
            files[-1].write_text("".join(
                json.dumps({"id": row["id"], "target": row["gold"], "prediction": row[system] or None}) + "\n"
                for row in mmlu
            ))  # fmt: skip
        found = regress(files[0], files[1], ("accuracy",), MARGIN, None)
    (metric,) = found.metrics
    assert metric.difference is not None
    exact = mcnemar_exact(metric.worse or 0, metric.better or 0)
    return [
        f"**The published pair.** {PAIRS[0][0]} → {PAIRS[0][1]}, MMLU (n = {found.n:,}): "
        f"{100 * metric.difference.value:+.1f} points ({100 * metric.difference.low:+.1f} to "
        f"{100 * metric.difference.high:+.1f}), lost {metric.worse}, won {metric.better}; exact two-sided "
        f"McNemar p = {exact:.3f} (research note: −2.1 points, 0.038); one-sided mid-p = "
        f"{metric.p_value:.3f}. Verdict of `clinft regress`: {found.verdict}."
    ]


def _shares_of(rows: Sequence[dict[str, str]]) -> list[tuple[str, float]]:
    """Of the first two pairs: how many items only one of the two has right."""
    return [
        (f"{one}, {two}", float((_right(rows, one) != _right(rows, two)).mean())) for one, two in PAIRS[:2]
    ]


def _right(rows: Sequence[dict[str, str]], system: str) -> Any:
    import numpy as np

    return np.array([row[system] == row["gold"] for row in rows])


@cache
def _fails(n: int, lost: int, won: int) -> bool:
    """The gate's rule for one yes-or-no metric."""
    return lost - won >= MARGIN * n - 1e-9 and _p(lost, won) <= ALPHA


@cache
def _p(lost: int, won: int) -> float:
    from clinft.statistics.paired import mcnemar_mid_p

    return mcnemar_mid_p(lost, won)


def _draws(discordant: Any, n: int, runs: int, rng: Any) -> Any:
    """(runs, 2): lost and won among n items drawn without replacement, labels swapped by a coin."""
    import numpy as np

    pairs = rng.hypergeometric(int(discordant.sum()), int((~discordant).sum()), n, size=runs)
    lost = rng.binomial(pairs, 0.5)
    return np.column_stack((lost, pairs - lost))


def false_alarms(rows: Sequence[dict[str, str]], options: argparse.Namespace) -> list[str]:
    import numpy as np

    from clinft.statistics.power import failing_power

    rng = np.random.default_rng(options.seed)
    runs = 10 * options.runs
    lines = [
        "| pair | discordant | n | naive rule of 2 points | FAIL, simulated | FAIL, exact |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    worst = largest = 0.0
    for one, two in PAIRS:
        discordant = _right(rows, one) != _right(rows, two)
        for n in SIZES:
            drawn = _draws(discordant, n, runs, rng)
            naive = np.mean(drawn[:, 0] - drawn[:, 1] >= MARGIN * n - 1e-9)
            failed = np.mean([_fails(n, *map(int, row)) for row in drawn])
            exact = failing_power(n, 0.0, float(discordant.mean()), MARGIN, ALPHA)
            worst, largest = max(worst, float(failed)), max(largest, exact)
            told = f"{discordant.mean():.3f} | {n:,} | {naive:.1%} | {failed:.2%} | {exact:.2%}"
            lines.append(f"| {one}, {two} | {told} |")
    to_half, to_all = (
        max(failing_power(n, 0.0, share / 100, MARGIN, ALPHA) for n in SIZES for share in range(1, most + 1))
        for most in (50, 100)
    )
    return [
        "**True null, one metric.** Labels swapped at random within real pairs: each FAIL is a false alarm.",
        "\n".join(lines),
        f"Largest FAIL rate simulated {worst:.2%} (standard error {_error(runs):.2%}; {runs:,} comparisons "
        f"each), exact {largest:.2%}. Exact, at any share of discordant items from 1 to 50 %: at most "
        f"{to_half:.2%}; up to 100 %, where next to all items are discordant: {to_all:.2%}.",
    ]


def _error(runs: int) -> float:
    return (0.05 * 0.95 / runs) ** 0.5


def family(rows: Sequence[dict[str, str]], options: argparse.Namespace) -> list[str]:
    """Six metrics of one comparison, and six that have nothing to do with each other."""
    import numpy as np

    from clinft.statistics.power import failing_power

    rng = np.random.default_rng(options.seed + 1)
    lines = [
        "| n | six metrics of the same answers | six independent shares | the same, exact | without Holm |",
        "|---:|---:|---:|---:|---:|",
    ]
    runs = max(2000, options.runs // 2)
    one, two = PAIRS[1]
    table = _table(rows, one, two)
    discordant = _right(rows, one) != _right(rows, two)
    worst = largest = 0.0
    for n in SIZES:
        same = np.mean([_any_fails(table, n, rng) for _ in range(runs)])
        independent = [_draws(discordant, n, runs, rng) for _ in range(6)]
        held = np.mean([_holm_fails(n, [drawn[run] for drawn in independent]) for run in range(runs)])
        naked = np.mean(
            [any(_fails(n, *map(int, drawn[run])) for drawn in independent) for run in range(runs)]
        )
        # Any is called a loss where the smallest p is, at a sixth of the level.
        alone = failing_power(n, 0.0, float(discordant.mean()), MARGIN, ALPHA / 6)
        exact = 1.0 - (1.0 - alone) ** 6
        worst, largest = max(worst, float(same), float(held)), max(largest, exact)
        lines.append(f"| {n:,} | {same:.1%} | {held:.1%} | {exact:.1%} | {naked:.1%} |")
    return [
        f"**True null, six metrics, any FAIL** ({one}, {two}; {runs:,} comparisons). Accuracy, macro-F1, "
        "macro-precision, macro-recall, parse failures and critical recall (gold A) of the same answers; "
        "and, as the worst case, six metrics that are independent. Holm over all of them.",
        "\n".join(lines),
        f"Largest family-wise rate simulated {worst:.1%} (standard error {_error(runs):.1%}), exact "
        f"{largest:.1%}.",
    ]


def _table(rows: Sequence[dict[str, str]], one: str, two: str) -> Any:
    """(4, 5, 5): counts of gold, of what one says and of what two says; the last is no answer."""
    import numpy as np

    found = np.zeros((4, 5, 5))
    place = {letter: number for number, letter in enumerate(LABELS)}
    for row in rows:
        if row["gold"] in place:
            found[place[row["gold"]], place.get(row[one], NONE), place.get(row[two], NONE)] += 1
    return found


def _any_fails(table: Any, n: int, rng: Any) -> bool:
    """One comparison: n items drawn, labels swapped; shares by McNemar, the rest by swaps."""
    from clinft.statistics.multiplicity import holm

    drawn = rng.multinomial(n, (table / table.sum()).ravel()).reshape(table.shape)
    moved = rng.binomial(drawn, 0.5)
    drawn = drawn - moved + moved.transpose(0, 2, 1)
    swaps = rng.binomial(drawn, 0.5, size=(SWAPS, *drawn.shape))
    swapped = drawn - swaps + swaps.transpose(0, 1, 3, 2)
    losses, p_values = [], []
    seen, null = _macros(drawn[None])[0], _macros(swapped)
    for number in range(3):
        losses.append(-seen[number])
        p_values.append((1 + int((-null[:, number] >= -seen[number] - 1e-12).sum())) / (SWAPS + 1))
    for lost, won, size in _shares(drawn):
        losses.append((lost - won) / max(size, 1))
        p_values.append(_p(lost, won))
    adjusted = holm(p_values)
    return any(p <= ALPHA and loss >= MARGIN - 1e-9 for p, loss in zip(adjusted, losses, strict=True))


def _shares(drawn: Any) -> list[tuple[int, int, int]]:
    """(lost, won, n) of accuracy, of being parsed, and of accuracy where gold is A."""
    found = []
    lost = [int(drawn[gold, gold].sum() - drawn[gold, gold, gold]) for gold in range(4)]
    won = [int(drawn[gold, :, gold].sum() - drawn[gold, gold, gold]) for gold in range(4)]
    found.append((sum(lost), sum(won), int(drawn.sum())))
    one_parsed, two_parsed = drawn[:, :NONE, NONE].sum(), drawn[:, NONE, :NONE].sum()
    found.append((int(one_parsed), int(two_parsed), int(drawn.sum())))
    found.append((lost[0], won[0], int(drawn[0].sum())))
    return found


def _macros(tables: Any) -> Any:
    """(draws, 3): macro-F1, -precision and -recall of two minus those of one."""
    import numpy as np

    def of(confusion: Any) -> Any:
        hits = np.einsum("rii->ri", confusion[:, :, :4])
        support, predicted = confusion.sum(axis=2), confusion[:, :, :4].sum(axis=1)
        present = support[:1] > 0
        parts = [
            np.divide(above, below, out=np.zeros(hits.shape), where=below > 0)
            for above, below in ((2.0 * hits, support + predicted), (hits, predicted), (hits, support))
        ]
        return np.stack([(part * present).sum(axis=1) / present.sum() for part in parts], axis=1)

    return of(tables.sum(axis=2)) - of(tables.sum(axis=3))


def _holm_fails(n: int, drawn: Sequence[Any]) -> bool:
    from clinft.statistics.multiplicity import holm

    adjusted = holm([_p(int(lost), int(won)) for lost, won in drawn])
    return any(
        p <= ALPHA and lost - won >= MARGIN * n - 1e-9 for p, (lost, won) in zip(adjusted, drawn, strict=True)
    )


def same_rule(rows: Sequence[dict[str, str]], options: argparse.Namespace) -> list[str]:
    """The rule that was simulated is the one that `clinft regress` applies: on 60 drawn sets of real rows."""
    import numpy as np

    from clinft.spec.evaluation import Margin
    from clinft.stages.regress.judging import judge
    from clinft.stages.regress.pairing import Pairing, pair
    from clinft.stages.regress.protocol import Protocol

    rng = np.random.default_rng(options.seed + 4)
    protocol = Protocol((Margin(metric="accuracy", margin=MARGIN),), 0.95, "0" * 64, tuple(LABELS))
    one, two = PAIRS[0]
    alike = failed = 0
    for _ in range(60):
        drawn = [rows[number] for number in rng.choice(len(rows), 200, replace=False)]
        sides = [[_item(row, system) for row in drawn] for system in (one, two)]
        pairing = pair(sides[1], sides[0])
        assert isinstance(pairing, Pairing)
        ((change,),) = judge(protocol, [pairing])
        expected = _fails(200, change.worse or 0, change.better or 0)
        failed += expected
        alike += expected == (change.status == "FAIL")
    return [
        f"**The rule itself.** `clinft regress` and the simulated rule agree on {alike} of 60 sets of 200 "
        f"real pairs ({failed} of them FAIL)."
    ]


def _item(row: dict[str, str], system: str) -> Any:
    from clinft.artifacts.results import ItemResult

    return ItemResult(
        item=row["id"],
        item_sha256="0" * 64,
        system="tuned",
        scoring="generated_text",
        target=row["gold"],
        prediction=row[system] or None,
        correct=row[system] == row["gold"],
        answer_nll_nats=None,
        answer_tokens=None,
    )


if __name__ == "__main__":
    main()
