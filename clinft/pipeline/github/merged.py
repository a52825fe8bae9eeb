"""At train time, on main: which pull request brought this plan, who approved it, and is it still the plan?

Nothing that a pull request's own jobs said is believed; everything is read again and computed again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from clinft.artifacts.decision import Reason, Source
from clinft.artifacts.forge import PullRequest
from clinft.artifacts.pull_request import ChangeSet
from clinft.errors import ServiceError
from clinft.pipeline.attempts import PLAN_PREFIX
from clinft.pipeline.context import Context
from clinft.pipeline.github.engine import Agreed
from clinft.pipeline.github.evidence import Vouched, evidence_reasons
from clinft.pipeline.github.plans import Plans
from clinft.pipeline.github.scopes import plan_scope
from clinft.pipeline.github.shape import before_merge
from clinft.ports.forge import ForgeReader
from clinft.ports.history import History
from clinft.spec.policy import Policy
from clinft.stages.gate import GateInputs, no
from clinft.stages.gate.inputs import wanted_people
from clinft.stages.gate.merged import FRESH_PULL_REQUEST, MergedFacts, merged_reasons, shown
from clinft.stages.gate.paths import changed_path, classify, plan_paths
from clinft.stages.gate.pull_request import path_reasons, unreadable
from clinft.stages.gate.reviews import count

PLAN_STATUS = "clinft/plan/"
MAX_CHANGES = 100


@dataclass(frozen=True)
class Main:
    """The protected branch at work. `policy_of` reads a commit's policy as data."""

    history: History
    reader: ForgeReader
    branch: str
    policy_of: Callable[[str], Policy]
    plans: Plans
    vouched: Vouched | None = None

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
        agreed = Agreed(self.history, self.reader, self.policy_of, tip)
        around = (
            *agreed.reasons(),
            *self._committed_data(tip, project),
            *self._runs(tip, project, inputs.plan_digest, agreed),
        )
        commit, pull = self._brought(tip, project)
        if pull is None:
            facts = MergedFacts(None, commit, self.branch, None, None, inputs.plan_digest, None, None)
            return replace(inputs, review_reasons=(*merged_reasons(facts), *around), approvals=())
        return self._of_pull(inputs, project, commit, pull, tip, agreed, around)

    def _brought(self, tip: str, project: str) -> tuple[str, PullRequest | None]:
        """The commit that made the present plan, and its pull request; None: it came without one.

        Later changes of the project's files that left the plan as it was are passed over: whoever
        approved one of these need not have looked at the plan.
        """
        now, at = self.plans.digest(tip, project), tip
        for _ in range(MAX_CHANGES):
            commit = self.history.newest(at, plan_paths(project))
            if commit is None:
                raise ServiceError(f"No commit of {self.branch} holds the project {project}.", "", "")
            number = self.reader.pull_request_of(commit)
            pull = None if number is None else self.reader.pull_request(number)
            before = None if pull is None else before_merge(self.history, self.reader, pull)
            earlier = before or next(iter(self.history.parents(commit)), None)
            if (pull is not None and before is None) or earlier is None:
                return commit, pull
            if self.plans.digest(earlier, project) != now:
                return commit, pull
            at = earlier
        raise ServiceError(f"The plan of {project} is older than {MAX_CHANGES} changes of its files.", "", "")

    def _of_pull(
        self,
        inputs: GateInputs,
        project: str,
        commit: str,
        pull: PullRequest,
        tip: str,
        agreed: Agreed,
        around: tuple[Reason, ...],
    ) -> GateInputs:
        before = before_merge(self.history, self.reader, pull)
        shown_plan, shown_usd = shown(pull, PLAN_STATUS + project, inputs.policy.commit_back.author)
        now = self.plans.digest(tip, project)
        facts = MergedFacts(
            pull=pull,
            commit=commit,
            protected_branch=self.branch,
            plan_at_head=self._digest(pull.head_sha, project),
            plan_at_merge=self.plans.digest(pull.merge_sha or commit, project),
            plan_now=now or "",
            before=before,
            shown_plan=shown_plan,
        )
        reasons = list(merged_reasons(facts))
        if now != inputs.plan_digest:
            reasons.append(
                no(
                    45,
                    f"What is checked out here is not the plan on {self.branch} any more.",
                    "A re-run uses its old commit: start anew from the present branch instead.",
                )
            )
        policy = None if before is None else agreed.policy(before)
        if before is None or policy is None:
            if before is not None:
                reasons.append(
                    no(
                        58,
                        f"The policy before pull request {pull.number} was not agreed to by engine, so it "
                        "cannot say who approves.",
                        FRESH_PULL_REQUEST,
                    )
                )
            return replace(inputs, review_reasons=(*reasons, *around), approvals=())
        reasons += self._paths(pull, before, commit)
        required = wanted_people(policy, project)
        earlier = self.plans.estimate(before, project)
        scope = plan_scope(self.plans, project, pull, inputs.plan_digest)
        counted = count(pull, scope, {role: policy.role_of(role, project) for role in required}, required)
        return replace(
            inputs,
            approvals=counted.approvals,
            required=required,
            authors=pull.authors,
            review_reasons=(*reasons, *counted.reasons, *around),
            shown_usd=shown_usd,
            previous_usd=None if earlier is None else earlier.cost_usd_upper,
            source=Source(
                pull_request=pull.number,
                head_sha=pull.head_sha,
                merge_sha=pull.merge_sha,
                approvers_from=before,
            ),
        )

    def _committed_data(self, tip: str, project: str) -> Iterator[Reason]:
        """Data that lies in the repository could be taken for what a stage made here."""
        entries = self.history.entries(tip, f"projects/{project}")
        data = [entry.path for entry in entries if classify(entry.path)[0] in ("data", "hidden")]
        if data:
            yield no(
                40,
                f"Files that no project may hold lie in the repository: {data[0]}"
                + (f" and {len(data) - 1} more files." if len(data) > 1 else "."),
                "Remove them by a pull request; generated data is made again from the spec.",
            )

    def _runs(self, tip: str, project: str, plan: str, agreed: Agreed) -> Iterator[Reason]:
        """A run of this plan in the repository would be taken for the training itself."""
        entries = self.history.entries(tip, f"projects/{project}/runs")
        runs = sorted({entry.path.split("/")[3] for entry in entries if entry.path.count("/") > 3})
        for run in runs:
            if run.startswith(plan[:PLAN_PREFIX]):
                yield from evidence_reasons(
                    self.history, self.reader, agreed, project, run, tip, self.vouched
                )

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
