"""An audit in a few words, the same in every text: what was found, and how sure the search is of itself."""

from collections import Counter
from collections.abc import Mapping, Sequence

from clinft.artifacts.audit import (
    AuditReport,
    Authenticity,
    CategoryResult,
    Measured,
    Sensitivity,
    Uniqueness,
    Verdict,
)
from clinft.stages.report import numbers
from clinft.stages.report.markdown import escape
from clinft.statistics.rounding import high, low

CITATION = "45 CFR 164.514(b)(2)(i)"
CLASSES = {
    "A": "names",
    "B": "places",
    "C": "dates and ages",
    "D": "telephone numbers",
    "E": "fax numbers",
    "F": "e-mail addresses",
    "G": "social security numbers",
    "H": "record numbers",
    "I": "health plan numbers",
    "J": "account numbers",
    "K": "licence numbers",
    "L": "vehicles",
    "M": "devices",
    "N": "web addresses",
    "O": "IP addresses",
    "P": "biometric data",
    "Q": "photographs",
    "R": "other codes",
}
VERDICTS: Mapping[Verdict, str] = {
    "PASS": "nothing was found that blocks",
    "FAIL": "something was found that blocks",
    "INVALID": "planted identifiers were missed too often, so that a clean result would say little",
    "DECLINED": "the data look real, or nobody has shown that they are synthetic",
}
STATUS = {
    "certified": "reaches the floor",
    "below_floor": "**below the floor**",
    "not_certified": "not certified",
}
UNSURE = {
    "below_floor": "the search is below the floor for it",
    "not_certified": "the search is not certified for it",
}
NOT_MEASURED = "how many identifiers the search misses was not measured"
ORIGINS = {
    "generated": "made by a generator of clinft",
    "frozen": "files that somebody brought",
    "file": "files of unknown origin",
}
REGENERATED = {
    "same": "yes, byte for byte the same",
    "different": "**yes, and the generator makes other records from this seed**",
    "not_tried": "not tried",
    "not_possible": "not possible: no generator made them",
}


def lowest(row: Sensitivity) -> float | None:
    """The worse of the lower bounds of both measurements."""
    found = least(row)
    return None if found is None else found.low


def least(row: Sensitivity) -> Measured | None:
    """The one of both measurements whose lower bound is the worse."""
    both = (one for one in (row.canaries, row.challenge) if one is not None)
    return min(both, key=lambda one: one.low, default=None)


def worst(rows: Sequence[Sensitivity]) -> tuple[str, float] | None:
    """Letter and lowest bound among the classes that have to reach the floor."""
    bounds = [
        (bound, row.identifier)
        for row in rows
        if row.status != "not_certified" and (bound := lowest(row)) is not None
    ]
    found = min(bounds, default=None)
    return None if found is None else (found[1], found[0])


def sensitivity(rows: Sequence[Sensitivity], floor: float) -> str:
    """How many planted identifiers were found, in a line without its full stop."""
    if all(lowest(row) is None for row in rows):
        return NOT_MEASURED
    below = [row.identifier for row in rows if row.status == "below_floor"]
    lowest_of_all = worst(rows)
    parts = []
    if all(row.canaries is None for row in rows):
        parts.append("nothing could be planted into these data, so all figures are of the frozen set")
    if below:
        parts.append(f"**below the floor of {floor:g}: {', '.join(below)}**")
    if lowest_of_all is not None:
        letter, bound = lowest_of_all
        tail = "" if below else f", floor {floor:g}"
        of_class = f"{low(bound)} ({letter}, {CLASSES[letter]}){tail}"
        parts.append(f"lowest lower bound of both measurements {of_class}")
    uncertified = [row for row in rows if row.status == "not_certified"]
    if uncertified:
        parts.append(f"{', '.join(map(_of_class, uncertified))} not certified")
    return f"planted identifiers found: {'; '.join(parts)}"


def sensitivity_of(audit: AuditReport) -> str:
    return sensitivity(audit.sensitivity, audit.policy.sensitivity_floor)


def sentence(line: str) -> str:
    return f"{line[:1].upper()}{line[1:]}."


def _of_class(row: Sensitivity) -> str:
    bound = lowest(row)
    return f"{CLASSES[row.identifier]} ({'not measured' if bound is None else low(bound)})"


def measured(one: Measured | None) -> str:
    if one is None:
        return "missing"
    return f"{one.found:,} of {one.n:,} [{low(one.low)}, {high(one.high)}]"


def by_letter(audit: AuditReport) -> dict[str, Sensitivity]:
    return {row.identifier: row for row in audit.sensitivity}


def infos(audit: AuditReport) -> Counter[str]:
    """INFO findings by letter, as far as findings are listed."""
    return Counter(found.safe_harbor for found in audit.findings if found.severity == "INFO")


def result(category: CategoryResult, sure: Sensitivity | None, info: int) -> str:
    """`info`: how many of its findings weigh nothing. It never says more than this method can know."""
    if category.findings:
        return "Found, INFO only" if info == category.findings else "**Found**"
    if category.status == "found":
        return "**Found**"
    certified = sure is not None and sure.status == "certified"
    why = NOT_MEASURED if sure is None else UNSURE.get(sure.status, "")
    if category.status == "not_text_checkable":
        embedded = "not found as embedded data" + (" either" if certified else f", but {why}")
        return f"N/A: text cannot hold one; {embedded}"
    return "Not found by this method" if certified else f"Needs human evidence: not found, but {why}"


def uniqueness(found: Uniqueness | None) -> str:
    """k-anonymity in a sentence without its full stop."""
    if found is None:
        return "k-anonymity was not measured: no record holds two kinds of quasi-identifiers under known keys"
    fields = escape(", ".join(found.fields)) or "fields without a name"
    alone = numbers.count(found.unique, "record")
    return (
        f"k = {found.smallest:,} over {fields}: {numbers.count(found.records, 'record')} in "
        f"{numbers.count(found.classes, 'group')} of equal ones, {alone} alone in theirs"
    )


def signs(authenticity: Authenticity) -> str:
    """What real records have, counted; names of signs are said elsewhere."""
    found = authenticity.signs
    if not found:
        return "no sign of a real source"
    real = sum(sign.declines for sign in found)
    noted = len(found) - real
    counted = [f"**{numbers.count(real, 'sign')}**"] if real else []
    counted += [numbers.count(noted, "weak sign")] if noted else []
    return f"{' and '.join(counted)} of a real source"
