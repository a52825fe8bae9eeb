"""Digits one by one: `6 1 7 - 7 3 6 - 5 0 0 1`, `6.1.7.7.3.6.5.0.0.1`."""

import re
from collections import Counter
from collections.abc import Iterator

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.labels import label_before
from clinft.stages.audit.views.number_forms import form_of, is_series
from clinft.stages.audit.views.reading import Edit
from clinft.stages.audit.views.signals import LOOSE, Signals

RUN = regex(r"(?<![\w.])\d(?!\d)(?:[ ._*/,()~|:-]{1,4}\d(?!\d)){3,40}(?!\w)")
GAP = regex(r"(?<=\d)\D+(?=\d)")
SCORES = regex(r"(?i)\b(?:scores?|scale|pain|items?|grades?|strength|rat(?:ed|ing)|apgar|phq|gad|levels?)\b")


def suspected(signals: Signals) -> bool:
    loose = signals.raw.translate(LOOSE)
    return b"0 0 0" in loose or b"0  0  0" in loose


def edits(signals: Signals) -> Iterator[Edit]:
    for run in RUN.finditer(signals.text):
        gaps = list(GAP.finditer(run.string, *run.span()))
        digits = "".join(filter(str.isdigit, run.group()))
        label = label_before(run.string, run.start(), signals.context)
        if label is None and _is_list(run, digits):
            continue
        form = form_of(digits, _groups([gap.group() for gap in gaps]), label, spoken=False)
        if form is not None:
            for count, gap in enumerate(gaps, start=1):
                yield Edit(*gap.span(), form.sign if count in form.after else "")


def _is_list(run: re.Match[str], digits: str) -> bool:
    before = run.string[max(0, run.start() - 40) : run.start()]
    return is_series(list(map(int, digits))) or "," in run.group() or SCORES.search(before) is not None


def _groups(gaps: list[str]) -> tuple[int, ...]:
    """Sizes of the groups between the gaps that are not the usual one."""
    usual = Counter(gaps).most_common(1)[0][0]
    sizes = [1]
    for gap in gaps:
        if gap == usual:
            sizes[-1] += 1
        else:
            sizes.append(1)
    return tuple(sizes)
