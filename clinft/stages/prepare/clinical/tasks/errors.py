"""Known clinical errors, each made on purpose in what a note tells: for answers that must lose."""

from collections.abc import Callable
from copy import deepcopy

from clinft.stages.prepare.clinical.tasks.told import Told, number
from clinft.stages.prepare.draw import Draw


def _negation_lost(told: Told) -> None:
    """What was denied is told as present."""
    if told["negated_findings"]:
        told["findings"].append(told["negated_findings"].pop(0))


def _finding_denied(told: Told) -> None:
    if told["findings"]:
        told["negated_findings"].append(told["findings"].pop(0))


def _red_flag_omitted(told: Told) -> None:
    told["red_flags"] = told["red_flags"][:-1]


def _dose_tenfold(told: Told) -> None:
    for name in ("started_medications", "regular_medications"):
        for item in told[name]:
            if isinstance(item["dose"], int | float):
                item["dose"] = round(item["dose"] * 10, 4)
                return


def _decimal_slipped(told: Told) -> None:
    for lab in told["labs"]:
        value = number(lab["value"])
        if isinstance(value, int | float) and value:
            lab["value"] = str(round(value * 10, 4))
            return


def _near_miss(told: Told) -> None:
    """The diagnosis that was ruled out, and the other way round."""
    if told["ruled_out"] and told["diagnosis"]:
        excluded = told["ruled_out"][0]
        told["diagnosis"], excluded["name"] = excluded["name"], told["diagnosis"]


def _relative_taken_for_patient(told: Told) -> None:
    if told["family_history"]:
        told["history"].append(told["family_history"].pop(0)["name"])


def _past_taken_for_present(told: Told) -> None:
    if told["past_resolved"]:
        told["history"].append(told["past_resolved"].pop(0)["name"])


def _finding_omitted(told: Told) -> None:
    told["findings"] = told["findings"][1:]


def _vital_misread(told: Told) -> None:
    vitals = told["vitals"]
    if vitals["systolic_mmhg"] is not None:
        vitals["systolic_mmhg"], vitals["diastolic_mmhg"] = vitals["diastolic_mmhg"], vitals["systolic_mmhg"]


def _sex_mistaken(told: Told) -> None:
    if told["sex"] is not None:
        told["sex"] = "male" if told["sex"] == "female" else "female"


def _age_mistaken(told: Told) -> None:
    if told["age"] is not None:
        told["age"] += 10 if told["age"] < 70 else -10


def _vital_invented(told: Told) -> None:
    for name, value in told["vitals"].items():
        if value is None:
            told["vitals"][name] = 99
            return


def _finding_invented(told: Told) -> None:
    told["findings"] = [*told["findings"], "loss of consciousness"]


ERRORS: dict[str, Callable[[Told], None]] = {
    "negation lost": _negation_lost,
    "finding denied": _finding_denied,
    "red flag omitted": _red_flag_omitted,
    "dose tenfold": _dose_tenfold,
    "decimal slipped": _decimal_slipped,
    "near miss": _near_miss,
    "relative taken for patient": _relative_taken_for_patient,
    "past taken for present": _past_taken_for_present,
    "finding omitted": _finding_omitted,
    "vital misread": _vital_misread,
}
# Where none of those shows in the answer: what always can be got wrong.
LAST: tuple[Callable[[Told], None], ...] = (_sex_mistaken, _age_mistaken, _vital_invented, _finding_invented)


def wrong(told: Told, answer: Callable[[Told], str], right: str, draw: Draw) -> str:
    """`answer` of what is told with one error in it, so that it differs from `right`."""
    for make_error in (*draw.shuffled(list(ERRORS.values())), *LAST):
        changed = deepcopy(told)
        make_error(changed)
        said = answer(changed)
        if said != right:
            return said
    return ""
