"""Advise: which settings suit this much data, this task and this model, and where the spec has others."""

from clinft.stages.advise.facts import Card, DataFacts, Memory, ModelFacts, Request
from clinft.stages.advise.stage import advise
from clinft.stages.advise.table import table_digest

__all__ = ["Card", "DataFacts", "Memory", "ModelFacts", "Request", "advise", "table_digest"]
