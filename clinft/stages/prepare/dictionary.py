"""The data dictionary: what each field of a record means, with examples from the pack's own words."""

from clinft.artifacts.data import FieldSummary
from clinft.spec.data import DataSpec
from clinft.stages.prepare.generate import unmatched_terms
from clinft.stages.prepare.pack import DomainPack
from clinft.stages.prepare.styles import STYLES


def fields(
    data: DataSpec, labels: tuple[str, ...], domain: str, pack: DomainPack
) -> tuple[FieldSummary, ...]:
    label, first = next((label, diagnosis) for label, diagnosis in pack.diagnoses() if label in labels)
    rows = (
        ("id", "text", "Split and number; carries no meaning.", "train-000001"),
        (
            "scenario",
            "text",
            "64 bits of the sha256 over the facts, in letters; decides validation or dev.",
            "jbpaecmdnhkifogc",
        ),
        ("style", "text", "Note style.", next(iter(STYLES))),
        ("text", "text", "The note, written from the facts.", f"... {first.name} ..."),
        ("target", "label", "ICD-10-CM chapter of the main diagnosis.", label),
        ("facts.diagnosis", "text", "Main diagnosis.", first.name),
        ("facts.code", "code", f"Its {pack.terminology.name} code.", first.code),
        ("facts.chapter", "label", "Its chapter; equals target.", label),
        ("facts.written_as", "text", "The name or synonym that the note uses.", first.names[-1]),
        ("facts.age", "years", "18 to 89.", str(first.ages[0])),
        ("facts.age_band", "text", "18-39, 40-64 or 65-89.", "40-64"),
        ("facts.sex", "text", "female or male.", first.sex or "female"),
        (
            "facts.severity",
            "text",
            "mild, moderate or severe; decides vital signs and test values.",
            "moderate",
        ),
        ("facts.onset", "text", "sudden, acute, subacute or chronic.", first.onset),
        ("facts.duration", "text", "Time since the beginning; never a date.", "3 days"),
        ("facts.course", "text", "improving, unchanged, stable, worsening or slowly worsening.", "unchanged"),
        ("facts.findings", "list", "Symptoms and signs that are present.", first.findings[0]),
        ("facts.negated_findings", "list", "Pertinent negatives: looked for and absent.", first.denies[0]),
        ("facts.tests", "list", "Results, coherent with the severity.", "normal resting troponin"),
        ("facts.treatment", "list", "Treatment of the main diagnosis.", first.treatment[0]),
        ("facts.vitals", "object", "Vital signs, coherent with diagnosis and severity.", "pulse_per_minute"),
        ("facts.history", "list", "Other conditions, from other chapters: distractors.", "hypertension"),
        ("facts.regular_medication", "list", "Medicines of those conditions.", "amlodipine"),
        ("facts.family_history", "list", "A relative's condition: a distractor.", "mother"),
        ("facts.ruled_out", "list", "A diagnosis considered and excluded: a distractor.", "stable angina"),
        ("facts.mentioned", "list", "Names of the facts that the note tells.", "diagnosis"),
    )
    summaries = [FieldSummary(name=n, type=t, meaning=m, example=e) for n, t, m, e in rows]
    unmatched = unmatched_terms(data, domain)
    if unmatched:
        summaries.append(
            FieldSummary(
                name="terminology_focus",
                type="not in the records",
                meaning="Unmatched: terms that no diagnosis of the pack bears; they changed nothing.",
                example="; ".join(unmatched),
            )
        )
    return tuple(summaries)
