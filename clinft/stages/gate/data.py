"""Reasons in the data: the audit and its waivers, leaks between splits, a baseline without margins."""

from collections.abc import Iterable, Iterator

from clinft.artifacts.answers import MEASURED_KINDS
from clinft.artifacts.decision import Reason
from clinft.spec.policy import PRIVACY
from clinft.stages.gate.inputs import GateInputs, no, note
from clinft.stages.gate.waivers import Waived, judge


def data_reasons(inputs: GateInputs) -> Iterable[Reason]:
    yield from _kind(inputs)
    yield from _audit(inputs)
    yield from _statements(inputs)
    if not inputs.audit_is_current:
        yield no(
            2,
            "A file that was audited (records, formatted files, prompt or spec) has changed since.",
            "Run `clinft audit` again; if nobody changed a file on purpose, look at its history first.",
        )
    if inputs.prepared.shared_scenarios or inputs.prepared.shared_styles:
        yield no(
            3,
            "Training and test share scenarios or note styles, so a gain could not be believed.",
            "Run `clinft prepare` again with the generator's own splits.",
        )
    if inputs.baseline_run_id is not None and not inputs.spec.regression.margins:
        yield no(
            4,
            "There is a model to compare with, but regression.margins is empty.",
            "State in project.yaml how much worse each metric may get.",
        )


def _kind(inputs: GateInputs) -> Iterator[Reason]:
    """A tuned model that nobody can judge may not be deployed: training it would waste what it costs."""
    kind = inputs.spec.task.kind
    if kind not in MEASURED_KINDS:
        yield no(
            73,
            f"A tuned model of `task.kind: {kind}` could not be evaluated: there is a scoring of answers for "
            f"{', '.join(MEASURED_KINDS)} alone.",
            "`clinft prepare`, `clinft audit` and `clinft assess` work for it; train when a version of "
            "clinft measures this kind.",
        )


def _statements(inputs: GateInputs) -> Iterator[Reason]:
    people = {person.lower() for person in inputs.policy.role_of(PRIVACY, inputs.spec.name).people}
    for given in inputs.audit.authenticity.provenance.statements:
        reviewer = given.reviewer.lower()
        if reviewer not in people or reviewer in inputs.authors:
            yield no(
                64,
                f"The statement that a brought file is synthetic (sha256 {given.file_sha256[:12]}) was "
                "reviewed by nobody who may: that is a person of the role privacy and no author of the plan.",
                "Somebody else of the role privacy looks at the file and signs synthetic/statements.yaml.",
            )


def waived(inputs: GateInputs) -> Waived:
    return judge(inputs.audit, inputs.policy, inputs.spec.name, inputs.today, inputs.authors)


def _audit(inputs: GateInputs) -> Iterator[Reason]:
    found = waived(inputs)
    for finding, why in found.useless:
        yield note(
            17,
            f"The waiver of finding {finding} does not count: {why}.",
            "Look at the finding again; renew the waiver in .github/clinft.yml, or correct the data.",
        )
    if found.verdict == "DECLINED":
        yield no(
            62,
            "The audit declined the data: they look like records of real people, or nobody has shown that "
            "they are synthetic.",
            "Do not push or send them any further. Real patient data may not be used here at all: tell the "
            f"privacy officer, and read `clinft incident projects/{inputs.spec.name}`. If they are "
            "synthetic, the audit's report says what made it doubt.",
        )
    elif found.verdict == "INVALID":
        yield no(
            63,
            "The audit is not valid: planted identifiers of a class were missed more often than the policy "
            "allows, so a clean result would mean little.",
            "The audit's report names the classes. Data in another form, or a recogniser in "
            "`audit.patterns` of .github/clinft.yml, may help; tell clinft's maintainers.",
        )
    elif found.blocks:
        counts = [f"{found.critical} CRITICAL"] if found.critical else []
        counts += [f"{found.high} HIGH without a waiver"] if found.high > 0 else []
        yield no(
            1,
            f"The audit did not pass: {', '.join(counts) or 'see its findings'}.",
            f"See each place with `clinft audit projects/{inputs.spec.name}`, correct the data or the "
            "prompt, and run again. A HIGH finding that is no identifier can be waived in .github/clinft.yml "
            "by the role privacy.",
        )
