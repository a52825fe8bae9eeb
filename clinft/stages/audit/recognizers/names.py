"""(A) Names, where a title, label, relation, greeting or form of writing gives them away."""

from clinft.stages.audit.recognizers import (
    employers,
    full_names,
    initials,
    labelled_names,
    patient_names,
    provider_names,
    related_names,
)

RULES = (
    *labelled_names.RULES,
    *related_names.RULES,
    *patient_names.RULES,
    *full_names.RULES,
    *initials.RULES,
    *employers.RULES,
    *provider_names.RULES,
)
