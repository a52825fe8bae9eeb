"""Cases of the shipped packs for the tests of notes and tasks."""

from functools import cache
from typing import Any

from clinft.spec.data import Realism
from clinft.stages.prepare.clinical.choices import choices
from clinft.stages.prepare.clinical.load import Pack, load_pack
from clinft.stages.prepare.clinical.scenario import draw_core
from clinft.stages.prepare.clinical.state import draw_facts
from clinft.stages.prepare.draw import Draw

DOMAINS = ("cardiology", "obstetrics")
PLAIN = Realism(abbreviations=0, typos=0, missing=0, units=0, distractors=0, contradictions=0)
EVERYTHING = Realism(abbreviations=1, typos=1, missing=1, units=1, distractors=1, contradictions=1)


@cache
def pack(domain: str = "cardiology") -> Pack:
    return load_pack(domain)


@cache
def _choices(domain: str, at: int) -> Any:
    return choices(pack(domain).pack.conditions[at], pack(domain))


def facts(seed: int, domain: str = "cardiology") -> dict[str, Any]:
    draw = Draw("case", domain, seed)
    of = _choices(domain, draw.below(len(pack(domain).pack.conditions)))
    return draw_facts(of, draw_core(of, of.condition.severity, draw), draw)
