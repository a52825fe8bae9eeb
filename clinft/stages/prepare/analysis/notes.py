"""What a reader must know of HIPAA about these records, by their origin."""

from clinft.spec.data import DataSpec

COMMON = (
    "No record describes a person, so none is protected health information (45 CFR 160.103); this rests on "
    "how the records were made, and a scan that finds nothing does not replace it.",
    "The audit looks for the 18 identifiers of 45 CFR 164.514(b)(2)(i) in these very files, and says how "
    "many planted ones of each it finds; it runs again on the machine that trains.",
    "Ages are given up to 89 and times as durations; names, places, numbers of patients and full dates "
    "have no place in a record.",
)
GENERATED = (
    "The records are drawn from tables of clinical knowledge and a seed. No patient's record was read, and "
    "anybody can make the same bytes again.",
)
FROZEN = (
    "The records lie in the project's folder synthetic/. Two people, one of the role privacy, state for "
    "each imported file how it was made; texts that `clinft freeze` had a model write are checked against "
    "facts that anybody can draw again.",
    "A language model that wrote texts was trained on texts of others and may repeat them: the audit reads "
    "every text, and near repeats between splits are measured above.",
)


def hipaa(data: DataSpec) -> tuple[str, ...]:
    return (*(GENERATED if data.origin == "generated" else FROZEN), *COMMON)
