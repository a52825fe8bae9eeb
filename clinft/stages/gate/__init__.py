"""The gate: pure decisions with a stable code and a way out for each no (docs/gate-codes.md)."""

from clinft.stages.gate.decide import decide, refused_for_other_reasons, with_approvals
from clinft.stages.gate.inputs import LOCAL_ROLE, STAGE_VERSION, GateInputs, no

__all__ = [
    "LOCAL_ROLE",
    "STAGE_VERSION",
    "GateInputs",
    "decide",
    "no",
    "refused_for_other_reasons",
    "with_approvals",
]
