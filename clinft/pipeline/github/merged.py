"""At train time, on main: which pull request brought this plan, who approved it, and is it still the plan?

Nothing that a pull request's own jobs said is believed; everything is read again and computed again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from clinft.artifacts.decision import Reason, Source
from clinft.artifacts.forge import PullRequest
from clinft.artifacts.pull_request import ChangeSet
from clinft.errors import ServiceError
from clinft.pipeline.context import Context
from clinft.pipeline.github.engine import engine_reasons
from clinft.pipeline.github.plans import Plans
from clinft.pipeline.github.scopes import plan_scope
from clinft.ports.forge import ForgeReader
from clinft.ports.history import History
from clinft.spec.policy import Policy
from clinft.stages.gate import GateInputs, no
from clinft.stages.gate.inputs import wanted_people
from clinft.stages.gate.merged import MergedFacts, merged_reasons, shown
from clinft.stages.gate.paths import changed_path, plan_paths
from clinft.stages.gate.pull_request import path_reasons, unreadable
from clinft.stages.gate.reviews import count

PLAN_STATUS = "clinft/plan/"


@dataclass(frozen=True)
class Main:
    """The protected branch at work. `policy_of` reads a commit's policy as data."""

    history: History
    reader: ForgeReader
    branch: str
    policy_of: Callable[[str], Policy]
    plans: Plans

    def __call__(self, context: Context, inputs: GateInputs) -> GateInputs:
        """The gate's inputs with everything that reviews, history and the engine's own pull request say."""
        try:
            return self._judged(context, inputs)
        except ServiceError as error:
            reason = unreadable(error.what.rstrip("."))
            return replace(inputs, review_reasons=(reason,), approvals=())

    def _judged(self, context: Context, inputs: GateInputs) -> GateInputs:
        tip = self.history.fetch(f"refs/heads/{self.branch}")
        if tip is None:
            raise ServiceError(f"{self.branch} cannot be fetched.", "", "")
        project = context.name
        commit = self.history.newest(tip, plan_paths(project))
        if commit is None:
            raise ServiceError(f"No commit of {self.branch} holds the project {project}.", "", "")
        engine = tuple(engine_reasons(self.history, self.reader, self.policy_of, tip))
        number = self.reader.pull_request_of(commit)
        if number is None:
            facts = MergedFacts(None, commit, self.branch, None, None, inputs.plan_digest, None)
            return replace(inputs, review_reasons=(*merged_reasons(facts), *engine), approvals=())
        pull = self.reader.pull_request(number)
        return self._of_pull(inputs, project, commit, pull, tip, engine)

    def _of_pull(
        self,
        inputs: GateInputs,
        project: str,
        commit: str,
        pull: PullRequest,
        tip: str,
        engine: tuple[Reason, ...],
    ) -> GateInputs:
        before = self.before(pull, commit)
        policy = self.policy_of(before)
        publisher = inputs.policy.commit_back.author
        shown_plan, shown_usd = shown(pull, PLAN_STATUS + project, publisher)
        now = self.plans.digest(tip, project)
        facts = MergedFacts(
            pull=pull,
            commit=commit,
            protected_branch=self.branch,
            plan_at_head=self._digest(pull.head_sha, project),
            plan_at_merge=self.plans.digest(pull.merge_sha or commit, project),
            plan_now=now or "",
            shown_plan=shown_plan,
        )
        reasons = [*merged_reasons(facts), *self._paths(pull, before, commit)]
        if now != inputs.plan_digest:
            reasons.append(
                no(
                    45,
                    f"What is checked out here is not the plan on {self.branch} any more.",
                    "A re-run uses its old commit: start anew from the present branch instead.",
                )
            )
        required = wanted_people(policy, project)
        earlier = self.plans.estimate(before, project)
        scope = plan_scope(self.plans, project, pull, inputs.plan_digest)
        counted = count(pull, scope, {role: policy.role_of(role, project) for role in required}, required)
        return replace(
            inputs,
            approvals=counted.approvals,
            required=required,
            review_reasons=(*reasons, *counted.reasons, *engine),
            shown_usd=shown_usd,
            previous_usd=None if earlier is None else earlier.cost_usd_upper,
            source=Source(
                pull_request=pull.number,
                head_sha=pull.head_sha,
                merge_sha=pull.merge_sha,
                approvers_from=before,
            ),
        )

    def before(self, pull: PullRequest, commit: str) -> str:
        """The branch's commit before the pull request: its policy says who may approve.

        A rebase leaves several commits; the walk back ends where the pull request's commits end.
        """
        at = pull.merge_sha or commit
        for _ in range(len(pull.commits) + 1):
            parents = self.history.parents(at)
            if len(parents) == 2 or not parents:
                return parents[0] if parents else at
            if self.reader.pull_request_of(parents[0]) != pull.number:
                return parents[0]
            at = parents[0]
        raise ServiceError(f"The commits of pull request {pull.number} do not end.", "", "")

    def _paths(self, pull: PullRequest, before: str, commit: str) -> Iterator[Reason]:
        """What the merge really brought, judged like a pull request: its own checks are not believed."""
        after = pull.merge_sha or commit
        changes = ChangeSet(
            event="pull_request",
            number=pull.number,
            author=pull.author,
            from_fork=False,
            base_sha=before,
            head_sha=pull.head_sha,
            merge_sha=after,
            paths=tuple(map(changed_path, self.history.differences(before, after))),
        )
        yield from path_reasons(changes)

    def _digest(self, commit: str, project: str) -> str | None:
        here = self.history.fetch(commit)
        return None if here is None else self.plans.digest(here, project)
