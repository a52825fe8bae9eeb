"""Short ways to say what was found, and who may look where this token may not."""

from collections.abc import Sequence

from clinft.artifacts.doctor import Enforcer, Finding
from clinft.ports.settings import Unknown
from clinft.spec.safeguards import Area

POLICY_FILE = ".github/clinft.yml"


def ok(area: Area, what: str, rule: str = "", by: Enforcer = "github") -> Finding:
    return Finding(area=area, state="ok", rule=rule, what=what, enforced_by=by)


def bad(
    area: Area, what: str, next_step: str, rule: str = "", by: Enforcer = "nobody", fixable: bool = False
) -> Finding:
    return Finding(
        area=area,
        state="bad",
        rule=rule,
        what=what,
        enforced_by=by,
        next_step=next_step,
        fixable=fixable,
    )


def note(
    area: Area,
    what: str,
    next_step: str = "",
    rule: str = "",
    by: Enforcer = "nobody",
    fixable: bool = False,
) -> Finding:
    return Finding(
        area=area,
        state="note",
        rule=rule,
        what=what,
        enforced_by=by,
        next_step=next_step,
        fixable=fixable,
    )


def unseen(
    area: Area, what: str, fact: Unknown, where: str, rule: str = "", by: Enforcer = "github"
) -> Finding:
    """`what` goes on after "not visible"; `where`: the page that shows it to an administrator."""
    return Finding(
        area=area,
        state="unknown",
        rule=rule,
        what=f"Not visible to this token: {what}.",
        enforced_by=by,
        next_step=f"An administrator looks at {where}; a token needs {fact.needs}.",
    )


def listed(names: Sequence[str], most: int = 20) -> str:
    """A page of names tells nobody more than twenty and a count."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
