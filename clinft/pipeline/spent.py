"""What asking each system took: tokens, money and seconds, kept as it is spent so that a kill loses none."""

import math
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import quantiles

from clinft.artifacts.line_journal import LineJournal
from clinft.ports.models import LanguageModel
from clinft.spec.base import Count, Strict
from clinft.stages.assess.asking import Prices
from clinft.stages.evaluate.asking import Spent

FILE = "spent.jsonl"
PER = 1_000
# Seconds of single requests are told where there are so many.
LEAST_REQUESTS = 20


class Part(Strict):
    """Of some answers of one system. `requests`: seconds of each request, where it is one by one."""

    system: str
    model: str
    answers: Count
    seconds: float
    prompt_tokens: Count
    completion_tokens: Count
    requests: tuple[float, ...] = ()


class Meter:
    """`prices`: of a model as the stage names it; None: nobody sends a bill."""

    def __init__(self, folder: Path, prices: Callable[[str], Prices | None]) -> None:
        self._journal = LineJournal(folder / FILE, Part, "what it took is not told")
        self._parts = self._journal.read()
        self._prices = prices
        self._open: tuple[str, LanguageModel] | None = None
        self._requests = 0

    def let_go(self) -> None:
        """Of the model that was asked last: two do not fit into some machines."""
        self._open = None

    def opened(self, which: str, model: LanguageModel) -> LanguageModel:
        self._open, self._requests = (which, model), 0
        return model

    def add(self, spent: Spent) -> None:
        """What the model has used since the last call; also what was paid just before a kill."""
        assert self._open is not None, "a model is opened before it is asked"
        which, model = self._open
        mine = [part for part in self._parts if part.model == which]
        seen: tuple[float, ...] = tuple(getattr(model, "request_seconds", ()))
        part = Part(
            system=spent.system,
            model=which,
            answers=spent.answers,
            seconds=round(spent.seconds, 6),
            prompt_tokens=max(0, model.used[0] - sum(part.prompt_tokens for part in mine)),
            completion_tokens=max(0, model.used[1] - sum(part.completion_tokens for part in mine)),
            requests=tuple(round(one, 4) for one in seen[self._requests :]),
        )
        self._requests = len(seen)
        self._parts.append(part)
        self._journal.add(part)

    def usd(self) -> Decimal:
        """Of all that has a price."""
        costs = (self._cost([part]) for part in self._parts)
        return sum((cost for cost in costs if cost is not None), Decimal(0))

    def measured(self) -> dict[str, float | int | str]:
        """By system. What has no price, or was not asked one by one, is left out and never guessed."""
        found: dict[str, float | int | str] = {}
        for system in dict.fromkeys(part.system for part in self._parts):
            parts = [part for part in self._parts if part.system == system]
            answers = sum(part.answers for part in parts)
            found[f"{system} seconds per answer"] = round(sum(part.seconds for part in parts) / answers, 4)
            found |= _latency(system, [second for part in parts for second in part.requests])
            tokens = [
                sum(part.prompt_tokens for part in parts),
                sum(part.completion_tokens for part in parts),
            ]
            if any(tokens):
                found[f"{system} prompt_tokens"], found[f"{system} completion_tokens"] = tokens
            cost = self._cost(parts)
            if cost is not None:
                found[f"{system} cost_usd"] = float(cost)
                found[f"{system} usd per {PER:,} answers"] = round(float(cost) / answers * PER, 6)
        if any(part.prompt_tokens or part.completion_tokens for part in self._parts):
            found["prompt_tokens"] = sum(part.prompt_tokens for part in self._parts)
            found["completion_tokens"] = sum(part.completion_tokens for part in self._parts)
            if all(self._cost([part]) is not None for part in self._parts if part.prompt_tokens):
                found["cost_usd"] = float(self.usd())
        return found

    def _cost(self, parts: list[Part]) -> Decimal | None:
        prices = self._prices(parts[0].model)
        if prices is None:
            return None
        return prices.of(
            sum(part.prompt_tokens for part in parts), sum(part.completion_tokens for part in parts)
        )


def _latency(system: str, seconds: list[float]) -> dict[str, float | int | str]:
    """Median and 95th percentile of single requests, waiting for retries included."""
    if len(seconds) < LEAST_REQUESTS or not all(map(math.isfinite, seconds)):
        return {}
    cuts = quantiles(seconds, n=20, method="inclusive")
    return {
        f"{system} request p50 seconds": round(cuts[9], 3),
        f"{system} request p95 seconds": round(cuts[18], 3),
    }
