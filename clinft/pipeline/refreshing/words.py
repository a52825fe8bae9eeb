"""What a refresh did and how old prices are, in Markdown. Names of meters are foreign text."""

from collections.abc import Sequence

from clinft.pipeline.refreshing import MOST_FACTOR, Change, Doubt, Refreshed
from clinft.pipeline.refreshing.ages import Group
from clinft.stages.report import numbers
from clinft.stages.report.markdown import bullets, code, document, escape, table

MOST_LISTED = 150
LONGEST = 160
TITLE = "clinft: prices read again"
UNITS = {"usd_per_million_tokens": "USD per million tokens", "usd_per_hour": "USD per hour"}


def ages(found: Sequence[Group], most_days: int) -> str:
    old = [row for group in found for row in group.too_old]
    blocks = [
        table(
            ("Provider", "Source", "Rows", "Oldest", "Newest", "Days", "Too old"),
            (
                (
                    escape(group.provider),
                    escape(group.source),
                    str(group.rows),
                    group.oldest,
                    group.newest,
                    str(group.age_days),
                    str(len(group.too_old)) if group.too_old else "-",
                )
                for group in found
            ),
            numeric=(2, 5, 6),
        ),
        f"The policy allows {most_days} days (budgets.max_price_age_days).",
    ]
    if old:
        blocks += [f"**{_rows(len(old), 'older')}**, and no estimate uses such a price:", _listed(old)]
        blocks.append(
            "`clinft prices refresh` asks again for those of Azure and of machines; others by hand."
        )
    return document(blocks)


def done(results: Sequence[Refreshed]) -> str:
    """For the terminal and the job's log."""
    changes, doubts = _all(results)
    return document(
        (
            _counts(changes),
            _moved([change for change in changes if change.moved]),
            _doubts(doubts),
        )
    )


def pull_request(results: Sequence[Refreshed], notes: Sequence[str]) -> str:
    changes, doubts = _all(results)
    moved = [change for change in changes if change.moved]
    tables = ", ".join(code(f"clinft/tables/{result.table}") for result in results)
    return document(
        (
            f"Prices were read again. {_counts(changes)}",
            _moved(moved),
            _doubts(doubts),
            bullets(escape(note) for note in notes),
            "## Who merges it",
            f"{tables}: the tables belong to the template, and what an estimate says rests on them. So the "
            "role **engine** has to approve; compare what moved with the provider's own page first.",
            "GitHub starts no checks for a pull request that a workflow opened: where they are missing, "
            "close it and open it again.",
            "## What merging does",
            bullets(
                (
                    "Estimates use these prices from then on. Nothing is trained, and no plan changes.",
                    "What was approved before is decided with them again when it starts: it must stay within "
                    "the bound that its pull request showed.",
                    "Until it is merged, the next refresh replaces what stands here.",
                )
            ),
        )
    )


def _all(results: Sequence[Refreshed]) -> tuple[list[Change], list[Doubt]]:
    return (
        [change for result in results for change in result.changes],
        [doubt for result in results for doubt in result.doubts],
    )


def _counts(changes: Sequence[Change]) -> str:
    moved = [change for change in changes if change.moved]
    new = sum(change.old is None for change in moved)
    same = len(changes) - len(moved)
    return (
        f"Rows with another price: {len(moved) - new}; new ones: {new}; read again and as they were: {same}."
    )


def _rows(count: int, what: str) -> str:
    return f"{numbers.count(count, 'row')} {'is' if count == 1 else 'are'} {what}"


def _moved(moved: Sequence[Change]) -> str:
    if not moved:
        return ""
    rows = table(
        ("Row", "Unit", "Old", "New", "Difference", "Read from"),
        (
            (
                escape(change.row),
                escape(UNITS.get(change.unit, change.unit)),
                "-" if change.old is None else str(change.old),
                str(change.value),
                _difference(change),
                escape(change.source[:LONGEST]),
            )
            for change in moved[:MOST_LISTED]
        ),
        numeric=(2, 3, 4),
    )
    more = len(moved) - MOST_LISTED
    return rows + (f"\n\nand {numbers.count(more, 'more row')}, in the changed file" if more > 0 else "")


def _difference(change: Change) -> str:
    if change.old is None:
        return "new"
    share = f" ({(change.value / change.old - 1) * 100:+.1f} %)" if change.old else ""
    return f"{change.value - change.old:+f}{share}"


def _doubts(doubts: Sequence[Doubt]) -> str:
    if not doubts:
        return ""
    listed = _listed([f"{doubt.row}: {doubt.why}" for doubt in doubts])
    return (
        f"**{_rows(len(doubts), 'left unchanged')}**: a person has to look. A price that moves by "
        f"more than {MOST_FACTOR} times is not believed.\n\n{listed}"
    )


def _listed(lines: Sequence[str]) -> str:
    more = len(lines) - MOST_LISTED
    return bullets([*map(escape, lines[:MOST_LISTED]), *([f"and {more} more"] if more > 0 else [])])
