"""A comparison as Markdown: what differs in what people wrote, then in numbers, then item by item."""

from collections.abc import Iterable, Sequence

from clinft.pipeline.comparing.form import Comparison, Difference, Flip, Side, SpecChange, Versus
from clinft.stages.regress.pairing import GENERATED
from clinft.stages.report import numbers
from clinft.stages.report.markdown import bullets, code, document, escape, table

MOST_FLIPS = 25
A_TEXT = "a text"


def comparison_markdown(found: Comparison) -> str:
    first = found.sides[0]
    return document(
        (
            f"# {escape(first.run_id)} and {' and '.join(escape(one.run_id) for one in found.versus)}",
            _runs(found.sides),
            "## Measured, each run by itself",
            _metrics(found.sides),
            *(block for versus in found.versus for block in _versus(first, versus)),
        )
    )


def _runs(sides: Sequence[Side]) -> str:
    names = dict.fromkeys(name for side in sides for name in side.digests)
    told: list[tuple[str, ...]] = [
        ("project", *(escape(side.project) for side in sides)),
        ("status", *(escape(side.status) for side in sides)),
        ("verdict", *(escape(side.verdict or "none") for side in sides)),
        ("evaluated", *(escape(side.evaluated_at or "not evaluated") for side in sides)),
        ("provider", *(escape(side.provider or "not trained") for side in sides)),
        ("trained from", *(escape(side.base_model or "not trained") for side in sides)),
        *((name, *(_digest(side, name, sides[0]) for side in sides)) for name in names),
    ]
    return table(("What", *(code(side.run_id) for side in sides)), told)


def _digest(side: Side, name: str, first: Side) -> str:
    digest = side.digests.get(name)
    if digest is None:
        return "not recorded"
    shown = numbers.short(digest)
    return (
        shown if side is first else f"{shown} {'same' if digest == first.digests.get(name) else '**other**'}"
    )


def _metrics(sides: Sequence[Side]) -> str:
    """Of the tuned model; the runs may have been measured on different items."""
    names = dict.fromkeys(one.metric for side in sides for one in side.metrics)
    if not names:
        return "missing: none of the runs was evaluated"
    by_side = [{one.metric: one for one in side.metrics} for side in sides]
    rows = []
    for name in names:
        cells = []
        for known in by_side:
            one = known.get(name)
            if one is None:
                cells.append("missing: not asked for")
            elif one.interval is None:
                cells.append(numbers.missing(one.missing or "no reason was recorded"))
            else:
                cells.append(numbers.interval_n(one.interval))
        rows.append((code(name), *cells))
    return table(("Metric", *(code(side.run_id) for side in sides)), rows)


def _versus(first: Side, versus: Versus) -> Iterable[str]:
    yield f"## From {escape(first.run_id)} to {escape(versus.run_id)}"
    yield "### Written"
    yield _spec(versus.spec)
    other = [name for name, same in versus.same.items() if not same]
    yield (f"Other: {', '.join(map(escape, other))}." if other else "All that they were made of is the same.")
    yield "### On the same items"
    if versus.incomparable is not None:
        yield f"**INCOMPARABLE**: {escape(versus.incomparable)}"
        return
    read = "free answers" if versus.scoring == GENERATED else "label scores"
    yield (
        f"{versus.items:,} items, {read}; {escape(versus.run_id)} minus {escape(first.run_id)}. The p-values "
        "are not corrected for their number: this is for looking, the verdict is that of `clinft regress`."
    )
    yield _differences(versus.differences)
    yield from _flips("Right before, wrong now", versus.lost, versus.run_id)
    yield from _flips("Wrong before, right now", versus.won, versus.run_id)


def _spec(changes: Sequence[SpecChange] | None) -> str:
    if changes is None:
        return "missing: one of the two specs cannot be read"
    if not changes:
        return "project.yaml says the same in both."
    return table(
        ("Field of project.yaml", "Before", "Now"),
        (
            (
                code(change.field),
                escape(change.before) if change.before is not None else "(absent)",
                escape(change.after) if change.after is not None else "(absent)",
            )
            for change in changes
        ),
    )


def _differences(differences: Sequence[Difference]) -> str:
    if not differences:
        return "missing: no metric of the two reports is known here"
    return table(
        ("Metric", "Difference", "p, two-sided", "Lost / won", ""),
        (_difference(one) for one in differences),
        numeric={2, 3},
    )


def _difference(one: Difference) -> tuple[str, ...]:
    if one.difference is None or one.p_value is None:
        return code(one.metric), numbers.missing(one.missing or "no reason was recorded"), "", "", ""
    return (
        code(one.metric),
        f"{numbers.difference(one.difference)} (n = {one.difference.n:,})"
        + (f" {escape(one.unit)}" if one.unit else ""),
        numbers.p_value(one.p_value),
        "" if one.lost is None or one.won is None else f"{one.lost:,} / {one.won:,}",
        _direction(one),
    )


def _direction(one: Difference) -> str:
    assert one.difference is not None, "the caller has looked"
    low, high = one.difference.low, one.difference.high
    if low <= 0.0 <= high:
        return "no clear difference"
    return "better" if (low > 0.0) is one.higher_is_better else "**worse**"


def _flips(title: str, flips: Sequence[Flip], run_id: str) -> Iterable[str]:
    critical = sum(flip.critical for flip in flips)
    yield f"### {title}: {len(flips):,}" + (f", {critical:,} of them critical" if critical else "")
    if not flips:
        return
    yield table(
        ("Item", "", "Right answer", "Said before", "Says now"),
        (
            (
                code(flip.item),
                "**critical**" if flip.critical else "",
                escape(flip.target or A_TEXT),
                escape(flip.first or _unsaid(flip)),
                escape(flip.second or _unsaid(flip)),
            )
            for flip in flips[:MOST_FLIPS]
        ),
    )
    left = len(flips) - MOST_FLIPS
    notes = [f"Look at one: {code(f'clinft inspect {run_id} {flips[0].item}')}"]
    if left > 0:
        notes.insert(0, f"{left:,} more: `--json` lists all.")
    yield bullets(notes)


def _unsaid(flip: Flip) -> str:
    return A_TEXT if flip.target is None else "none of the answers"
