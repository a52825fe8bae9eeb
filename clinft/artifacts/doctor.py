"""What `clinft doctor` says about a repository's settings."""

from typing import Literal

from pydantic import Field

from clinft.spec.base import Strict
from clinft.spec.safeguards import Area, DoctorRecord

State = Literal["ok", "bad", "unknown", "note"]
Enforcer = Literal["github", "clinft", "nobody"]


class Finding(Strict):
    """Texts are plain: names in them were written by others, so they are escaped where they are shown."""

    area: Area
    state: State
    rule: str = Field(default="", description="What must hold, for the table; empty: no rule, only a remark.")
    what: str = Field(description="What was found.")
    enforced_by: Enforcer = Field(description="Who sees to it now; for `unknown`: who would.")
    next_step: str = ""
    fixable: bool = Field(default=False, description="`--fix` creates what is missing, where the token may.")


class Subject(Strict):
    """A subject that a cloud provider has to trust, letter by letter."""

    environment: str
    subject: str
    when: str = Field(default="", description="Condition on which GitHub sends it; empty: always.")


class Trust(Strict):
    issuer: str
    subjects: tuple[Subject, ...]


class Fix(Strict):
    """What `--fix` tried."""

    what: str
    made: Literal["created", "there already", "not permitted", "not offered"]
    by_hand: str = Field(description="The clicks that do the same.")


class DoctorReport(Strict):
    repository: str
    default_branch: str
    findings: tuple[Finding, ...]
    trust: Trust
    fixes: tuple[Fix, ...] = ()
    record: DoctorRecord = Field(description="This look, as `safeguards.doctor` of the policy holds it.")

    @property
    def bad(self) -> int:
        return sum(finding.state == "bad" for finding in self.findings)
