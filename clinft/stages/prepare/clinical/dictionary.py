"""The data dictionary of `clinical-notes`: what each field means, with examples of the pack's own words."""

from clinft.artifacts.data import FieldSummary
from clinft.spec.data import DataSpec
from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical import labels
from clinft.stages.prepare.clinical.load import Pack
from clinft.stages.prepare.clinical.styles import templates

TARGETS = {
    "classification": ("label", "The label of the case."),
    "extraction": ("JSON text", "An object of the facts that the text tells, by `task.output_schema`."),
    "coding": ("text", "Codes of what the text says the patient has."),
    "ner": ("text", "The entities that the text names."),
    "question_answering": ("text", "The answer, from the facts that the text tells."),
    "summarization": ("text", "A summary of the facts that the text tells."),
    "dialogue_to_note": ("text", "The note of the case that the dialogue is about."),
}


def fields(data: DataSpec, task: TaskSpec, pack: Pack) -> tuple[FieldSummary, ...]:
    first, terms = pack.pack.conditions[0], pack.pack.terminology
    style, known = next(iter(templates().items()))
    severity = first.severity[0]
    lab = next((pack.labs[slug] for slug in (*first.labs, *first.normal_labs)), None)
    medication = pack.medications[first.medications[0]]
    kind, meaning = TARGETS[task.kind]
    rows = (
        ("id", "text", "Split and number; carries no meaning.", "train-000001"),
        ("scenario", "text", "64 bits of the sha256 over the clinical core, in letters; decides the split.",
         "jbpaecmdnhkifogc"),
        ("style", "text", "How the note is written; every style is in every split.", style),
        ("text", "text", "What the model reads.", "(not shown)"),
        ("target", kind, meaning, task.labels[0] if task.labels else "(not shown)"),
        ("facts.condition", "text", "What the patient has.", first.name),
        ("facts.code", "code", f"Its {terms.name} code.", first.code),
        ("facts.written_as", "text", "The name or synonym that the note uses.", first.names[-1]),
        ("facts.critical", "true or false", "Whether missing it can kill or disable soon.",
         str(first.critical).lower()),
        ("facts.age", "years", "18 to 89.", str(first.ages[0])),
        ("facts.age_band", "text", "18-39, 40-64 or 65-89.", "40-64"),
        ("facts.sex", "text", "female or male.", first.sex or "female"),
        ("facts.gestation_weeks", "weeks", "Only where the condition is one of pregnancy.", "31"),
        ("facts.severity", "text", "mild, moderate or severe; decides vital signs, labs and red flags.",
         severity),
        ("facts.acuity", "text", "How soon a clinician must see the patient; words of clinft, of no licensed "
         "scale.", first.acuity[severity]),
        ("facts.onset", "text", "sudden, acute, subacute or chronic.", first.onset),
        ("facts.duration", "text", "Time since the beginning; never a date.", "3 days"),
        ("facts.course", "text", "improving, unchanged, stable, worsening or slowly worsening.", "unchanged"),
        ("facts.findings", "list", "Symptoms and signs that are present.", first.findings[0]),
        ("facts.red_flags", "list", "What makes a severe case severe; present in no other.",
         first.red_flags[0] if first.red_flags else "-"),
        ("facts.negated_findings", "list", "Pertinent negatives: looked for and absent.", first.denies[0]),
        ("facts.vitals", "object", "Vital signs, coherent with condition and severity.", "pulse_per_minute"),
        ("facts.labs", "list", "Name, LOINC code, value, unit and flag (low, normal, high, critical low or "
         "critical high).", f"{lab.name}, LOINC {lab.loinc}, in {lab.unit}" if lab else "-"),
        ("facts.studies", "list", "Other examinations and what they show.",
         first.studies[0].study if first.studies else "-"),
        ("facts.imaging", "object", "What a radiology report is written from.", first.imaging.study),
        ("facts.history", "list", "Other conditions that the patient has: distractors.", "-"),
        ("facts.regular_medications", "list", "Medicines of those: name, dose, unit, route, frequency.", "-"),
        ("facts.started_medications", "list", "Medicines started for the condition.", medication.name),
        ("facts.care", "list", "What is done besides.", first.care[0]),
        ("facts.family_history", "list", "A relative's condition: a distractor.", "mother"),
        ("facts.past_resolved", "list", "A condition that is over: a distractor.", "11 years"),
        ("facts.ruled_out", "list", "A near miss, its code, and what speaks against it.",
         first.mimics[0].name),
        ("facts.mentioned", "list", "Names of the facts that the note tells.", "condition"),
        ("facts.noise", "list", "What was done to the text: abbreviation, typing error, correction ...", "-"),
        ("facts.template", "text", "The wording; none is in training and in test.", known[0].name),
    )  # fmt: skip
    summaries = [FieldSummary(name=n, type=t, meaning=m, example=e) for n, t, m, e in rows]
    unmatched = labels.unmatched_terms(data, pack)
    if unmatched:
        summaries.append(
            FieldSummary(
                name="terminology_focus",
                type="not in the records",
                meaning="Unmatched: terms that no condition of the pack bears; they changed nothing.",
                example="; ".join(unmatched),
            )
        )
    return tuple(summaries)
