"""Where ours went wrong: places and types; the text only where it is asked for."""

from collections import Counter
from collections.abc import Sequence

from audit_scores import Finding, false_findings, touches
from audit_sets import Record

AROUND = 30


def misses(records: Sequence[Record], found: Sequence[Sequence[Finding]], limit: int, show_text: bool) -> str:
    """Up to `limit` lines for each type: missed spans first, then findings on no label."""
    missed, false = [], []
    for record, findings in zip(records, found, strict=True):
        for span in record.spans:
            if not span.free and not any(touches(finding, span) for finding in findings):
                missed.append((span.label, record, span.start, span.end))
        for finding in false_findings(record.spans, findings):
            false.append((finding.entity_type, record, finding.start, finding.end))
    lines = [*_lines("missed", missed, limit, show_text), *_lines("false", false, limit, show_text)]
    return "\n".join(lines)


def _lines(what: str, places: list[tuple[str, Record, int, int]], limit: int, show_text: bool) -> list[str]:
    counts = Counter(kind for kind, *_ in places)
    lines = [f"{what}: {len(places)} ({', '.join(f'{kind} {n}' for kind, n in sorted(counts.items()))})"]
    for wanted in sorted(counts):
        for kind, record, start, end in [place for place in places if place[0] == wanted][:limit]:
            text = f" {_excerpt(record.text, start, end)}" if show_text else ""
            lines.append(f"  {what} {kind} {record.id} {start} {end}{text}")
    return lines


def _excerpt(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return repr(f"{before}[[{text[start:end]}]]{after}")
