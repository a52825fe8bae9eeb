"""The words and figures of the pages, as plain text; a status always comes with a word and a sign."""

from decimal import Decimal

from clinft.artifacts.planning import Interval
from clinft.stages.report import numbers, words
from clinft.stages.report.dashboard.markup import Child, Html, joined, tag
from clinft.stages.report.dashboard.views import Run, StepState, Tone, Verdict

# Told apart without colour; read out as the word beside them.
STEP_SIGNS: dict[StepState, str] = {"done": "✓", "attention": "!", "failed": "✕", "running": "…", "open": ""}
STEP_WORDS: dict[StepState, str] = {
    "done": "done",
    "attention": "look at it",
    "failed": "failed",
    "running": "under way",
    "open": "no record",
}
VERDICT_TONES: dict[str, Tone] = {
    "FIRST": "good",
    "PASS": "good",
    "WARN": "warning",
    "FAIL": "bad",
    "CRITICAL": "bad",
    "INCOMPARABLE": "warning",
}
GRAVEST = ("CRITICAL", "FAIL", "INCOMPARABLE", "WARN", "PASS", "FIRST")
STATUS_TONES: dict[str, Tone] = {
    "succeeded": "good",
    "deployed": "good",
    "failed": "bad",
    "cancelled": "warning",
    "rolled_back": "bad",
    "unreadable": "bad",
}
BOUND_TONES: dict[str, Tone] = {"met": "good", "not met": "bad", "not certifiable": "warning"}
NOT_MEASURED = "not measured"


def badge(word: str, tone: Tone) -> Html:
    """Its sign stands in style.css: a page may have a thousand of them."""
    return tag("span", word, class_=f"badge {tone}")


def absent(word: str = NOT_MEASURED) -> Html:
    return tag("span", word, class_="absent")


def status(run: Run) -> Html:
    return badge(run.status.replace("_", " "), STATUS_TONES.get(run.status, "neutral"))


def verdict(found: Verdict | None) -> Html:
    if found is None:
        return absent("none")
    word = "CRITICAL" if found.critical else found.status
    return badge(word, VERDICT_TONES.get(word, "neutral"))


def gravity(found: Verdict | None) -> str | None:
    """To sort by, the gravest first."""
    if found is None:
        return None
    word = "CRITICAL" if found.critical else found.status
    return str(GRAVEST.index(word)) if word in GRAVEST else None


def bounds_met(run: Run) -> Html:
    if not run.bounds:
        return absent("none set" if run.metrics else "not evaluated")
    met = sum(bound.state == "met" for bound in run.bounds)
    tone: Tone = "good" if met == len(run.bounds) else "bad"
    return badge(f"{met} of {len(run.bounds)} met", tone)


def interval(found: Interval | None) -> Html:
    """The value stands out; its bounds and its n stand beside it."""
    if found is None:
        return absent()
    value, _, bounds = numbers.interval(found).partition(" ")
    shown = (tag("small", one) for one in (bounds, f"n = {found.n:,}"))
    return joined(tag("strong", value), *((" ", one) for one in shown))


def usd(amount: Decimal | None, otherwise: str = NOT_MEASURED) -> Child:
    return absent(otherwise) if amount is None else f"{amount:,.2f}"


def moment(iso: str | None) -> Html:
    """To the minute, UTC, as it was recorded."""
    if not iso:
        return absent("not recorded")
    parts = [tag("span", part) for part in (iso[:10], iso[11:16]) if part]
    return tag("time", parts[0], *((" ", part) for part in parts[1:]), datetime=iso)


def day(iso: str | None) -> Html:
    return tag("time", iso[:10]) if iso else absent("not recorded")


def digest(sha256: str) -> Html:
    """Short to read, whole to copy."""
    return tag("code", sha256[: numbers.SHORT_DIGEST], title=sha256, class_="digest")


def metric(name: str) -> str:
    return words.metric(name)


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
