"""A person's word on this machine, where GitHub's reviews do not decide."""

import getpass
import sys
from collections.abc import Callable, Sequence

from rich.console import Console

from clinft.artifacts.decision import Approval
from clinft.artifacts.planning import CostEstimate
from clinft.stages.gate import LOCAL_ROLE


def approval_asker(yes: bool, console: Console) -> Callable[[CostEstimate, Sequence[str]], Approval | None]:
    """`--yes` or an answer on the terminal; recorded as such, and never accepted by a GitHub run."""

    def ask(estimate: CostEstimate, roles: Sequence[str]) -> Approval | None:
        if yes:
            return _approval(estimate, "yes_flag")
        if not (sys.stdin.isatty() and console.is_terminal):
            return None
        duration = "" if estimate.minutes is None else f", about {estimate.minutes:.0f} minutes"
        console.print(
            f"\nTraining this plan costs {estimate.cost_usd} USD "
            f"(at most {estimate.cost_usd_upper}){duration}.\n"
            f"On GitHub the roles {', '.join(roles)} would have to approve; here your word is recorded.",
            markup=False,
            highlight=False,
        )
        return _approval(estimate, "interactive") if _answered_yes(console) else None

    return ask


def _answered_yes(console: Console) -> bool:
    try:
        return console.input("Type yes to approve: ").strip() == "yes"
    except EOFError:
        return False


def _approval(estimate: CostEstimate, kind: str) -> Approval:
    given = {"role": LOCAL_ROLE, "person": getpass.getuser(), "kind": kind}
    return Approval.model_validate({**given, "plan_digest": estimate.plan_digest})
