"""How much of a list and of one foreign text is shown, and the small phrases that every part uses."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeVar

from clinft.stages.report import numbers
from clinft.stages.report.markdown import bullets, code, details, document, escape, table

UNKNOWN = "unknown"
INVISIBLE = "*(no visible text)*"
SHORT_SHA = 12
FOLDER_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")

# What may be left out of a comment that grows too long, the least important first.
Part = Literal[
    "sample records",
    "terminology",
    "hyperparameters",
    "data plan",
    "low findings",
    "remedies",
    "changed paths",
    "prompt assessment",
    "authenticity",
    "handling",
    "the 18 identifiers",
    "notes",
    "how the checks ran",
    "waivers",
]
LEAST_IMPORTANT_FIRST: tuple[Part, ...] = (
    "sample records",
    "terminology",
    "hyperparameters",
    "data plan",
    "low findings",
    "remedies",
    "changed paths",
    "prompt assessment",
    "authenticity",
    "handling",
    "the 18 identifiers",
    "notes",
    "how the checks ran",
    "waivers",
)

Item = TypeVar("Item")


@dataclass(frozen=True)
class Section:
    """Finished Markdown. Without a `part` it is never left out."""

    text: str
    part: Part | None = None


@dataclass(frozen=True)
class Room:
    """Bounds that keep any report small; `elsewhere` is where the rest can be read."""

    rows: int
    characters: int
    projects: int
    elsewhere: str

    def clip(self, foreign: str) -> str:
        return foreign if len(foreign) <= self.characters else f"{foreign[: self.characters]} …"

    def text(self, foreign: str) -> str:
        return escape(self.clip(foreign)) or INVISIBLE

    def code(self, foreign: str) -> str:
        return code(self.clip(foreign)) or INVISIBLE

    def more(self, total: int) -> str:
        """What follows a list of `total` items; empty where all of them are shown."""
        left = total - self.rows
        return f"and {left:,} more in {self.elsewhere}" if left > 0 else ""

    def listing(self, items: Sequence[str]) -> str:
        more = self.more(len(items))
        return bullets([*items[: self.rows], more] if more else items)

    def inline(self, items: Sequence[str], comma: str = ", ") -> str:
        more = self.more(len(items))
        return comma.join(items[: self.rows]) + (f"{comma}{more}" if more else "")

    def grid(
        self, headings: Sequence[str], rows: Sequence[Sequence[str]], numeric: Iterable[int] = ()
    ) -> str:
        made = table(headings, rows[: self.rows], frozenset(numeric))
        more = self.more(len(rows))
        return f"{made}\n\n*{more}*" if more else made


def money(amount: Decimal) -> str:
    """Two decimals where these are exact: a bound must not look lower than it is."""
    exact = amount == amount.quantize(Decimal("0.01"))
    return numbers.usd(amount) if exact else f"{amount.normalize():,f} USD"


def signed(amount: Decimal) -> str:
    return f"{'+' if amount >= 0 else '-'}{money(abs(amount))}"


def at_most(amount: Decimal | None) -> str:
    return "an unknown amount" if amount is None else f"at most {money(amount)}"


def duration(minutes: float | None) -> str:
    if minutes is None:
        return UNKNOWN
    return f"{minutes:,.1f} minutes" if minutes < 120 else f"{minutes / 60:,.1f} hours"


def command(name: str) -> str:
    """The command that runs a project by hand. A name that a shell could read is not made into one."""
    return (
        code(f"clinft run projects/{name}") if FOLDER_NAME.fullmatch(name) else "`clinft run` on its folder"
    )


def sha(commit: str) -> str:
    return code(commit[:SHORT_SHA]) or UNKNOWN


def collapsed(title: str, part: Part, project: str | None, *blocks: str) -> Section:
    """`project` is said where there are several. A name that HTML could read stays out of the title."""
    if project is not None:
        known = FOLDER_NAME.fullmatch(project)
        title += f": <code>{project}</code>" if known else ": project with an unusual name"
    return Section(details(title, document(blocks).rstrip("\n")) + "\n", part)
