"""What standards ask and no run can answer: the reason stands in the place of an answer."""

from types import MappingProxyType

from clinft.artifacts.fact_sheet import Statement


def _no(reason: str, source: str = "nowhere") -> Statement:
    return Statement(basis="missing", text=reason, source=source)


def _fixed(text: str) -> Statement:
    return Statement(basis="declared", text=text, source="the process of clinft")


STATEMENTS = MappingProxyType(
    {
        "contact": _no("the spec names owners on GitHub, no address"),
        "funding": _no("nobody stated who paid for it"),
        "licence": _no(
            "nobody stated one; decide before sharing: the base model's licence applies to what is made of it"
        ),
        "conflicts": _no("nobody declared any, and nobody declared that there are none"),
        "population": _no("the project names no patient population apart from its intended use"),
        "stakeholders": _no("nobody recorded whom the project asked"),
        "demographic-inputs": _fixed(
            "The only input is the text of a note. Race, ethnicity, language, sexual orientation, gender "
            "identity, social determinants and health status assessments are no input fields; age and sex "
            "may stand in the text as words."
        ),
        "representativeness": _no(
            "the records are drawn by a generator, not sampled from a population; how they are spread over "
            "age, sex and condition is in the results by subgroup where there are any"
        ),
        "relevance": _no("nobody compared the synthetic notes with notes of a place where the model is used"),
        "external-data": _no("the model was not tested on data of another source"),
        "external-party": _no("no other party tested it"),
        "external-representativeness": _no("there are no external data"),
        "external-process": _no("no external validation was done"),
        "validity-external": _no("not measured: there are no external data"),
        "fairness-external": _no("not measured: there are no external data"),
        "outcomes": _no("no study of patient outcomes was done"),
        "monitoring": _no("no monitoring of the model in use is part of this run"),
        "validity-local": _no("not measured: needs records of the place where it is used"),
        "fairness-monitoring": _no("no monitoring of subgroups in use is part of this run"),
        "fairness-local": _no("not measured: needs records of the place where it is used"),
        "correction-schedule": _no("the project sets no schedule; a failed comparison blocks deployment"),
        "regulatory": _no("no authority has reviewed it, and nobody claims that it is a medical device"),
        "risk-level": _no("nobody assessed the clinical risk of its use"),
        "text-dates": _no("generated texts have no date of origin; the base model's is not known here"),
        "ethics-approval": _fixed(
            "None was asked for: no human subject, no record of a patient. Whether an institution wants one "
            "all the same is for it to say."
        ),
        "registration": _no("nobody registered a study"),
        "protocol": _fixed(
            "The margins, thresholds and critical answers stand in project.yaml, which is approved before "
            "training; its copy lies in the run's folder."
        ),
        "public-involvement": _no("nobody recorded any involvement of patients or the public"),
        "participants": _fixed("There are no participants: every record is synthetic."),
        "human-evaluation": _no("no person rated the model's answers in this run"),
        "compute": _fixed("Times, memory and cost of each stage are in report.md, measured on that machine."),
        "code": _fixed(
            "clinft, licence Apache-2.0; project.yaml, prompt.md and data version lie in the run."
        ),
        "data-availability": _fixed(
            "Records are not committed. Generated ones are made again by `clinft prepare`, byte for byte; "
            "frozen ones lie in the project's folder synthetic/."
        ),
        "poor-input": _no("what to do with poor or absent input is not part of this run"),
        "expertise": _no("the project states no level of training that users need"),
        "next-steps": _fixed("report.md, What to do next."),
        "motivation": _fixed("To teach and to measure a model of the task without any record of a patient."),
        "consent": _fixed("Nobody's data were collected, so nobody was asked."),
        "sensitive": _fixed("Clinical in content, and about nobody."),
        "other-uses": _no("no other use was thought through; what is out of scope is listed"),
        "data-sharing": _no("nobody decided whether the records are shared with others"),
        "data-retention": _fixed(
            "A new version has another seed, generator version or count, and so another sha256; older runs "
            "keep theirs."
        ),
        "reimbursement": _no("nobody stated anything about reimbursement"),
        "publications": _no("no peer-reviewed publication about it is known here"),
        "patient-consent": _no("whether patients are told or asked is for the place of use to decide"),
        "security": _fixed(
            "What was audited and approved is what was trained, by digest; `clinft verify` checks it offline."
        ),
        "availability": _no("nobody stated where it may be used"),
        "ethics": _fixed(
            "A wrong answer that looks sure can mislead its reader; groups of patients whom the generator "
            "draws rarely or not at all may be served worse, and this run cannot show it."
        ),
    }
)
