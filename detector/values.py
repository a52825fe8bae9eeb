"""Made lines that hold no identifier: doses, vital signs, examinations, rows of tables, keys with values."""

from collections.abc import Callable

from detector.codes import (
    electrolytes,
    gestation,
    grid,
    icd_code,
    interval,
    part_number,
    quantity,
    stage,
    variant,
    version,
)
from detector.draw import Draw
from detector.lists import pool
from detector.words import words

CLINICAL_TERMS = ("diagnoses", "drugs", "labs", "abbreviations", "procedures", "devices", "scores")


def dosing(draw: Draw) -> str:
    drug = draw.one(words("clinical", "drugs"))
    amount = draw.one(
        ("5", "10", "12.5", "20", "25", "40", "50", "75", "81", "100", "150", "300", "500", "0.5", "2.5")
    )
    unit = draw.one(("mg", "mg", "mg", "mcg", "mL", "units", "g", "mEq", " mg", " mg", " mcg", " units"))
    route = draw.one(
        ("PO", "IV", "IM", "SC", "SL", "PR", "TD", "INH", "by mouth", "via G-tube", "topically", "OU", "po")
    )
    often = draw.one(words("clinical", "schedules"))
    day = draw.one(words("general", "weekdays"))
    return f"{drug} {amount}{unit} {route} {often.replace('{d}', day)}"


def vital_line(draw: Draw) -> str:
    """Telegraphic: `T37.2 P88 R18 BP132/78 sat 97RA`."""
    gap = draw.one(("", " ", ": "))
    pressure = f"{draw.between(86, 190)}/{draw.between(45, 105)}"
    pulse, breaths, oxygen = draw.between(44, 140), draw.between(10, 32), draw.between(86, 100)
    warmth = draw.one(
        (f"{draw.between(96, 103)}.{draw.digits(1)}", f"{draw.between(36, 39)}.{draw.digits(1)}")
    )
    items = [
        draw.one(("T", "Temp", "Tm", "Tmax", "TC")) + gap + warmth,
        draw.one(("P", "HR", "Pulse", "HR")) + gap + str(pulse),
        draw.one(("BP", "BP", "NIBP", "ABP")) + gap + pressure,
        draw.one(("R", "RR", "Resp")) + gap + str(breaths),
        draw.one(("sat", "O2", "SpO2", "Sat", "O2 sat"))
        + gap
        + f"{oxygen}{draw.one(('%', '', '%RA', '% RA', '% 2L', '% on 4L NC'))}",
        "Wt" + gap + f"{draw.between(3, 160)}{draw.one(('kg', ' kg', ' lb', '.4 kg'))}",
        "Ht" + gap + f"{draw.between(50, 198)}{draw.one(('cm', ' cm'))}",
        "BMI" + gap + f"{draw.between(15, 58)}.{draw.digits(1)}",
        "Pain" + gap + f"{draw.below(11)}/10",
    ]
    start = draw.below(3)
    return draw.one((" ", ", ", " | ", "  ", "; ")).join(items[start : start + draw.between(2, 6)])


def exam_line(draw: Draw) -> str:
    colon = draw.one((": ", ": ", " - ", ":", " "))
    rows: list[str] = []
    systems = words("clinical", "examinations")
    start = draw.below(len(systems))
    for place in range(draw.between(1, 7)):
        name, *values = systems[(start + place) % len(systems)].split(" = ")
        found = [draw.one(values) for _ in range(draw.one((1, 1, 2)))]
        rows.append(name + colon + ", ".join(dict.fromkeys(found)))
    return draw.one((". ", "; ", "\n", "  ", " / ", ", ")).join(rows)


def clock_line(draw: Draw) -> str:
    time = f"{draw.below(24):02d}{draw.one((':', ''))}{draw.below(60):02d}"
    said = draw.one(
        (
            vital_line(draw),
            draw.one(words("clinical", "nursing_terms")),
            dosing(draw) + " given",
            f"FSBS {draw.between(40, 400)}",
            draw.one(words("clinical", "nursing_terms")).capitalize() + ".",
            f"UOP {draw.between(20, 600)} mL",
        )
    )
    return time + draw.one((" ", ": ", " - ", "  ", "\t")) + said


def lab_row(draw: Draw) -> str:
    bar = draw.one(("\t", "  ", " | ", ",", "    "))
    value = draw.one(
        (str(draw.between(1, 300)), f"{draw.below(30)}.{draw.digits(1)}", "Negative", "Detected", "<0.01")
    )
    cells = [
        draw.one(words("clinical", "labs")),
        value,
        draw.one(("H", "L", "", "HH", "*", "N")),
        interval(draw),
    ]
    return bar.join(cells)


def key_value(draw: Draw) -> str:
    """`medication: drug`, `"lab"=12`: a clinical key with a clinical value."""
    keys = {
        "diagnoses": (
            "diagnosis",
            "dx",
            "condition",
            "problem",
            "admit_dx",
            "primaryDiagnosis",
            "Indication",
            "reason",
        ),
        "drugs": (
            "medication",
            "drug",
            "rx",
            "med_name",
            "drugName",
            "treatment",
            "Medication Name",
            "agent",
        ),
        "labs": ("lab", "test", "analyte", "component", "labName", "Test Name", "order"),
        "procedures": ("procedure", "proc", "surgery", "order", "exam", "Procedure Name"),
        "devices": ("device", "equipment", "line", "supply", "Device Name"),
        "scores": ("scale", "score", "instrument", "Score Name"),
        "eponyms": ("syndrome", "history", "disease_name", "pmh", "label"),
        "organisms": ("organism", "culture", "isolate", "species", "Organism Name"),
        "signs": ("sign", "exam_sign", "maneuver", "finding"),
        "allergens": ("allergy", "allergen", "substance", "Allergies"),
        "specialties": ("service", "department", "consult", "specialty", "clinic", "team"),
        "headings": ("section", "heading", "title", "note_type"),
        "vaccines": ("vaccine", "immunization", "product"),
        "genes": ("gene", "marker", "target", "Gene Symbol"),
    }
    key = draw.one(tuple(keys))
    name, value = draw.one(keys[key]), draw.one(words("clinical", key))
    form = draw.one(
        (
            "{}: {}",
            "{}: {}",
            "{}={}",
            '"{}": "{}"',
            "'{}': '{}',",
            '{} = "{}"',
            "<{0}>{1}</{0}>",
            "{}\t{}",
            "- {}: {}",
            "{} -> {}",
        )
    )
    return form.format(name, value)


def table_row(draw: Draw) -> str:
    bar = draw.one((" | ", "|", "\t", ",", ";", "  "))
    makers: tuple[Callable[[Draw], str], ...] = (
        lambda d: d.one(words("clinical", d.one(CLINICAL_TERMS))),
        quantity,
        interval,
        icd_code,
        lambda d: str(d.between(1, 999)),
        lambda d: d.one(
            (
                "Active",
                "Resolved",
                "Held",
                "Yes",
                "No",
                "Normal",
                "High",
                "Pending",
                "M",
                "F",
                "Left",
                "Right",
            )
        ),
    )
    return bar.join(
        makers[0 if place == 0 else draw.below(len(makers))](draw) for place in range(draw.between(3, 6))
    )


def field_label(draw: Draw) -> str:
    """The name of a field that would hold an identifier."""
    kind = draw.one(
        (
            "person",
            "person",
            "clinician",
            "given",
            "surname",
            "street",
            "city",
            "zip",
            "facility",
            "employer",
            "school",
        )
    )
    return draw.one(words("fields", kind))


def capital_word(draw: Draw) -> str:
    """An ordinary word with a capital: that it has one does not make it a name."""
    return draw.one(pool("common")).capitalize()


VALUES: dict[str, Callable[[Draw], str]] = {
    "quantity": quantity,
    "dosing": dosing,
    "vital_line": vital_line,
    "exam_line": exam_line,
    "clock_line": clock_line,
    "range": interval,
    "labrow": lab_row,
    "lytes": electrolytes,
    "icd": icd_code,
    "cpt": lambda draw: str(draw.between(10021, 99499)),
    "hcpcs": lambda draw: draw.one("AEGJKLQ") + draw.digits(4),
    "partno": part_number,
    "version": version,
    "variant": variant,
    "stage": stage,
    "gestation": gestation,
    "grid": grid,
    "kvline": key_value,
    "tablerow": table_row,
    "label": field_label,
    "cword": capital_word,
    "ph": lambda draw: draw.one(words("general", "placeholders")),
}
